#include "revive/model/ops/unary.h"

#include <fmt/format.h>

namespace revive::ops {
namespace {

DType result_dtype(Domain domain, DType dtype) {
  switch (domain) {
    case Domain::any:
    case Domain::numeric: return dtype;
    case Domain::counted: return dtype == DType::boolean ? DType::int32 : dtype;
    case Domain::real:
    case Domain::real_only:
    case Domain::float_only: return real_dtype(dtype);
    case Domain::logical:
    case Domain::test: return DType::boolean;
  }
  return dtype;
}

}  // namespace

bool takes(Domain domain, DType dtype) {
  if (domain == Domain::numeric || domain == Domain::real_only) return dtype != DType::boolean;
  return domain != Domain::float_only || is_float(dtype);
}

Result<TensorType> infer_unary(Domain domain, const Node& node, std::span<const TensorType> values) {
  const OperandType x = operand_type(node.arguments[0], values);
  if (!takes(domain, x.dtype)) {
    return fail(ErrorCode::graph_argument, "",
                fmt::format("{} expects a tensor of {}, found {}", node.op->class_name,
                            domain == Domain::float_only ? "floats" : "numbers", name_of(x.dtype)));
  }
  const DType dtype = result_dtype(domain, x.dtype);
  if (const Status fits = check_fits(node.arguments[0], dtype); !fits) return std::unexpected(fits.error());
  return TensorType{dtype, x.shape};
}

DType given_dtype(const Argument& argument, std::span<const Tensor> values) {
  const NodeRef* const ref = argument.get<NodeRef>();
  return ref != nullptr ? values[ref->index].dtype() : operand_type(argument, {}).dtype;
}

void draw_nothing(OpDraw&, Node&) {}

}  // namespace revive::ops
