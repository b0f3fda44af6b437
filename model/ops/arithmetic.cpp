// The arithmetic operators. What Keras leaves to its backends is taken from JAX: int32 wraps, an int32 divided by
// zero gives -1 (for 0 // 0) or -2 and leaves 0, and an int32 power looks at the low 6 bits of its exponent.
#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <limits>

#include "model/ops/binary.h"
#include "model/ops/groups.h"

namespace revive::ops {
namespace {

using Int = std::int32_t;
using Bits = std::uint32_t;
using Bool = std::uint8_t;

constexpr Int wrap(Bits bits) {
  return std::bit_cast<Int>(bits);
}
constexpr Bits bits(Int value) {
  return std::bit_cast<Bits>(value);
}

struct Add {
  static constexpr auto kPromotion = Promotion::common;
  float operator()(float a, float b) const { return a + b; }
  Int operator()(Int a, Int b) const { return wrap(bits(a) + bits(b)); }
  Bool operator()(Bool a, Bool b) const { return (a | b) != 0; }
};

struct Subtract {
  static constexpr auto kPromotion = Promotion::numeric;
  float operator()(float a, float b) const { return a - b; }
  Int operator()(Int a, Int b) const { return wrap(bits(a) - bits(b)); }
};

struct Multiply {
  static constexpr auto kPromotion = Promotion::common;
  float operator()(float a, float b) const { return a * b; }
  Int operator()(Int a, Int b) const { return wrap(bits(a) * bits(b)); }
  Bool operator()(Bool a, Bool b) const { return a != 0 && b != 0; }
};

struct Divide {
  static constexpr auto kPromotion = Promotion::real;
  float operator()(float a, float b) const { return a / b; }
};

struct Mod {
  static constexpr auto kPromotion = Promotion::counted;
  float operator()(float a, float b) const {
    const float rest = std::fmod(a, b);
    return rest != 0.0f && (rest < 0.0f) != (b < 0.0f) ? rest + b : rest;
  }
  Int operator()(Int a, Int b) const {
    // INT_MIN % -1 traps on common machines; any number leaves nothing when divided by -1 or, by convention, 0.
    if (b == 0 || b == -1) return 0;
    const Int rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
};

struct FloorDivide {
  static constexpr auto kPromotion = Promotion::numeric;
  float operator()(float a, float b) const {
    if (b == 0.0f) return a / b;
    const float rest = std::fmod(a, b);
    const float quotient = (a - rest) / b;
    return std::nearbyint(rest != 0.0f && (rest < 0.0f) != (b < 0.0f) ? quotient - 1.0f : quotient);
  }
  Int operator()(Int a, Int b) const {
    if (b == 0) return a == 0 ? -1 : -2;
    if (b == -1) return wrap(Bits{0} - bits(a));
    const Int quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
  }
};

struct Power {
  static constexpr auto kPromotion = Promotion::numeric;
  float operator()(float a, float b) const { return std::pow(a, b); }
  Int operator()(Int a, Int b) const {
    if (a == 0) return b == 0 ? 1 : 0;
    constexpr Bits kExponentBits = 63;
    Bits result = 1;
    Bits base = bits(a);
    for (Bits exponent = bits(b) & kExponentBits; exponent != 0; exponent >>= 1) {
      if ((exponent & 1u) != 0) result *= base;
      base *= base;
    }
    return wrap(result);
  }
};

// Keras refuses a negative constant where the result would be an int.
Result<TensorType> infer_power(const Node& node, std::span<const TensorType> values) {
  auto type = infer_binary<Power>(node, values);
  const Value* const exponent = node.arguments[1].get<Value>();
  if (type && type->dtype == DType::int32 && exponent != nullptr && exponent->is_int() && exponent->as_int() < 0) {
    return fail(ErrorCode::graph_argument, "",
                fmt::format("an int tensor has no negative powers, found {}", exponent->as_int()));
  }
  return type;
}

OpClass power() {
  OpClass op = binary<Power>("Power", "power", "**");
  op.infer = infer_power;
  return op;
}

template <bool kLarger>
struct Extreme {
  static constexpr auto kPromotion = Promotion::common;
  float operator()(float a, float b) const {
    if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<float>::quiet_NaN();
    return kLarger ? (a < b ? b : a) : (b < a ? b : a);
  }
  Int operator()(Int a, Int b) const { return kLarger ? (a < b ? b : a) : (b < a ? b : a); }
  Bool operator()(Bool a, Bool b) const { return kLarger ? (a | b) != 0 : a != 0 && b != 0; }
};

}  // namespace

std::span<const OpClass> arithmetic() {
  static const OpClass table[] = {
      binary<Add>("Add", "add", "+"),
      binary<Subtract>("Subtract", "subtract", "-"),
      binary<Multiply>("Multiply", "multiply", "*"),
      // Keras' `/` makes a TrueDivide; Divide is what its function divide() makes.
      binary<Divide>("TrueDivide", "true_divide", "/"),
      binary<Divide>("Divide", "divide"),
      binary<FloorDivide>("FloorDivide", "floor_divide", "//"),
      binary<Mod>("Mod", "mod", "%"),
      power(),
      binary<Extreme<true>>("Maximum", "maximum"),
      binary<Extreme<false>>("Minimum", "minimum"),
  };
  return table;
}

}  // namespace revive::ops
