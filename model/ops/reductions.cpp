// Sum, mean and their kin: x with some axes reduced to one element each.
//
// Bools are counted (sum, prod) or taken as 0 and 1; ints have a float32 mean, and a sum of at least 32 bits. A NaN
// comes through everything but counting. The variance is the mean of squared distances from the mean, without Bessel's
// correction.
#include "revive/model/ops/reduction.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "revive/model/ops/groups.h"

namespace revive::ops {
namespace {

using Int = std::int32_t;
using Bool = std::uint8_t;
using Rows = ReductionRule::Rows;
using Gives = ReductionRule::Gives;

template <Real T>
constexpr T kInfinity = std::numeric_limits<T>::infinity();
template <Real T>
constexpr T kNaN = std::numeric_limits<T>::quiet_NaN();

// Folds element(0), element(1), ... in an order that depends on n alone: as many partial results as fit vector
// registers, which also keeps the rounding error of long float sums small.
template <typename T, typename Element, typename Combine>
T fold(std::size_t n, T identity, Element element, Combine combine) {
  constexpr std::size_t kLanes = 16;
  std::array<T, kLanes> lanes{};
  lanes.fill(identity);
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] = combine(lanes[lane], element(i + lane));
  }
  for (std::size_t lane = 0; i < n; ++i, ++lane) lanes[lane] = combine(lanes[lane], element(i));
  for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half; ++lane) lanes[lane] = combine(lanes[lane], lanes[lane + half]);
  }
  return lanes[0];
}

template <typename T>
T sum_of(const T* row, std::size_t n) {
  const auto element = [=](std::size_t i) { return row[i]; };
  if constexpr (Real<T>) {
    return fold(n, T{0}, element, std::plus<>{});
  } else {
    return fold(n, T{0}, element, wrapping_add<T>);
  }
}

struct Sum {
  static constexpr ReductionRule kRule = {.rows = Rows::counted};
  static constexpr OpNumerics kNumerics = {};
  template <typename T>
    requires(Real<T> || Whole<T>)
  T operator()(const T* row, std::size_t n) const {
    return sum_of(row, n);
  }
};

struct Prod {
  static constexpr ReductionRule kRule = {.rows = Rows::counted};
  static constexpr OpNumerics kNumerics = {.domain = {-4, 4}};
  template <Real T>
  T operator()(const T* row, std::size_t n) const {
    return fold(n, T{1}, [=](std::size_t i) { return row[i]; }, std::multiplies<>{});
  }
  template <Whole T>
  T operator()(const T* row, std::size_t n) const {
    return fold(n, T{1}, [=](std::size_t i) { return row[i]; }, wrapping_multiply<T>);
  }
  Bool operator()(const Bool* row, std::size_t n) const {
    return std::all_of(row, row + n, [](Bool element) { return element != 0; });
  }
};

template <Real T>
T mean_of(const T* row, std::size_t n) {
  return sum_of(row, n) / static_cast<T>(n);
}

struct Mean {
  static constexpr ReductionRule kRule = {.rows = Rows::real};
  static constexpr OpNumerics kNumerics = {};
  template <Real T>
  T operator()(const T* row, std::size_t n) const {
    return mean_of(row, n);
  }
};

struct Var {
  static constexpr ReductionRule kRule = {.rows = Rows::real};
  static constexpr OpNumerics kNumerics = {};
  template <Real T>
  T operator()(const T* row, std::size_t n) const {
    const T mean = mean_of(row, n);
    const auto square = [=](std::size_t i) { return (row[i] - mean) * (row[i] - mean); };
    return fold(n, T{0}, square, std::plus<>{}) / static_cast<T>(n);
  }
};

struct Std {
  static constexpr ReductionRule kRule = {.rows = Rows::real};
  static constexpr OpNumerics kNumerics = {};
  template <Real T>
  T operator()(const T* row, std::size_t n) const {
    return std::sqrt(Var{}(row, n));
  }
};

struct Median {
  static constexpr ReductionRule kRule = {.rows = Rows::real, .takes_empty = false};
  static constexpr OpNumerics kNumerics = {};
  template <Real T>
  T operator()(const T* row, std::size_t n) const {
    std::vector<T> sorted(row, row + n);
    if (std::ranges::any_of(sorted, [](T element) { return std::isnan(element); })) return kNaN<T>;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(n / 2);
    std::ranges::nth_element(sorted, middle);
    if (n % 2 == 1) return *middle;
    return (*std::max_element(sorted.begin(), middle) + *middle) / 2;
  }
};

struct Logsumexp {
  static constexpr ReductionRule kRule = {.rows = Rows::real};
  static constexpr OpNumerics kNumerics = {};
  template <Real T>
  T operator()(const T* row, std::size_t n) const {
    const T largest = n == 0 ? T{0} : *std::max_element(row, row + n);
    // Beside an infinity there is nothing to scale; a NaN comes through in either case.
    const T shift = std::isfinite(largest) ? largest : T{0};
    return std::log(fold(n, T{0}, [=](std::size_t i) { return std::exp(row[i] - shift); }, std::plus<>{})) + shift;
  }
};

template <bool kAll>
struct Truth {
  static constexpr ReductionRule kRule = {.rows = Rows::truth};
  static constexpr OpNumerics kNumerics = {.exact = true, .discontinuous = true};
  Bool operator()(const Bool* row, std::size_t n) const {
    const auto holds = [](Bool element) { return element != 0; };
    return kAll ? std::all_of(row, row + n, holds) : std::any_of(row, row + n, holds);
  }
};

struct CountNonzero {
  static constexpr ReductionRule kRule = {.rows = Rows::truth, .gives = Gives::index};
  static constexpr OpNumerics kNumerics = {.exact = true, .discontinuous = true};
  Int operator()(const Bool* row, std::size_t n) const {
    return static_cast<Int>(std::count_if(row, row + n, [](Bool element) { return element != 0; }));
  }
};

template <typename T>
bool is_nan(T element) {
  if constexpr (Real<T>) return std::isnan(element);
  return false;
}

template <bool kLargest>
struct ArgExtreme {
  static constexpr ReductionRule kRule = {.gives = Gives::index, .takes_empty = false};
  static constexpr OpNumerics kNumerics = {.exact = true, .discontinuous = true};
  // The first of several, and the first NaN before any number.
  template <typename T>
  Int operator()(const T* row, std::size_t n) const {
    std::size_t best = 0;
    for (std::size_t i = 0; i < n && !is_nan(row[best]); ++i) {
      const bool better = kLargest ? row[i] > row[best] : row[i] < row[best];
      if (better || is_nan(row[i])) best = i;
    }
    return static_cast<Int>(best);
  }
};

template <bool kLargest>
struct Extreme {
  static constexpr ReductionRule kRule = {.takes_empty = false};
  static constexpr OpNumerics kNumerics = {.exact = true};

  template <Real T>
  static T pick(T a, T b) {
    if (std::isnan(a) || std::isnan(b)) return kNaN<T>;
    return kLargest ? std::max(a, b) : std::min(a, b);
  }
  template <Whole T>
  static T pick(T a, T b) {
    return kLargest ? std::max(a, b) : std::min(a, b);
  }
  static Bool pick(Bool a, Bool b) { return kLargest ? (a | b) != 0 : a != 0 && b != 0; }

  template <typename T>
  static constexpr T worst() {
    if constexpr (Real<T>) return kLargest ? -kInfinity<T> : kInfinity<T>;
    return kLargest ? std::numeric_limits<T>::lowest() : std::numeric_limits<T>::max();
  }

  template <typename T>
  T operator()(const T* row, std::size_t n) const {
    return fold(n, worst<T>(), [=](std::size_t i) { return row[i]; }, [](T a, T b) { return pick(a, b); });
  }
};

template <typename F>
Result<TensorType> infer(const Node& node, std::span<const TensorType> values) {
  const OperandType x = operand_type(node.arguments[0], values);
  return infer_reduction(F::kRule, row_dtype(F::kRule, x.dtype), node, x);
}

template <typename F>
Tensor evaluate(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  const Tensor& x = array_of(node.arguments[0], values);
  return reduce_rows<F>(reduction_rows(node, x, row_dtype(F::kRule, x.dtype())), type);
}

template <typename F>
OpClass reduction(std::string_view module, std::string_view class_name, std::string_view function,
                  std::span<const OpSetting> settings) {
  return {.module = module,
          .class_name = class_name,
          .function = function,
          .symbol = {},
          .parameters = kTensorParameter,
          .settings = settings,
          .check = [](const Node& node) { return check_reduction(node, false); },
          .infer = infer<F>,
          .evaluate = evaluate<F>,
          .draw = [](OpDraw& draw, Node& node) { draw_reduction(draw, node, false); },
          .applies = has_sample_axes,
          .numerics = F::kNumerics};
}

// Argmax and argmin have an index along one axis; a count over several is what Keras on JAX cannot run once it has
// loaded it.
template <typename F>
OpClass one_axis_reduction(std::string_view class_name, std::string_view function,
                           std::span<const OpSetting> settings) {
  OpClass op = reduction<F>(kNumpy, class_name, function, settings);
  op.check = [](const Node& node) { return check_reduction(node, true); };
  op.draw = [](OpDraw& draw, Node& node) { draw_reduction(draw, node, true); };
  return op;
}

// Prod computes in the dtype that its setting names.
DType prod_dtype(const Node& node, DType x) {
  return dtype_of(node.settings[kExtraSetting], row_dtype(Prod::kRule, x));
}

OpClass prod(std::span<const OpSetting> settings) {
  OpClass op = reduction<Prod>(kNumpy, "Prod", "prod", settings);
  op.check = [](const Node& node) {
    const Status status = check_reduction(node, false);
    return status ? check_dtype(node, kExtraSetting) : status;
  };
  op.infer = [](const Node& node, std::span<const TensorType> values) {
    const OperandType x = operand_type(node.arguments[0], values);
    return infer_reduction(Prod::kRule, prod_dtype(node, x.dtype), node, x);
  };
  op.evaluate = [](const Node& node, const TensorType& type, std::span<const Tensor> values) {
    const Tensor& x = array_of(node.arguments[0], values);
    return reduce_rows<Prod>(reduction_rows(node, x, prod_dtype(node, x.dtype())), type);
  };
  op.draw = [](OpDraw& draw, Node& node) {
    draw_reduction(draw, node, false);
    if (draw.flag()) node.settings[kExtraSetting] = Value("float32");
  };
  return op;
}

// `initial` takes part as one more element of every row.
Status check_initial(const Node& node) {
  if (const Status status = check_reduction(node, false); !status) return status;
  const Value& initial = node.settings[kExtraSetting];
  if (initial.is_null() || initial.is_int() || initial.is_real()) return {};
  return bad_argument(
      fmt::format("{} expects initial to be a number or None, found {}", node.op->class_name, initial.brief()));
}

template <bool kLargest>
Result<TensorType> infer_extreme(const Node& node, std::span<const TensorType> values) {
  const OperandType x = operand_type(node.arguments[0], values);
  const Value& initial = node.settings[kExtraSetting];
  ReductionRule rule = Extreme<kLargest>::kRule;
  rule.takes_empty = !initial.is_null();
  if (!initial.is_null() && (x.dtype == DType::boolean || (is_integer(x.dtype) && !initial.is_int()))) {
    return bad_argument(fmt::format("{} of a tensor of {} takes no initial of {}", node.op->class_name,
                                    name_of(x.dtype), initial.brief()));
  }
  if (const Status fits = check_fits(Argument(initial), x.dtype); !fits) return std::unexpected(fits.error());
  return infer_reduction(rule, x.dtype, node, x);
}

template <bool kLargest>
Tensor evaluate_extreme(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  using F = Extreme<kLargest>;
  Tensor out = evaluate<F>(node, type, values);
  if (node.settings[kExtraSetting].is_null()) return out;
  const Tensor initial = operand(Argument(node.settings[kExtraSetting]), values, type.dtype);
  with_element_type(type.dtype, [&]<typename T>(T) {
    const T least = initial.data<T>()[0];
    for (T& element : out.data<T>()) element = F::pick(element, least);
  });
  return out;
}

void draw_extreme(OpDraw& draw, Node& node) {
  draw_reduction(draw, node, false);
  const DType dtype = draw.type().dtype;
  if (dtype == DType::boolean || !draw.flag()) return;
  if (is_float(dtype)) node.settings[kExtraSetting] = Value(draw.number());
  if (is_integer(dtype)) node.settings[kExtraSetting] = Value(draw.integer(is_signed(dtype) ? -3 : 0, 3));
}

template <bool kLargest>
OpClass extreme(std::string_view class_name, std::string_view function, std::span<const OpSetting> settings) {
  OpClass op = reduction<Extreme<kLargest>>(kNumpy, class_name, function, settings);
  op.check = check_initial;
  op.infer = infer_extreme<kLargest>;
  op.evaluate = evaluate_extreme<kLargest>;
  op.draw = draw_extreme;
  return op;
}

}  // namespace

std::span<const OpClass> reductions() {
  static const OpSetting settings[] = {{"axis", {}}, {"keepdims", Value(false)}};
  static const OpSetting axis_alone[] = {{"axis", {}}};
  static const OpSetting with_initial[] = {{"axis", {}}, {"keepdims", Value(false)}, {"initial", {}}};
  static const OpSetting with_dtype[] = {{"axis", {}}, {"keepdims", Value(false)}, {"dtype", {}}};
  static const OpClass table[] = {
      reduction<Sum>(kNumpy, "Sum", "sum", settings),
      reduction<Mean>(kNumpy, "Mean", "mean", settings),
      reduction<Std>(kNumpy, "Std", "std", settings),
      reduction<Var>(kNumpy, "Var", "var", settings),
      reduction<Median>(kNumpy, "Median", "median", settings),
      reduction<Truth<false>>(kNumpy, "Any", "any", settings),
      reduction<Truth<true>>(kNumpy, "All", "all", settings),
      one_axis_reduction<ArgExtreme<true>>("Argmax", "argmax", settings),
      one_axis_reduction<ArgExtreme<false>>("Argmin", "argmin", settings),
      extreme<true>("Max", "max", with_initial),
      extreme<false>("Min", "min", with_initial),
      prod(with_dtype),
      reduction<Logsumexp>(kMath, "Logsumexp", "logsumexp", settings),
      one_axis_reduction<CountNonzero>("CountNonzero", "count_nonzero", axis_alone),
  };
  return table;
}

}  // namespace revive::ops
