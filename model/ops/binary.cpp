#include "revive/model/ops/binary.h"

#include <fmt/format.h>

namespace revive::ops {

Result<DType> compute_dtype(Promotion promotion, const OperandType& a, const OperandType& b) {
  const DType common = common_dtype(a, b);
  switch (promotion) {
    case Promotion::common:
    case Promotion::compare: return common;
    case Promotion::numeric:
      if (common == DType::boolean) {
        return fail(ErrorCode::graph_argument, "", "expected at least one operand that is a number, found two bools");
      }
      return common;
    case Promotion::counted: return common == DType::boolean ? DType::int32 : common;
    case Promotion::real: return real_dtype(common);
    case Promotion::logical: return DType::boolean;
  }
  return common;
}

Result<TensorType> infer_binary(Promotion promotion, const Node& node, std::span<const TensorType> values) {
  const OperandType a = operand_type(node.arguments[0], values);
  const OperandType b = operand_type(node.arguments[1], values);
  REVIVE_ASSIGN_OR_RETURN(const auto compute, compute_dtype(promotion, a, b));
  for (const Argument& argument : node.arguments) {
    if (const Status fits = check_fits(argument, compute); !fits) return std::unexpected(fits.error());
  }
  REVIVE_ASSIGN_OR_RETURN(auto shape, broadcast_result(a, b));
  return TensorType{promotion == Promotion::compare ? DType::boolean : compute, std::move(shape)};
}

void draw_binary(Promotion promotion, OpDraw& draw, Node& node) {
  const DType dtype = draw.type().dtype;
  DType beside = dtype;
  // Whether a bool counts as a number beside a float is what implementations disagree on where there are NaNs.
  if (!draw.tame()) beside = draw.one_of({dtype, real_dtype(dtype), DType::int32, DType::boolean});
  if (promotion == Promotion::numeric && dtype == DType::boolean) {
    beside = beside == DType::boolean ? DType::float32 : beside;
  }
  node.arguments[1] = draw.operand(beside);
  if (draw.flag()) std::swap(node.arguments[0], node.arguments[1]);
}

DType accepted_dtype(Promotion promotion, const Node& node, std::span<const Tensor> values) {
  const auto dtype_only = [&](const Argument& argument) -> OperandType {
    if (const NodeRef* const ref = argument.get<NodeRef>()) return {values[ref->index].dtype(), false, true, {}};
    if (const Tensor* const array = argument.get<Tensor>()) return {array->dtype(), false, false, {}};
    return operand_type(argument, {});
  };
  return compute_dtype(promotion, dtype_only(node.arguments[0]), dtype_only(node.arguments[1])).value();
}

}  // namespace revive::ops
