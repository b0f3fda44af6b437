// DepthwiseConv and SeparableConv of one and two axes: filters of single channels, and what mixes them then. Source:
// Keras' layers of these names.
//
// The filters of a channel follow each other: the output channel is channel * depth_multiplier + filter.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/kernels/convolution.h"
#include "revive/model/layers/draw_activation.h"
#include "revive/model/layers/draw_windows.h"

namespace revive {
namespace {

// What both have.
template <std::size_t kRank>
struct Filters {
  WindowList windows;
  std::int64_t multiplier = 1;
  DataFormat data_format = {};

  // The output of the filters of single channels; layer_input where it cannot be.
  Result<Shape> filtered(std::string_view layer, const Shape& input) const {
    const std::int64_t channels = input[spatial_axes(data_format, kRank).channels];
    if (channels == kUnknown) {
      return fail(
          ErrorCode::layer_input, "",
          fmt::format("{}{}D expects a known number of channels, found the shape {}", layer, kRank, to_string(input)));
    }
    return windowed_shape(input, windows, data_format, saturating_product({channels, multiplier}));
  }
  Dims kernel(const Shape& input) const {
    Dims dims;
    for (const Windows& axis : windows) dims.push_back(axis.size);
    dims.insert(dims.end(), {input[spatial_axes(data_format, kRank).channels], multiplier});
    return dims;
  }
  std::int64_t cost(const Shape& input, const Shape& output) const {
    const std::int64_t channels = input[spatial_axes(data_format, kRank).channels];
    return depthwise_cost(windows, positions_of(output, data_format), channels, multiplier);
  }
  // REQUIRES: the channels are behind.
  Dims filtered_dims(const Tensor& cells) const {
    const std::int64_t channels = cells.dims().back() * multiplier;
    return windowed_shape(Shape(cells.dims()), windows, DataFormat::channels_last, channels)->axes();
  }
  void add(const Tensor& cells, const Tensor& kernel, DType dtype, Tensor& out) const {
    with_real(dtype, [&]<typename T>(T) { add_depthwise<T>(windows, multiplier, cells, kernel, out); });
  }
};

template <std::size_t kRank>
struct DepthwiseConv {
  std::int64_t depth_multiplier = 1;
  IntList kernel_size = IntList(kRank, 1);
  IntList strides = IntList(kRank, 1);
  Padding padding = Padding::valid;
  DataFormat data_format = DataFormat::channels_last;
  IntList dilation_rate = IntList(kRank, 1);
  Activation activation = Activation::linear;
  bool use_bias = true;

  WindowList windows() const { return window_list(kernel_size, strides, dilation_rate, padding); }

  Result<Built> build(const Shape& input) const {
    const Filters<kRank> depthwise = filters();
    REVIVE_ASSIGN_OR_RETURN(auto output, depthwise.filtered("DepthwiseConv", input));
    const std::int64_t channels = output[spatial_axes(data_format, kRank).channels];
    const std::int64_t cost = depthwise.cost(input, output);
    Built built{std::move(output), {{"kernel", depthwise.kernel(input)}}};
    if (use_bias) built.variables.push_back({"bias", {channels}});
    return with_activation(std::move(built), activation, cost);
  }

  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    const Filters<kRank> depthwise = filters();
    return apply(activation, with_channels_last(data_format, x, [&](const Tensor& cells) {
                   const Tensor* const bias = use_bias ? &context.weights[1] : nullptr;
                   return with_bias(bias, depthwise.filtered_dims(cells), context.dtype,
                                    [&](Tensor& out) { depthwise.add(cells, context.weights[0], context.dtype, out); });
                 }));
  }

 private:
  Filters<kRank> filters() const { return {windows(), depth_multiplier, data_format}; }
};

template <std::size_t kRank>
struct SeparableConv {
  std::int64_t depth_multiplier = 1;
  std::int64_t filters = 1;
  IntList kernel_size = IntList(kRank, 1);
  IntList strides = IntList(kRank, 1);
  Padding padding = Padding::valid;
  DataFormat data_format = DataFormat::channels_last;
  IntList dilation_rate = IntList(kRank, 1);
  Activation activation = Activation::linear;
  bool use_bias = true;

  WindowList windows() const { return window_list(kernel_size, strides, dilation_rate, padding); }

  Result<Built> build(const Shape& input) const {
    const Filters<kRank> depthwise = channel_filters();
    REVIVE_ASSIGN_OR_RETURN(auto output, depthwise.filtered("SeparableConv", input));
    std::int64_t& channels = output[spatial_axes(data_format, kRank).channels];
    const std::int64_t filtered = std::exchange(channels, filters);
    const std::int64_t positions = positions_of(output, data_format);
    const std::int64_t mixing = saturating_product({positions, filtered, filters});
    const std::int64_t cost = saturating_sum(depthwise.cost(input, output), mixing);
    Dims pointwise(kRank, 1);
    pointwise.insert(pointwise.end(), {filtered, filters});
    Built built{std::move(output),
                {{"depthwise_kernel", depthwise.kernel(input)}, {"pointwise_kernel", std::move(pointwise)}}};
    if (use_bias) built.variables.push_back({"bias", {filters}});
    built.activation_elements = saturating_product({positions, filtered});
    return with_activation(std::move(built), activation, cost);
  }

  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    const Filters<kRank> depthwise = channel_filters();
    return apply(
        activation, with_channels_last(data_format, x, [&](const Tensor& cells) {
          const Tensor filtered = with_bias(nullptr, depthwise.filtered_dims(cells), context.dtype, [&](Tensor& out) {
            depthwise.add(cells, context.weights[0], context.dtype, out);
          });
          Dims dims = filtered.dims();
          dims.back() = filters;
          return with_bias(use_bias ? &context.weights[2] : nullptr, std::move(dims), context.dtype, [&](Tensor& out) {
            with_real(context.dtype, [&]<typename T>(T) {
              add_convolution<T>(WindowList(kRank), 1, filtered, context.weights[1], out);
            });
          });
        }));
  }

 private:
  Filters<kRank> channel_filters() const { return {windows(), depth_multiplier, data_format}; }
};

template <typename Self>
void draw_filters(LayerDraw& draw, Self& conv) {
  const std::size_t spatial = conv.kernel_size.size();
  conv.padding = draw.one_of({Padding::valid, Padding::same});
  conv.data_format = draw_data_format(draw, spatial);
  draw_windows(draw, conv.data_format, conv.padding, conv.kernel_size, conv.strides, conv.dilation_rate);
  conv.depth_multiplier = draw.integer(1, std::min<std::int64_t>(room_to_grow(draw), 3));
}

// The fields that both have, in Keras' order behind depth_multiplier and filters.
template <std::size_t kRank, typename Self>
void declare_filters(Declaration<Self>& conv) {
  const Legal sizes{.minimum = 1, .items = kRank};
  conv.field("kernel_size", &Self::kernel_size, {.legal = sizes, .required = true})
      .field("strides", &Self::strides, {.legal = sizes})
      .field("padding", &Self::padding)
      .field("data_format", &Self::data_format)
      .field("dilation_rate", &Self::dilation_rate, {.legal = sizes})
      .field("activation", &Self::activation)
      .field("use_bias", &Self::use_bias)
      .training_only({"depthwise_initializer", "bias_initializer", "depthwise_regularizer", "bias_regularizer",
                      "activity_regularizer", "depthwise_constraint", "bias_constraint"})
      .rule("expected the padding valid or same", [](const Self& layer) { return layer.padding != Padding::causal; })
      // Stock Keras takes both together, but not on every backend.
      .rule("expected strides of 1 or a dilation_rate of 1",
            [](const Self& layer) { return strides_or_dilates(layer.strides, layer.dilation_rate); })
      .rule(span_sentence(), [](const Self& layer) { return spans_fit(layer.windows()); })
      .expects(expects_channels(kRank), takes_channels(kRank));
}

template <std::size_t kRank>
LayerClass depthwise_conv_class() {
  using Self = DepthwiseConv<kRank>;
  auto conv = declare<Self>(fmt::format("DepthwiseConv{}D", kRank), Family::convolution);
  conv.field("depth_multiplier", &Self::depth_multiplier, {.legal = {.minimum = 1}});
  declare_filters<kRank>(conv);
  return conv
      .draw([](LayerDraw& draw, Self& layer) {
        draw_filters(draw, layer);
        const std::int64_t channels = draw.shape()[spatial_axes(layer.data_format, kRank).channels];
        const auto shape =
            windowed_shape(draw.shape(), layer.windows(), layer.data_format, channels * layer.depth_multiplier);
        if (shape) layer.activation = draw_activation(draw, *shape);
        layer.use_bias = !draw.flag();
      })
      .layer();
}

template <std::size_t kRank>
LayerClass separable_conv_class() {
  using Self = SeparableConv<kRank>;
  auto conv = declare<Self>(fmt::format("SeparableConv{}D", kRank), Family::convolution);
  conv.field("depth_multiplier", &Self::depth_multiplier, {.legal = {.minimum = 1}})
      .field("filters", &Self::filters, {.legal = {.minimum = 1}, .required = true});
  declare_filters<kRank>(conv);
  return conv.training_only({"pointwise_initializer", "pointwise_regularizer", "pointwise_constraint"})
      .draw([](LayerDraw& draw, Self& layer) {
        draw_filters(draw, layer);
        layer.filters = draw.integer(1, 6);
        const auto shape = windowed_shape(draw.shape(), layer.windows(), layer.data_format, layer.filters);
        if (shape) layer.activation = draw_activation(draw, *shape);
        layer.use_bias = !draw.flag();
      })
      .alias(kRank == 1 ? "SeparableConvolution1D" : "SeparableConvolution2D")
      .layer();
}

}  // namespace

LayerClass depthwise_conv1d_class() {
  return depthwise_conv_class<1>();
}
LayerClass depthwise_conv2d_class() {
  return depthwise_conv_class<2>();
}
LayerClass separable_conv1d_class() {
  return separable_conv_class<1>();
}
LayerClass separable_conv2d_class() {
  return separable_conv_class<2>();
}

}  // namespace revive
