// Elements several times over: broadcast_to, tile, repeat.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/axes.h"
#include "revive/model/ops/groups.h"
#include "revive/model/ops/settings.h"
#include "revive/model/ops/strided.h"

namespace revive::ops {
namespace {

using Types = std::span<const TensorType>;
using Tensors = std::span<const Tensor>;

// How often an axis may be repeated where a sample has as many elements.
std::int64_t most_drawn_repeats(std::int64_t elements) {
  constexpr std::int64_t kMost = 3;
  return std::clamp(kMostDrawnElements / elements, std::int64_t{1}, kMost);
}

Status check_broadcast_to(const Node& node) {
  const Status status = check_tensor(node);
  return status ? check_ints(node, 0, 0) : status;
}

Result<TensorType> infer_broadcast_to(const Node& node, Types values) {
  const OperandType x = operand_type(node.arguments[0], values);
  const Shape shape(ints_of(node.settings[0]));
  if (x.depends_on_x && (shape.rank() != x.shape.rank() || shape[0] != x.shape[0])) {
    return bad_argument(
        fmt::format("BroadcastTo {} does not keep the batch axis of {}; only a model with a fixed "
                    "batch size can broadcast to a whole shape",
                    to_string(shape), to_string(x.shape)));
  }
  const auto both = broadcast_shapes(x.shape, shape);
  if (both != shape) {
    return bad_argument(
        fmt::format("a tensor of shape {} does not broadcast to {}", to_string(x.shape), to_string(shape)));
  }
  return TensorType{x.dtype, shape};
}

Tensor evaluate_broadcast_to(const Node& node, const TensorType& type, Tensors values) {
  const Tensor& x = array_of(node.arguments[0], values);
  const auto strides = strides_of(x.dims());
  const std::size_t added = type.shape.rank() - x.rank();
  StridedLoops loops;
  for (std::size_t axis = 0; axis < type.shape.rank(); ++axis) {
    const bool repeats = axis < added || x.dim(axis - added) != type.shape[axis];
    loops.push(type.shape[axis], repeats ? 0 : strides[axis - added]);
  }
  return loops.copy(x, type.shape.axes());
}

void draw_broadcast_to(OpDraw& draw, Node& node) {
  Value::Array shape;
  std::int64_t elements = drawn_elements(draw.probe());
  for (std::size_t axis = 0; axis < draw.rank(); ++axis) {
    std::int64_t length = draw.type().shape[axis];
    if (axis > 0 && length == 1) {
      length = draw.integer(1, most_drawn_repeats(elements));
      elements *= length;
    }
    shape.emplace_back(length);
  }
  node.settings[0] = Value(std::move(shape));
}

bool is_fully_known(const DrawnValue& x) {
  return x.type.shape.known_but_batch() && x.type.shape.known(0);
}

Status check_tile(const Node& node) {
  const Status status = check_tensor(node);
  return status ? check_ints(node, 0, 0, true) : status;
}

// One for each axis of the result, which has at least those of x.
std::vector<std::int64_t> tile_repeats(const Node& node, std::size_t rank) {
  auto repeats = ints_of(node.settings[0]);
  if (repeats.size() < rank) repeats.insert(repeats.begin(), rank - repeats.size(), 1);
  return repeats;
}

Result<TensorType> infer_tile(const Node& node, Types values) {
  const OperandType x = operand_type(node.arguments[0], values);
  const auto repeats = tile_repeats(node, x.shape.rank());
  if (x.depends_on_x && (repeats.size() > x.shape.rank() || repeats[0] != 1)) {
    return bad_argument(fmt::format("Tile of {} by {} would repeat samples; the first of {} repeats has to be 1",
                                    to_string(x.shape), node.settings[0].brief(), x.shape.rank()));
  }
  const std::size_t added = repeats.size() - x.shape.rank();
  Shape shape;
  for (std::size_t axis = 0; axis < repeats.size(); ++axis) {
    REVIVE_ASSIGN_OR_RETURN(const auto length, product_of(axis < added ? 1 : x.shape[axis - added], repeats[axis]));
    shape.push_back(length);
  }
  return TensorType{x.dtype, std::move(shape)};
}

Tensor evaluate_tile(const Node& node, const TensorType& type, Tensors values) {
  const Tensor& x = array_of(node.arguments[0], values);
  const auto strides = strides_of(x.dims());
  const auto repeats = tile_repeats(node, x.rank());
  const std::size_t added = repeats.size() - x.rank();
  StridedLoops loops;
  for (std::size_t axis = 0; axis < repeats.size(); ++axis) {
    loops.push(repeats[axis], 0);
    if (axis >= added) loops.push(x.dim(axis - added), strides[axis - added]);
  }
  return loops.copy(x, type.shape.axes());
}

void draw_tile(OpDraw& draw, Node& node) {
  Value::Array repeats = {Value(1)};
  std::int64_t elements = drawn_elements(draw.probe());
  for (std::size_t axis = 1; axis < draw.rank(); ++axis) {
    const std::int64_t each = draw.integer(1, most_drawn_repeats(elements));
    elements *= each;
    repeats.emplace_back(each);
  }
  node.settings[0] = Value(std::move(repeats));
}

constexpr std::size_t kRepeats = 0;
constexpr std::size_t kAxis = 1;

Status check_repeat(const Node& node) {
  if (const Status status = check_tensor(node); !status) return status;
  // Keras writes a list of repeats and cannot run it once it is loaded.
  if (const Status status = check_int(node, kRepeats); !status) return status;
  if (node.settings[kRepeats].as_int() < 0) {
    return bad_argument(fmt::format("Repeat expects 0 repeats or more, found {}", node.settings[kRepeats].as_int()));
  }
  if (const Status status = check_axes(node, kAxis, AxisForm::any); !status) return status;
  return check_axes(node, kAxis, AxisForm::one);
}

Result<TensorType> infer_repeat(const Node& node, Types values) {
  const OperandType x = operand_type(node.arguments[0], values);
  REVIVE_ASSIGN_OR_RETURN(const auto axis, axis_of(node.settings[kAxis].as_int(), x.shape.rank(), x.depends_on_x));
  REVIVE_ASSIGN_OR_RETURN(const auto length, product_of(x.shape[axis], node.settings[kRepeats].as_int()));
  Shape shape = x.shape;
  shape[axis] = length;
  return TensorType{x.dtype, std::move(shape)};
}

Tensor evaluate_repeat(const Node& node, const TensorType& type, Tensors values) {
  const Tensor& x = array_of(node.arguments[0], values);
  const std::size_t repeated = axis_of(node.settings[kAxis].as_int(), x.rank(), false).value();
  const auto strides = strides_of(x.dims());
  StridedLoops loops;
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    loops.push(x.dim(axis), strides[axis]);
    if (axis == repeated) loops.push(node.settings[kRepeats].as_int(), 0);
  }
  return loops.copy(x, type.shape.axes());
}

void draw_repeat(OpDraw& draw, Node& node) {
  node.settings[kRepeats] = Value(draw.integer(1, most_drawn_repeats(drawn_elements(draw.probe()))));
  node.settings[kAxis] = Value(draw.axis());
}

}  // namespace

std::span<const OpClass> repeating() {
  static const OpSetting shape[] = {{"shape", {}}};
  static const OpSetting repeats[] = {{"repeats", {}}};
  static const OpSetting repeats_and_axis[] = {{"repeats", {}}, {"axis", {}}};
  constexpr OpNumerics kMove = {.exact = true};
  static const OpClass table[] = {
      {.module = kNumpy,
       .class_name = "BroadcastTo",
       .function = "broadcast_to",
       .symbol = {},
       .parameters = kTensorParameter,
       .settings = shape,
       .check = check_broadcast_to,
       .infer = infer_broadcast_to,
       .evaluate = evaluate_broadcast_to,
       .draw = draw_broadcast_to,
       .applies = is_fully_known,
       .numerics = kMove},
      {.module = kNumpy,
       .class_name = "Tile",
       .function = "tile",
       .symbol = {},
       .parameters = kTensorParameter,
       .settings = repeats,
       .check = check_tile,
       .infer = infer_tile,
       .evaluate = evaluate_tile,
       .draw = draw_tile,
       .applies = has_sample_axes,
       .numerics = kMove},
      {.module = kNumpy,
       .class_name = "Repeat",
       .function = "repeat",
       .symbol = {},
       .parameters = kTensorParameter,
       .settings = repeats_and_axis,
       .check = check_repeat,
       .infer = infer_repeat,
       .evaluate = evaluate_repeat,
       .draw = draw_repeat,
       .applies = has_sample_axes,
       .numerics = kMove},
  };
  return table;
}

}  // namespace revive::ops
