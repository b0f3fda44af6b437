#include "revive/model/ops/operand.h"

#include <fmt/format.h>

#include <limits>

#include "revive/model/tensor/broadcast.h"

namespace revive::ops {

bool is_operand(const Argument& argument) {
  if (argument.get<NodeRef>() != nullptr || argument.get<Tensor>() != nullptr) return true;
  const Value* const value = argument.get<Value>();
  return value != nullptr && (value->is_bool() || value->is_int() || value->is_real());
}

Status check_operands(const Node& node) {
  for (const Argument& argument : node.arguments) {
    if (!is_operand(argument)) {
      return fail(
          ErrorCode::graph_argument, "",
          fmt::format("{} expects tensors, arrays or numbers, found {}", node.op->class_name, argument.kind_name()));
    }
  }
  return {};
}

Status check_nothing(const Node&) {
  return {};
}

bool computes(DType dtype) {
  return dtype == DType::float32 || dtype == DType::int32 || dtype == DType::boolean;
}

OperandType operand_type(const Argument& argument, std::span<const TensorType> values) {
  if (const NodeRef* const ref = argument.get<NodeRef>()) {
    const TensorType& type = values[ref->index];
    return {type.dtype, false, true, type.shape};
  }
  if (const Tensor* const array = argument.get<Tensor>()) return {array->dtype(), false, false, Shape(array->dims())};
  const Value& value = *argument.get<Value>();
  if (value.is_bool()) return {DType::boolean, false, false, {}};
  return {value.is_int() ? DType::int32 : DType::float32, true, false, {}};
}

DType common_dtype(const OperandType& a, const OperandType& b) {
  // Weakness does not show among these three: float32 and int32 are the very dtypes that a Python float and int ask
  // for where nothing else decides.
  if (a.dtype == DType::float32 || b.dtype == DType::float32) return DType::float32;
  if (a.dtype == DType::int32 || b.dtype == DType::int32) return DType::int32;
  return DType::boolean;
}

Status check_fits(const Argument& argument, DType compute) {
  const Value* const value = argument.get<Value>();
  if (compute != DType::int32 || value == nullptr || !value->is_int()) return {};
  using Range = std::numeric_limits<std::int32_t>;
  if (value->as_int() >= Range::min() && value->as_int() <= Range::max()) return {};
  return fail(ErrorCode::graph_argument, "",
              fmt::format("an int beside int32 tensors has to fit int32, found {}", value->as_int()));
}

Status check_constant(const Argument& scalar, DType dtype) {
  const Value& value = *scalar.get<Value>();
  const bool too_wide = (value.is_real() && dtype != DType::float32) || (value.is_int() && dtype == DType::boolean);
  if (!too_wide) return check_fits(scalar, dtype);
  return fail(ErrorCode::graph_argument, "",
              fmt::format("{} cannot be an element of a tensor of {}", value.brief(), name_of(dtype)));
}

Result<Shape> broadcast_result(const OperandType& a, const OperandType& b) {
  auto shape = broadcast_shapes(a.shape, b.shape);
  if (!shape) {
    return fail(ErrorCode::graph_argument, "",
                fmt::format("the shapes {} and {} do not broadcast", to_string(a.shape), to_string(b.shape)));
  }
  // Two constants have no batch axis to keep.
  if (!a.depends_on_x && !b.depends_on_x) return *std::move(shape);
  for (const OperandType* const side : {&a, &b}) {
    const bool keeps_batch = side->depends_on_x
                                 ? side->shape.rank() == shape->rank()
                                 : side->shape.rank() < shape->rank() || side->shape.rank() == 0 || side->shape[0] == 1;
    if (!keeps_batch) {
      return fail(ErrorCode::graph_argument, "",
                  fmt::format("broadcasting {} with {} does not keep the batch axis at axis 0", to_string(a.shape),
                              to_string(b.shape)));
    }
  }
  return *std::move(shape);
}

Tensor operand(const Argument& argument, std::span<const Tensor> values, DType compute) {
  if (const NodeRef* const ref = argument.get<NodeRef>()) return cast(values[ref->index], compute);
  if (const Tensor* const array = argument.get<Tensor>()) return cast(*array, compute);
  const Value& value = *argument.get<Value>();
  Tensor scalar = Tensor::uninitialized(compute, {});
  with_element_type(compute, [&]<typename T>(T) {
    T& element = scalar.data<T>()[0];
    if constexpr (std::is_same_v<T, std::uint8_t>) {
      element = value.is_bool() ? value.as_bool() : value.is_int() ? value.as_int() != 0 : value.as_real() != 0.0;
    } else if (value.is_real()) {
      // Only float32 computes with a float beside it: common_dtype() sees to that.
      element = static_cast<T>(value.as_real());
    } else {
      element = static_cast<T>(value.is_bool() ? std::int64_t{value.as_bool()} : value.as_int());
    }
  });
  return scalar;
}

}  // namespace revive::ops
