// Signs, powers, logarithms, trigonometry, rounding, ranges and the bits of one int, each as what it means.
#include "revive/model/ops/unary_definitions.h"

#include <numbers>

namespace revive::testing {
namespace {

constexpr Tolerance kManyUlps = {48};

Exact inverse_erf(Exact x, const Settings&) {
  if (!(std::fabs(x) < 1)) return std::fabs(x) == 1 ? x * kInfinity : kNaN;
  if (std::fabs(x) < 1e-9L) return x * std::sqrt(std::numbers::pi_v<Exact>) / 2;
  Exact low = 0;
  Exact high = 12;
  // erfc keeps the digits that erf loses beside 1.
  for (int i = 0; i < 200; ++i) {
    const Exact middle = (low + high) / 2;
    (std::erfc(middle) > 1 - std::fabs(x) ? low : high) = middle;
  }
  return std::copysign(low, x);
}

Exact sign(Exact x, const Settings&) {
  if (x > 0) return 1;
  return x < 0 ? -1 : x;
}

// To the nearest multiple of a power of ten, a half to the even one.
Exact to_decimals(Exact x, const Settings& settings) {
  const std::int64_t decimals = settings.empty() ? 0 : settings[0].as_int();
  const Exact scale = std::pow(10.0L, static_cast<Exact>(decimals));
  if (decimals == 0) {
    const Exact below = std::floor(x);
    const Exact rest = x - below;
    if (std::isnan(rest)) return x;
    const bool up = rest > 0.5L || (rest == 0.5L && std::fmod(below, 2.0L) != 0);
    return std::copysign(up ? below + 1 : below, x);
  }
  return std::nearbyint(x * scale) / scale;
}

Exact number_of(const Value& value) {
  return value.is_int() ? static_cast<Exact>(value.as_int()) : static_cast<Exact>(value.as_real());
}

Exact clipped(Exact x, const Settings& settings) {
  const Exact low = number_of(settings[0]);
  const Exact high = number_of(settings[1]);
  if (std::isnan(x) || std::isnan(low) || std::isnan(high)) return kNaN;
  if (x < low) x = low;
  return x > high ? high : x;
}

Exact without_nan(Exact x, const Settings& settings) {
  if (std::isnan(x)) return number_of(settings[0]);
  if (!std::isinf(x)) return x;
  return number_of(settings[x > 0 ? 1 : 2]);
}

#define REVIVE_MEANS(expression) [](Exact x, const Settings&) -> Exact { return expression; }

const std::vector<UnaryDefinition>& definitions() {
  static const std::vector<UnaryDefinition> kDefinitions = {
      {"negative", REVIVE_MEANS(-x)},
      {"absolute", REVIVE_MEANS(std::signbit(x) ? -x : x)},
      {"logical_not", REVIVE_MEANS(x == 0)},
      {"square", REVIVE_MEANS(x * x), kExact, {{}}, [](Whole x) { return x * x; }},
      {"sign", sign},
      {"copy", REVIVE_MEANS(x)},
      {"sqrt", REVIVE_MEANS(std::sqrt(x))},
      {"reciprocal", REVIVE_MEANS(1 / x)},
      {"rsqrt", REVIVE_MEANS(1 / std::sqrt(x)), kFewUlps},
      {"exp", REVIVE_MEANS(std::exp(x)), kFewUlps},
      {"exp2", REVIVE_MEANS(std::pow(2.0L, x)), kFewUlps},
      {"expm1", REVIVE_MEANS(std::expm1(x)), kFewUlps},
      {"log", REVIVE_MEANS(std::log(x)), kFewUlps},
      {"log2", REVIVE_MEANS(std::log2(x)), kFewUlps},
      {"log10", REVIVE_MEANS(std::log10(x)), kFewUlps},
      {"log1p", REVIVE_MEANS(std::log1p(x)), kFewUlps},
      {"sin", REVIVE_MEANS(std::sin(x)), kFewUlps},
      {"cos", REVIVE_MEANS(std::cos(x)), kFewUlps},
      {"tan", REVIVE_MEANS(std::tan(x)), kFewUlps},
      {"sinh", REVIVE_MEANS(std::sinh(x)), kFewUlps},
      {"cosh", REVIVE_MEANS(std::cosh(x)), kFewUlps},
      {"tanh", REVIVE_MEANS(std::tanh(x)), kFewUlps},
      {"arcsin", REVIVE_MEANS(std::asin(x)), kFewUlps},
      {"arccos", REVIVE_MEANS(std::acos(x)), kFewUlps},
      {"arctan", REVIVE_MEANS(std::atan(x)), kFewUlps},
      {"arcsinh", REVIVE_MEANS(std::asinh(x)), kFewUlps},
      {"arccosh", REVIVE_MEANS(std::acosh(x)), kFewUlps},
      {"arctanh", REVIVE_MEANS(std::atanh(x)), kFewUlps},
      {"cbrt", REVIVE_MEANS(std::cbrt(x)), kFewUlps},
      {"erf", REVIVE_MEANS(std::erf(x)), kFewUlps},
      {"erfinv", inverse_erf, kManyUlps},
      {"floor", REVIVE_MEANS(std::floor(x))},
      {"ceil", REVIVE_MEANS(-std::floor(-x))},
      {"trunc", REVIVE_MEANS(x < 0 || std::signbit(x) ? -std::floor(-x) : std::floor(x))},
      {"round", to_decimals, kExact, {{}, {Value(0)}}},
      {"clip",
       clipped,
       {.zero_sign = false},
       {{Value(0), Value(1)},
        {Value(1), Value(100)},
        {Value(3), Value(1)},
        {Value(-2), Value(7)},
        {Value(-0.5), Value(2.5)},
        {Value(0.5), Value(-0.5)},
        {Value(-1.0), Value(static_cast<double>(kInfinity))},
        {Value(static_cast<double>(kNaN)), Value(1)}}},
      {"nan_to_num", without_nan, kExact, {{Value(0.0), Value(1.0), Value(-1.0)}, {Value(2), Value(0.0), Value(-0.0)}}},
      {"isnan", REVIVE_MEANS(!(x == x))},
      {"isinf", REVIVE_MEANS(x == kInfinity || x == -kInfinity)},
      {"isfinite", REVIVE_MEANS(x - x == 0)},
      {"bitwise_not", REVIVE_MEANS(x == 0), kExact, {{}}, [](Whole x) { return -x - 1; }},
  };
  return kDefinitions;
}

#undef REVIVE_MEANS

const Defined kDefined(definitions());

TEST(OpDefinitions, OfOneOperand) {
  for (const UnaryDefinition& definition : definitions()) expect_unary(definition);
}

// By Keras an int is rounded to tens in float32, which has them exactly up to 2^24.
TEST(OpDefinitions, OfRoundingToDecimals) {
  for (const std::int64_t decimals : {-2, -1, 1, 3}) {
    const Numbers numbers = {0, -0.0L, 0.05L, 0.15L, -0.25L, 5, 15, 25, -35, 149.999L, 1234567, 1e-30L, -2.0005L};
    Numbers floats;
    for (const Exact number : numbers) floats.push_back(rounded(DType::float32, number));
    const Tensor x = tensor_of(DType::float32, {1, static_cast<std::int64_t>(floats.size())}, floats);
    const auto result = result_of("round", {NodeRef{0}}, {Value(decimals)}, x);
    ASSERT_TRUE(result);
    const auto scale = static_cast<float>(std::pow(10.0, static_cast<double>(decimals)));
    for (std::size_t i = 0; i < floats.size(); ++i) {
      // The product is rounded before a half is told from more and from less.
      const auto scaled = static_cast<float>(floats[i] * Exact{scale});
      const Exact exact = to_decimals(Exact{scaled}, {}) / Exact{scale};
      expect_near(*result, i, exact, kExact, 0, [&] { return call_text("round", {Value(decimals)}, DType::float32); });
    }
  }
  const Tensor ints = tensor_of(DType::int32, {1, 6}, {4, 5, 15, 25, -35, 1250});
  const auto tens = result_of("round", {NodeRef{0}}, {Value(-1)}, ints);
  const Numbers expected = {0, 0, 20, 20, -40, 1250};
  ASSERT_TRUE(tens);
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(number_at(*tens, i), expected[i]);
}

TEST(OpDefinitions, OfTheLargestFloatsInPlaceOfInfinities) {
  for (const DType dtype : computed_dtypes()) {
    if (!is_float(dtype)) continue;
    const auto result =
        result_of("nan_to_num", {NodeRef{0}}, {}, tensor_of(dtype, {1, 3}, {kNaN, kInfinity, -kInfinity}));
    ASSERT_TRUE(result);
    const Exact largest = kind_of(dtype).largest;
    const Numbers expected = {0, largest, -largest};
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(number_at(*result, i), expected[i]) << name_of(dtype);
  }
}

}  // namespace
}  // namespace revive::testing
