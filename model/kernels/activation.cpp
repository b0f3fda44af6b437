#include "revive/model/kernels/activation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace revive {
namespace {

// What the parameters are when an activation is named by a string.
template <typename T>
constexpr T kLeakySlope = static_cast<T>(0.2);
constexpr int kAlpha = 1;
template <typename T>
constexpr T kShrink = static_cast<T>(0.5);
constexpr int kSquareplusBend = 4;

// Comparisons are written so that a NaN stays a NaN, and -0.0 becomes 0.0, where a maximum in Keras does so.
template <typename T>
T positive_part(T x) {
  return x > 0 || std::isnan(x) ? x : 0;
}
template <typename T>
T relu6(T x) {
  return x > 6 ? 6 : positive_part(x);
}
template <typename T>
T elu(T x, T alpha) {
  return x > 0 ? x : alpha * std::expm1(x);
}
template <typename T>
T selu(T x) {
  constexpr T kSeluAlpha = static_cast<T>(1.6732632423543772);
  constexpr T kSeluScale = static_cast<T>(1.0507009873554805);
  return kSeluScale * elu(x, kSeluAlpha);
}
template <typename T>
T gelu_exact(T x) {
  constexpr T kSqrtHalf = static_cast<T>(0.70710678118654752);
  return static_cast<T>(0.5) * x * std::erfc(-x * kSqrtHalf);
}
template <typename T>
T gelu_tanh(T x) {
  constexpr T kSqrtTwoOverPi = static_cast<T>(0.79788456080286536);
  constexpr T kCubic = static_cast<T>(0.044715);
  return x * (static_cast<T>(0.5) * (1 + std::tanh(kSqrtTwoOverPi * (x + kCubic * (x * x * x)))));
}
template <typename T>
T sigmoid(T x) {
  return 1 / (1 + std::exp(-x));
}
template <typename T>
T hard_sigmoid(T x) {
  return relu6(x + 3) / 6;
}
template <typename T>
T softplus(T x) {
  return positive_part(x) + std::log1p(std::exp(-std::abs(x)));
}
template <typename T>
T sparse_plus(T x) {
  return x <= -1 ? 0 : x >= 1 ? x : (x + 1) * (x + 1) / 4;
}
template <typename T>
T sparse_sigmoid(T x) {
  const T y = positive_part(x + 1);
  return static_cast<T>(0.5) * (y > 2 ? 2 : y);
}

template <typename T, typename Function>
void map(std::span<T> values, Function function) {
  for (T& value : values) value = function(value);
}

template <typename T>
struct Rows {
  T* values;
  std::int64_t count;
  std::int64_t columns;

  std::span<T> row(std::int64_t index) const { return {values + index * columns, static_cast<std::size_t>(columns)}; }
  template <typename Function>
  void each(Function function) const {
    for (std::int64_t i = 0; i < count; ++i) function(row(i));
  }
};

// The largest value, or NaN when there is one.
template <typename T>
T maximum(std::span<T> row) {
  T largest = -std::numeric_limits<T>::infinity();
  for (const T value : row) {
    if (std::isnan(value)) return value;
    largest = std::max(largest, value);
  }
  return largest;
}

template <typename T>
void softmax(std::span<T> row) {
  const T largest = maximum(row);
  T sum = 0;
  for (T& value : row) sum += value = std::exp(value - largest);
  for (T& value : row) value /= sum;
}

template <typename T>
void log_softmax(std::span<T> row) {
  const T largest = maximum(row);
  T sum = 0;
  for (T& value : row) sum += std::exp(value -= largest);
  const T log_sum = std::log(sum);
  for (T& value : row) value -= log_sum;
}

// Not the sparsemax of the paper: Keras adds up the cumulative sums of the whole support where the paper takes the
// last one. What a model was trained with is what it must be run with.
template <typename T>
void sparsemax(const Rows<T>& rows) {
  std::vector<T> sorted(static_cast<std::size_t>(rows.columns));
  rows.each([&sorted](std::span<T> row) {
    std::ranges::copy(row, sorted.begin());
    // Descending, NaN last.
    std::ranges::sort(sorted, [](T a, T b) { return a > b || (std::isnan(b) && !std::isnan(a)); });
    T cumulative = 0;
    T sum = 0;
    std::int64_t support = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      cumulative += sorted[i];
      if (sorted[i] - (cumulative - 1) / static_cast<T>(i + 1) > 0) {
        ++support;
        sum += cumulative;
      }
    }
    const T tau = (sum - 1) / static_cast<T>(support);
    for (T& value : row) value = positive_part(value - tau);
  });
}

template <typename T>
Tensor glu(const Tensor& x) {
  Dims dims = x.dims();
  dims.back() /= 2;
  const auto half = static_cast<std::size_t>(dims.back());
  Tensor y = Tensor::uninitialized(x.dtype(), std::move(dims));
  const T* in = x.data<T>().data();
  const auto out = y.data<T>();
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

template <typename T>
void apply(Activation activation, T* values, std::int64_t rows, std::int64_t columns) {
  const std::span<T> all(values, static_cast<std::size_t>(rows * columns));
  const Rows<T> by_row{values, rows, columns};
  switch (activation) {
    case Activation::linear: return;
    case Activation::relu: return map(all, positive_part<T>);
    case Activation::relu6: return map(all, relu6<T>);
    case Activation::leaky_relu: return leaky_relu(all, kLeakySlope<T>);
    case Activation::elu: return elu(all, T{kAlpha});
    case Activation::selu: return map(all, selu<T>);
    case Activation::celu: return celu(all, T{kAlpha});
    case Activation::gelu: return gelu(all, false);
    case Activation::sigmoid: return map(all, sigmoid<T>);
    case Activation::tanh: return map(all, [](T x) { return std::tanh(x); });
    case Activation::exponential: return map(all, [](T x) { return std::exp(x); });
    case Activation::hard_sigmoid: return map(all, hard_sigmoid<T>);
    case Activation::silu: return map(all, [](T x) { return x * sigmoid(x); });
    case Activation::hard_silu: return map(all, [](T x) { return x * hard_sigmoid(x); });
    case Activation::mish: return map(all, [](T x) { return x * std::tanh(softplus(x)); });
    case Activation::softplus: return map(all, softplus<T>);
    case Activation::softsign: return map(all, [](T x) { return x / (std::abs(x) + 1); });
    case Activation::softmax: return by_row.each(softmax<T>);
    case Activation::log_softmax: return by_row.each(log_softmax<T>);
    case Activation::log_sigmoid: return map(all, [](T x) { return -softplus(-x); });
    case Activation::tanh_shrink: return map(all, [](T x) { return x - std::tanh(x); });
    case Activation::hard_tanh: return map(all, [](T x) { return x > 1 ? 1 : x < -1 ? -1 : x; });
    case Activation::soft_shrink: return soft_shrink(all, kShrink<T>);
    case Activation::hard_shrink: return hard_shrink(all, kShrink<T>);
    case Activation::squareplus: return squareplus(all, T{kSquareplusBend});
    case Activation::sparse_plus: return map(all, sparse_plus<T>);
    case Activation::sparse_sigmoid: return map(all, sparse_sigmoid<T>);
    case Activation::sparsemax: return sparsemax(by_row);
    case Activation::glu: return;
  }
}

template <typename T>
void relu(T* values, std::int64_t count, T negative_slope, std::optional<T> max_value, T threshold) {
  const std::span<T> all(values, static_cast<std::size_t>(count));
  if (negative_slope == 0 && threshold == 0 && !max_value) return map(all, positive_part<T>);
  if (negative_slope != 0 && threshold == 0 && !max_value) {
    return map(all, [negative_slope](T x) { return x >= 0 ? x : negative_slope * x; });
  }
  map(all, [&](T x) {
    T y = threshold != 0 ? (x > threshold ? x : T{0}) : positive_part(x);
    if (max_value) y = y > *max_value ? *max_value : y;
    return negative_slope != 0 ? y - negative_slope * positive_part(threshold - x) : y;
  });
}

template <typename T>
void leaky_relu(std::span<T> values, T negative_slope) {
  map(values, [negative_slope](T x) { return x >= 0 ? x : negative_slope * x; });
}

template <typename T>
void elu(std::span<T> values, T alpha) {
  map(values, [alpha](T x) { return elu(x, alpha); });
}

template <typename T>
void celu(std::span<T> values, T alpha) {
  map(values, [alpha](T x) { return positive_part(x) + alpha * std::expm1((x > 0 ? T{0} : x) / alpha); });
}

template <typename T>
void gelu(std::span<T> values, bool approximate) {
  T (*const function)(T) = approximate ? gelu_tanh<T> : gelu_exact<T>;
  map(values, function);
}

template <typename T>
void soft_shrink(std::span<T> values, T threshold) {
  map(values, [=](T x) { return x > threshold ? x - threshold : x < -threshold ? x + threshold : 0; });
}

template <typename T>
void hard_shrink(std::span<T> values, T threshold) {
  map(values, [=](T x) { return std::abs(x) > threshold ? x : 0; });
}

template <typename T>
void squareplus(std::span<T> values, T b) {
  map(values, [b](T x) { return (x + std::sqrt(x * x + b)) / 2; });
}

Tensor apply(Activation activation, Tensor x) {
  if (activation == Activation::linear) return x;
  const std::int64_t columns = x.rank() == 0 ? 1 : x.dims().back();
  const std::int64_t rows = columns == 0 ? 0 : static_cast<std::int64_t>(x.size()) / columns;
  const auto as = [&]<typename T>(T) {
    if (activation == Activation::glu) {
      x = glu<T>(x);
    } else {
      apply(activation, x.data<T>().data(), rows, columns);
    }
  };
  if (x.dtype() == DType::float64) {
    as(double{});
  } else {
    as(float{});
  }
  return x;
}

#define REVIVE_INSTANTIATE(T)                                      \
  template void apply(Activation, T*, std::int64_t, std::int64_t); \
  template void relu(T*, std::int64_t, T, std::optional<T>, T);    \
  template void leaky_relu(std::span<T>, T);                       \
  template void elu(std::span<T>, T);                              \
  template void celu(std::span<T>, T);                             \
  template void gelu(std::span<T>, bool);                          \
  template void soft_shrink(std::span<T>, T);                      \
  template void hard_shrink(std::span<T>, T);                      \
  template void squareplus(std::span<T>, T)
REVIVE_INSTANTIATE(float);
REVIVE_INSTANTIATE(double);
#undef REVIVE_INSTANTIATE

}  // namespace revive
