#include "revive/model/ops/reduction.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/model/ops/settings.h"

namespace revive::ops {

namespace {

// What sums of short ints are counted in.
DType counted_dtype(DType dtype) {
  if (is_float(dtype) || size_of(dtype) >= size_of(DType::int32)) return dtype;
  return dtype == DType::boolean || is_signed(dtype) ? DType::int32 : DType::uint32;
}

}  // namespace

DType row_dtype(ReductionRule rule, DType dtype) {
  switch (rule.rows) {
    case ReductionRule::Rows::kept: return dtype;
    case ReductionRule::Rows::counted: return counted_dtype(dtype);
    case ReductionRule::Rows::real: return real_dtype(dtype);
    case ReductionRule::Rows::truth: return DType::boolean;
  }
  return dtype;
}

DType result_dtype(ReductionRule rule, DType rows) {
  switch (rule.gives) {
    case ReductionRule::Gives::element: return rows;
    case ReductionRule::Gives::index: return DType::int32;
    case ReductionRule::Gives::truth: return DType::boolean;
  }
  return rows;
}

Status check_reduction(const Node& node, bool one_axis) {
  if (const Status status = check_tensor(node); !status) return status;
  const Value& axis = node.settings[kAxisSetting];
  if (one_axis && axis.is_array()) {
    return bad_argument(fmt::format("{} takes one axis, found {}", node.op->class_name, axis.brief()));
  }
  if (const Status status = check_axes(node, kAxisSetting, AxisForm::any); !status) return status;
  return node.settings.size() > kKeepdimsSetting ? check_bool(node, kKeepdimsSetting) : Status{};
}

Result<TensorType> infer_reduction(ReductionRule rule, DType rows, const Node& node, const OperandType& x) {
  REVIVE_ASSIGN_OR_RETURN(const auto axes, axes_of(node.settings[kAxisSetting], x));
  const bool keeps_axes = node.settings.size() > kKeepdimsSetting && node.settings[kKeepdimsSetting].as_bool();
  Shape shape;
  for (std::size_t axis = 0; axis < x.shape.rank(); ++axis) {
    if (!std::ranges::binary_search(axes, axis)) {
      shape.push_back(x.shape[axis]);
      continue;
    }
    if (!rule.takes_empty && x.shape[axis] == 0) {
      return bad_argument(fmt::format("{} has no result over axis {} of {}, which is empty", node.op->class_name, axis,
                                      to_string(x.shape)));
    }
    if (keeps_axes) shape.push_back(1);
  }
  return TensorType{result_dtype(rule, rows), std::move(shape)};
}

Tensor reduction_rows(const Node& node, const Tensor& x, DType dtype) {
  const OperandType type{x.dtype(), false, false, Shape(x.dims())};
  const auto axes = axes_of(node.settings[kAxisSetting], type).value();
  std::vector<std::size_t> order;
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    if (!std::ranges::binary_search(axes, axis)) order.push_back(axis);
  }
  order.insert(order.end(), axes.begin(), axes.end());
  return widened(cast(permuted(x, order), dtype));
}

void draw_reduction(OpDraw& draw, Node& node, bool one_axis) {
  const std::int64_t axis = draw.axis();
  node.settings[kAxisSetting] = Value(axis);
  if (!one_axis && draw.rank() >= 3 && draw.flag()) {
    // A second axis beside the first.
    const auto rank = static_cast<std::int64_t>(draw.rank());
    const auto first = static_cast<std::int64_t>(*axis_from_front(axis, draw.rank()));
    const std::int64_t second = first + 1 < rank ? first + 1 : 1;
    node.settings[kAxisSetting] = Value(Value::Array{Value(axis), Value(draw.flag() ? second - rank : second)});
  }
  if (node.settings.size() > kKeepdimsSetting) node.settings[kKeepdimsSetting] = Value(draw.flag());
}

}  // namespace revive::ops
