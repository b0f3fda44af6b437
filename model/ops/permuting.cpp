// The same elements in another order: transpose, swapaxes, moveaxis, flip, roll.
//
// Rot90 is not among them: once Keras on JAX has loaded one, it cannot run it (a list of axes is not hashable there).
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/axes.h"
#include "revive/model/ops/groups.h"
#include "revive/model/ops/settings.h"
#include "revive/model/ops/strided.h"

namespace revive::ops {
namespace {

using Types = std::span<const TensorType>;
using Tensors = std::span<const Tensor>;
using Order = std::vector<std::size_t>;

Result<Order> transpose_order(const Node& node, const OperandType& x) {
  Order order;
  if (node.settings[0].is_null()) {
    for (std::size_t axis = x.shape.rank(); axis-- > 0;) order.push_back(axis);
    return order;
  }
  for (const std::int64_t each : ints_of(node.settings[0])) {
    REVIVE_ASSIGN_OR_RETURN(const auto axis, axis_of(each, x.shape.rank(), false));
    order.push_back(axis);
  }
  Order sorted = order;
  std::ranges::sort(sorted);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i] != i || sorted.size() != x.shape.rank()) sorted.clear();
  }
  if (sorted.empty() && x.shape.rank() > 0) {
    return bad_argument(fmt::format("expected axes to name each axis of {} once, found {}", to_string(x.shape),
                                    node.settings[0].brief()));
  }
  return order;
}

Result<Order> swapaxes_order(const Node& node, const OperandType& x) {
  Order order(x.shape.rank());
  std::iota(order.begin(), order.end(), std::size_t{0});
  REVIVE_ASSIGN_OR_RETURN(const auto first, axis_of(node.settings[0].as_int(), order.size(), x.depends_on_x));
  REVIVE_ASSIGN_OR_RETURN(const auto second, axis_of(node.settings[1].as_int(), order.size(), x.depends_on_x));
  std::swap(order[first], order[second]);
  return order;
}

Result<Order> moveaxis_order(const Node& node, const OperandType& x) {
  const auto source = ints_of(node.settings[0]);
  const auto destination = ints_of(node.settings[1]);
  if (source.size() != destination.size()) {
    return bad_argument(fmt::format("Moveaxis moves {} axes to {} places", source.size(), destination.size()));
  }
  if (const auto once = axes_of(node.settings[0], x); !once) return std::unexpected(once.error());
  if (const auto once = axes_of(node.settings[1], x); !once) return std::unexpected(once.error());
  constexpr std::size_t kFree = kMaxGraphRank;
  const std::size_t rank = x.shape.rank();
  Order order(rank, kFree);
  std::vector<bool> moved(rank, false);
  for (std::size_t i = 0; i < source.size(); ++i) {
    const std::size_t from = axis_of(source[i], rank, false).value();
    order[axis_of(destination[i], rank, false).value()] = from;
    moved[from] = true;
  }
  std::size_t next = 0;
  for (std::size_t& axis : order) {
    if (axis != kFree) continue;
    while (moved[next]) ++next;
    axis = next++;
  }
  return order;
}

template <auto kOrder>
Result<TensorType> infer_order(const Node& node, Types values) {
  const OperandType x = operand_type(node.arguments[0], values);
  REVIVE_ASSIGN_OR_RETURN(const auto order, kOrder(node, x));
  if (x.depends_on_x && order.front() != 0) {
    return bad_argument(
        fmt::format("{} moves the batch axis of {} away from the front", node.op->class_name, to_string(x.shape)));
  }
  Shape shape;
  for (const std::size_t axis : order) shape.push_back(x.shape[axis]);
  return TensorType{x.dtype, std::move(shape)};
}

template <auto kOrder>
Tensor evaluate_order(const Node& node, const TensorType&, Tensors values) {
  const Tensor& x = array_of(node.arguments[0], values);
  return permuted(x, kOrder(node, {x.dtype(), false, false, Shape(x.dims())}).value());
}

Status check_transpose(const Node& node) {
  if (const Status status = check_tensor(node); !status) return status;
  const Value& axes = node.settings[0];
  const bool moves_batch = axes.is_null() || (axes.is_array() && !axes.as_array().empty() &&
                                              axes.as_array().front().is_int() && axes.as_array().front().as_int() > 0);
  if (moves_batch && node.arguments[0].get<NodeRef>() != nullptr) {
    return bad_argument(fmt::format("axes={} would move the batch axis away from the front; axes start with 0",
                                    axes.is_null() ? "None" : axes.brief()));
  }
  return axes.is_null() ? Status{} : check_ints(node, 0, -static_cast<std::int64_t>(kMaxGraphRank));
}

void draw_transpose(OpDraw& draw, Node& node) {
  std::vector<std::int64_t> left(draw.rank() - 1);
  std::iota(left.begin(), left.end(), 1);
  Value::Array axes = {Value(0)};
  while (!left.empty()) {
    // The last of those left is the simplest, so that the simplest transpose is not the identity.
    const auto at = static_cast<std::ptrdiff_t>(draw.alternative(left.size()));
    const auto picked = left.end() - 1 - at;
    axes.emplace_back(*picked);
    left.erase(picked);
  }
  node.settings[0] = Value(std::move(axes));
}

template <AxisForm kForm, std::size_t kSettings>
Status check_axes_of_all(const Node& node) {
  if (const Status status = check_tensor(node); !status) return status;
  for (std::size_t setting = 0; setting < kSettings; ++setting) {
    if (const Status status = check_axes(node, setting, kForm); !status) return status;
  }
  return {};
}

void draw_two_axes(OpDraw& draw, Node& node) {
  for (Value& setting : node.settings) setting = Value(draw.axis());
}

Result<TensorType> infer_flip(const Node& node, Types values) {
  const OperandType x = operand_type(node.arguments[0], values);
  REVIVE_ASSIGN_OR_RETURN(const auto axes, axes_of(node.settings[0], x));
  return TensorType{x.dtype, x.shape};
}

Tensor flipped(const Tensor& x, std::span<const std::size_t> axes) {
  const auto strides = strides_of(x.dims());
  StridedLoops loops;
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    const bool reversed = std::ranges::find(axes, axis) != axes.end();
    if (reversed) loops.start_at(strides[axis] * static_cast<std::ptrdiff_t>(x.dim(axis) - 1));
    loops.push(x.dim(axis), reversed ? -strides[axis] : strides[axis]);
  }
  return loops.copy(x, x.dims());
}

Tensor evaluate_flip(const Node& node, const TensorType&, Tensors values) {
  const Tensor& x = array_of(node.arguments[0], values);
  return flipped(x, axes_of(node.settings[0], {x.dtype(), false, false, Shape(x.dims())}).value());
}

void draw_flip(OpDraw& draw, Node& node) {
  node.settings[0] = Value(draw.axis());
}

constexpr std::size_t kShift = 0;
constexpr std::size_t kRollAxis = 1;

Status check_roll(const Node& node) {
  if (const Status status = check_tensor(node); !status) return status;
  const Status ints = check_ints(node, kShift, std::numeric_limits<std::int64_t>::min(), true);
  if (!ints) return ints;
  if (const Status status = check_axes(node, kRollAxis, AxisForm::any); !status) return status;
  if (const Status status = check_axes(node, kRollAxis, AxisForm::several); !status) return status;
  const std::size_t shifts = ints_of(node.settings[kShift]).size();
  const std::size_t axes = ints_of(node.settings[kRollAxis]).size();
  if (shifts == axes || (shifts == 1 && node.settings[kShift].is_int())) return {};
  return bad_argument(fmt::format("Roll has {} shifts for {} axes", shifts, axes));
}

// An axis in two parts, the last elements first.
Tensor rolled(const Tensor& x, std::size_t axis, std::int64_t shift) {
  const std::int64_t length = x.dim(axis);
  if (length == 0) return x;
  const Rows rows = rows_of(x.dims(), axis);
  const auto first = static_cast<std::size_t>((shift % length + length) % length);
  const std::size_t element = rows.inner * size_of(x.dtype());
  const std::size_t head = first * element;
  const std::size_t tail = (rows.length - first) * element;
  Tensor out = Tensor::uninitialized(x.dtype(), x.dims());
  const std::byte* in = x.bytes().data();
  std::byte* result = out.bytes().data();
  for (std::size_t outer = 0; outer < rows.outer; ++outer, in += head + tail, result += head + tail) {
    std::copy_n(in + tail, head, result);
    std::copy_n(in, tail, result + head);
  }
  return out;
}

Tensor evaluate_roll(const Node& node, const TensorType&, Tensors values) {
  Tensor x = array_of(node.arguments[0], values);
  const auto shifts = ints_of(node.settings[kShift]);
  const auto axes = ints_of(node.settings[kRollAxis]);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    x = rolled(x, axis_of(axes[i], x.rank(), false).value(), shifts.size() == 1 ? shifts[0] : shifts[i]);
  }
  return x;
}

Result<TensorType> infer_roll(const Node& node, Types values) {
  const OperandType x = operand_type(node.arguments[0], values);
  for (const std::int64_t axis : ints_of(node.settings[kRollAxis])) {
    if (const auto known = axis_of(axis, x.shape.rank(), x.depends_on_x); !known) return std::unexpected(known.error());
  }
  return TensorType{x.dtype, x.shape};
}

void draw_roll(OpDraw& draw, Node& node) {
  const std::int64_t shift = draw.integer(-3, 3);
  node.settings[kShift] = Value(shift);
  node.settings[kRollAxis] = Value(draw.axis());
}

OpClass permutation(std::string_view class_name, std::string_view function, std::span<const OpSetting> settings) {
  OpClass op;
  op.module = kNumpy;
  op.class_name = class_name;
  op.function = function;
  op.parameters = kTensorParameter;
  op.settings = settings;
  op.applies = has_sample_axes;
  op.numerics = {.exact = true};
  return op;
}

OpClass transpose() {
  static const OpSetting settings[] = {{"axes", {}}};
  OpClass op = permutation("Transpose", "transpose", settings);
  op.check = check_transpose;
  op.infer = infer_order<transpose_order>;
  op.evaluate = evaluate_order<transpose_order>;
  op.draw = draw_transpose;
  return op;
}

OpClass swapaxes() {
  static const OpSetting settings[] = {{"axis1", {}}, {"axis2", {}}};
  OpClass op = permutation("Swapaxes", "swapaxes", settings);
  op.check = check_axes_of_all<AxisForm::one, 2>;
  op.infer = infer_order<swapaxes_order>;
  op.evaluate = evaluate_order<swapaxes_order>;
  op.draw = draw_two_axes;
  return op;
}

OpClass moveaxis() {
  static const OpSetting settings[] = {{"source", {}}, {"destination", {}}};
  OpClass op = permutation("Moveaxis", "moveaxis", settings);
  op.check = check_axes_of_all<AxisForm::several, 2>;
  op.infer = infer_order<moveaxis_order>;
  op.evaluate = evaluate_order<moveaxis_order>;
  op.draw = draw_two_axes;
  return op;
}

OpClass flip() {
  static const OpSetting settings[] = {{"axis", {}}};
  OpClass op = permutation("Flip", "flip", settings);
  op.check = check_axes_of_all<AxisForm::any, 1>;
  op.infer = infer_flip;
  op.evaluate = evaluate_flip;
  op.draw = draw_flip;
  return op;
}

OpClass roll() {
  static const OpSetting settings[] = {{"shift", {}}, {"axis", {}}};
  OpClass op = permutation("Roll", "roll", settings);
  op.check = check_roll;
  op.infer = infer_roll;
  op.evaluate = evaluate_roll;
  op.draw = draw_roll;
  return op;
}

}  // namespace

std::span<const OpClass> permuting() {
  static const OpClass table[] = {transpose(), swapaxes(), moveaxis(), flip(), roll()};
  return table;
}

}  // namespace revive::ops
