// Tensors side by side: concatenate and stack.
//
// Either all of them carry the batch axis or none does: a constant has no samples to stand beside those of a tensor.
#include <fmt/format.h>

#include <algorithm>

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/axes.h"
#include "revive/model/ops/groups.h"
#include "revive/model/ops/settings.h"
#include "revive/model/tensor/broadcast.h"

namespace revive::ops {
namespace {

using Types = std::span<const TensorType>;
using Tensors = std::span<const Tensor>;

constexpr std::size_t kMostDrawnTensors = 3;

const Argument::List& tensors_of(const Node& node) {
  return *node.arguments[0].get<Argument::List>();
}

Status check(const Node& node) {
  const auto* const list = node.arguments[0].get<Argument::List>();
  const auto is_tensor = [](const Argument& item) {
    return item.get<NodeRef>() != nullptr || item.get<Tensor>() != nullptr;
  };
  if (list == nullptr || list->empty() || !std::ranges::all_of(*list, is_tensor)) {
    return bad_argument(fmt::format("{} expects a list of tensors, found {}", node.op->class_name,
                                    list != nullptr && list->empty() ? "an empty one" : node.arguments[0].kind_name()));
  }
  const auto depends = [](const Argument& item) { return item.get<NodeRef>() != nullptr; };
  const bool has_batch = std::ranges::any_of(*list, depends);
  if (has_batch && !std::ranges::all_of(*list, depends)) {
    return bad_argument(
        fmt::format("{} takes no constant beside a tensor, because a constant has no batch axis; "
                    "broadcast it first, as in zeros_like(x[...]) + c",
                    node.op->class_name));
  }
  if (const Status status = check_int(node, 0); !status) return status;
  if (has_batch && node.settings[0].as_int() == 0) {
    return bad_argument(
        fmt::format("{} along axis 0 would mix the samples of a batch; name another axis", node.op->class_name));
  }
  return {};
}

// The common type of the tensors, where axis `along` is the sum of theirs; kMaxGraphRank for no axis at all.
Result<OperandType> joined(const Node& node, Types values, std::size_t along) {
  OperandType result = operand_type(tensors_of(node).front(), values);
  for (const Argument& item : std::span(tensors_of(node)).subspan(1)) {
    const OperandType next = operand_type(item, values);
    const auto mismatch = [&] {
      return bad_argument(fmt::format("{} of tensors of shapes {} and {} does not fit", node.op->class_name,
                                      to_string(result.shape), to_string(next.shape)));
    };
    if (next.shape.rank() != result.shape.rank()) return mismatch();
    result.dtype = common_dtype(result, next);
    for (std::size_t axis = 0; axis < result.shape.rank(); ++axis) {
      std::int64_t& length = result.shape[axis];
      if (axis == along) {
        const bool known = length != kUnknown && next.shape.known(axis);
        std::int64_t total = kUnknown;
        if (known && __builtin_add_overflow(length, next.shape[axis], &total)) return mismatch();
        length = total;
      } else if (length == kUnknown) {
        length = next.shape[axis];
      } else if (next.shape.known(axis) && next.shape[axis] != length) {
        return mismatch();
      }
    }
  }
  return result;
}

// Row by row along the axis of the result: a run of each tensor, one after the other.
Tensor evaluate_joined(const Node& node, const TensorType& type, Tensors values) {
  Tensor out = Tensor::uninitialized(type.dtype, type.shape.axes());
  if (out.size() == 0) return out;
  const std::size_t outer = rows_of(out.dims(), axis_of(node.settings[0].as_int(), out.rank(), false).value()).outer;
  std::byte* column = out.bytes().data();
  const std::size_t stride = out.byte_size() / outer;
  for (const Argument& item : tensors_of(node)) {
    const Tensor tensor = cast(array_of(item, values), type.dtype);
    const std::size_t run = tensor.byte_size() / outer;
    for (std::size_t i = 0; i < outer; ++i) std::copy_n(tensor.bytes().data() + i * run, run, column + i * stride);
    column += run;
  }
  return out;
}

Result<TensorType> infer_concatenate(const Node& node, Types values) {
  const OperandType first = operand_type(tensors_of(node).front(), values);
  REVIVE_ASSIGN_OR_RETURN(const auto axis, axis_of(node.settings[0].as_int(), first.shape.rank(), first.depends_on_x));
  REVIVE_ASSIGN_OR_RETURN(const auto result, joined(node, values, axis));
  return TensorType{result.dtype, result.shape};
}

Result<TensorType> infer_stack(const Node& node, Types values) {
  REVIVE_ASSIGN_OR_RETURN(auto result, joined(node, values, kMaxGraphRank));
  REVIVE_ASSIGN_OR_RETURN(const auto axis,
                          axis_of(node.settings[0].as_int(), result.shape.rank() + 1, result.depends_on_x));
  Dims axes = result.shape.axes();
  axes.insert(axes.begin() + static_cast<std::ptrdiff_t>(axis), static_cast<std::int64_t>(tensors_of(node).size()));
  return TensorType{result.dtype, Shape(std::move(axes))};
}

bool has_room_to_join(const DrawnValue& x) {
  return has_sample_axes(x) &&
         drawn_elements(x.probe) * static_cast<std::int64_t>(kMostDrawnTensors) <= kMostDrawnElements;
}

bool has_room_to_stack(const DrawnValue& x) {
  return has_room_to_join(x) && x.probe.size() < kMostDrawnRank;
}

// x and up to two more values with the same axes but for `along`.
Argument::List draw_tensors(OpDraw& draw, std::size_t along) {
  const auto fits = [&](const DrawnValue& other) {
    // Implementations agree on little where a list holds several dtypes.
    if (other.type.dtype != draw.type().dtype || other.probe.size() != draw.rank()) return false;
    for (std::size_t axis = 0; axis < draw.rank(); ++axis) {
      if (axis == along) continue;
      if (other.probe[axis] != draw.probe()[axis] || other.type.shape[axis] != draw.type().shape[axis]) return false;
    }
    return has_room_to_join(other);
  };
  Argument::List tensors = {draw.x().ref};
  while (tensors.size() < kMostDrawnTensors && draw.flag()) {
    const auto more = draw.value(fits);
    if (!more) break;
    tensors.emplace_back(*more);
  }
  return tensors;
}

void draw_concatenate(OpDraw& draw, Node& node) {
  const std::int64_t axis = draw.axis();
  node.settings[0] = Value(axis);
  node.arguments[0] = Argument(draw_tensors(draw, axis_of(axis, draw.rank(), true).value()));
}

void draw_stack(OpDraw& draw, Node& node) {
  const auto rank = static_cast<std::int64_t>(draw.rank());
  const auto axis = static_cast<std::int64_t>(1 + draw.alternative(draw.rank()));
  const bool from_end = draw.flag();
  node.settings[0] = Value(from_end ? axis - rank - 1 : axis);
  node.arguments[0] = Argument(draw_tensors(draw, kMaxGraphRank));
}

}  // namespace

std::span<const OpClass> joining() {
  static constexpr std::string_view list_parameter[] = {"xs"};
  static const OpSetting settings[] = {{"axis", Value(0)}};
  static const OpClass table[] = {
      {.module = kNumpy,
       .class_name = "Concatenate",
       .function = "concatenate",
       .symbol = {},
       .parameters = list_parameter,
       .settings = settings,
       .check = check,
       .infer = infer_concatenate,
       .evaluate = evaluate_joined,
       .draw = draw_concatenate,
       .applies = has_room_to_join,
       .numerics = {.exact = true},
       .joins_behind = 0},
      {.module = kNumpy,
       .class_name = "Stack",
       .function = "stack",
       .symbol = {},
       .parameters = kTensorParameter,
       .settings = settings,
       .check = check,
       .infer = infer_stack,
       .evaluate = evaluate_joined,
       .draw = draw_stack,
       .applies = has_room_to_stack,
       .numerics = {.exact = true},
       .joins_behind = 0},
  };
  return table;
}

}  // namespace revive::ops
