// Conv1D: cross-correlation along the steps. Source: Keras' Conv1D.
//
// The kernel is (size, channels / groups, filters) in both data formats. Every tap of it is one product for a whole
// run of steps; an output element is the bias, then the taps in order, each over its channels in order. Padding is
// multiplied like any step, so that an infinite weight over it gives NaN as in Keras.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/declare.h"
#include "revive/model/kernels/matmul.h"
#include "revive/model/kernels/windows.h"
#include "revive/model/layers/draw_activation.h"

namespace revive {
namespace {

// Where a tap reads is a sum of a span and some steps: with spans in a quarter of the range, no such sum overflows.
constexpr std::int64_t kMostSpan = kHuge / 4;

struct Conv1D {
  std::int64_t filters = 1;
  IntList kernel_size = {1};
  IntList strides = {1};
  Padding padding = Padding::valid;
  DataFormat data_format = DataFormat::channels_last;
  IntList dilation_rate = {1};
  std::int64_t groups = 1;
  Activation activation = Activation::linear;
  bool use_bias = true;

  Windows windows() const { return {kernel_size[0], strides[0], dilation_rate[0], padding}; }
  Result<Built> build(const Shape& input) const;
  Result<Tensor> call(const Tensor& x, const CallContext& context) const;

 private:
  template <typename T>
  void add_taps(const Tensor& x, const Tensor& kernel, Tensor& y) const;
};

Result<Built> Conv1D::build(const Shape& input) const {
  const std::int64_t channels = input[step_axes(data_format).channels];
  if (channels == kUnknown || channels % groups != 0) {
    return fail(ErrorCode::layer_input, "",
                fmt::format("Conv1D expects a known number of channels that {} group{} divide{}, found the shape {}",
                            groups, groups == 1 ? "" : "s", groups == 1 ? "s" : "", to_string(input)));
  }
  REVIVE_ASSIGN_OR_RETURN(auto output, windowed_shape(input, windows(), data_format, filters));
  Built built{std::move(output), {{"kernel", {kernel_size[0], channels / groups, filters}}}, 0};
  if (use_bias) built.variables.push_back({"bias", {filters}});
  const std::int64_t steps = built.output[step_axes(data_format).steps];
  const auto cost = saturating_product({steps, kernel_size[0], channels / groups, filters});
  return with_activation(std::move(built), activation, cost);
}

// Rounded up. REQUIRES: divisor > 0.
std::int64_t ceil_divide(std::int64_t number, std::int64_t divisor) {
  return number <= 0 ? -(-number / divisor) : (number - 1) / divisor + 1;
}

template <typename T>
void Conv1D::add_taps(const Tensor& x, const Tensor& kernel, Tensor& y) const {
  const std::int64_t steps = x.dim(1);
  const std::int64_t channels = x.dim(2);
  const std::int64_t outputs = y.dim(1);
  const std::int64_t inner = kernel.dim(1);
  const std::int64_t group_filters = filters / groups;
  const std::int64_t stride = strides[0];
  const std::int64_t before = windows().before(steps);
  const T* in = x.data<T>().data();
  const T* weights = kernel.data<T>().data();
  T* out = y.data<T>().data();
  const std::vector<T> padding_cell(static_cast<std::size_t>(inner));

  for (std::int64_t tap = 0; tap < kernel_size[0]; ++tap) {
    const std::int64_t shift = tap * dilation_rate[0] - before;
    // The windows [begin, end) whose cell under this tap is a real step; under the others it is padding.
    const std::int64_t begin = std::clamp<std::int64_t>(ceil_divide(-shift, stride), 0, outputs);
    const std::int64_t end = shift >= steps ? begin : std::clamp((steps - 1 - shift) / stride + 1, begin, outputs);
    for (std::int64_t sample = 0; sample < x.dim(0); ++sample) {
      for (std::int64_t group = 0; group < groups; ++group) {
        const ConstBlockOf<T> factors{weights + tap * inner * filters + group * group_filters, filters};
        const auto add = [&](ConstBlockOf<T> cells, std::int64_t first, std::int64_t last) {
          T* to = out + (sample * outputs + first) * filters + group * group_filters;
          multiply_add<T>(cells, factors, {to, filters}, last - first, inner, group_filters);
        };
        add({padding_cell.data(), 0}, 0, begin);
        if (begin < end) {
          const T* from = in + (sample * steps + begin * stride + shift) * channels + group * inner;
          add({from, stride * channels}, begin, end);
        }
        add({padding_cell.data(), 0}, end, outputs);
      }
    }
  }
}

Result<Tensor> Conv1D::call(const Tensor& x, const CallContext& context) const {
  const bool first = data_format == DataFormat::channels_first;
  const Tensor& steps_first = first ? swap_steps_and_channels(x) : x;
  Dims dims = {x.dim(0), *windows().count(steps_first.dim(1)), filters};
  const Tensor* const bias = use_bias ? &context.weights[1] : nullptr;
  Tensor y = with_bias(bias, std::move(dims), context.dtype, [&](Tensor& out) {
    if (out.size() == 0) return;
    with_real(context.dtype, [&]<typename T>(T) { add_taps<T>(steps_first, context.weights[0], out); });
  });
  return apply(activation, first ? swap_steps_and_channels(y) : std::move(y));
}

// Sizes stay small; the probe's steps bound a window that has to fit.
void draw_conv(LayerDraw& draw, Conv1D& conv) {
  constexpr std::int64_t kLargestKernel = 5;
  constexpr std::int64_t kMostFilters = 8;
  conv.padding = draw.any<Padding>();
  std::vector<DataFormat> formats;
  for (const DataFormat format : {DataFormat::channels_last, DataFormat::channels_first}) {
    if (draw.shape().known(step_axes(format).channels)) formats.push_back(format);
  }
  conv.data_format = draw.one_of(formats);
  const StepAxes axes = step_axes(conv.data_format);
  const std::int64_t dilation = draw.integer(1, 3);
  conv.dilation_rate = {dilation};
  conv.strides = {draw.integer(1, dilation > 1 ? 1 : 3)};
  const std::int64_t fitting = (draw.probe()[axes.steps] - 1) / dilation + 1;
  const bool has_to_fit = conv.padding == Padding::valid;
  conv.kernel_size = {draw.integer(1, has_to_fit ? std::min(fitting, kLargestKernel) : kLargestKernel)};

  std::vector<std::int64_t> divisors;
  const std::int64_t channels = draw.probe()[axes.channels];
  for (std::int64_t groups = 1; groups <= std::min(channels, kMostFilters); ++groups) {
    if (channels % groups == 0) divisors.push_back(groups);
  }
  conv.groups = draw.one_of(divisors);
  conv.filters = draw.integer(1, kMostFilters / conv.groups) * conv.groups;
  const auto shape = windowed_shape(draw.shape(), conv.windows(), conv.data_format, conv.filters);
  if (shape) conv.activation = draw_activation(draw, *shape);
  conv.use_bias = !draw.flag();
}

}  // namespace

LayerClass conv1d_class() {
  const Legal size{.minimum = 1, .items = 1};
  return declare<Conv1D>("Conv1D", Family::convolution)
      .field("filters", &Conv1D::filters, {.legal = {.minimum = 1}, .required = true})
      .field("kernel_size", &Conv1D::kernel_size, {.legal = size, .required = true})
      .field("strides", &Conv1D::strides, {.legal = size})
      .field("padding", &Conv1D::padding)
      .field("data_format", &Conv1D::data_format)
      .field("dilation_rate", &Conv1D::dilation_rate, {.legal = size})
      .field("groups", &Conv1D::groups, {.legal = {.minimum = 1}})
      .field("activation", &Conv1D::activation)
      .field("use_bias", &Conv1D::use_bias)
      .training_only({"kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
                      "activity_regularizer", "kernel_constraint", "bias_constraint"})
      .fixed("lora_rank", {})
      .fixed("lora_alpha", {})
      .draw(draw_conv)
      .rule("expected strides of 1 or a dilation_rate of 1",
            [](const Conv1D& layer) { return layer.strides[0] == 1 || layer.dilation_rate[0] == 1; })
      .rule("expected a number of filters that groups divides",
            [](const Conv1D& layer) { return layer.filters % layer.groups == 0; })
      .rule(fmt::format("expected kernel_size and dilation_rate to span at most {} steps", kMostSpan),
            [](const Conv1D& layer) { return layer.windows().extent() <= kMostSpan; })
      .expects("an input of rank 3 whose channels are known",
               [](const Shape& input) { return input.rank() == 3 && (input.known(1) || input.known(2)); })
      .layer();
}

}  // namespace revive
