#include "revive/model/kernels/activation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace revive {
namespace {

// What the parameters are when an activation is named by a string.
constexpr float kLeakySlope = 0.2F;
constexpr float kAlpha = 1;
constexpr float kShrink = 0.5F;
constexpr float kSquareplusBend = 4;

// Comparisons are written so that a NaN stays a NaN, and -0.0 becomes 0.0, where a maximum in Keras does so.
float positive_part(float x) {
  return x > 0 || std::isnan(x) ? x : 0;
}
float relu6(float x) {
  return x > 6 ? 6 : positive_part(x);
}
float elu(float x, float alpha) {
  return x > 0 ? x : alpha * std::expm1(x);
}
float selu(float x) {
  constexpr float kSeluAlpha = 1.6732632423543772F;
  constexpr float kSeluScale = 1.0507009873554805F;
  return kSeluScale * elu(x, kSeluAlpha);
}
float gelu_exact(float x) {
  constexpr float kSqrtHalf = 0.70710678118654752F;
  return 0.5F * x * std::erfc(-x * kSqrtHalf);
}
float gelu_tanh(float x) {
  constexpr float kSqrtTwoOverPi = 0.79788456080286536F;
  constexpr float kCubic = 0.044715F;
  return x * (0.5F * (1 + std::tanh(kSqrtTwoOverPi * (x + kCubic * (x * x * x)))));
}
float sigmoid(float x) {
  return 1 / (1 + std::exp(-x));
}
float hard_sigmoid(float x) {
  return relu6(x + 3) / 6;
}
float softplus(float x) {
  return positive_part(x) + std::log1p(std::exp(-std::abs(x)));
}
float sparse_plus(float x) {
  return x <= -1 ? 0 : x >= 1 ? x : (x + 1) * (x + 1) / 4;
}
float sparse_sigmoid(float x) {
  const float y = positive_part(x + 1);
  return 0.5F * (y > 2 ? 2 : y);
}

template <typename Function>
void map(std::span<float> values, Function function) {
  for (float& value : values) value = function(value);
}

struct Rows {
  float* values;
  std::int64_t count;
  std::int64_t columns;

  std::span<float> row(std::int64_t index) const {
    return {values + index * columns, static_cast<std::size_t>(columns)};
  }
  template <typename Function>
  void each(Function function) const {
    for (std::int64_t i = 0; i < count; ++i) function(row(i));
  }
};

// The largest value, or NaN when there is one.
float maximum(std::span<const float> row) {
  float largest = -std::numeric_limits<float>::infinity();
  for (const float value : row) {
    if (std::isnan(value)) return value;
    largest = std::max(largest, value);
  }
  return largest;
}

void softmax(std::span<float> row) {
  const float largest = maximum(row);
  float sum = 0;
  for (float& value : row) sum += value = std::exp(value - largest);
  for (float& value : row) value /= sum;
}

void log_softmax(std::span<float> row) {
  const float largest = maximum(row);
  float sum = 0;
  for (float& value : row) sum += std::exp(value -= largest);
  const float log_sum = std::log(sum);
  for (float& value : row) value -= log_sum;
}

// Not the sparsemax of the paper: Keras adds up the cumulative sums of the whole support where the paper takes the
// last one. What a model was trained with is what it must be run with.
void sparsemax(const Rows& rows) {
  std::vector<float> sorted(static_cast<std::size_t>(rows.columns));
  rows.each([&sorted](std::span<float> row) {
    std::ranges::copy(row, sorted.begin());
    // Descending, NaN last.
    std::ranges::sort(sorted, [](float a, float b) { return a > b || (std::isnan(b) && !std::isnan(a)); });
    float cumulative = 0;
    float sum = 0;
    std::int64_t support = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      cumulative += sorted[i];
      if (sorted[i] - (cumulative - 1) / static_cast<float>(i + 1) > 0) {
        ++support;
        sum += cumulative;
      }
    }
    const float tau = (sum - 1) / static_cast<float>(support);
    for (float& value : row) value = positive_part(value - tau);
  });
}

Tensor glu(const Tensor& x) {
  Dims dims = x.dims();
  dims.back() /= 2;
  const auto half = static_cast<std::size_t>(dims.back());
  Tensor y = Tensor::uninitialized(DType::float32, std::move(dims));
  const float* in = x.data<float>().data();
  const auto out = y.data<float>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t at = i / half * 2 * half + i % half;
    out[i] = in[at] * sigmoid(in[at + half]);
  }
  return y;
}

}  // namespace

template <>
const EnumNames& enum_names<Activation>() {
  static const EnumNames names{"an activation",
                               {
#define REVIVE_ACTIVATION_NAME(name) #name,
                                   REVIVE_ACTIVATIONS(REVIVE_ACTIVATION_NAME)
#undef REVIVE_ACTIVATION_NAME
                               },
                               {{"swish", static_cast<std::uint8_t>(Activation::silu)},
                                {"hard_swish", static_cast<std::uint8_t>(Activation::hard_silu)}},
                               static_cast<std::uint8_t>(Activation::linear)};
  return names;
}

std::optional<Shape> activation_shape(Activation activation, const Shape& input) {
  switch (activation) {
    case Activation::softmax:
    case Activation::log_softmax:
    case Activation::sparsemax: return input.rank() >= 1 ? std::optional(input) : std::nullopt;
    case Activation::glu: {
      if (input.rank() < 1 || !input.known(input.rank() - 1) || input.back() % 2 != 0) return std::nullopt;
      Shape half = input;
      half.back() /= 2;
      return half;
    }
    default: return input;
  }
}

void apply(Activation activation, float* values, std::int64_t rows, std::int64_t columns) {
  const std::span<float> all(values, static_cast<std::size_t>(rows * columns));
  const Rows by_row{values, rows, columns};
  switch (activation) {
    case Activation::linear: return;
    case Activation::relu: return map(all, positive_part);
    case Activation::relu6: return map(all, relu6);
    case Activation::leaky_relu: return leaky_relu(all, kLeakySlope);
    case Activation::elu: return elu(all, kAlpha);
    case Activation::selu: return map(all, selu);
    case Activation::celu: return celu(all, kAlpha);
    case Activation::gelu: return gelu(all, false);
    case Activation::sigmoid: return map(all, sigmoid);
    case Activation::tanh: return map(all, [](float x) { return std::tanh(x); });
    case Activation::exponential: return map(all, [](float x) { return std::exp(x); });
    case Activation::hard_sigmoid: return map(all, hard_sigmoid);
    case Activation::silu: return map(all, [](float x) { return x * sigmoid(x); });
    case Activation::hard_silu: return map(all, [](float x) { return x * hard_sigmoid(x); });
    case Activation::mish: return map(all, [](float x) { return x * std::tanh(softplus(x)); });
    case Activation::softplus: return map(all, softplus);
    case Activation::softsign: return map(all, [](float x) { return x / (std::abs(x) + 1); });
    case Activation::softmax: return by_row.each(softmax);
    case Activation::log_softmax: return by_row.each(log_softmax);
    case Activation::log_sigmoid: return map(all, [](float x) { return -softplus(-x); });
    case Activation::tanh_shrink: return map(all, [](float x) { return x - std::tanh(x); });
    case Activation::hard_tanh: return map(all, [](float x) { return x > 1 ? 1 : x < -1 ? -1 : x; });
    case Activation::soft_shrink: return soft_shrink(all, kShrink);
    case Activation::hard_shrink: return hard_shrink(all, kShrink);
    case Activation::squareplus: return squareplus(all, kSquareplusBend);
    case Activation::sparse_plus: return map(all, sparse_plus);
    case Activation::sparse_sigmoid: return map(all, sparse_sigmoid);
    case Activation::sparsemax: return sparsemax(by_row);
    case Activation::glu: return;
  }
}

void relu(float* values, std::int64_t count, float negative_slope, std::optional<float> max_value, float threshold) {
  const std::span<float> all(values, static_cast<std::size_t>(count));
  if (negative_slope == 0 && threshold == 0 && !max_value) return map(all, positive_part);
  if (negative_slope != 0 && threshold == 0 && !max_value) {
    return map(all, [negative_slope](float x) { return x >= 0 ? x : negative_slope * x; });
  }
  map(all, [&](float x) {
    float y = threshold != 0 ? (x > threshold ? x : 0.0F) : positive_part(x);
    if (max_value) y = y > *max_value ? *max_value : y;
    return negative_slope != 0 ? y - negative_slope * positive_part(threshold - x) : y;
  });
}

void leaky_relu(std::span<float> values, float negative_slope) {
  map(values, [negative_slope](float x) { return x >= 0 ? x : negative_slope * x; });
}

void elu(std::span<float> values, float alpha) {
  map(values, [alpha](float x) { return elu(x, alpha); });
}

void celu(std::span<float> values, float alpha) {
  map(values, [alpha](float x) { return positive_part(x) + alpha * std::expm1((x > 0 ? 0.0F : x) / alpha); });
}

void gelu(std::span<float> values, bool approximate) {
  map(values, approximate ? gelu_tanh : gelu_exact);
}

void soft_shrink(std::span<float> values, float threshold) {
  map(values, [=](float x) { return x > threshold ? x - threshold : x < -threshold ? x + threshold : 0; });
}

void hard_shrink(std::span<float> values, float threshold) {
  map(values, [=](float x) { return std::abs(x) > threshold ? x : 0; });
}

void squareplus(std::span<float> values, float b) {
  map(values, [b](float x) { return (x + std::sqrt(x * x + b)) / 2; });
}

Tensor apply(Activation activation, Tensor x) {
  if (activation == Activation::linear) return x;
  if (activation == Activation::glu) return glu(x);
  const std::int64_t columns = x.rank() == 0 ? 1 : x.dims().back();
  const std::int64_t rows = columns == 0 ? 0 : static_cast<std::int64_t>(x.size()) / columns;
  apply(activation, x.data<float>().data(), rows, columns);
  return x;
}

}  // namespace revive
