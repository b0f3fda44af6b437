// Activation functions, each by its formula. Those that shrink make a NaN 0, as stock Keras does.
#include <numbers>

#include "revive/model/ops/unary_definitions.h"

namespace revive::testing {
namespace {

// What is below the least normal float on the way may be lost: exp(-104) is, in x * sigmoid(x).
constexpr Tolerance kFormula = {8, false};

Exact number_of(const Settings& settings, Exact fallback) {
  if (settings.empty()) return fallback;
  return settings[0].is_int() ? static_cast<Exact>(settings[0].as_int()) : static_cast<Exact>(settings[0].as_real());
}

Exact below_0_is_0(Exact x) {
  return x < 0 ? 0 : x;
}
Exact sigmoid(Exact x) {
  return 1 / (1 + std::exp(-x));
}
Exact between(Exact x, Exact low, Exact high) {
  if (x < low) return low;
  return x > high ? high : x;
}
Exact softplus(Exact x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}
Exact elu(Exact x, Exact alpha) {
  return x > 0 ? x : alpha * std::expm1(x);
}

Exact gelu(Exact x, const Settings& settings) {
  const bool approximate = settings.empty() || settings[0].as_bool();
  if (!approximate) return x / 2 * std::erfc(-x / std::numbers::sqrt2_v<Exact>);
  return x / 2 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi_v<Exact>) * (x + 0.044715L * x * x * x)));
}

Exact threshold(Exact x, const Settings& settings) {
  const auto number = [](const Value& value) {
    return value.is_int() ? static_cast<Exact>(value.as_int()) : static_cast<Exact>(value.as_real());
  };
  return x > number(settings[0]) ? x : number(settings[1]);
}

#define REVIVE_MEANS(expression) [](Exact x, const Settings&) -> Exact { return expression; }
#define REVIVE_WITH(fallback, expression)               \
  [](Exact x, const Settings& settings) -> Exact {      \
    const Exact number = number_of(settings, fallback); \
    return expression;                                  \
  }

const std::vector<UnaryDefinition>& definitions() {
  static const std::vector<Settings> kNumbers = {{}, {Value(0.25)}, {Value(2)}};
  static const std::vector<UnaryDefinition> kDefinitions = {
      {"relu", REVIVE_MEANS(below_0_is_0(x)), {.zero_sign = false}},
      {"relu6", REVIVE_MEANS(between(x, 0, 6)), {.zero_sign = false}},
      {"sigmoid", REVIVE_MEANS(sigmoid(x)), kFormula},
      {"silu", REVIVE_MEANS(x * sigmoid(x)), kFormula},
      {"softplus", REVIVE_MEANS(softplus(x)), kFormula},
      {"softsign", REVIVE_MEANS(x / (1 + std::fabs(x))), kFormula},
      {"selu", REVIVE_MEANS(1.0507009873554804934L * elu(x, 1.6732632423543772848L)), kFormula},
      {"hard_sigmoid", REVIVE_MEANS(between(x + 3, 0, 6) / 6), kFormula},
      {"hard_silu", REVIVE_MEANS(x * (between(x + 3, 0, 6) / 6)), kFormula},
      {"log_sigmoid", REVIVE_MEANS(-softplus(-x)), kFormula},
      {"tanh_shrink", REVIVE_MEANS(x - std::tanh(x)), kFormula, {{}}, nullptr, true},
      {"hard_tanh", REVIVE_MEANS(between(x, -1, 1)), kExact},
      {"sparse_plus",
       REVIVE_MEANS(x <= -1  ? 0
                    : x >= 1 ? x
                             : (x + 1) * (x + 1) / 4),
       kFormula},
      {"sparse_sigmoid", REVIVE_MEANS(between(x + 1, 0, 2) / 2), kFormula},
      {"gelu", gelu, kFormula, {{}, {Value(true)}, {Value(false)}}, nullptr, true},
      {"leaky_relu", REVIVE_WITH(0.2L, x < 0 ? number * x : x), kFormula, kNumbers},
      {"elu", REVIVE_WITH(1, elu(x, number)), kFormula, kNumbers},
      {"celu", REVIVE_WITH(1, x > 0 ? x : number * std::expm1(x / number)), kFormula, kNumbers},
      {"soft_shrink",
       REVIVE_WITH(0.5L, x > number    ? x - number
                         : x < -number ? x + number
                                       : 0),
       {.zero_sign = false},
       kNumbers},
      {"hard_shrink", REVIVE_WITH(0.5L, std::fabs(x) > number ? x : 0), {.zero_sign = false}, kNumbers},
      {"squareplus", REVIVE_WITH(4, (x + std::sqrt(x * x + number)) / 2), kFormula, kNumbers, nullptr, true, 1e15L},
      {"threshold",
       threshold,
       kExact,
       {{Value(1), Value(0)},
        {Value(3), Value(7)},
        {Value(0.5), Value(-0.5)},
        {Value(0.0), Value(-0.0)},
        {Value(-0.5), Value(2)}}},
  };
  return kDefinitions;
}

#undef REVIVE_MEANS
#undef REVIVE_WITH

const Defined kDefined(definitions());

TEST(OpDefinitions, OfActivations) {
  for (const UnaryDefinition& definition : definitions()) expect_unary(definition);
}

}  // namespace
}  // namespace revive::testing
