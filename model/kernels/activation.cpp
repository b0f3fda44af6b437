#include "revive/model/kernels/activation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "revive/model/kernels/activation_formulas.h"
#include "revive/model/kernels/map.h"
#include "revive/model/kernels/rounding.h"

namespace revive {
namespace {

// What the parameters are when an activation is named by a string.
constexpr double kLeakySlope = 0.2;
constexpr int kAlpha = 1;
constexpr double kShrink = 0.5;
constexpr int kSquareplusBend = 4;

// Where a formula is applied.
template <typename T>
struct Elements {
  Instructions instructions;
  const T* in;
  T* out;
  std::size_t count;

  template <typename Function>
  void operator()(const Function& function) const {
    map<T>(instructions, in, out, count, function);
  }
};

template <typename T>
Elements<T> in_place(std::span<T> values) {
  return {best_instructions(), values.data(), values.data(), values.size()};
}

// The largest value, or NaN when there is one; 0.0 where it is a zero.
template <typename T>
T maximum(const Elements<T>& row) {
  T largest = -std::numeric_limits<T>::infinity();
  for (std::size_t i = 0; i < row.count; ++i) {
    if (std::isnan(row.in[i])) return row.in[i];
    largest = std::max(largest, row.in[i]);
  }
  return largest + T{0};
}

// e to the power of each value less `shift`, and their sum, in order.
template <typename T>
T exponentials(const Elements<T>& row, T shift) {
  row([shift]<typename L>(L x) REVIVE_KERNEL { return exp(x - L(shift)); });
  T sum = 0;
  for (std::size_t i = 0; i < row.count; ++i) sum += row.out[i];
  return sum;
}

template <typename T>
void softmax(const Elements<T>& row) {
  const T sum = exponentials(row, maximum(row));
  const Elements<T> powers{row.instructions, row.out, row.out, row.count};
  powers([sum]<typename L>(L x) REVIVE_KERNEL { return x / L(sum); });
}

template <typename T>
void log_softmax(const Elements<T>& row) {
  std::vector<T> powers(row.count);
  const T largest = maximum(row);
  const T log_sum = std::log(exponentials<T>({row.instructions, row.in, powers.data(), row.count}, largest));
  row([largest, log_sum]<typename L>(L x) REVIVE_KERNEL { return x - L(largest) - L(log_sum); });
}

// Not the sparsemax of the paper: Keras adds up the cumulative sums of the whole support where the paper takes the
// last one. What a model was trained with is what it must be run with.
template <typename T>
void sparsemax(const Elements<T>& row) {
  std::vector<T> sorted(row.in, row.in + row.count);
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
  row([tau]<typename L>(L x) REVIVE_KERNEL { return positive_part(x - L(tau)); });
}

template <typename T>
Tensor glu(const Tensor& x) {
  Dims dims = x.dims();
  dims.back() /= 2;
  const auto half = static_cast<std::size_t>(dims.back());
  Tensor y = Tensor::uninitialized(x.dtype(), std::move(dims));
  const T* in = x.data<T>().data();
  T* out = y.data<T>().data();
  for (std::size_t start = 0; start < y.size(); start += half, in += 2 * half, out += half) {
    const Elements<T> gates{best_instructions(), in + half, out, half};
    gates([]<typename L>(L gate) REVIVE_KERNEL { return sigmoid(gate); });
    for (std::size_t i = 0; i < half; ++i) out[i] *= in[i];
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
void apply(Instructions instructions, Activation activation, const T* in, T* out, std::int64_t rows,
           std::int64_t columns) {
  const Elements<T> to{instructions, in, out, static_cast<std::size_t>(rows * columns)};
  const auto by_row = [&](auto function) {
    for (std::int64_t row = 0; row < rows; ++row) {
      function(Elements<T>{instructions, in + row * columns, out + row * columns, static_cast<std::size_t>(columns)});
    }
  };
  switch (activation) {
    case Activation::linear:
    case Activation::glu: return;
    case Activation::relu: return to([]<typename L>(L x) REVIVE_KERNEL { return positive_part(x); });
    case Activation::relu6: return to([]<typename L>(L x) REVIVE_KERNEL { return relu6(x); });
    case Activation::leaky_relu: return to([]<typename L>(L x) REVIVE_KERNEL { return leaky(x, L(kLeakySlope)); });
    case Activation::elu: return to([]<typename L>(L x) REVIVE_KERNEL { return elu(x, L(kAlpha)); });
    case Activation::selu: return to([]<typename L>(L x) REVIVE_KERNEL { return selu(x); });
    case Activation::celu: return to([]<typename L>(L x) REVIVE_KERNEL { return celu(x, L(kAlpha)); });
    case Activation::gelu: return to([]<typename L>(L x) REVIVE_KERNEL { return gelu_exact(x); });
    case Activation::sigmoid: return to([]<typename L>(L x) REVIVE_KERNEL { return sigmoid(x); });
    case Activation::tanh: return to([]<typename L>(L x) REVIVE_KERNEL { return tanh(x); });
    case Activation::exponential: return to([]<typename L>(L x) REVIVE_KERNEL { return exp(x); });
    case Activation::hard_sigmoid: return to([]<typename L>(L x) REVIVE_KERNEL { return hard_sigmoid(x); });
    case Activation::silu: return to([]<typename L>(L x) REVIVE_KERNEL { return x * sigmoid(x); });
    case Activation::hard_silu: return to([]<typename L>(L x) REVIVE_KERNEL { return x * hard_sigmoid(x); });
    case Activation::mish: return to([]<typename L>(L x) REVIVE_KERNEL { return x * tanh(softplus(x)); });
    case Activation::softplus: return to([]<typename L>(L x) REVIVE_KERNEL { return softplus(x); });
    case Activation::softsign: return to([]<typename L>(L x) REVIVE_KERNEL { return x / (abs(x) + L(1)); });
    case Activation::log_sigmoid: return to([]<typename L>(L x) REVIVE_KERNEL { return -softplus(-x); });
    case Activation::tanh_shrink: return to([]<typename L>(L x) REVIVE_KERNEL { return tanh_shrink(x); });
    case Activation::hard_tanh:
      return to([]<typename L>(L x) REVIVE_KERNEL { return larger(smaller(x, L(1)), L(-1)); });
    case Activation::soft_shrink: return to([]<typename L>(L x) REVIVE_KERNEL { return soft_shrink(x, L(kShrink)); });
    case Activation::hard_shrink: return to([]<typename L>(L x) REVIVE_KERNEL { return hard_shrink(x, L(kShrink)); });
    case Activation::squareplus:
      return to([]<typename L>(L x) REVIVE_KERNEL { return squareplus(x, L(kSquareplusBend)); });
    case Activation::sparse_plus: return to([]<typename L>(L x) REVIVE_KERNEL { return sparse_plus(x); });
    case Activation::sparse_sigmoid: return to([]<typename L>(L x) REVIVE_KERNEL { return sparse_sigmoid(x); });
    case Activation::softmax: return by_row(softmax<T>);
    case Activation::log_softmax: return by_row(log_softmax<T>);
    case Activation::sparsemax: return by_row(sparsemax<T>);
  }
}

template <typename T>
void apply(Activation activation, T* values, std::int64_t rows, std::int64_t columns) {
  if (activation == Activation::linear) return;
  apply<T>(best_instructions(), activation, values, values, rows, columns);
}

template <typename T>
void relu(T* values, std::int64_t count, T negative_slope, std::optional<T> max_value, T threshold) {
  const std::span<T> all(values, static_cast<std::size_t>(count));
  if (threshold == 0 && !max_value) {
    if (negative_slope != 0) return leaky_relu(all, negative_slope);
    return in_place(all)([]<typename L>(L x) REVIVE_KERNEL { return positive_part(x); });
  }
  const T most = max_value.value_or(std::numeric_limits<T>::infinity());
  in_place(all)([negative_slope, most, threshold]<typename L>(L x) REVIVE_KERNEL {
    const L above = threshold != 0 ? select(x > L(threshold), x, L(0)) : positive_part(x);
    const L y = smaller(above, L(most));
    return negative_slope != 0 ? y - L(negative_slope) * positive_part(L(threshold) - x) : y;
  });
}

template <typename T>
void leaky_relu(std::span<T> values, T negative_slope) {
  in_place(values)([negative_slope]<typename L>(L x) REVIVE_KERNEL { return leaky(x, L(negative_slope)); });
}

template <typename T>
void elu(std::span<T> values, T alpha) {
  in_place(values)([alpha]<typename L>(L x) REVIVE_KERNEL { return elu(x, L(alpha)); });
}

template <typename T>
void celu(std::span<T> values, T alpha) {
  in_place(values)([alpha]<typename L>(L x) REVIVE_KERNEL { return celu(x, L(alpha)); });
}

template <typename T>
void gelu(std::span<T> values, bool approximate) {
  if (approximate) return in_place(values)([]<typename L>(L x) REVIVE_KERNEL { return gelu_tanh(x); });
  in_place(values)([]<typename L>(L x) REVIVE_KERNEL { return gelu_exact(x); });
}

template <typename T>
void soft_shrink(std::span<T> values, T threshold) {
  in_place(values)([threshold]<typename L>(L x) REVIVE_KERNEL { return soft_shrink(x, L(threshold)); });
}

template <typename T>
void hard_shrink(std::span<T> values, T threshold) {
  in_place(values)([threshold]<typename L>(L x) REVIVE_KERNEL { return hard_shrink(x, L(threshold)); });
}

template <typename T>
void squareplus(std::span<T> values, T b) {
  in_place(values)([b]<typename L>(L x) REVIVE_KERNEL { return squareplus(x, L(b)); });
}

Tensor apply(Activation activation, Tensor x) {
  if (activation == Activation::linear) return x;
  const std::int64_t columns = x.rank() == 0 ? 1 : x.dims().back();
  const std::int64_t rows = columns == 0 ? 0 : static_cast<std::int64_t>(x.size()) / columns;
  return with_real(x.dtype(), [&]<typename T>(T) {
    if (activation == Activation::glu) return glu<T>(x);
    // Not in place: a tensor that others share would be copied first.
    Tensor y = Tensor::uninitialized(x.dtype(), x.dims());
    apply<T>(best_instructions(), activation, std::as_const(x).template data<T>().data(), y.data<T>().data(), rows,
             columns);
    return y;
  });
}

#define REVIVE_INSTANTIATE(T)                                                              \
  template void apply(Instructions, Activation, const T*, T*, std::int64_t, std::int64_t); \
  template void apply(Activation, T*, std::int64_t, std::int64_t);                         \
  template void relu(T*, std::int64_t, T, std::optional<T>, T);                            \
  template void leaky_relu(std::span<T>, T);                                               \
  template void elu(std::span<T>, T);                                                      \
  template void celu(std::span<T>, T);                                                     \
  template void gelu(std::span<T>, bool);                                                  \
  template void soft_shrink(std::span<T>, T);                                              \
  template void hard_shrink(std::span<T>, T);                                              \
  template void squareplus(std::span<T>, T)
REVIVE_INSTANTIATE(float);
REVIVE_INSTANTIATE(double);
#undef REVIVE_INSTANTIATE

}  // namespace revive
