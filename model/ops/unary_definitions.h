// An op of one operand beside its definition: in every dtype, on numbers that are not friendly, in rows of every
// length around the widths of a kernel.
#pragma once

#include "revive/model/ops/definitions.h"

namespace revive::testing {

struct UnaryDefinition {
  std::string_view function;
  Exact (*of)(Exact x, const Settings& settings);
  Tolerance tolerance = kExact;
  // Each of these; the settings left out are at their fallbacks.
  std::vector<Settings> settings = {{}};
  // Where an int result is more than the number that `of` gives.
  Whole (*of_whole)(Whole x) = nullptr;
  // What is added up on the way has the size of x, which is how far the result may be off.
  bool cancels = false;
  // Where the formula overflows although its value does not.
  Exact largest = kInfinity;
};

// The definition where x has this dtype and the result that one.
inline Exact exact_of(const UnaryDefinition& definition, const Settings& settings, Exact x, DType dtype, DType result) {
  if (is_integer(result)) {
    const Whole whole = definition.of_whole != nullptr ? definition.of_whole(static_cast<Whole>(x))
                                                       : static_cast<Whole>(definition.of(x, settings));
    return wrapped(result, whole);
  }
  if (result == DType::boolean) return definition.of(x, settings) != 0;
  return definition.of(is_float(dtype) ? x : rounded(result, x), settings);
}

inline void expect_unary(const UnaryDefinition& definition, const Settings& settings, DType dtype, std::size_t length) {
  const std::string call = call_text(definition.function, settings, dtype);
  Numbers numbers = in_turn(unfriendly(dtype), length, length);
  for (Exact& number : numbers) number = std::fabs(number) > definition.largest ? 0 : number;
  const Tensor x = tensor_of(dtype, {1, static_cast<std::int64_t>(length)}, numbers);
  const auto result = result_of(definition.function, {NodeRef{0}}, settings, x);
  if (!result) return;
  ASSERT_EQ(result->dims(), x.dims()) << call;
  for (std::size_t i = 0; i < length; ++i) {
    const Exact exact = exact_of(definition, settings, numbers[i], dtype, result->dtype());
    const Exact scale = definition.cancels ? std::fabs(numbers[i]) : 0;
    expect_near(*result, i, exact, definition.tolerance, scale,
                [&] { return call + " of " + std::to_string(numbers[i]); });
  }
}

inline void expect_unary(const UnaryDefinition& definition) {
  for (const Settings& settings : definition.settings) {
    for (const DType dtype : computed_dtypes()) expect_unary(definition, settings, dtype, unfriendly(dtype).size());
    for (const std::size_t length : kLengths) expect_unary(definition, settings, DType::float32, length);
  }
  const bool takes_floats =
      result_of(definition.function, {NodeRef{0}}, definition.settings.front(), Tensor(DType::float32, {1, 1}))
          .has_value();
  const bool takes_ints =
      result_of(definition.function, {NodeRef{0}}, definition.settings.front(), Tensor(DType::int32, {1, 1}))
          .has_value();
  EXPECT_TRUE(takes_floats || takes_ints) << definition.function << " was given nothing that it takes";
}

}  // namespace revive::testing
