// The arithmetic operators. What Keras leaves to its backends is taken from JAX: ints wrap, an int divided by
// zero gives -1 (for 0 // 0) or -2 and leaves 0, and an int power looks at the low 6 bits of its exponent.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "revive/model/ops/groups.h"
#include "revive/model/ops/sum_and_product.h"

namespace revive::ops {
namespace {

using Bool = std::uint8_t;

struct Subtract {
  static constexpr auto kPromotion = Promotion::numeric;
  static constexpr OpNumerics kNumerics = {.exact = true};
  template <Real T>
  T operator()(T a, T b) const {
    return a - b;
  }
  template <Whole Int>
  Int operator()(Int a, Int b) const {
    return wrapping_subtract(a, b);
  }
};

struct Divide {
  static constexpr auto kPromotion = Promotion::real;
  static constexpr OpNumerics kNumerics = {};
  template <Real T>
  T operator()(T a, T b) const {
    return a / b;
  }
};

struct DivideNoNan {
  static constexpr auto kPromotion = Promotion::real;
  static constexpr OpNumerics kNumerics = {};
  template <Real T>
  T operator()(T a, T b) const {
    return b == 0 ? T{0} : a / b;
  }
};

struct Logaddexp {
  static constexpr auto kPromotion = Promotion::real;
  static constexpr OpNumerics kNumerics = {};
  template <Real T>
  T operator()(T a, T b) const {
    const T distance = std::fabs(a - b);
    // Two infinities of the same sign have none.
    if (std::isnan(distance)) return a + b;
    return (a > b ? a : b) + std::log1p(std::exp(-distance));
  }
};

struct Arctan2 {
  static constexpr auto kPromotion = Promotion::real;
  // On the negative half of the second axis it jumps by a full turn.
  static constexpr OpNumerics kNumerics = {.discontinuous = true};
  template <Real T>
  T operator()(T a, T b) const {
    return std::atan2(a, b);
  }
};

struct Mod {
  static constexpr auto kPromotion = Promotion::counted;
  // The sign of a zero is each library's own.
  static constexpr OpNumerics kNumerics = {.discontinuous = true};
  template <Real T>
  T operator()(T a, T b) const {
    const T rest = std::fmod(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
  template <Whole Int>
  Int operator()(Int a, Int b) const {
    // INT_MIN % -1 traps on common machines; any number leaves nothing when divided by -1 or, by convention, 0.
    if (b == 0 || b == -1) return 0;
    const Int rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
};

struct FloorDivide {
  static constexpr auto kPromotion = Promotion::numeric;
  static constexpr OpNumerics kNumerics = {.exact = true, .discontinuous = true};
  template <Real T>
  T operator()(T a, T b) const {
    if (b == 0) return a / b;
    const T rest = std::fmod(a, b);
    const T quotient = (a - rest) / b;
    return std::nearbyint(rest != 0 && (rest < 0) != (b < 0) ? quotient - 1 : quotient);
  }
  template <Whole Int>
  Int operator()(Int a, Int b) const {
    if (b == 0) return a == 0 ? -1 : -2;
    if (b == -1) return wrapping_subtract(Int{0}, a);
    const Int quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
  }
};

struct Power {
  static constexpr auto kPromotion = Promotion::numeric;
  static constexpr OpNumerics kNumerics = {.domain = {0.25, 4.0}};
  template <Real T>
  T operator()(T a, T b) const {
    return std::pow(a, b);
  }
  template <Whole Int>
  Int operator()(Int a, Int b) const {
    if (a == 0) return b == 0 ? 1 : 0;
    constexpr Int kExponentBits = 63;
    Int result = 1;
    Int base = a;
    for (Int exponent = b & kExponentBits; exponent != 0; exponent >>= 1) {
      if ((exponent & 1) != 0) result = wrapping_multiply(result, base);
      base = wrapping_multiply(base, base);
    }
    return result;
  }
};

// Keras refuses a negative constant where the result would be an int.
Result<TensorType> infer_power(const Node& node, std::span<const TensorType> values) {
  auto type = infer_binary<Power>(node, values);
  const Value* const exponent = node.arguments[1].get<Value>();
  if (type && is_integer(type->dtype) && exponent != nullptr && exponent->is_int() && exponent->as_int() < 0) {
    return fail(ErrorCode::graph_argument, "",
                fmt::format("an int tensor has no negative powers, found {}", exponent->as_int()));
  }
  return type;
}

// Exponents that Keras takes: none below zero where the result is an int, and small ones.
void draw_power(OpDraw& draw, Node& node) {
  if (const DType dtype = draw.type().dtype; is_float(dtype)) {
    node.arguments[1] = draw.tame() ? draw.constant(dtype) : draw.operand(dtype);
    if (!draw.tame() && draw.flag()) std::swap(node.arguments[0], node.arguments[1]);
  } else {
    constexpr std::int64_t kLargestExponent = 5;
    node.arguments[1] = Value(draw.integer(0, kLargestExponent));
  }
}

OpClass power() {
  OpClass op = binary<Power>("Power", "power", "**");
  op.infer = infer_power;
  op.draw = draw_power;
  return op;
}

// Division by a value of the graph may be by one near zero, which is no ground for comparisons.
template <typename F>
void draw_quotient(OpDraw& draw, Node& node) {
  if (!draw.tame()) return draw_binary(F::kPromotion, draw, node);
  node.arguments[1] = draw.constant(draw.type().dtype == DType::boolean ? DType::float32 : draw.type().dtype);
}

template <typename F>
OpClass quotient(std::string_view class_name, std::string_view function, std::string_view symbol = {}) {
  OpClass op = binary<F>(class_name, function, symbol);
  op.draw = draw_quotient<F>;
  return op;
}

template <bool kLarger>
struct Extreme {
  static constexpr auto kPromotion = Promotion::common;
  static constexpr OpNumerics kNumerics = {.exact = true};
  template <Real T>
  T operator()(T a, T b) const {
    if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<T>::quiet_NaN();
    return kLarger ? (a < b ? b : a) : (b < a ? b : a);
  }
  template <Whole Int>
  Int operator()(Int a, Int b) const {
    return kLarger ? (a < b ? b : a) : (b < a ? b : a);
  }
  Bool operator()(Bool a, Bool b) const { return kLarger ? (a | b) != 0 : a != 0 && b != 0; }
};

}  // namespace

std::span<const OpClass> arithmetic() {
  static const OpClass table[] = {
      binary<Add>("Add", "add", "+"),
      binary<Subtract>("Subtract", "subtract", "-"),
      binary<Multiply>("Multiply", "multiply", "*"),
      // Keras' `/` makes a TrueDivide; Divide is what its function divide() makes.
      quotient<Divide>("TrueDivide", "true_divide", "/"),
      quotient<Divide>("Divide", "divide"),
      quotient<FloorDivide>("FloorDivide", "floor_divide", "//"),
      quotient<Mod>("Mod", "mod", "%"),
      power(),
      binary<Extreme<true>>("Maximum", "maximum"),
      binary<Extreme<false>>("Minimum", "minimum"),
      quotient<DivideNoNan>("DivideNoNan", "divide_no_nan"),
      binary<Logaddexp>("Logaddexp", "logaddexp"),
      binary<Arctan2>("Arctan2", "arctan2"),
  };
  return table;
}

}  // namespace revive::ops
