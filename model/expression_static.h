// Python's rules for the values of a lambda that do not depend on x: None, bool, int64, float, str, slice, list.
//
// A static value is an Argument without a NodeRef in it; arrays are computed by the ops instead (expression_lowering).
// Everything is checked: an int that leaves int64, a division by zero or a power without a real value is an
// expression_type error, as are operators that Python would refuse and the repetition of sequences. Errors have no
// place; the caller knows the column.
#pragma once

#include <span>
#include <string_view>

#include "model/error.h"
#include "model/graph.h"

namespace revive {

Result<Argument> static_unary(std::string_view symbol, const Argument& operand);
Result<Argument> static_binary(std::string_view symbol, const Argument& a, const Argument& b);
Result<bool> static_compare(std::string_view symbol, const Argument& a, const Argument& b);
Result<bool> static_truth(const Argument& value);
// list[index] for an int or a slice.
Result<Argument> static_subscript(const Argument::List& list, const Argument& index);

bool is_static_function(std::string_view name);
// abs, bool, float, int, len, max, min.
Result<Argument> static_call(std::string_view name, std::span<const Argument> arguments);

// A rectangular (nested) list of numbers as an array: bool, int32 or float32, whichever holds all of them.
Result<Tensor> array_from_list(const Argument::List& list);

}  // namespace revive
