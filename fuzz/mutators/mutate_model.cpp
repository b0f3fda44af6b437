#include "revive/fuzz/mutators/mutate_model.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "revive/fuzz/mutators/draw_layer.h"
#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/fuzz/mutators/pick.h"
#include "revive/model/layers/input_layer.h"
#include "revive/model/registry.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/hdf5/hdf5.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras/metadata.h"
#include "revive/serializer/keras/weights_codec.h"
#include "revive/serializer/keras_archive.h"
#include "revive/serializer/zip/archive.h"
#include "revive/serializer/zip/zip_builder.h"

namespace revive::fuzz {
namespace {

using Layers = std::vector<Layer>;

// Takes the layer out of the config that the error's place names: ".../config/layers/2/...".
bool remove_named_layer(Value& document, const Error& error) {
  constexpr std::string_view kLayers = "/config/layers/";
  const std::size_t found = error.place.find(kLayers);
  if (found == std::string::npos) return false;
  std::size_t index = 0;
  const char* const digits = error.place.data() + found + kLayers.size();
  if (std::from_chars(digits, error.place.data() + error.place.size(), index).ec != std::errc()) return false;
  // What the place names is there.
  Value::Array& layers = document.find("config")->find("layers")->as_array();
  layers.erase(layers.begin() + static_cast<std::ptrdiff_t>(index));
  return true;
}

std::optional<Shape> declared_input(const Layers& layers) {
  if (layers.empty() || !is_input_layer(layers[0])) return std::nullopt;
  return declared_shape(layers[0]);
}

// The layers that build one after the other.
Layers mend(Layers layers) {
  Layers kept;
  std::optional<Shape> shape = declared_input(layers);
  if (!shape) return kept;
  DType dtype = layers[0].input_dtype();
  for (Layer& layer : layers) {
    if (!kept.empty() && is_input_layer(layer)) continue;
    if (!layer.build(*shape, dtype, kFuzzLimits)) {
      if (kept.empty()) return kept;
      continue;
    }
    shape = layer.output_shape();
    dtype = layer.output_dtype();
    kept.push_back(std::move(layer));
  }
  return kept;
}

std::optional<Sequential> rebuild(const Sequential& like, Layers layers, Random& random) {
  auto model = Sequential::make(like.name(), mend(std::move(layers)), kFuzzLimits);
  if (!model || !model->built()) return std::nullopt;
  model->set_keras_version(like.keras_version());
  model->set_compile_config(like.compile_config());
  model->set_training_tensors(like.training_tensors());
  model->set_assets(like.assets());
  model->initialize(random.next());
  return std::move(*model);
}

// Behind the InputLayer, if there is one.
std::size_t first_editable(const Layers& layers) {
  return !layers.empty() && is_input_layer(layers[0]) ? 1 : 0;
}
// Where in a stack something may be put.
std::size_t place_in(const Layers& layers, Random& random) {
  const std::size_t first = first_editable(layers);
  return first + index_below(random, layers.size() - first + 1);
}
// The same, for something that is there; nothing in an empty stack.
std::optional<std::size_t> layer_in(const Layers& layers, Random& random) {
  const std::size_t first = first_editable(layers);
  if (layers.size() <= first) return std::nullopt;
  return first + index_below(random, layers.size() - first);
}

void insert(Layers& layers, std::size_t at, Layer layer) {
  // Named by its class again, so that no name is there twice.
  layer.set_name("");
  layers.insert(layers.begin() + static_cast<std::ptrdiff_t>(at), std::move(layer));
}

void insert_drawn(Layers& layers, Random& random) {
  const std::size_t at = place_in(layers, random);
  if (at == 0) return;
  auto layer = draw_layer(layers[at - 1].output_shape(), layers[at - 1].output_dtype(), random);
  if (layer) insert(layers, at, std::move(*layer));
}

void redraw(Layers& layers, Random& random) {
  const auto at = layer_in(layers, random);
  if (!at) return;
  const Layer& old = layers[*at];
  auto layer = redraw_layer(old, random);
  if (!layer) return;
  layer->set_name(old.name());
  layers[*at] = std::move(*layer);
}

void replace(Layers& layers, Random& random) {
  const auto at = layer_in(layers, random);
  if (!at) return;
  auto layer = draw_layer(layers[*at].input_shape(), layers[*at].input_dtype(), random);
  if (!layer) return;
  layers.erase(layers.begin() + static_cast<std::ptrdiff_t>(*at));
  insert(layers, *at, std::move(*layer));
}

void remove(Layers& layers, Random& random) {
  const auto at = layer_in(layers, random);
  if (at) layers.erase(layers.begin() + static_cast<std::ptrdiff_t>(*at));
}

void duplicate(Layers& layers, Random& random) {
  const auto from = layer_in(layers, random);
  if (from) insert(layers, place_in(layers, random), Layer(layers[*from]));
}

void swap(Layers& layers, Random& random) {
  const std::size_t first = first_editable(layers);
  const std::size_t count = layers.size() - first;
  if (count < 2) return;
  const std::size_t one = index_below(random, count);
  const std::size_t other = (one + 1 + index_below(random, count - 1)) % count;
  std::swap(layers[first + one], layers[first + other]);
}

void wrap(Layers& layers, Random& random) {
  const auto at = layer_in(layers, random);
  if (!at) return;
  Layer wrapped(layers[*at]);
  auto nested = make_layer(stack_class().name, {}, {{"layers", {std::move(wrapped)}}});
  if (!nested) return;
  nested->set_name("wrapped_" + std::to_string(random.below(1000)));
  layers[*at] = std::move(*nested);
}

void unwrap(Layers& layers, Random& random) {
  const auto nested = std::ranges::find_if(layers, [](const Layer& layer) { return layer.stack() != nullptr; });
  if (nested == layers.end()) return wrap(layers, random);
  const Layers children = *nested->stack();
  std::size_t at = static_cast<std::size_t>(nested - layers.begin());
  layers.erase(nested);
  for (const Layer& child : children) {
    if (!is_input_layer(child)) insert(layers, at++, child);
  }
}

void rename(Layers& layers, Random& random) {
  constexpr std::array<const char*, 5> kNames = {"layer", "na\xC3\xAFve", "a/b", "\xF0\x9F\xA6\x8A", "dense_10"};
  const auto at = layer_in(layers, random);
  if (!at) return;
  std::string name = pick(random, kNames);
  name += std::to_string(random.below(100));
  layers[*at].set_name(std::move(name));
}

void train_on_and_off(Layers& layers, Random& random) {
  const auto at = layer_in(layers, random);
  if (!at) return;
  Layer& layer = layers[*at];
  if (!layer.training_only().empty() && chance(random, 1, 2)) {
    Value::Object& carried = layer.training_only();
    carried.erase(carried.begin() + static_cast<std::ptrdiff_t>(random.below(carried.size())));
  } else if (layer.layer_class().has_trainable) {
    layer.set_trainable(!layer.trainable());
  }
}

void redraw_weights(Layers& layers, Random& random) {
  const auto at = layer_in(layers, random);
  if (!at) return;
  visit_layers(layers[*at], [&](const std::string&, Layer& layer) {
    for (Tensor& tensor : layer.weights()) {
      Tensor redrawn = Tensor::uninitialized(DType::float32, tensor.dims());
      for (float& value : redrawn.data<float>()) value = static_cast<float>(random.uniform());
      tensor = cast(redrawn, tensor.dtype());
    }
  });
}

void reshape_input(Layers& layers, Random& random) {
  if (layers.empty() || !is_input_layer(layers[0])) return;
  Shape& shape = declared_shape(layers[0]);
  if (shape.rank() < 2) return;
  std::int64_t& axis = shape[1 + index_below(random, shape.rank() - 1)];
  axis = chance(random, 1, 3) ? kUnknown : static_cast<std::int64_t>(1 + random.below(10));
}

constexpr std::array kEditRows = {
    EditRow{"insert", 3, insert_drawn}, EditRow{"redraw", 2, redraw},
    EditRow{"replace", 1, replace},     EditRow{"remove", 1, remove},
    EditRow{"duplicate", 1, duplicate}, EditRow{"swap", 1, swap},
    EditRow{"wrap", 1, wrap},           EditRow{"unwrap", 1, unwrap},
    EditRow{"rename", 1, rename},       EditRow{"weights", 1, redraw_weights},
    EditRow{"input", 1, reshape_input}, EditRow{"train", 1, train_on_and_off},
};

void set_version(Sequential& model, Random& random) {
  constexpr std::array<const char*, 5> kVersions = {"3.0.5", "3.4.1", "3.9.2", "3.15.1", "3.16.0"};
  model.set_keras_version(pick(random, kVersions));
}

void set_compile_config(Sequential& model, Random& random) {
  model.set_compile_config(
      Value::Object{{"optimizer", "adam"}, {"loss", "mse"}, {"jit_compile", chance(random, 1, 2)}});
}

void set_optimizer(Sequential& model, Random& random) {
  model.set_training_tensors(
      {{"optimizer/vars/0", Tensor(DType::int64, {static_cast<std::int64_t>(random.below(3))})}});
}

void set_assets(Sequential& model, Random& random) {
  model.set_assets({{"assets/note.txt", std::vector<std::byte>(index_below(random, 20))}});
}

constexpr std::array kCarriedRows = {
    CarriedRow{"version", 1, set_version},
    CarriedRow{"compile", 1, set_compile_config},
    CarriedRow{"optimizer", 1, set_optimizer},
    CarriedRow{"assets", 1, set_assets},
};

}  // namespace

std::span<const EditRow> edit_rows() {
  return kEditRows;
}

std::span<const CarriedRow> carried_rows() {
  return kCarriedRows;
}

std::optional<Sequential> salvage_model(const ArchiveParts& parts, Random& random) {
  constexpr int kMostRemoved = 3;
  auto document = read_json_part(parts, kConfigMember);
  if (!document) return std::nullopt;
  auto model = model_from_config(*document, {.limits = kFuzzLimits});
  for (int i = 0; !model && i < kMostRemoved && remove_named_layer(*document, model.error()); ++i) {
    model = model_from_config(*document, {.limits = kFuzzLimits});
  }
  if (!model || !model->built()) return std::nullopt;
  if (const Part* weights = parts.find(kWeightsMember)) {
    const auto tree = hdf5::read(zip::bytes_of(weights->bytes), kFuzzLimits);
    if (tree) static_cast<void>(weights_to_model(*tree, *model));
  }
  model->initialize(random.next());
  if (const auto metadata = read_json_part(parts, kMetadataMember)) {
    static_cast<void>(metadata_to_model(*metadata, *model, kFuzzLimits, {}));
  }
  return std::move(*model);
}

std::optional<Sequential> mutate_model(const Sequential& model, Random& random, const ModelRows& rows) {
  constexpr std::uint64_t kCarriedOneIn = 16;
  constexpr std::uint64_t kInsideOneIn = 4;
  if (chance(random, 1, kCarriedOneIn)) {
    Sequential changed = model;
    draw_row(rows.carried, random).change(changed, random);
    return changed;
  }
  Layers layers(model.layers().begin(), model.layers().end());
  Layers* stack = &layers;
  const auto nested = std::ranges::find_if(layers, [](const Layer& layer) { return layer.stack() != nullptr; });
  if (nested != layers.end() && chance(random, 1, kInsideOneIn)) stack = nested->stack();
  draw_row(rows.edits, random).change(*stack, random);
  return rebuild(model, std::move(layers), random);
}

std::optional<Sequential> shrink_model(const Sequential& model, Random& random) {
  Layers layers(model.layers().begin(), model.layers().end());
  if (layer_in(layers, random)) {
    remove(layers, random);
    return rebuild(model, std::move(layers), random);
  }
  Sequential bare = model;
  bare.set_compile_config({});
  bare.set_training_tensors({});
  bare.set_assets({});
  return bare;
}

std::optional<std::string> archive_of(const Sequential& model) {
  const auto archive = save_bytes(model, {.verify = false});
  if (!archive) return std::nullopt;
  return std::string(zip::text_of(archive->bytes()));
}

std::optional<std::string> fresh_archive(Random& random) {
  constexpr int kSmall = 20;
  auto choices = properties::Choices::random(random.next(), kSmall);
  const auto drawn = properties::generate_case(choices);
  if (!drawn) return std::nullopt;
  return archive_of(drawn->model);
}

}  // namespace revive::fuzz
