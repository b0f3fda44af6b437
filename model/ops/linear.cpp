// Products of tensors: matmul, dot and tensordot with NumPy's rules for which axes meet, and einsum, which names them.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/axes.h"
#include "revive/model/ops/contraction.h"
#include "revive/model/ops/einsum.h"
#include "revive/model/ops/groups.h"
#include "revive/model/ops/settings.h"

namespace revive::ops {
namespace {

using Labels = Contraction::Labels;
using Label = Contraction::Label;

constexpr std::string_view kPair[] = {"x1", "x2"};
constexpr std::string_view kOperands[] = {"operands"};

Labels counted_from(Label first, std::size_t count) {
  Labels labels(count);
  std::iota(labels.begin(), labels.end(), first);
  return labels;
}

// The axes before the last two broadcast; an operand of one axis is a row on the left and a column on the right.
Result<Contraction> matmul_labels(const Node&, std::span<const Shape> shapes) {
  const std::size_t left = shapes[0].rank();
  const std::size_t right = shapes[1].rank();
  if (left == 0 || right == 0) return bad_argument("Matmul expects operands with axes, found a number; multiply by it");
  const std::size_t blocks_left = left < 2 ? 0 : left - 2;
  const std::size_t blocks_right = right < 2 ? 0 : right - 2;
  const std::size_t blocks = std::max(blocks_left, blocks_right);
  const Label row = blocks;
  const Label inner = blocks + 1;
  const Label column = blocks + 2;
  Contraction contraction;
  contraction.broadcasting = blocks;
  contraction.operands = {counted_from(blocks - blocks_left, blocks_left),
                          counted_from(blocks - blocks_right, blocks_right)};
  contraction.output = counted_from(0, blocks);
  if (left >= 2) {
    contraction.operands[0].push_back(row);
    contraction.output.push_back(row);
  }
  contraction.operands[0].push_back(inner);
  contraction.operands[1].push_back(inner);
  if (right >= 2) {
    contraction.operands[1].push_back(column);
    contraction.output.push_back(column);
  }
  return contraction;
}

// The pairs of axes run together; what is left of the first operand, then of the second, is the result.
Contraction contract(std::size_t left, std::size_t right, const std::vector<std::size_t>& axes_left,
                     const std::vector<std::size_t>& axes_right) {
  Contraction contraction;
  contraction.operands = {counted_from(0, left), counted_from(left, right)};
  for (std::size_t i = 0; i < axes_left.size(); ++i) contraction.operands[1][axes_right[i]] = axes_left[i];
  for (Label axis = 0; axis < left; ++axis) {
    if (std::ranges::find(axes_left, axis) == axes_left.end()) contraction.output.push_back(axis);
  }
  for (Label axis = 0; axis < right; ++axis) {
    if (std::ranges::find(axes_right, axis) == axes_right.end()) contraction.output.push_back(left + axis);
  }
  return contraction;
}

Result<Contraction> dot_labels(const Node&, std::span<const Shape> shapes) {
  const std::size_t left = shapes[0].rank();
  const std::size_t right = shapes[1].rank();
  if (left == 0 || right == 0) return contract(left, right, {}, {});
  return contract(left, right, {left - 1}, {right < 2 ? 0 : right - 2});
}

Result<std::vector<std::size_t>> axes_within(const Value& axes, const Shape& shape) {
  std::vector<std::size_t> resolved;
  for (const Value& axis : axes.as_array()) {
    const std::int64_t written = axis.as_int();
    const auto from_front = axis_from_front(written, shape.rank());
    if (!from_front) return bad_argument(fmt::format("axis {} is out of range for {}", written, to_string(shape)));
    resolved.push_back(*from_front);
    if (std::ranges::count(resolved, resolved.back()) > 1) {
      return bad_argument(fmt::format("axis {} of {} is named twice", written, to_string(shape)));
    }
  }
  return resolved;
}

// The setting `axes` is how many of the last axes meet the first ones, or a list of axes for each side.
Result<Contraction> tensordot_labels(const Node& node, std::span<const Shape> shapes) {
  const Value& axes = node.settings[0];
  const std::size_t left = shapes[0].rank();
  const std::size_t right = shapes[1].rank();
  if (axes.is_array()) {
    REVIVE_ASSIGN_OR_RETURN(const auto axes_left, axes_within(axes.as_array()[0], shapes[0]));
    REVIVE_ASSIGN_OR_RETURN(const auto axes_right, axes_within(axes.as_array()[1], shapes[1]));
    return contract(left, right, axes_left, axes_right);
  }
  if (std::cmp_greater(axes.as_int(), std::min(left, right))) {
    return bad_argument(fmt::format("Tensordot over {} axes expects as many in {} and {}", axes.as_int(),
                                    to_string(shapes[0]), to_string(shapes[1])));
  }
  const auto count = static_cast<std::size_t>(axes.as_int());
  return contract(left, right, counted_from(left - count, count), counted_from(0, count));
}

Result<Contraction> einsum_labels(const Node& node, std::span<const Shape> shapes) {
  return parse_subscripts(node.settings[0].as_string()).value().labels(shapes);
}

using LabelRule = Result<Contraction> (*)(const Node& node, std::span<const Shape> shapes);

std::span<const Argument> operands_of(const Node& node) {
  if (!node.op->variadic) return node.arguments;
  return *node.arguments[0].get<Argument::List>();
}

std::vector<Shape> shapes_of(const Node& node, std::span<const TensorType> values) {
  std::vector<Shape> shapes;
  for (const Argument& argument : operands_of(node)) shapes.push_back(operand_type(argument, values).shape);
  return shapes;
}

template <LabelRule kRule>
Result<TensorType> infer(const Node& node, std::span<const TensorType> values) {
  REVIVE_ASSIGN_OR_RETURN(const auto contraction, kRule(node, shapes_of(node, values)));
  return infer_contraction(contraction, operands_of(node), values);
}

template <LabelRule kRule>
Tensor evaluate(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  std::vector<Shape> shapes;
  for (const Argument& argument : operands_of(node)) {
    shapes.emplace_back(operand(argument, values, type.dtype).dims());
  }
  return evaluate_contraction(kRule(node, shapes).value(), type, operands_of(node), values);
}

template <LabelRule kRule>
std::int64_t multiply_adds(const Node& node, std::span<const TensorType> values) {
  const std::vector<Shape> shapes = shapes_of(node, values);
  return multiply_adds_of(kRule(node, shapes).value(), shapes);
}

template <LabelRule kRule>
OpClass linear(std::string_view class_name, std::string_view function, std::span<const std::string_view> parameters) {
  OpClass op{};
  op.module = kNumpy;
  op.class_name = class_name;
  op.function = function;
  op.parameters = parameters;
  op.check = check_operands;
  op.infer = infer<kRule>;
  op.evaluate = evaluate<kRule>;
  op.multiply_adds = multiply_adds<kRule>;
  op.joins_behind = 0;
  // Keras infers no shape where the last axis is unknown.
  op.applies = [](const DrawnValue& x) { return x.probe.size() >= 2 && x.type.shape.known(x.probe.size() - 1); };
  return op;
}

// A constant that x's last axis meets: a vector, or a matrix with few enough columns.
Argument draw_right(OpDraw& draw) {
  const std::int64_t inner = draw.probe().back();
  constexpr std::int64_t kMostColumns = 3;
  const std::int64_t most = kMostDrawnElements * inner / drawn_elements(draw.probe());
  // Drawn for a vector as well, which would have less to draw otherwise and count as simpler.
  const std::int64_t columns = draw.integer(1, std::min(most, kMostColumns));
  if (draw.flag()) return draw.array(draw.type().dtype, {inner});
  return draw.array(draw.type().dtype, {inner, columns});
}

// A constant on either side, or an earlier value whose samples x's can be multiplied with.
void draw_matmul(OpDraw& draw, Node& node) {
  const Dims& x = draw.probe();
  const std::size_t rank = draw.rank();
  const auto follows = [&](const DrawnValue& other) {
    if (other.probe.size() != rank || rank < 3 || other.type.dtype != draw.type().dtype) return false;
    for (std::size_t axis = 1; axis < rank; ++axis) {
      const bool is_column = axis == rank - 1;
      const std::int64_t expected = axis == rank - 2 ? x.back() : x[axis];
      if (!other.type.shape.known(axis) || !draw.type().shape.known(axis)) return false;
      if (!is_column && other.probe[axis] != expected) return false;
    }
    return drawn_elements(x) / x.back() * other.probe.back() <= kMostDrawnElements;
  };
  if (draw.flag()) {
    if (const auto other = draw.value(follows)) {
      node.arguments[1] = *other;
      return;
    }
  }
  if (rank >= 3 && draw.type().shape.known(rank - 2) && draw.flag()) {
    const std::int64_t rows = draw.integer(1, x[rank - 2]);
    node.arguments[0] = draw.array(draw.type().dtype, {rows, x[rank - 2]});
    return;
  }
  node.arguments[1] = draw_right(draw);
}

void draw_dot(OpDraw& draw, Node& node) {
  const bool number = draw.flag();
  node.arguments[1] =
      number ? Argument(Value(draw.integer(is_signed(draw.type().dtype) ? -3 : 0, 3))) : draw_right(draw);
}

OpClass tensordot() {
  static const OpSetting settings[] = {{"axes", Value(2)}};
  OpClass op = linear<tensordot_labels>("Tensordot", "tensordot", kPair);
  op.settings = settings;
  op.check = [](const Node& node) -> Status {
    if (const Status operands = check_operands(node); !operands) return operands;
    const Value& axes = node.settings[0];
    if (axes.is_int() && axes.as_int() >= 0) return {};
    const auto is_axes = [](const Value& side) {
      return side.is_array() && std::ranges::all_of(side.as_array(), [](const Value& axis) { return axis.is_int(); });
    };
    const bool lists = axes.is_array() && axes.as_array().size() == 2 && std::ranges::all_of(axes.as_array(), is_axes);
    if (lists && axes.as_array()[0].as_array().size() == axes.as_array()[1].as_array().size()) return {};
    return bad_setting(node, 0, "a count of axes or two lists of equally many axes");
  };
  op.draw = [](OpDraw& draw, Node& node) {
    node.arguments[1] = draw_right(draw);
    const auto side = [](std::int64_t axis) { return Value(Value::Array{Value(axis)}); };
    const std::int64_t last = draw.axis(draw.rank() - 1, draw.rank() - 1);
    node.settings[0] = draw.flag() ? Value(Value::Array{side(last), side(0)}) : Value(1);
  };
  return op;
}

OpClass einsum() {
  // Keras' constructor has no default for it.
  static const OpSetting settings[] = {{"subscripts", {}}};
  OpClass op = linear<einsum_labels>("Einsum", "einsum", kOperands);
  op.variadic = true;
  op.settings = settings;
  op.check = [](const Node& node) -> Status {
    const auto* const operands = node.arguments[0].get<Argument::List>();
    if (operands == nullptr || !std::ranges::all_of(*operands, is_operand)) {
      return bad_argument("Einsum expects tensors, arrays or numbers as its operands");
    }
    if (!node.settings[0].is_string()) return bad_setting(node, 0, "a string");
    REVIVE_ASSIGN_OR_RETURN(const auto subscripts, parse_subscripts(node.settings[0].as_string()));
    if (subscripts.operands.size() == operands->size()) return {};
    return bad_argument(fmt::format("the subscripts {} are for {} operands, found {}", node.settings[0].brief(),
                                    subscripts.operands.size(), operands->size()));
  };
  op.draw = [](OpDraw& draw, Node& node) {
    enum Form : std::int64_t { scaled, summed, paired, turned };
    // Letters for x, the batch first: "abc".
    constexpr std::string_view kLetters = "abcdefgh";
    const std::string x(kLetters.substr(0, draw.rank()));
    const std::string head = x.substr(0, x.size() - 1);
    Argument::List operands = {Argument(draw.x().ref)};
    std::string subscripts;
    switch (draw.one_of({scaled, summed, paired, turned})) {
      case scaled: {
        operands.push_back(draw_right(draw));
        const bool matrix = operands[1].get<Tensor>()->rank() == 2;
        const std::string column = matrix ? "z" : "";
        const std::string rest = draw.flag() ? head : "...";
        subscripts = rest + x.back() + "," + x.back() + column + "->" + rest + column;
        break;
      }
      case summed: subscripts = x + "->" + head; break;
      case paired:
        operands.push_back(operands[0]);
        subscripts = x + "," + x + "->" + head;
        break;
      default: subscripts = x + "->" + x[0] + std::string(x.rbegin(), x.rend() - 1); break;
    }
    node.arguments[0] = Argument(std::move(operands));
    node.settings[0] = Value(std::move(subscripts));
  };
  return op;
}

}  // namespace

std::span<const OpClass> linear() {
  const auto pair = [](OpClass op, void (*draw)(OpDraw&, Node&)) {
    op.draw = draw;
    return op;
  };
  static const OpClass table[] = {
      pair(linear<matmul_labels>("Matmul", "matmul", kPair), draw_matmul),
      pair(linear<dot_labels>("Dot", "dot", kPair), draw_dot),
      tensordot(),
      einsum(),
  };
  return table;
}

}  // namespace revive::ops
