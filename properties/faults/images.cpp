#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "revive/model/base/value.h"
#include "revive/model/lambda.h"
#include "revive/properties/faults/fault_injectors.h"
#include "revive/properties/faults/fault_lists.h"

namespace revive::properties::faults {
namespace {

// What an engine runs in place of a layer; nothing where it runs the layer itself.
using Replacement = std::function<std::optional<std::vector<Layer>>(const Layer& layer)>;

std::vector<Layer> replaced(std::span<const Layer> layers, const Replacement& replace) {
  std::vector<Layer> all;
  for (const Layer& layer : layers) {
    auto instead = replace(layer);
    if (!instead) instead = {layer};
    for (Layer& each : *instead) {
      if (const std::vector<Layer>* const nested = each.stack()) {
        (void)each.set_children("layers", replaced(*nested, replace));
      }
      all.push_back(std::move(each));
    }
  }
  return all;
}

Subject runs_instead(Replacement replace) {
  return runs_model([replace = std::move(replace)](Sequential& model, const Environment&) -> Status {
    REVIVE_ASSIGN_OR_RETURN(auto made, Sequential::make(model.name(), replaced(model.layers(), replace)));
    model = std::move(made);
    return {};
  });
}

Subject runs_layers(std::function<void(Layer& layer)> change) {
  return runs_model(each_layer(std::move(change)));
}

bool has_enum(const Layer& layer, std::string_view key, std::string_view spelling) {
  const auto ref = layer.field(key);
  const auto* const found = ref ? std::get_if<EnumRef>(&*ref) : nullptr;
  return found != nullptr && found->names->names[*found->index] == spelling;
}

// What slides windows over spatial axes: sizes, strides and dilations, an item an axis.
struct Slid {
  IntList sizes, strides, dilations;
  std::size_t rank() const { return sizes.size(); }
};

std::optional<Slid> slid_by(const Layer& layer) {
  Layer copy = layer;
  const IntList* const kernel = member<IntList>(copy, "kernel_size");
  const IntList* const pool = member<IntList>(copy, "pool_size");
  if (kernel == nullptr && pool == nullptr) return std::nullopt;
  Slid slid;
  slid.sizes = kernel != nullptr ? *kernel : *pool;
  slid.strides = slid.sizes;
  if (const auto* const strides = member<IntList>(copy, "strides")) slid.strides = *strides;
  if (const auto* const strides = member<std::optional<IntList>>(copy, "strides"); strides != nullptr && *strides) {
    slid.strides = **strides;
  }
  const IntList* const dilations = member<IntList>(copy, "dilation_rate");
  slid.dilations = dilations != nullptr ? *dilations : IntList(slid.rank(), 1);
  return slid;
}

std::int64_t extent(const Slid& slid, std::size_t axis) {
  return (slid.sizes[axis] - 1) * slid.dilations[axis] + 1;
}

// A ZeroPadding or Cropping, by the amounts in front of each axis and behind it.
Layer margin(std::string_view kind, std::string_view key, const Layer& layer, const IntPairs& pairs) {
  Value::Array list;
  for (const IntPair& pair : pairs) list.emplace_back(Value::Array{pair[0], pair[1]});
  Value::Object config{{std::string(key), pairs.size() == 1 ? list[0] : Value(std::move(list))}};
  if (kind != "Cropping" || pairs.size() > 1) {
    config.emplace_back("data_format",
                        has_enum(layer, "data_format", "channels_first") ? "channels_first" : "channels_last");
  }
  return *make_layer(std::string(kind) + std::to_string(pairs.size()) + 'D', config);
}

using Margins = std::function<IntPair(const Slid& slid, std::size_t axis, std::int64_t cells)>;

// Padded by hand in another way than Keras pads, then without padding. Only where `pads` says that the layer is meant.
Replacement padded_by(std::string_view class_prefix, Margins margins) {
  return [class_prefix, margins = std::move(margins)](const Layer& layer) -> std::optional<std::vector<Layer>> {
    const auto slid = slid_by(layer);
    const std::string& name = layer.layer_class().name;
    const bool meant = slid && name.find(class_prefix) != std::string::npos && !name.ends_with("Transpose") &&
                       has_enum(layer, "padding", "same");
    if (!meant) return std::nullopt;
    const std::size_t first = has_enum(layer, "data_format", "channels_first") ? 2 : 1;
    IntPairs pairs;
    for (std::size_t axis = 0; axis < slid->rank(); ++axis) {
      const std::int64_t cells = layer.input_shape()[first + axis];
      if (cells == kUnknown || cells == 0) return std::nullopt;
      pairs.push_back(margins(*slid, axis, cells));
    }
    Layer valid = layer;
    set_enum(valid, "padding", "valid");
    return std::vector<Layer>{margin("ZeroPadding", "padding", layer, pairs), std::move(valid)};
  };
}

std::int64_t whole_padding(const Slid& slid, std::size_t axis, std::int64_t cells) {
  const std::int64_t last_start = (cells - 1) / slid.strides[axis] * slid.strides[axis];
  return std::max<std::int64_t>(last_start + extent(slid, axis) - cells, 0);
}

IntPair larger_half_in_front(const Slid& slid, std::size_t axis, std::int64_t cells) {
  const std::int64_t whole = whole_padding(slid, axis, cells);
  return {whole - whole / 2, whole / 2};
}
IntPair as_in_keras(const Slid& slid, std::size_t axis, std::int64_t cells) {
  const std::int64_t whole = whole_padding(slid, axis, cells);
  return {whole / 2, whole - whole / 2};
}
IntPair without_strides(const Slid& slid, std::size_t axis, std::int64_t) {
  const std::int64_t whole = extent(slid, axis) - 1;
  return {whole / 2, whole - whole / 2};
}

// The transposed convolution without cropping, then cropped so that the other half of an odd rest stays.
std::optional<std::vector<Layer>> cropped_on_the_other_side(const Layer& layer) {
  const auto slid = slid_by(layer);
  Layer valid = layer;
  auto* const output_padding = member<std::optional<IntList>>(valid, "output_padding");
  if (!slid || output_padding == nullptr || *output_padding || !has_enum(layer, "padding", "same") ||
      has_enum(layer, "data_format", "channels_first")) {
    return std::nullopt;
  }
  set_enum(valid, "padding", "valid");
  IntPairs pairs;
  for (std::size_t axis = 0; axis < slid->rank(); ++axis) {
    const std::int64_t whole = std::max<std::int64_t>(extent(*slid, axis) - slid->strides[axis], 0);
    pairs.push_back({whole - whole / 2, whole / 2});
  }
  return std::vector<Layer>{std::move(valid), margin("Cropping", "cropping", layer, pairs)};
}

// The elements of every (rows, columns) at the end of the dims in the order of the transposed matrix, under the same
// dims.
void turn_matrices(Tensor& tensor) {
  const std::size_t rank = tensor.rank();
  const auto rows = static_cast<std::size_t>(tensor.dim(rank - 2));
  const auto columns = static_cast<std::size_t>(tensor.dim(rank - 1));
  const std::size_t width = size_of(tensor.dtype());
  const Tensor before = tensor;
  const auto in = before.bytes();
  const auto out = tensor.bytes();
  for (std::size_t start = 0; start < tensor.size(); start += rows * columns) {
    for (std::size_t i = 0; i < rows * columns; ++i) {
      const std::size_t from = start + i % columns * rows + i / columns;
      std::ranges::copy(in.subspan(from * width, width),
                        out.begin() + static_cast<std::ptrdiff_t>((start + i) * width));
    }
  }
}

void order_filters_first(const Layer& layer, const VariableSpec& variable, Tensor& tensor) {
  Layer copy = layer;
  if (member<std::int64_t>(copy, "depth_multiplier") == nullptr || tensor.size() == 0) return;
  if (variable.name == "kernel" || variable.name == "depthwise_kernel") turn_matrices(tensor);
}

// Filter f is taken to read group f % groups.
void interleave_groups(const Layer& layer, const VariableSpec& variable, Tensor& tensor) {
  Layer copy = layer;
  const std::int64_t* const groups = member<std::int64_t>(copy, "groups");
  if (groups == nullptr || variable.name != "kernel" || tensor.size() == 0) return;
  const Dims dims = tensor.dims();
  Dims split = dims;
  split.back() = *groups;
  split.push_back(dims.back() / *groups);
  tensor = tensor.reshaped(split);
  turn_matrices(tensor);
  tensor = tensor.reshaped(dims);
}

// Height for width, of square kernels.
void turn_kernels(const Layer& layer, const VariableSpec& variable, Tensor& tensor) {
  Layer copy = layer;
  const bool square =
      member<IntList>(copy, "kernel_size") != nullptr && variable.dims.size() == 4 && tensor.dim(0) == tensor.dim(1);
  if (!square || tensor.size() == 0) return;
  const Tensor before = tensor;
  const auto size = static_cast<std::size_t>(tensor.dim(0));
  const std::size_t taps = size * size;
  const std::size_t bytes = tensor.byte_size() / taps;
  const auto in = before.bytes();
  const auto out = tensor.bytes();
  for (std::size_t i = 0; i < taps; ++i) {
    const std::size_t from = i % size * size + i / size;
    std::ranges::copy(in.subspan(from * bytes, bytes), out.begin() + static_cast<std::ptrdiff_t>(i * bytes));
  }
}

void swap_items(Layer& layer, std::string_view key) {
  if (auto* const list = member<IntList>(layer, key); list != nullptr && list->size() == 2) {
    std::swap((*list)[0], (*list)[1]);
  }
  auto* const optional = member<std::optional<IntList>>(layer, key);
  if (optional != nullptr && *optional && (*optional)->size() == 2) std::swap((**optional)[0], (**optional)[1]);
}

void one_size_for_all(Layer& layer, std::string_view key) {
  if (auto* const list = member<IntList>(layer, key)) std::ranges::fill(*list, list->front());
}

void swap_ends(Layer& layer, std::string_view key) {
  if (auto* const pairs = member<IntPairs>(layer, key)) {
    for (IntPair& pair : *pairs) std::swap(pair[0], pair[1]);
  }
  if (auto* const pair = member<IntList>(layer, key); pair != nullptr && pair->size() == 2) {
    std::swap((*pair)[0], (*pair)[1]);
  }
}

void swap_axes(Layer& layer) {
  for (const std::string_view key : {"padding", "cropping"}) {
    auto* const pairs = member<IntPairs>(layer, key);
    if (pairs != nullptr) std::ranges::reverse(*pairs);
  }
}

// Where in the old axis the centre of a new pixel lies.
using Place = double (*)(double pixel, double from, double to);

double from_the_edge(double pixel, double from, double to) {
  return pixel * from / to;
}
double corner_to_corner(double pixel, double from, double to) {
  return to == 1 ? 0 : pixel * (from - 1) / (to - 1);
}

Tensor blends(std::int64_t from, std::int64_t to, bool nearest, Place place) {
  Tensor weights(DType::float32, {to, from});
  for (std::int64_t i = 0; i < to; ++i) {
    const double at = place(static_cast<double>(i), static_cast<double>(from), static_cast<double>(to));
    for (std::int64_t j = 0; j < from; ++j) {
      const double distance = std::abs(std::clamp(at, 0.0, static_cast<double>(from - 1)) - static_cast<double>(j));
      const bool is_cell = std::floor(at) == static_cast<double>(j);
      weights.data<float>()[static_cast<std::size_t>(i * from + j)] =
          nearest ? static_cast<float>(is_cell) : static_cast<float>(std::max(1 - distance, 0.0));
    }
  }
  return weights;
}

// Images resized with pixels at other places.
Replacement resized_by(Place place) {
  return [place](const Layer& layer) -> std::optional<std::vector<Layer>> {
    Layer copy = layer;
    const bool nearest = has_enum(layer, "interpolation", "nearest");
    const bool meant = layer.layer_class().name == "Resizing" && !has_enum(layer, "data_format", "channels_first") &&
                       (nearest || has_enum(layer, "interpolation", "bilinear"));
    if (!meant || layer.input_dtype() != DType::float32) return std::nullopt;
    for (const std::string_view key : {"crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"}) {
      if (*member<bool>(copy, key)) return std::nullopt;
    }
    const std::int64_t height = layer.input_shape()[1];
    const std::int64_t width = layer.input_shape()[2];
    if (height == kUnknown || width == kUnknown) return std::nullopt;
    const Captures captures{{"rows", blends(height, *member<std::int64_t>(copy, "height"), nearest, place)},
                            {"columns", blends(width, *member<std::int64_t>(copy, "width"), nearest, place)}};
    auto lambda =
        make_lambda("lambda x: ops.einsum('jw,bhwc->bhjc', columns, ops.einsum('ih,bhwc->biwc', rows, x))", captures);
    if (!lambda) return std::nullopt;
    return std::vector<Layer>{*std::move(lambda)};
  };
}

// x + offset, then times scale.
void shift_before_scaling(Layer& layer) {
  auto* const scale = member<Numbers>(layer, "scale");
  auto* const offset = member<Numbers>(layer, "offset");
  if (scale == nullptr || offset == nullptr || scale->is_list || offset->is_list) return;
  *offset = Number(offset->items[0].as_double() * scale->items[0].as_double());
}

void invert(Layer& layer) {
  auto* const dims = member<IntList>(layer, "dims");
  if (dims == nullptr) return;
  const IntList before = *dims;
  for (std::size_t i = 0; i < before.size(); ++i)
    (*dims)[static_cast<std::size_t>(before[i] - 1)] = static_cast<std::int64_t>(i) + 1;
}

// Every feature n times, then cut into steps.
std::optional<std::vector<Layer>> repeated_feature_by_feature(const Layer& layer) {
  Layer copy = layer;
  const std::int64_t* const n = member<std::int64_t>(copy, "n");
  if (layer.layer_class().name != "RepeatVector" || n == nullptr || !layer.input_shape().known(1)) return std::nullopt;
  const Captures captures{{"n", Value(*n)}, {"features", Value(layer.input_shape()[1])}};
  auto lambda = make_lambda("lambda x: ops.reshape(ops.repeat(x, n, axis=1), (-1, n, features))", captures);
  if (!lambda) return std::nullopt;
  return std::vector<Layer>{*std::move(lambda)};
}

constexpr std::string_view kConvolutions =
    "Conv1D,Conv2D,Conv3D,DepthwiseConv1D,DepthwiseConv2D,SeparableConv1D,SeparableConv2D";
constexpr std::string_view kTransposed = "Conv1DTranspose,Conv2DTranspose,Conv3DTranspose";
constexpr std::string_view kPoolings =
    "MaxPooling1D,MaxPooling2D,MaxPooling3D,AveragePooling1D,AveragePooling2D,AveragePooling3D";
constexpr std::string_view kMargins = "ZeroPadding1D,ZeroPadding2D,ZeroPadding3D,Cropping1D,Cropping2D,Cropping3D";
constexpr std::string_view kSizes = "Resizing,UpSampling2D";

const std::array kFaults = {
    Fault{"same_padding_in_front",
          "The odd cell of the padding of an even kernel goes in front.",
          [] { return runs_instead(padded_by("Conv", larger_half_in_front)); },
          {"outputs_survive", 100, 1, kConvolutions}},
    Fault{"same_padding_without_strides",
          "padding='same' pads by the kernel alone, whatever the strides are.",
          [] { return runs_instead(padded_by("Conv", without_strides)); },
          {"outputs_survive", 100, 2, kConvolutions}},
    Fault{"average_counts_padding",
          "An average over a window at the edge is divided by the size of the window.",
          [] { return runs_instead(padded_by("AveragePooling", as_in_keras)); },
          {"outputs_survive", 100, 1, kPoolings}},
    Fault{"max_pooling_of_zeros",
          "MaxPooling pads with zeros, which are larger than what is negative.",
          [] { return runs_instead(padded_by("MaxPooling", as_in_keras)); },
          {"outputs_survive", 100, 1, kPoolings}},
    Fault{"conv2d_data_format_lost",
          "Images are taken to have their channels last.",
          [] { return forgets("Conv2D", "data_format"); },
          {"outputs_survive", 200, 1, kConvolutions}},
    Fault{"conv2d_dilation_ignored",
          "The engine has a dilated convolution for steps, not for images.",
          [] {
            return runs_layers([](Layer& layer) {
              if (layer.layer_class().name == "Conv2D") set_default(layer, "dilation_rate");
            });
          },
          {"outputs_survive", 100, 1, "Conv2D"}},
    Fault{"groups_interleaved",
          "Filter f reads group f % groups, where Keras has the filters of a group follow each other.",
          [] { return loads_model(each_variable(interleave_groups)); },
          {"outputs_survive", 100, 1, kConvolutions}},
    Fault{"conv2d_kernel_turned",
          "Kernels are stored as (width, height).",
          [] { return loads_model(each_variable(turn_kernels)); },
          {"outputs_survive", 200, 1, kConvolutions}},
    Fault{"strides_of_images_swapped",
          "Strides are read as (across, down).",
          [] { return loads_model(each_layer([](Layer& layer) { swap_items(layer, "strides"); })); },
          {"outputs_survive", 100, 1, kPoolings}},
    Fault{"pool_size_square",
          "The first item of pool_size is taken for all axes.",
          [] { return runs_layers([](Layer& layer) { one_size_for_all(layer, "pool_size"); }); },
          {"outputs_survive", 100, 1, kPoolings}},
    Fault{"transposed_crop_in_front",
          "Of an odd overlap, a transposed convolution cuts the larger half off in front.",
          [] { return runs_instead(cropped_on_the_other_side); },
          {"outputs_survive", 100, 1, kTransposed}},
    Fault{"output_padding_lost",
          "Transposed convolutions are stored without their output_padding.",
          [] { return forgets("", "output_padding"); },
          {"outputs_survive", 100, 1, kTransposed}},
    Fault{"depth_multiplier_first",
          "The first filter of every channel comes first, then the second ones.",
          [] { return loads_model(each_variable(order_filters_first)); },
          {"outputs_survive", 100, 1, kConvolutions}},
    Fault{"margins_from_the_other_end",
          "What is cropped in front is cropped behind.",
          [] { return runs_layers([](Layer& layer) { swap_ends(layer, "cropping"); }); },
          {"outputs_survive", 100, 1, kMargins}},
    Fault{"margins_of_axes_swapped",
          "Margins are read as ((left, right), (top, bottom)).",
          [] { return loads_model(each_layer(swap_axes)); },
          {"outputs_survive", 100, 1, kMargins}},
    Fault{"up_sampling_repeats",
          "UpSampling2D repeats pixels whatever the interpolation is.",
          [] {
            return runs_layers([](Layer& layer) {
              if (layer.layer_class().name == "UpSampling2D") set_enum(layer, "interpolation", "nearest");
            });
          },
          {"outputs_survive", 100, 1, kSizes}},
    Fault{"up_sampling_size_swapped",
          "The size of UpSampling2D is read as (across, down).",
          [] { return loads_model(each_layer([](Layer& layer) { swap_items(layer, "size"); })); },
          {"outputs_survive", 100, 1, kSizes}},
    Fault{"resizing_from_the_edge",
          "Resizing takes pixels to lie at the edges of their cells, half a pixel off.",
          [] { return runs_instead(resized_by(from_the_edge)); },
          {"outputs_survive", 200, 1, kSizes}},
    Fault{"resizing_corner_to_corner",
          "Resizing puts the corners of the new image on those of the old.",
          [] { return runs_instead(resized_by(corner_to_corner)); },
          {"outputs_survive", 200, 1, kSizes}},
    Fault{"antialias_lost",
          "Resizing is stored without antialias.",
          [] { return forgets("Resizing", "antialias"); },
          {"outputs_survive", 100, 1, kSizes}},
    Fault{"aspect_ratio_ignored",
          "The engine resizes to the size that is asked for, whatever becomes of the aspect ratio.",
          [] {
            return runs_layers([](Layer& layer) {
              set_default(layer, "crop_to_aspect_ratio");
              set_default(layer, "pad_to_aspect_ratio");
            });
          },
          {"outputs_survive", 100, 1, kSizes}},
    Fault{"keepdims_lost",
          "Global poolings are stored without keepdims.",
          [] { return forgets("", "keepdims"); },
          {"outputs_survive", 100, 1, "GlobalAveragePooling1D,GlobalMaxPooling2D,GlobalAveragePooling3D"}},
    Fault{"permute_inverted",
          "Permute says where an axis goes, where Keras says where it comes from.",
          [] { return runs_layers(invert); },
          {"outputs_survive", 200, 1, "Permute,RepeatVector"}},
    Fault{"repeat_vector_by_feature",
          "RepeatVector repeats every feature, then cuts the row into steps.",
          [] { return runs_instead(repeated_feature_by_feature); },
          {"outputs_survive", 100, 1, "Permute,RepeatVector"}},
    Fault{"rescaling_offset_first",
          "Rescaling adds its offset, then scales.",
          [] { return runs_layers(shift_before_scaling); },
          {"outputs_survive", 100, 1, "Rescaling,RandomFlip"}},
    Fault{"mask_value_lost",
          "Masking is stored without its mask_value.",
          [] { return forgets("Masking", "mask_value"); },
          {"config_survives", 50, 2, "Masking,Dense"}},
};

}  // namespace

std::span<const Fault> image_faults() {
  return kFaults;
}

}  // namespace revive::properties::faults
