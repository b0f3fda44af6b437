// Python's rules for the values of a lambda that do not depend on x: None, bool, int64, float, str, slice, tuple, list.
//
// Arrays are computed by the ops instead (expression_lowering.h). Everything is checked: an int that leaves int64, a
// division by zero or a power without a real value is an expression_type error, as is what Python would refuse, and
// what cannot be known here (which NaN a tuple holds, whether a captured sequence was a tuple or a list); strings and
// sequences do not grow without bound. Errors have no place; the caller knows the column.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

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
// base[index] of a sequence or a string, for an int or a slice.
Result<PartialValue> static_subscript(const PartialValue& base, const PartialValue& index);
// Whether a container that holds `item` is said to hold `wanted`, which is what `==` says but for NaN.
Result<bool> is_found(const PartialValue& item, const PartialValue& wanted);
// expression_type for what is no key of a dict: Python says that it is not hashable.
Status check_hashable(const PartialValue& value);
// The characters of UTF-8.
std::vector<std::string_view> characters_of(std::string_view text);

}  // namespace revive
