// The same elements in the same order under another shape: reshape, expand_dims, squeeze.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/axes.h"
#include "revive/model/ops/groups.h"

namespace revive::ops {
namespace {

using Types = std::span<const TensorType>;

Tensor evaluate(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  return array_of(node.arguments[0], values).reshaped(type.shape.axes());
}

Status check_reshape(const Node& node) {
  if (const Status status = check_tensor(node); !status) return status;
  if (const Status status = check_ints(node, 0, -1); !status) return status;
  const auto shape = ints_of(node.settings[0]);
  if (std::ranges::count(shape, -1) <= 1) return {};
  return bad_argument(fmt::format("Reshape can find out one axis, found {} times -1", std::ranges::count(shape, -1)));
}

// `shape` with its -1, if any, filled in so that it holds `elements`; nothing where that cannot be.
std::optional<Dims> filled(Dims shape, std::int64_t elements) {
  const auto unknown = std::ranges::find(shape, -1);
  if (unknown != shape.end()) {
    *unknown = 1;
    const auto others = element_count(shape);
    if (!others || *others == 0 || elements % *others != 0) return std::nullopt;
    *unknown = elements / *others;
  }
  if (element_count(shape) != elements) return std::nullopt;
  return shape;
}

Result<TensorType> infer_reshape(const Node& node, Types values) {
  const OperandType x = operand_type(node.arguments[0], values);
  Dims target = ints_of(node.settings[0]);
  const auto does_not_fit = [&] {
    return bad_argument(fmt::format("a tensor of shape {} cannot be reshaped to {}", to_string(x.shape),
                                    to_string(ints_of(node.settings[0]))));
  };
  if (!x.depends_on_x) {
    const auto elements = element_count(x.shape.axes());
    auto shape = filled(std::move(target), elements.value_or(0));
    if (!shape) return does_not_fit();
    return TensorType{x.dtype, Shape(*std::move(shape))};
  }
  const auto sample = x.shape.elements_per_sample();
  const auto mixes_samples = [&] {
    return bad_argument(
        fmt::format("a tensor of shape {} cannot be reshaped to {} without mixing samples, of {} elements each",
                    to_string(x.shape), to_string(ints_of(node.settings[0])), *sample));
  };
  if (!x.shape.known_but_batch() || !sample) {
    return bad_argument(fmt::format("a tensor of shape {} cannot be reshaped, because only its batch may be unknown",
                                    to_string(x.shape)));
  }
  if (target.empty() || (target[0] != -1 && target[0] != x.shape[0])) {
    return bad_argument(fmt::format("Reshape to {} does not keep the batch axis of {}; the new shape starts with -1",
                                    to_string(target), to_string(x.shape)));
  }
  // With the batch for the -1 the rest is given, and 0 elements would leave any batch possible.
  const bool finds_batch = target[0] == -1;
  target.erase(target.begin());
  auto rest = filled(std::move(target), *sample);
  if (finds_batch && *sample == 0) return does_not_fit();
  if (!rest) return mixes_samples();
  rest->insert(rest->begin(), x.shape[0]);
  return TensorType{x.dtype, Shape(*std::move(rest))};
}

// The sample as one axis, or split in two, or with an axis of 1 in front.
void draw_reshape(OpDraw& draw, Node& node) {
  const std::int64_t elements = drawn_elements(draw.probe());
  Value::Array shape = {Value(-1)};
  if (draw.flag()) {
    std::int64_t factor = draw.integer(1, elements);
    while (elements % factor != 0) --factor;
    shape.emplace_back(factor);
    shape.emplace_back(elements / factor);
  } else {
    shape.emplace_back(elements);
  }
  node.settings[0] = Value(std::move(shape));
}

bool can_reshape(const DrawnValue& x) {
  return x.type.shape.known_but_batch();
}

Status check_expand_dims(const Node& node) {
  const Status status = check_tensor(node);
  return status ? check_axes(node, 0, AxisForm::several) : status;
}

Result<TensorType> infer_expand_dims(const Node& node, Types values) {
  const OperandType x = operand_type(node.arguments[0], values);
  // The axes are those of the result.
  const std::size_t added = node.settings[0].is_int() ? 1 : node.settings[0].as_array().size();
  OperandType result = x;
  for (std::size_t i = 0; i < added; ++i) result.shape.push_back(1);
  REVIVE_ASSIGN_OR_RETURN(const auto axes, axes_of(node.settings[0], result));
  Shape shape;
  std::size_t next = 0;
  for (std::size_t axis = 0; axis < result.shape.rank(); ++axis) {
    shape.push_back(std::ranges::binary_search(axes, axis) ? 1 : x.shape[next++]);
  }
  return TensorType{x.dtype, std::move(shape)};
}

void draw_expand_dims(OpDraw& draw, Node& node) {
  const auto rank = static_cast<std::int64_t>(draw.rank());
  const auto axis = static_cast<std::int64_t>(1 + draw.alternative(draw.rank()));
  node.settings[0] = Value(draw.flag() ? axis - rank - 1 : axis);
}

bool has_room_for_an_axis(const DrawnValue& x) {
  return x.probe.size() < kMostDrawnRank;
}

Status check_squeeze(const Node& node) {
  const Status status = check_tensor(node);
  return status ? check_axes(node, 0, AxisForm::any) : status;
}

Result<TensorType> infer_squeeze(const Node& node, Types values) {
  const OperandType x = operand_type(node.arguments[0], values);
  REVIVE_ASSIGN_OR_RETURN(auto axes, axes_of(node.settings[0], x));
  if (node.settings[0].is_null()) std::erase_if(axes, [&](std::size_t axis) { return x.shape[axis] != 1; });
  Shape shape;
  for (std::size_t axis = 0; axis < x.shape.rank(); ++axis) {
    if (!std::ranges::binary_search(axes, axis)) {
      shape.push_back(x.shape[axis]);
    } else if (x.shape[axis] != 1) {
      return bad_argument(
          fmt::format("only an axis of length 1 can be squeezed, found axis {} of {}", axis, to_string(x.shape)));
    }
  }
  return TensorType{x.dtype, std::move(shape)};
}

// The axes after the batch that are 1 however the model is run.
std::vector<std::int64_t> single_axes(const DrawnValue& x) {
  std::vector<std::int64_t> axes;
  for (std::size_t axis = 1; axis < x.probe.size(); ++axis) {
    if (x.type.shape[axis] == 1) axes.push_back(static_cast<std::int64_t>(axis));
  }
  return axes;
}

void draw_squeeze(OpDraw& draw, Node& node) {
  const auto axes = single_axes(draw.x());
  const std::size_t which = draw.alternative(axes.size());
  const bool from_end = draw.flag();
  node.settings[0] = Value(from_end ? axes[which] - static_cast<std::int64_t>(draw.rank()) : axes[which]);
}

bool has_single_axes(const DrawnValue& x) {
  return !single_axes(x).empty();
}

}  // namespace

std::span<const OpClass> shaping() {
  static const OpSetting newshape[] = {{"newshape", {}}};
  static const OpSetting axis[] = {{"axis", {}}};
  constexpr OpNumerics kMove = {.exact = true};
  static const OpClass table[] = {
      {.module = kNumpy,
       .class_name = "Reshape",
       .function = "reshape",
       .symbol = {},
       .parameters = kTensorParameter,
       .settings = newshape,
       .check = check_reshape,
       .infer = infer_reshape,
       .evaluate = evaluate,
       .draw = draw_reshape,
       .applies = can_reshape,
       .numerics = kMove},
      {.module = kNumpy,
       .class_name = "ExpandDims",
       .function = "expand_dims",
       .symbol = {},
       .parameters = kTensorParameter,
       .settings = axis,
       .check = check_expand_dims,
       .infer = infer_expand_dims,
       .evaluate = evaluate,
       .draw = draw_expand_dims,
       .applies = has_room_for_an_axis,
       .numerics = kMove},
      {.module = kNumpy,
       .class_name = "Squeeze",
       .function = "squeeze",
       .symbol = {},
       .parameters = kTensorParameter,
       .settings = axis,
       .check = check_squeeze,
       .infer = infer_squeeze,
       .evaluate = evaluate,
       .draw = draw_squeeze,
       .applies = has_single_axes,
       .numerics = kMove},
  };
  return table;
}

}  // namespace revive::ops
