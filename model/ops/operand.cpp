#include "revive/model/ops/operand.h"

#include <fmt/format.h>

#include "revive/model/tensor/broadcast.h"
#include "revive/model/tensor/element.h"

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
  if (a.weak == b.weak) return revive::common_dtype(a.dtype, b.dtype);
  const DType strong = a.weak ? b.dtype : a.dtype;
  const DType weak = a.weak ? a.dtype : b.dtype;
  const bool same_kind = is_float(strong) || (is_integer(strong) && is_integer(weak));
  return same_kind ? strong : weak;
}

DType real_dtype(DType dtype) {
  return is_float(dtype) ? dtype : DType::float32;
}

Status check_fits(const Argument& argument, DType compute) {
  const Value* const value = argument.get<Value>();
  if (!is_integer(compute) || value == nullptr || !value->is_int() || is_element(*value, compute)) return {};
  return fail(ErrorCode::graph_argument, "",
              fmt::format("an int beside {0} tensors has to fit {0}, found {1}", name_of(compute), value->as_int()));
}

Status check_constant(const Argument& scalar, DType dtype) {
  const Value& value = *scalar.get<Value>();
  const bool too_wide = (value.is_real() && !is_float(dtype)) || (value.is_int() && dtype == DType::boolean);
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
  if (const NodeRef* const ref = argument.get<NodeRef>()) return widened(cast(values[ref->index], compute));
  if (const Tensor* const array = argument.get<Tensor>()) return widened(cast(*array, compute));
  const Value& value = *argument.get<Value>();
  Tensor scalar = Tensor::uninitialized(carrier_of(compute), {});
  with_element_type(compute, [&]<typename T>(T) {
    T& element = scalar.data<T>()[0];
    if constexpr (std::is_same_v<T, std::uint8_t>) {
      element = value.is_bool() ? value.as_bool() : value.is_int() ? value.as_int() != 0 : value.as_real() != 0.0;
    } else if (value.is_real()) {
      // Only a float computes with a float beside it: common_dtype() sees to that.
      element = static_cast<T>(value.as_real());
    } else {
      element = static_cast<T>(value.is_bool() ? std::int64_t{value.as_bool()} : value.as_int());
    }
  });
  return carrier_of(compute) == compute ? scalar : widened(cast(scalar, compute));
}

Tensor widened(const Tensor& tensor) {
  return cast(tensor, carrier_of(tensor.dtype()));
}

Tensor result_array(const TensorType& type) {
  return Tensor::uninitialized(carrier_of(type.dtype), type.shape.axes());
}

}  // namespace revive::ops
