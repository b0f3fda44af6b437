// Normalization: what is known of the data taken out of it, (x - mean) / max(√variance, 1e-7), or put into it again.
// Source: Keras' Normalization.
//
// Mean and variance are of the kept axes, `axis`, and stand in the config, or in variables once the layer was adapted
// to data; the variables end with a count that nothing reads. Keras takes nested lists in the config too, for several
// kept axes; they are refused.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "revive/model/declare.h"
#include "revive/model/kernels/rounding.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/layers/axes.h"
#include "revive/model/tensor/broadcast.h"

namespace revive {
namespace {

// What no divisor is smaller than: keras.config.epsilon().
constexpr double kLeastDeviation = 1e-7;

struct Normalization {
  IntList axis = {-1};
  bool invert = false;
  std::optional<Numbers> mean;
  std::optional<Numbers> variance;

  Result<Built> build(const Shape& input) const;
  Result<Tensor> call(const Tensor& x, const CallContext& context) const {
    return with_real(context.dtype, [&]<typename T>(T) { return run<T>(x, context); });
  }

 private:
  // From the front and ascending, or nothing when a tensor of that rank does not have them, each once.
  std::optional<std::vector<std::size_t>> kept_axes(std::size_t rank) const;
  // Along the kept axes of x, 1 along the others.
  Tensor along_axes(const Tensor& weight, const Dims& dims) const;
  Tensor given(const Numbers& numbers, const Dims& dims, DType dtype) const;
  template <typename T>
  Tensor run(const Tensor& x, const CallContext& context) const;
};

std::optional<std::vector<std::size_t>> Normalization::kept_axes(std::size_t rank) const {
  auto axes = axes_from_front(axis, rank);
  // The batch is none of them.
  if (axes && !axes->empty() && axes->front() == 0) return std::nullopt;
  return axes;
}

Result<Built> Normalization::build(const Shape& input) const {
  const auto axes = kept_axes(input.rank());
  if (!axes || !std::ranges::all_of(*axes, [&](std::size_t at) { return input.known(at); })) {
    return fail(ErrorCode::layer_input, "",
                fmt::format("Normalization expects known axes {} after the batch, each once, found the shape {}",
                            to_string(axis), to_string(input)));
  }
  Built built{input};
  built.multiply_adds = saturating_product({input.elements_per_sample().value_or(kHuge), 2, kScalarStep});
  if (mean) {
    const std::int64_t count = static_cast<std::int64_t>(mean->items.size());
    const bool fits = !mean->is_list || (!axes->empty() && (count == 1 || count == input[axes->back()]));
    if (fits) return built;
    return fail(
        ErrorCode::layer_input, "",
        fmt::format("Normalization expects a mean for each place along the last of the axes {}, found {} for the "
                    "shape {}",
                    to_string(axis), count, to_string(input)));
  }
  Dims dims;
  for (const std::size_t at : *axes) dims.push_back(input[at]);
  built.variables.push_back({.name = "mean", .dims = dims, .trainable = false});
  built.variables.push_back({.name = "variance", .dims = dims, .non_negative = true, .trainable = false});
  built.variables.push_back({.name = "count",
                             .dims = {},
                             .initial = VariableSpec::Initial::zeros,
                             .trainable = false,
                             .dtype = DType::int32});
  return built;
}

Tensor Normalization::along_axes(const Tensor& weight, const Dims& dims) const {
  Dims broadcast(dims.size(), 1);
  const auto axes = kept_axes(dims.size());
  for (const std::size_t at : *axes) broadcast[at] = dims[at];
  return weight.reshaped(std::move(broadcast));
}

Tensor Normalization::given(const Numbers& numbers, const Dims& dims, DType dtype) const {
  // Keras' lists become float32 before they become what the layer computes in.
  Tensor listed(DType::float32, {static_cast<std::int64_t>(numbers.items.size())});
  std::ranges::transform(numbers.items, listed.data<float>().begin(), &Number::as_float);
  const Tensor values = cast(cast(listed, dtype), carrier_of(dtype));
  Dims broadcast(dims.size(), 1);
  if (numbers.is_list) broadcast[kept_axes(dims.size())->back()] = values.dim(0);
  return values.reshaped(std::move(broadcast));
}

template <typename T>
Tensor Normalization::run(const Tensor& x, const CallContext& context) const {
  const DType dtype = context.dtype;
  const Tensor means = mean ? given(*mean, x.dims(), dtype) : along_axes(context.weights[0], x.dims());
  Tensor deviations = variance ? given(*variance, x.dims(), dtype) : along_axes(context.weights[1], x.dims());
  std::array<T, 1> least = {static_cast<T>(kLeastDeviation)};
  round_to(dtype, std::span<T>(least));
  for (T& value : deviations.data<T>()) value = std::sqrt(value);
  round_to(dtype, deviations.data<T>());
  // A NaN stays one.
  for (T& value : deviations.data<T>()) value = value < least[0] ? least[0] : value;

  Tensor y = x;
  const auto apply_along = [&](const Tensor& values, const auto& operation) {
    const T* const value = values.data<T>().data();
    const std::span<T> out = y.data<T>();
    const BroadcastLoops loops(y.dims(), values.dims());
    loops.for_each_run([&](std::size_t, std::size_t, std::size_t at, std::size_t step, std::size_t to, std::size_t n) {
      for (std::size_t i = 0; i < n; ++i) out[to + i] = operation(out[to + i], value[at + i * step]);
    });
    round_to(dtype, out);
  };
  if (invert) {
    apply_along(deviations, [](T a, T b) { return a * b; });
    apply_along(means, [](T a, T b) { return a + b; });
  } else {
    apply_along(means, [](T a, T b) { return a - b; });
    apply_along(deviations, [](T a, T b) { return a / b; });
  }
  return y;
}

std::size_t rank_of(const std::optional<Numbers>& numbers) {
  return numbers && numbers->is_list ? numbers->items.size() : 0;
}

// None, the last axis in both spellings, and every known axis after the batch.
std::vector<IntList> drawn_axes(const Shape& shape) {
  const auto rank = static_cast<std::int64_t>(shape.rank());
  std::vector<IntList> axes = {{-1}, {rank - 1}, {}};
  IntList all;
  for (std::int64_t i = 1; i < rank; ++i) {
    if (shape.known(static_cast<std::size_t>(i))) all.push_back(i);
  }
  axes.push_back(std::move(all));
  return axes;
}

void draw_normalization(LayerDraw& draw, Normalization& layer) {
  layer.axis = draw.one_of(drawn_axes(draw.shape()));
  layer.invert = draw.flag();
  const std::size_t form = draw.alternative(3);
  if (form == 0) return;
  constexpr std::size_t kListed = 2;
  const bool listed = form == kListed && !layer.axis.empty();
  const auto number = [&](std::initializer_list<Number> numbers) {
    const Number one = draw.one_of<Number>(numbers);
    if (!listed) return Numbers(one);
    std::vector<Number> items(static_cast<std::size_t>(draw.shape().back()), one);
    if (!items.empty()) items.front() = 0.25;
    return Numbers(std::move(items));
  };
  layer.mean = number({0.0, 1.5, -1, 3.0});
  layer.variance = number({1.0, 2.0, 4, 0.5});
}

}  // namespace

LayerClass normalization_class() {
  return declare<Normalization>("Normalization", Family::preprocessing)
      .field("axis", &Normalization::axis, {.legal = {.one_item_list = true}})
      .field("invert", &Normalization::invert)
      .field("mean", &Normalization::mean)
      .field("variance", &Normalization::variance)
      .rule("expected mean and variance, or neither",
            [](const Normalization& layer) { return layer.mean.has_value() == layer.variance.has_value(); })
      .rule("expected as many variances as means",
            [](const Normalization& layer) { return rank_of(layer.mean) == rank_of(layer.variance); })
      .expects("an input of rank 2 to 32 whose last axis is known",
               [](const Shape& input) {
                 return input.rank() >= 2 && input.rank() <= kMaxGraphRank && input.known(input.rank() - 1);
               })
      .passes_mask()
      .draw(draw_normalization)
      .layer();
}

}  // namespace revive
