// Conv1DTranspose, Conv2DTranspose and Conv3DTranspose: every cell spread over a window of the output. Source: Keras'
// layers of these names.
//
// The kernel is (sizes..., filters, channels) in both data formats.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/kernels/convolution.h"
#include "revive/model/layers/draw_activation.h"
#include "revive/model/layers/draw_windows.h"

namespace revive {
namespace {

template <std::size_t kRank>
struct ConvTranspose {
  std::int64_t filters = 1;
  IntList kernel_size = IntList(kRank, 1);
  IntList strides = IntList(kRank, 1);
  Padding padding = Padding::valid;
  std::optional<IntList> output_padding;
  DataFormat data_format = DataFormat::channels_last;
  IntList dilation_rate = IntList(kRank, 1);
  Activation activation = Activation::linear;
  bool use_bias = true;

  WindowList windows() const { return window_list(kernel_size, strides, dilation_rate, padding); }

  // The shape before the activation; layer_input where an axis would be empty.
  Result<Shape> spread_shape(const Shape& input, DataFormat format) const {
    const SpatialAxes axes = spatial_axes(format, kRank);
    Shape output = input;
    for (std::size_t i = 0; i < kRank; ++i) {
      const std::int64_t cells = input[axes.first + i];
      if (cells == kUnknown) continue;
      output[axes.first + i] = length(i, cells);
      if (output[axes.first + i] <= 0) {
        return fail(ErrorCode::layer_input, "",
                    fmt::format("Conv{}DTranspose makes nothing of the {} cells along axis {} of the shape {}", kRank,
                                cells, axes.first + i, to_string(input)));
      }
    }
    output[axes.channels] = filters;
    return output;
  }

  Result<Built> build(const Shape& input) const {
    const std::int64_t channels = input[spatial_axes(data_format, kRank).channels];
    if (channels == kUnknown) {
      return fail(ErrorCode::layer_input, "",
                  fmt::format("Conv{}DTranspose expects a known number of channels, found the shape {}", kRank,
                              to_string(input)));
    }
    REVIVE_ASSIGN_OR_RETURN(auto output, spread_shape(input, data_format));
    Dims kernel = kernel_size;
    kernel.insert(kernel.end(), {filters, channels});
    const std::int64_t products = saturating_product({channels, filters});
    const std::int64_t cost = saturating_product(
        {positions_of(input, data_format), taps_of(windows()), saturating_sum(products, kScalarStep)});
    Built built{std::move(output), {{"kernel", std::move(kernel)}}};
    if (use_bias) built.variables.push_back({"bias", {filters}});
    return with_activation(std::move(built), activation, cost);
  }

  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    return apply(
        activation, with_channels_last(data_format, x, [&](const Tensor& cells) {
          Dims dims = spread_shape(Shape(cells.dims()), DataFormat::channels_last)->axes();
          return with_bias(use_bias ? &context.weights[1] : nullptr, std::move(dims), context.dtype, [&](Tensor& out) {
            with_real(context.dtype,
                      [&]<typename T>(T) { add_transposed<T>(spreads(), cells, context.weights[0], out); });
          });
        }));
  }

 private:
  std::int64_t extent(std::size_t axis) const { return windows()[axis].extent(); }

  std::int64_t length(std::size_t axis, std::int64_t cells) const {
    const std::int64_t stride = strides[axis];
    if (padding == Padding::same && !output_padding) return saturating_product({cells, stride});
    if (cells == 0) return 0;
    const std::int64_t starts = saturating_product({cells - 1, stride});
    if (padding == Padding::same) return saturating_sum(starts, extent(axis) % 2 + (*output_padding)[axis]);
    const std::int64_t reach = output_padding ? extent(axis) + (*output_padding)[axis] : std::max(extent(axis), stride);
    return saturating_sum(starts, reach);
  }

  // Where a layer keeps the size, it cuts off what is left of the overlap when its larger half stays behind.
  std::int64_t crop(std::size_t axis) const {
    if (padding == Padding::valid) return 0;
    const std::int64_t reach = extent(axis);
    const std::int64_t total =
        output_padding ? reach + reach % 2 - 2 + (*output_padding)[axis] : strides[axis] + reach - 2;
    return reach - 1 - std::min((total + 1) / 2, reach - 1);
  }

  SpreadList spreads() const {
    SpreadList list;
    for (std::size_t i = 0; i < kRank; ++i) list.push_back({kernel_size[i], strides[i], dilation_rate[i], crop(i)});
    return list;
  }
};

template <std::size_t kRank>
void draw_transpose(LayerDraw& draw, ConvTranspose<kRank>& conv) {
  conv.padding = draw.one_of({Padding::valid, Padding::same});
  conv.data_format = draw_data_format(draw, kRank);
  // Windows need not fit into what is spread.
  draw_windows(draw, conv.data_format, Padding::same, conv.kernel_size, conv.strides, conv.dilation_rate);
  std::int64_t room = room_to_grow(draw);
  for (std::size_t i = 0; i < kRank; ++i) {
    conv.strides[i] = std::min(conv.strides[i], room);
    conv.kernel_size[i] = std::min(conv.kernel_size[i], room);
    room /= std::max(conv.strides[i], conv.kernel_size[i]);
  }
  conv.output_padding.reset();
  if (draw.flag()) {
    conv.output_padding = draw.each(kRank, [&](std::size_t i) {
      // An axis must not be empty.
      const bool one_at_least = conv.padding == Padding::same && conv.windows()[i].extent() % 2 == 0;
      const std::int64_t least = one_at_least && conv.strides[i] > 1 ? 1 : 0;
      return draw.integer(least, conv.strides[i] - 1);
    });
    for (std::size_t i = 0; i < kRank; ++i) {
      if (conv.padding == Padding::same && conv.windows()[i].extent() % 2 == 0 && conv.strides[i] == 1) {
        conv.output_padding.reset();
        break;
      }
    }
  }
  conv.filters = draw.integer(1, 6);
  const auto shape = conv.spread_shape(draw.shape(), conv.data_format);
  if (shape) conv.activation = draw_activation(draw, *shape);
  conv.use_bias = !draw.flag();
}

template <std::size_t kRank>
LayerClass conv_transpose_class(std::string_view alias) {
  using Self = ConvTranspose<kRank>;
  const Legal sizes{.minimum = 1, .items = kRank};
  return declare<Self>(fmt::format("Conv{}DTranspose", kRank), Family::convolution)
      .field("filters", &Self::filters, {.legal = {.minimum = 1}, .required = true})
      .field("kernel_size", &Self::kernel_size, {.legal = sizes, .required = true})
      .field("strides", &Self::strides, {.legal = {.minimum = 1, .maximum = 0x1p60, .items = kRank}})
      .field("padding", &Self::padding)
      .field("output_padding", &Self::output_padding, {.legal = {.minimum = 0, .items = kRank}})
      .field("data_format", &Self::data_format)
      .field("dilation_rate", &Self::dilation_rate, {.legal = sizes})
      .field("activation", &Self::activation)
      .field("use_bias", &Self::use_bias)
      .training_only({"kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
                      "activity_regularizer", "kernel_constraint", "bias_constraint"})
      .rule("expected the padding valid or same", [](const Self& layer) { return layer.padding != Padding::causal; })
      .rule("expected strides of 1 or a dilation_rate of 1",
            [](const Self& layer) { return strides_or_dilates(layer.strides, layer.dilation_rate); })
      .rule("expected an output_padding below the strides",
            [](const Self& layer) {
              return !layer.output_padding || std::ranges::equal(*layer.output_padding, layer.strides, std::less<>{});
            })
      .rule(span_sentence(), [](const Self& layer) { return spans_fit(layer.windows()); })
      .expects(expects_channels(kRank), takes_channels(kRank))
      .alias(alias)
      .draw(draw_transpose<kRank>)
      .layer();
}

}  // namespace

LayerClass conv1d_transpose_class() {
  return conv_transpose_class<1>("Convolution1DTranspose");
}
LayerClass conv2d_transpose_class() {
  return conv_transpose_class<2>("Convolution2DTranspose");
}
LayerClass conv3d_transpose_class() {
  return conv_transpose_class<3>("Convolution3DTranspose");
}

}  // namespace revive
