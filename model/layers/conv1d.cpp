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

Result<Tensor> Conv1D::call(const Tensor& x, const CallContext& context) const {
  const bool first = data_format == DataFormat::channels_first;
  const Tensor& steps_first = first ? swap_steps_and_channels(x) : x;
  Dims dims = {x.dim(0), *windows().count(steps_first.dim(1)), filters};
  Tensor y = use_bias ? rows_of(context.weights[1], std::move(dims)) : Tensor(DType::float32, std::move(dims));
  if (y.size() > 0) add_taps(steps_first, context.weights[0], y);
  return apply(activation, first ? swap_steps_and_channels(y) : std::move(y));
}

// Rounded up. REQUIRES: divisor > 0.
std::int64_t ceil_divide(std::int64_t number, std::int64_t divisor) {
  return number <= 0 ? -(-number / divisor) : (number - 1) / divisor + 1;
}

void Conv1D::add_taps(const Tensor& x, const Tensor& kernel, Tensor& y) const {
  const std::int64_t steps = x.dim(1);
  const std::int64_t channels = x.dim(2);
  const std::int64_t outputs = y.dim(1);
  const std::int64_t inner = kernel.dim(1);
  const std::int64_t group_filters = filters / groups;
  const std::int64_t stride = strides[0];
  const std::int64_t before = windows().before(steps);
  const float* in = x.data<float>().data();
  const float* weights = kernel.data<float>().data();
  float* out = y.data<float>().data();
  const std::vector<float> padding_cell(static_cast<std::size_t>(inner));

  for (std::int64_t tap = 0; tap < kernel_size[0]; ++tap) {
    const std::int64_t shift = tap * dilation_rate[0] - before;
    // The windows [begin, end) whose cell under this tap is a real step; under the others it is padding.
    const std::int64_t begin = std::clamp<std::int64_t>(ceil_divide(-shift, stride), 0, outputs);
    const std::int64_t end = shift >= steps ? begin : std::clamp((steps - 1 - shift) / stride + 1, begin, outputs);
    for (std::int64_t sample = 0; sample < x.dim(0); ++sample) {
      for (std::int64_t group = 0; group < groups; ++group) {
        const ConstBlock factors{weights + tap * inner * filters + group * group_filters, filters};
        const auto add = [&](ConstBlock cells, std::int64_t first, std::int64_t last) {
          float* to = out + (sample * outputs + first) * filters + group * group_filters;
          multiply_add(cells, factors, {to, filters}, last - first, inner, group_filters);
        };
        add({padding_cell.data(), 0}, 0, begin);
        if (begin < end) {
          const float* from = in + (sample * steps + begin * stride + shift) * channels + group * inner;
          add({from, stride * channels}, begin, end);
        }
        add({padding_cell.data(), 0}, end, outputs);
      }
    }
  }
}

// What to draw. Sizes stay small; the probe's steps bound a window that has to fit.

Domain data_format_domain(const DrawContext& context, const Conv1D&) {
  Domain domain;
  for (const DataFormat format : {DataFormat::channels_last, DataFormat::channels_first}) {
    if (context.shape.known(step_axes(format).channels)) domain.indices.push_back(static_cast<std::uint8_t>(format));
  }
  return domain;
}

Domain kernel_size_domain(const DrawContext& context, const Conv1D& layer) {
  constexpr std::int64_t kLargest = 5;
  const std::int64_t steps = context.probe[step_axes(layer.data_format).steps];
  const bool has_to_fit = layer.padding == Padding::valid;
  const std::int64_t fitting = (steps - 1) / layer.dilation_rate[0] + 1;
  return Domain{.ranges = {{1, has_to_fit ? std::min(fitting, kLargest) : kLargest}}};
}

constexpr std::int64_t kMostFilters = 8;

Domain groups_domain(const DrawContext& context, const Conv1D& layer) {
  const std::int64_t channels = context.probe[step_axes(layer.data_format).channels];
  Domain domain;
  for (std::int64_t groups = 1; groups <= std::min(channels, kMostFilters); ++groups) {
    if (channels % groups == 0) domain.integers.push_back(groups);
  }
  return domain;
}

Domain filters_domain(const DrawContext&, const Conv1D& layer) {
  Domain domain;
  for (std::int64_t filters = layer.groups; filters <= kMostFilters; filters += layer.groups) {
    domain.integers.push_back(filters);
  }
  return domain;
}

Domain conv_activation_domain(const DrawContext& context, const Conv1D& layer) {
  const auto shape = windowed_shape(context.shape, layer.windows(), layer.data_format, layer.filters);
  return shape ? activation_domain(*shape, context) : Domain{.keep = true};
}

Domain range(std::int64_t low, std::int64_t high) {
  return Domain{.ranges = {{low, high}}};
}

}  // namespace

LayerClass conv1d_class() {
  using Context = DrawContext;
  const Legal size{.minimum = 1, .items = 1};
  return declare<Conv1D>("Conv1D")
      .field("filters", &Conv1D::filters, {.legal = {.minimum = 1}, .required = true, .draw = filters_domain})
      .field("kernel_size", &Conv1D::kernel_size, {.legal = size, .required = true, .draw = kernel_size_domain})
      .field("strides", &Conv1D::strides,
             {.legal = size,
              .draw = [](const Context&, const Conv1D& layer) { return range(1, layer.dilation_rate[0] > 1 ? 1 : 3); }})
      .field("padding", &Conv1D::padding)
      .field("data_format", &Conv1D::data_format, {.draw = data_format_domain})
      .field("dilation_rate", &Conv1D::dilation_rate,
             {.legal = size, .draw = [](const Context&, const Conv1D&) { return range(1, 3); }})
      .field("groups", &Conv1D::groups, {.legal = {.minimum = 1}, .draw = groups_domain})
      .field("activation", &Conv1D::activation, {.draw = conv_activation_domain})
      .field("use_bias", &Conv1D::use_bias)
      .training_only({"kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
                      "activity_regularizer", "kernel_constraint", "bias_constraint"})
      .fixed("lora_rank", {})
      .fixed("lora_alpha", {})
      .draw_first({"padding", "data_format", "dilation_rate", "strides", "kernel_size", "groups", "filters"})
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
