// Signs, powers, logarithms and the functions of trigonometry and statistics, element by element.
#include <bit>
#include <cmath>
#include <limits>

#include "revive/model/ops/groups.h"
#include "revive/model/ops/unary.h"

namespace revive::ops {
namespace {

using Int = std::int32_t;
using Bool = std::uint8_t;

struct Negative {
  static constexpr auto kDomain = Domain::numeric;
  float operator()(float x) const { return -x; }
  Int operator()(Int x) const { return std::bit_cast<Int>(0u - std::bit_cast<std::uint32_t>(x)); }
};

struct Absolute {
  static constexpr auto kDomain = Domain::any;
  float operator()(float x) const { return std::fabs(x); }
  Int operator()(Int x) const { return x < 0 ? Negative{}(x) : x; }
  Bool operator()(Bool x) const { return x != 0; }
};

struct Sign {
  static constexpr auto kDomain = Domain::numeric;
  // NaN and both zeros are their own sign.
  float operator()(float x) const { return x > 0 ? 1.0f : x < 0 ? -1.0f : x; }
  Int operator()(Int x) const { return x > 0 ? 1 : x < 0 ? -1 : 0; }
};

struct LogicalNot {
  static constexpr auto kDomain = Domain::logical;
  Bool operator()(Bool x) const { return x == 0; }
};

struct Square {
  static constexpr auto kDomain = Domain::counted;
  float operator()(float x) const { return x * x; }
  Int operator()(Int x) const {
    return std::bit_cast<Int>(std::bit_cast<std::uint32_t>(x) * std::bit_cast<std::uint32_t>(x));
  }
};

template <float (*kFunction)(float), Domain kOn = Domain::real>
struct Real {
  static constexpr auto kDomain = kOn;
  float operator()(float x) const { return kFunction(x); }
};

float reciprocal(float x) {
  return 1 / x;
}

float reciprocal_sqrt(float x) {
  return 1 / std::sqrt(x);
}

// c[0] * x^n + ... + c[n], by Horner's rule.
template <std::size_t kCount>
float polynomial(const float (&coefficients)[kCount], float x) {
  float sum = 0;
  for (const float coefficient : coefficients) sum = sum * x + coefficient;
  return sum;
}

// M. Giles, "Approximating the erfinv function", GPU Computing Gems 2: the single precision polynomials.
float inverse_erf(float x) {
  if (std::fabs(x) == 1) return x * std::numeric_limits<float>::infinity();
  constexpr float kCentral[] = {2.81022636e-08f, 3.43273939e-07f, -3.5233877e-06f, -4.39150654e-06f, 0.00021858087f,
                                -0.00125372503f, -0.00417768164f, 0.246640727f,    1.50140941f};
  constexpr float kTail[] = {-0.000200214257f, 0.000100950558f, 0.00134934322f, -0.00367342844f, 0.00573950773f,
                             -0.0076224613f,   0.00943887047f,  1.00167406f,    2.83297682f};
  constexpr float kCut = 5;
  const float w = -std::log1p(-x * x);
  return x * (w < kCut ? polynomial(kCentral, w - 2.5f) : polynomial(kTail, std::sqrt(w) - 3));
}

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
      unary<Real<std::sqrt>>(kNumpy, "Sqrt", "sqrt", kPositive),
      unary<Real<std::exp>>(kNumpy, "Exp", "exp", kModerate),
      unary<Real<std::log>>(kNumpy, "Log", "log", kPositive),
      unary<Real<std::sin>>(kNumpy, "Sin", "sin", kPeriodic),
      unary<Real<std::cos>>(kNumpy, "Cos", "cos", kPeriodic),
      unary<Real<std::tanh>>(kNumpy, "Tanh", "tanh", {}),
      unary<Sign>(kNumpy, "Sign", "sign", kStep),
      unary<Real<reciprocal>>(kNumpy, "Reciprocal", "reciprocal", kPositive),
      unary<Real<std::cbrt>>(kNumpy, "Cbrt", "cbrt", kPositive),
      unary<Real<std::exp2>>(kNumpy, "Exp2", "exp2", kModerate),
      unary<Real<std::expm1>>(kNumpy, "Expm1", "expm1", kModerate),
      unary<Real<std::log2>>(kNumpy, "Log2", "log2", kPositive),
      unary<Real<std::log10>>(kNumpy, "Log10", "log10", kPositive),
      unary<Real<std::log1p>>(kNumpy, "Log1p", "log1p", {.domain = {-0.75, kAny}}),
      unary<Real<std::tan>>(kNumpy, "Tan", "tan", {.domain = {-1.25, 1.25}}),
      unary<Real<std::sinh>>(kNumpy, "Sinh", "sinh", kModerate),
      unary<Real<std::cosh>>(kNumpy, "Cosh", "cosh", kModerate),
      unary<Real<std::asin>>(kNumpy, "Arcsin", "arcsin", kInsideOne),
      unary<Real<std::acos>>(kNumpy, "Arccos", "arccos", kInsideOne),
      unary<Real<std::atan>>(kNumpy, "Arctan", "arctan", {}),
      unary<Real<std::asinh>>(kNumpy, "Arcsinh", "arcsinh", {}),
      unary<Real<std::acosh>>(kNumpy, "Arccosh", "arccosh", {.domain = {1.125, kAny}}),
      unary<Real<std::atanh>>(kNumpy, "Arctanh", "arctanh", kInsideOne),
      unary<Real<reciprocal_sqrt, Domain::float_only>>(kMath, "Rsqrt", "rsqrt", kPositive),
      unary<Real<std::erf, Domain::float_only>>(kMath, "Erf", "erf", {}),
      unary<Real<inverse_erf>>(kMath, "Erfinv", "erfinv", kInsideOne),
  };
  return table;
}

}  // namespace revive::ops
