// Signs, powers, logarithms and the functions of trigonometry and statistics, element by element.
#include <algorithm>
#include <cmath>
#include <limits>

#include "revive/model/ops/groups.h"
#include "revive/model/ops/unary.h"

namespace revive::ops {
namespace {

using Bool = std::uint8_t;

struct Negative {
  static constexpr auto kDomain = Domain::numeric;
  template <Real T>
  T operator()(T x) const {
    return -x;
  }
  template <Whole Int>
  Int operator()(Int x) const {
    return wrapping_subtract(Int{0}, x);
  }
};

struct Absolute {
  static constexpr auto kDomain = Domain::any;
  template <Real T>
  T operator()(T x) const {
    return std::fabs(x);
  }
  template <Whole Int>
  Int operator()(Int x) const {
    return x < 0 ? Negative{}(x) : x;
  }
  Bool operator()(Bool x) const { return x != 0; }
};

struct Sign {
  static constexpr auto kDomain = Domain::numeric;
  // NaN and both zeros are their own sign.
  template <Real T>
  T operator()(T x) const {
    return x > 0 ? T{1} : x < 0 ? T{-1} : x;
  }
  template <Whole Int>
  Int operator()(Int x) const {
    return x > 0 ? 1 : x < 0 ? -1 : 0;
  }
};

// Of the same elements, and yet another tensor.
struct Copy {
  static constexpr auto kDomain = Domain::any;
  template <typename T>
    requires Real<T> || Whole<T> || std::same_as<T, Bool>
  T operator()(T x) const {
    return x;
  }
};

struct LogicalNot {
  static constexpr auto kDomain = Domain::logical;
  Bool operator()(Bool x) const { return x == 0; }
};

struct Square {
  static constexpr auto kDomain = Domain::counted;
  template <Real T>
  T operator()(T x) const {
    return x * x;
  }
  template <Whole Int>
  Int operator()(Int x) const {
    return wrapping_multiply(x, x);
  }
};

// A function of real numbers, which is a type with a static template of(x).
template <typename Function, Domain kOn = Domain::real>
struct RealFunction {
  static constexpr auto kDomain = kOn;
  template <Real T>
  T operator()(T x) const {
    return Function::of(x);
  }
};

#define REVIVE_REAL_FUNCTION(Name, expression) \
  struct Name {                                \
    template <Real T>                          \
    static T of(T x) {                         \
      return expression;                       \
    }                                          \
  }
REVIVE_REAL_FUNCTION(Sqrt, std::sqrt(x));
REVIVE_REAL_FUNCTION(Exp, std::exp(x));
REVIVE_REAL_FUNCTION(Log, std::log(x));
REVIVE_REAL_FUNCTION(Sin, std::sin(x));
REVIVE_REAL_FUNCTION(Cos, std::cos(x));
REVIVE_REAL_FUNCTION(Tan, std::tan(x));
REVIVE_REAL_FUNCTION(Tanh, std::tanh(x));
REVIVE_REAL_FUNCTION(Cbrt, std::cbrt(x));
REVIVE_REAL_FUNCTION(Exp2, std::exp2(x));
REVIVE_REAL_FUNCTION(Expm1, std::expm1(x));
REVIVE_REAL_FUNCTION(Log2, std::log2(x));
REVIVE_REAL_FUNCTION(Log10, std::log10(x));
REVIVE_REAL_FUNCTION(Log1p, std::log1p(x));
REVIVE_REAL_FUNCTION(Sinh, std::sinh(x));
REVIVE_REAL_FUNCTION(Cosh, std::cosh(x));
REVIVE_REAL_FUNCTION(Arcsin, std::asin(x));
REVIVE_REAL_FUNCTION(Arccos, std::acos(x));
REVIVE_REAL_FUNCTION(Arctan, std::atan(x));
REVIVE_REAL_FUNCTION(Arcsinh, std::asinh(x));
REVIVE_REAL_FUNCTION(Arccosh, std::acosh(x));
REVIVE_REAL_FUNCTION(Arctanh, std::atanh(x));
REVIVE_REAL_FUNCTION(Erf, std::erf(x));
REVIVE_REAL_FUNCTION(Reciprocal, 1 / x);
REVIVE_REAL_FUNCTION(ReciprocalSqrt, 1 / std::sqrt(x));
#undef REVIVE_REAL_FUNCTION

// c[0] * x^n + ... + c[n], by Horner's rule.
template <std::size_t kCount>
float polynomial(const float (&coefficients)[kCount], float x) {
  float sum = 0;
  for (const float coefficient : coefficients) sum = sum * x + coefficient;
  return sum;
}

struct InverseErf {
  // M. Giles, "Approximating the erfinv function", GPU Computing Gems 2: the single precision polynomials.
  static float of(float x) {
    if (std::fabs(x) == 1) return x * std::numeric_limits<float>::infinity();
    constexpr float kCentral[] = {2.81022636e-08f, 3.43273939e-07f, -3.5233877e-06f, -4.39150654e-06f, 0.00021858087f,
                                  -0.00125372503f, -0.00417768164f, 0.246640727f,    1.50140941f};
    constexpr float kTail[] = {-0.000200214257f, 0.000100950558f, 0.00134934322f, -0.00367342844f, 0.00573950773f,
                               -0.0076224613f,   0.00943887047f,  1.00167406f,    2.83297682f};
    constexpr float kCut = 5;
    const float w = -std::log1p(-x * x);
    return x * (w < kCut ? polynomial(kCentral, w - 2.5f) : polynomial(kTail, std::sqrt(w) - 3));
  }
  // Newton's steps from there, of which each doubles the number of right digits. Close to 1 they are taken on the
  // logarithm of what is missing to 1: what is missing itself is so steep there that they would not arrive.
  static double of(double x) {
    if (std::fabs(x) == 1) return x * std::numeric_limits<double>::infinity();
    if (!(std::fabs(x) < 1)) return std::numeric_limits<double>::quiet_NaN();
    constexpr double kHalfSqrtPi = 0.88622692545275801365;
    constexpr double kBelowOne = 1 - 0x1p-24;
    constexpr int kSteps = 6;
    const double size = std::fabs(x);
    const auto excess = [size](double y) {
      if (size < 0.5) return std::erf(y) - size;
      const double missing = std::erfc(y);
      return -missing * std::log(missing / (1 - size));
    };
    double y = static_cast<double>(of(static_cast<float>(std::min(size, kBelowOne))));
    for (int step = 0; step < kSteps; ++step) y -= excess(y) * kHalfSqrtPi * std::exp(y * y);
    return std::copysign(y, x);
  }
};

constexpr double kAny = std::numeric_limits<double>::infinity();

}  // namespace

std::span<const OpClass> elementwise() {
  constexpr OpNumerics kMove = {.exact = true};
  constexpr OpNumerics kStep = {.exact = true, .discontinuous = true};
  // Roots, logarithms and quotients are steep near 0, where a small difference becomes a large one.
  constexpr OpNumerics kPositive = {.domain = {0.125, kAny}};
  // Beyond, a difference in the last bits of x is not small in the result.
  constexpr OpNumerics kModerate = {.domain = {-8, 8}};
  constexpr OpNumerics kPeriodic = {.domain = {-32, 32}};
  constexpr OpNumerics kInsideOne = {.domain = {-0.875, 0.875}};
  static const OpClass table[] = {
      unary<Negative>(kNumpy, "Negative", "negative", kMove, "-"),
      unary<Absolute>(kNumpy, "Absolute", "absolute", kMove),
      unary<LogicalNot>(kNumpy, "LogicalNot", "logical_not", kStep, "~"),
      unary<Square>(kNumpy, "Square", "square", kMove),
      unary<RealFunction<Sqrt>>(kNumpy, "Sqrt", "sqrt", kPositive),
      unary<RealFunction<Exp>>(kNumpy, "Exp", "exp", kModerate),
      unary<RealFunction<Log>>(kNumpy, "Log", "log", kPositive),
      unary<RealFunction<Sin>>(kNumpy, "Sin", "sin", kPeriodic),
      unary<RealFunction<Cos>>(kNumpy, "Cos", "cos", kPeriodic),
      unary<RealFunction<Tanh>>(kNumpy, "Tanh", "tanh", {}),
      unary<Sign>(kNumpy, "Sign", "sign", kStep),
      unary<RealFunction<Reciprocal>>(kNumpy, "Reciprocal", "reciprocal", kPositive),
      newer("3.11.0", unary<RealFunction<Cbrt>>(kNumpy, "Cbrt", "cbrt", kPositive)),
      newer("3.7.0", unary<RealFunction<Exp2>>(kNumpy, "Exp2", "exp2", kModerate)),
      unary<RealFunction<Expm1>>(kNumpy, "Expm1", "expm1", kModerate),
      unary<RealFunction<Log2>>(kNumpy, "Log2", "log2", kPositive),
      unary<RealFunction<Log10>>(kNumpy, "Log10", "log10", kPositive),
      unary<RealFunction<Log1p>>(kNumpy, "Log1p", "log1p", {.domain = {-0.75, kAny}}),
      unary<RealFunction<Tan>>(kNumpy, "Tan", "tan", {.domain = {-1.25, 1.25}}),
      unary<RealFunction<Sinh>>(kNumpy, "Sinh", "sinh", kModerate),
      unary<RealFunction<Cosh>>(kNumpy, "Cosh", "cosh", kModerate),
      unary<RealFunction<Arcsin>>(kNumpy, "Arcsin", "arcsin", kInsideOne),
      unary<RealFunction<Arccos>>(kNumpy, "Arccos", "arccos", kInsideOne),
      unary<RealFunction<Arctan>>(kNumpy, "Arctan", "arctan", {}),
      unary<RealFunction<Arcsinh>>(kNumpy, "Arcsinh", "arcsinh", {}),
      unary<RealFunction<Arccosh>>(kNumpy, "Arccosh", "arccosh", {.domain = {1.125, kAny}}),
      unary<RealFunction<Arctanh>>(kNumpy, "Arctanh", "arctanh", kInsideOne),
      unary<RealFunction<ReciprocalSqrt, Domain::float_only>>(kMath, "Rsqrt", "rsqrt", kPositive),
      unary<RealFunction<Erf, Domain::float_only>>(kMath, "Erf", "erf", {}),
      unary<RealFunction<InverseErf>>(kMath, "Erfinv", "erfinv", kInsideOne),
      unary<Copy>(kNumpy, "Copy", "copy", kMove),
  };
  return table;
}

}  // namespace revive::ops
