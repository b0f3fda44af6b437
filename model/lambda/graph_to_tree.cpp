#include "revive/model/lambda/graph_to_tree.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "revive/model/graph/op.h"
#include "revive/model/lambda/operators.h"

namespace revive {
namespace {

using Kind = TreeNode::Kind;

// The text of a number has no sign, and this one has no opposite.
constexpr std::int64_t kLeastInt = std::numeric_limits<std::int64_t>::min();

bool is_spelled(const Value& value) {
  if (value.is_real()) return std::isfinite(value.as_real());
  if (value.is_array()) return std::ranges::all_of(value.as_array(), is_spelled);
  return value != Value(kLeastInt);
}

class Raising {
 public:
  explicit Raising(const NameConstant& name) : name_(name) {}

  TreeOfGraph run(const Graph& graph) {
    values_ = {leaf(Kind::name, "x")};
    for (const Node& node : graph.nodes()) values_.push_back(raised(node));
    raised_.tree.parameters = {{"x", kNoTree}};
    raised_.tree.body = values_.back();
    return std::move(raised_);
  }

 private:
  TreeIndex add(TreeNode node) {
    raised_.tree.nodes.push_back(std::move(node));
    return static_cast<TreeIndex>(raised_.tree.nodes.size() - 1);
  }
  TreeIndex leaf(Kind kind, std::string_view text) {
    TreeNode node;
    node.kind = kind;
    node.text = text;
    return add(std::move(node));
  }
  TreeIndex inner(Kind kind, std::string_view text, std::vector<TreeIndex> children,
                  std::vector<std::string> names = {}) {
    TreeNode node;
    node.kind = kind;
    node.text = text;
    node.children = std::move(children);
    node.names = std::move(names);
    return add(std::move(node));
  }

  // Stock Keras runs a Lambda on the arrays of its backend, whose `^` is bitwise and refuses floats. Only in a
  // Functional is it logical, as the op always is.
  static bool means_another_op(std::string_view symbol) {
    return symbol == "&" || symbol == "|" || symbol == "^" || symbol == "~";
  }

  TreeIndex raised(const Node& node) {
    const OpClass& op = *node.op;
    if (means_another_op(op.symbol)) return call(node);
    switch (op.syntax) {
      case OpClass::Syntax::infix: return infix(node);
      case OpClass::Syntax::prefix: return inner(Kind::unary, op.symbol, {argument(node, 0)});
      case OpClass::Syntax::subscript: return subscript(node);
      case OpClass::Syntax::function: break;
    }
    return call(node);
  }

  TreeIndex infix(const Node& node) {
    const auto is_it = [&](const Infix& each) { return each.symbol == node.op->symbol; };
    const TreeIndex left = argument(node, 0);
    const TreeIndex right = argument(node, 1);
    if (std::ranges::find_if(kInfixes, is_it)->kind == Kind::comparison) {
      return inner(Kind::comparison, {}, {left, right}, {std::string(node.op->symbol)});
    }
    return inner(Kind::binary, node.op->symbol, {left, right});
  }

  TreeIndex subscript(const Node& node) {
    std::vector<TreeIndex> children = {argument(node, 0)};
    for (const Argument& item : *node.arguments[1].get<Argument::List>()) children.push_back(index(item));
    return inner(Kind::subscript, {}, std::move(children));
  }

  TreeIndex index(const Argument& item) {
    if (item.get<Ellipsis>() != nullptr) return leaf(Kind::ellipsis, {});
    if (const Slice* const slice = item.get<Slice>()) {
      const TreeIndex start = slice->start ? bound(*slice->start, "start") : kNoTree;
      const TreeIndex stop = slice->stop ? bound(*slice->stop, "stop") : kNoTree;
      const TreeIndex step = slice->step ? bound(*slice->step, "step") : kNoTree;
      return inner(Kind::slice, {}, {start, stop, step});
    }
    const Value& value = *item.get<Value>();
    return value.is_int() ? bound(value.as_int(), "index") : literal(value);
  }

  TreeIndex bound(std::int64_t value, std::string_view role) {
    if (value >= 0 || value == kLeastInt) return constant(Value(value), role);
    return inner(Kind::unary, "-", {constant(Value(-value), role)});
  }

  // ops.f(the call's arguments, config_key=value, ...), without what is as Keras has it by default.
  TreeIndex call(const Node& node) {
    const OpClass& op = *node.op;
    std::vector<TreeIndex> children = {inner(Kind::attribute, op.function, {leaf(Kind::name, "ops")})};
    std::vector<std::string> names;
    const auto give = [&](TreeIndex value, std::string_view name) {
      children.push_back(value);
      names.emplace_back(name);
    };
    // With any number of operands, what else there is stands in front: ops.einsum('ab,b->a', x, y).
    for (std::size_t i = 0; op.variadic && i < op.settings.size(); ++i) {
      give(constant(node.settings[i], op.settings[i].name), {});
    }
    const std::size_t required = op.parameters.size() - op.optional_parameters;
    for (std::size_t i = 0; i < op.parameters.size(); ++i) {
      const Value* const value = node.arguments[i].get<Value>();
      if (op.variadic && i + 1 == op.parameters.size()) {
        for (const Argument& each : *node.arguments[i].get<Argument::List>()) give(operand(each, op.parameters[i]), {});
      } else if (i < required) {
        give(argument(node, i), {});
      } else if (value == nullptr || !value->is_null()) {
        give(argument(node, i), op.parameters[i]);
      }
    }
    for (std::size_t i = 0; !op.variadic && i < op.settings.size(); ++i) {
      if (node.settings[i] == op.settings[i].fallback) continue;
      give(constant(node.settings[i], op.settings[i].name), op.settings[i].name);
    }
    return inner(Kind::call, {}, std::move(children), std::move(names));
  }

  TreeIndex argument(const Node& node, std::size_t i) { return operand(node.arguments[i], node.op->parameters[i]); }

  TreeIndex operand(const Argument& argument, std::string_view role) {
    if (const NodeRef* const ref = argument.get<NodeRef>()) return values_[ref->index];
    if (const Tensor* const array = argument.get<Tensor>()) return constant(*array, role);
    if (const Value* const value = argument.get<Value>()) return constant(*value, role);
    std::vector<TreeIndex> items;
    for (const Argument& item : *argument.get<Argument::List>()) items.push_back(operand(item, role));
    return inner(Kind::list, {}, std::move(items));
  }

  TreeIndex constant(Capture constant, std::string_view role) {
    std::string name = name_(constant, role);
    if (name.empty()) return literal(std::get<Value>(constant));
    const TreeIndex tree = leaf(Kind::name, name);
    raised_.captures.emplace_back(std::move(name), std::move(constant));
    return tree;
  }

  TreeIndex literal(const Value& value) {
    if (value.is_array()) {
      std::vector<TreeIndex> items;
      for (const Value& item : value.as_array()) items.push_back(literal(item));
      return inner(Kind::tuple, {}, std::move(items));
    }
    const bool negative_int = value.is_int() && value.as_int() < 0;
    const bool negative_real = value.is_real() && std::signbit(value.as_real());
    if (negative_int) return inner(Kind::unary, "-", {literal(Value(-value.as_int()))});
    if (negative_real) return inner(Kind::unary, "-", {literal(Value(-value.as_real()))});
    TreeNode node;
    node.value = value;
    return add(std::move(node));
  }

  const NameConstant& name_;
  TreeOfGraph raised_;
  // The trees of x and the nodes before.
  std::vector<TreeIndex> values_;
};

}  // namespace

bool has_spelling(const Capture& constant) {
  const Value* const value = std::get_if<Value>(&constant);
  return value != nullptr && is_spelled(*value);
}

TreeOfGraph graph_to_tree(const Graph& graph) {
  std::size_t captured = 0;
  return graph_to_tree(graph, [&](const Capture& constant, std::string_view) {
    return has_spelling(constant) ? std::string() : "c" + std::to_string(captured++);
  });
}

TreeOfGraph graph_to_tree(const Graph& graph, const NameConstant& name) {
  return Raising(name).run(graph);
}

}  // namespace revive
