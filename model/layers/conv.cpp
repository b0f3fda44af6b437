// Conv1D, Conv2D and Conv3D: cross-correlation along the spatial axes. Source: Keras' layers of these names.
//
// The kernel is (sizes..., channels / groups, filters) in both data formats.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/kernels/convolution.h"
#include "revive/model/layers/draw_activation.h"
#include "revive/model/layers/draw_windows.h"

namespace revive {
namespace {

template <std::size_t kRank>
struct Conv {
  std::int64_t filters = 1;
  IntList kernel_size = IntList(kRank, 1);
  IntList strides = IntList(kRank, 1);
  Padding padding = Padding::valid;
  DataFormat data_format = DataFormat::channels_last;
  IntList dilation_rate = IntList(kRank, 1);
  std::int64_t groups = 1;
  Activation activation = Activation::linear;
  bool use_bias = true;

  WindowList windows() const { return window_list(kernel_size, strides, dilation_rate, padding); }

  Result<Built> build(const Shape& input) const {
    const std::int64_t channels = input[spatial_axes(data_format, kRank).channels];
    if (channels == kUnknown || channels % groups != 0) {
      return fail(ErrorCode::layer_input, "",
                  fmt::format("Conv{}D expects a known number of channels that {} group{} divide{}, found the shape {}",
                              kRank, groups, groups == 1 ? "" : "s", groups == 1 ? "s" : "", to_string(input)));
    }
    REVIVE_ASSIGN_OR_RETURN(auto output, windowed_shape(input, windows(), data_format, filters));
    Dims kernel = kernel_size;
    kernel.insert(kernel.end(), {channels / groups, filters});
    Built built{std::move(output), {{"kernel", std::move(kernel)}}, 0};
    if (use_bias) built.variables.push_back({"bias", {filters}});
    const std::int64_t positions = positions_of(built.output, data_format);
    const auto cost = convolution_cost(windows(), groups, positions, channels, filters);
    return with_activation(std::move(built), activation, cost);
  }

  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    return apply(
        activation, with_channels_last(data_format, x, [&](const Tensor& cells) {
          Dims dims = windowed_shape(Shape(cells.dims()), windows(), DataFormat::channels_last, filters)->axes();
          return with_bias(use_bias ? &context.weights[1] : nullptr, std::move(dims), context.dtype, [&](Tensor& out) {
            with_real(context.dtype,
                      [&]<typename T>(T) { add_convolution<T>(windows(), groups, cells, context.weights[0], out); });
          });
        }));
  }
};

template <std::size_t kRank>
void draw_conv(LayerDraw& draw, Conv<kRank>& conv) {
  constexpr std::int64_t kMostFilters = 8;
  conv.padding = draw.one_of(paddings(kRank));
  conv.data_format = draw_data_format(draw, kRank);
  draw_windows(draw, conv.data_format, conv.padding, conv.kernel_size, conv.strides, conv.dilation_rate);

  std::vector<std::int64_t> divisors;
  const std::int64_t channels = draw.probe()[spatial_axes(conv.data_format, kRank).channels];
  for (std::int64_t groups = 1; groups <= std::min(channels, kMostFilters); ++groups) {
    if (channels % groups == 0) divisors.push_back(groups);
  }
  conv.groups = draw.one_of(divisors);
  conv.filters = draw.integer(1, kMostFilters / conv.groups) * conv.groups;
  const auto shape = windowed_shape(draw.shape(), conv.windows(), conv.data_format, conv.filters);
  if (shape) conv.activation = draw_activation(draw, *shape);
  conv.use_bias = !draw.flag();
}

template <std::size_t kRank>
LayerClass conv_class(std::string_view alias) {
  using Self = Conv<kRank>;
  const Legal sizes{.minimum = 1, .items = kRank};
  auto conv = declare<Self>(fmt::format("Conv{}D", kRank), Family::convolution);
  conv.field("filters", &Self::filters, {.legal = {.minimum = 1}, .required = true})
      .field("kernel_size", &Self::kernel_size, {.legal = sizes, .required = true})
      .field("strides", &Self::strides, {.legal = sizes})
      .field("padding", &Self::padding)
      .field("data_format", &Self::data_format)
      .field("dilation_rate", &Self::dilation_rate, {.legal = sizes})
      .field("groups", &Self::groups, {.legal = {.minimum = 1}})
      .field("activation", &Self::activation)
      .field("use_bias", &Self::use_bias)
      .training_only({"kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer", "lora_rank",
                      "lora_alpha", "activity_regularizer", "kernel_constraint", "bias_constraint"})
      .alias(alias)
      .draw(draw_conv<kRank>)
      .rule("expected strides of 1 or a dilation_rate of 1",
            [](const Self& layer) { return strides_or_dilates(layer.strides, layer.dilation_rate); })
      .rule("expected a number of filters that groups divides",
            [](const Self& layer) { return layer.filters % layer.groups == 0; })
      .rule(span_sentence(), [](const Self& layer) { return spans_fit(layer.windows()); })
      .expects(expects_channels(kRank), takes_channels(kRank));
  if (kRank > 1) {
    conv.rule("expected the padding valid or same", [](const Self& layer) { return layer.padding != Padding::causal; });
  }
  return conv.layer();
}

}  // namespace

LayerClass conv1d_class() {
  return conv_class<1>("Convolution1D");
}
LayerClass conv2d_class() {
  return conv_class<2>("Convolution2D");
}
LayerClass conv3d_class() {
  return conv_class<3>("Convolution3D");
}

}  // namespace revive
