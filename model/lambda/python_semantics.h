// Python's rules for the values of a lambda that do not depend on x: None, bool, int64, float, str, slice, tuple, list.
//
// Arrays are computed by the ops instead (expression_lowering.h). Everything is checked: an int that leaves int64, a
// division by zero or a power without a real value is an expression_type error, as are operators that Python would
// refuse and the repetition of strings; sequences do not grow without bound. Errors have no place; the caller knows the
// column.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "revive/model/base/error.h"
#include "revive/model/lambda/partial_value.h"

namespace revive {

// A Python number; bool counts as int.
struct StaticNumber {
  bool real = false;
  std::int64_t integer = 0;
  double floating = 0.0;

  double as_double() const { return real ? floating : static_cast<double>(integer); }
};

// Nothing for what is no number.
std::optional<StaticNumber> static_number(const PartialValue& lowered);

Result<PartialValue> static_unary(std::string_view symbol, const PartialValue& operand);
Result<PartialValue> static_binary(std::string_view symbol, const PartialValue& a, const PartialValue& b);
// `is` and `in` among them; the operands of `is` may be tensors.
Result<bool> static_compare(std::string_view symbol, const PartialValue& a, const PartialValue& b);
Result<bool> static_truth(const PartialValue& value);
// slice(start, stop, step) of ints and None. REQUIRES: at most three bounds.
Result<PartialValue> static_slice(std::span<const PartialValue> bounds);
// sequence[index] for an int or a slice.
Result<PartialValue> static_subscript(const Sequence& sequence, const PartialValue& index);

}  // namespace revive
