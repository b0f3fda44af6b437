// What ops that name axes share: settings that hold axes, the rule that the batch axis stays, and rows along an axis.
//
// An axis counts from the end when it is negative. For an argument that depends on x axis 0 is the batch, and no such
// setting may name it; a constant has no batch axis.
#pragma once

#include "revive/model/ops/operand.h"

namespace revive::ops {

inline constexpr std::string_view kTensorParameter[] = {"x"};

std::unexpected<Error> bad_argument(std::string message);

// graph_argument unless the argument is a tensor or an array.
Status check_tensor(const Node& node, std::size_t argument = 0);
// REQUIRES: the argument is a tensor or an array.
const Tensor& array_of(const Argument& argument, std::span<const Tensor> values);

enum class AxisForm : std::uint8_t {
  one,      // an int
  several,  // an int or a list of ints
  any,      // or None, for all axes
};
// The kind of a setting, and that it does not name the batch axis outright.
Status check_axes(const Node& node, std::size_t setting, AxisForm form);
// graph_argument unless the setting is a list of ints (or, where `or_int`, an int), each at least `least`.
Status check_ints(const Node& node, std::size_t setting, std::int64_t least, bool or_int = false);
// None or a dtype that graphs compute in.
Status check_dtype(const Node& node, std::size_t setting, bool or_none = true);

// The ints of a setting that check_ints() passed.
std::vector<std::int64_t> ints_of(const Value& setting);
// The dtype a setting names, or `fallback` for None.
DType dtype_of(const Value& setting, DType fallback);

// Errors of these: graph_argument for an axis out of range, named twice, or the batch.
Result<std::size_t> axis_of(std::int64_t axis, std::size_t rank, bool has_batch);
// In ascending order; None means all.
Result<std::vector<std::size_t>> axes_of(const Value& setting, const OperandType& x);

// An array as outer x length x inner elements around one axis.
struct Rows {
  std::size_t outer = 1;
  std::size_t length = 1;
  std::size_t inner = 1;
};
// REQUIRES: axis < dims.size().
Rows rows_of(const Dims& dims, std::size_t axis);

// For OpClass::applies: whether x has an axis beside the batch.
bool has_sample_axes(const DrawnValue& x);

// The product of two lengths, either of which may be kUnknown; graph_argument when it overflows.
Result<std::int64_t> product_of(std::int64_t a, std::int64_t b);

}  // namespace revive::ops
