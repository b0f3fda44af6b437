#include "model/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "model/expression_static.h"
#include "model/expression_tree.h"
#include "model/op.h"

namespace revive {
namespace {

using Kind = TreeNode::Kind;
using Scope = std::map<std::string, Argument, std::less<>>;

// Captured tuples nest as deep as brackets in the text may.
Result<Argument> bound_value(const Value& value, std::uint64_t depth) {
  if (value.is_object() || depth == 0) {
    return fail(ErrorCode::expression_type, "",
                fmt::format("a captured value is a number, a string, None, a tuple of them or an array, found {}",
                            value.brief()));
  }
  if (!value.is_array()) return Argument(value);
  Argument::List list;
  for (const Value& item : value.as_array()) {
    auto bound = bound_value(item, depth - 1);
    if (!bound) return bound;
    list.push_back(*std::move(bound));
  }
  return Argument(std::move(list));
}

Result<Argument> bound_capture(const Capture& capture, const Limits& limits) {
  if (const Tensor* const array = std::get_if<Tensor>(&capture)) return Argument(*array);
  return bound_value(std::get<Value>(capture), limits.expression_depth);
}

Value canonical(const Value& value) {
  if (value.is_array()) {
    Value::Array items;
    for (const Value& item : value.as_array()) items.push_back(canonical(item));
    return Value(std::move(items));
  }
  if (!value.is_real()) return value;
  Argument argument(value);
  canonicalize_nan(argument);
  return *argument.get<Value>();
}

Capture canonical(const Capture& capture) {
  if (const Value* const value = std::get_if<Value>(&capture)) return canonical(*value);
  Argument argument(std::get<Tensor>(capture));
  canonicalize_nan(argument);
  return *argument.get<Tensor>();
}

bool is_array_like(const Argument& argument) {
  return argument.get<NodeRef>() != nullptr || argument.get<Tensor>() != nullptr;
}

bool holds_tensor(const Argument& argument) {
  if (argument.get<NodeRef>() != nullptr) return true;
  const auto* const list = argument.get<Argument::List>();
  return list != nullptr && std::ranges::any_of(*list, holds_tensor);
}

// A module whose attributes are ops, or a function that works on static values.
bool is_language_name(std::string_view name) {
  return name == "ops" || name == "keras" || is_static_function(name);
}

// From a tree to nodes: what does not depend on x is computed, the rest is appended to nodes_.
class Lowering {
 public:
  Lowering(const Tree& tree, const Limits& limits) : tree_(tree), limits_(limits) {}

  Result<Graph> run(Scope scope) {
    scope_ = std::move(scope);
    for (const Tree::Parameter& parameter : tree_.parameters) {
      if (parameter.fallback == kNoTree || scope_.contains(parameter.name)) continue;
      auto value = lower(parameter.fallback);
      if (!value) return std::unexpected(std::move(value.error()));
      scope_.emplace(parameter.name, *std::move(value));
    }
    scope_.insert_or_assign(tree_.parameters.front().name, Argument(NodeRef{0}));
    const auto result = lower(tree_.body);
    if (!result) return std::unexpected(result.error());
    const NodeRef* const output = result->get<NodeRef>();
    if (output == nullptr) {
      return fail(ErrorCode::expression_type, "lambda",
                  holds_tensor(*result) ? fmt::format("the result has to be one tensor, found {}", result->kind_name())
                                        : "the result does not depend on the input tensor");
    }
    auto graph = Graph::make(std::move(nodes_), *output, limits_);
    if (!graph) return std::unexpected(graph.error().within("lambda: "));
    return graph;
  }

 private:
  using Lowered = Result<Argument>;

  std::unexpected<Error> error(const TreeNode& node, std::string message) const {
    return fail(ErrorCode::expression_type, place(node), std::move(message));
  }
  static std::string place(const TreeNode& node) { return fmt::format("lambda: column {}", node.position + 1); }
  // Gives an error that has no place the one of the node.
  template <typename T>
  static Lowered placed(const TreeNode& node, Result<T> result) {
    if (result) return Argument(*std::move(result));
    if (result.error().place.empty()) result.error().place = place(node);
    return std::unexpected(std::move(result.error()));
  }

  // Chains to the left are walked in a loop: their length is bounded by the text alone.
  Lowered lower(TreeIndex index) {
    std::vector<TreeIndex> spine = {index};
    while (!is_whole(spine.back())) spine.push_back(tree_.spine_child(spine.back()));
    Lowered result = whole(tree_.nodes[spine.back()]);
    spine.pop_back();
    for (; result && !spine.empty(); spine.pop_back()) result = applied(tree_.nodes[spine.back()], *std::move(result));
    return result;
  }

  // Whether the node is lowered without lowering a spine child first. A call's callee is a name, not a value.
  bool is_whole(TreeIndex index) const {
    return tree_.spine_child(index) == kNoTree || tree_.nodes[index].kind == Kind::call;
  }

  Lowered whole(const TreeNode& node) {
    switch (node.kind) {
      case Kind::literal: return Argument(node.value);
      case Kind::ellipsis: return Argument(Ellipsis{});
      case Kind::name: {
        const auto found = scope_.find(node.text);
        if (found == scope_.end()) return error(node, fmt::format("`{}` is not a value", node.text));
        return found->second;
      }
      case Kind::slice: return slice(node);
      case Kind::conditional: {
        const auto condition = lower(node.children[0]);
        if (!condition) return condition;
        const auto truth = static_truth(*condition);
        if (!truth) return placed(node, Lowered(std::unexpected(truth.error())));
        return lower(node.children[*truth ? 1 : 2]);
      }
      case Kind::tuple:
      case Kind::list: {
        Argument::List items;
        for (const TreeIndex child : node.children) {
          auto item = lower(child);
          if (!item) return item;
          items.push_back(*std::move(item));
        }
        return Argument(std::move(items));
      }
      default: return call(node);
    }
  }

  Lowered applied(const TreeNode& node, Argument first) {
    switch (node.kind) {
      case Kind::unary: return unary(node, first);
      case Kind::logical: {
        const auto truth = static_truth(first);
        if (!truth) return placed(node, Lowered(std::unexpected(truth.error())));
        return *truth == (node.text == "or") ? Lowered(std::move(first)) : lower(node.children[1]);
      }
      case Kind::binary: {
        auto second = lower(node.children[1]);
        if (!second) return second;
        if (!is_array_like(first) && !is_array_like(*second))
          return placed(node, static_binary(node.text, first, *second));
        return op(node, find_op_symbol(OpClass::Syntax::infix, node.text), {std::move(first), *std::move(second)});
      }
      case Kind::comparison: return comparison(node, std::move(first));
      case Kind::subscript: return subscript(node, std::move(first));
      default:
        return error(node, fmt::format("the attribute `.{}` of {} is not part of the expression language", node.text,
                                       first.kind_name()));
    }
  }

  Lowered unary(const TreeNode& node, const Argument& operand) {
    if (node.text == "not") {
      const auto truth = static_truth(operand);
      if (!truth) return placed(node, Lowered(std::unexpected(truth.error())));
      return Argument(Value(!*truth));
    }
    if (!is_array_like(operand)) return placed(node, static_unary(node.text, operand));
    if (node.text == "+") return operand;
    return op(node, find_op_symbol(OpClass::Syntax::prefix, node.text), {operand});
  }

  Lowered comparison(const TreeNode& node, Argument left) {
    for (std::size_t i = 0; i < node.names.size(); ++i) {
      auto right = lower(node.children[i + 1]);
      if (!right) return right;
      if (is_array_like(left) || is_array_like(*right)) {
        if (node.names.size() > 1) return error(node, "a chained comparison needs the truth value of a tensor; use &");
        return op(node, find_op_symbol(OpClass::Syntax::infix, node.names[i]), {std::move(left), *std::move(right)});
      }
      const auto holds = static_compare(node.names[i], left, *right);
      if (!holds) return placed(node, Lowered(std::unexpected(holds.error())));
      if (!*holds) return Argument(Value(false));
      left = *std::move(right);
    }
    return Argument(Value(true));
  }

  Lowered slice(const TreeNode& node) {
    std::array<std::optional<std::int64_t>, 3> bounds;
    for (std::size_t part = 0; part < bounds.size(); ++part) {
      if (node.children[part] == kNoTree) continue;
      const auto bound = lower(node.children[part]);
      if (!bound) return bound;
      const Value* const value = bound->get<Value>();
      if (value != nullptr && value->is_int()) {
        bounds[part] = value->as_int();
      } else if (value == nullptr || !value->is_null()) {
        return error(node, fmt::format("the bounds of a slice are ints, found {}", bound->kind_name()));
      }
    }
    return Argument(Slice{bounds[0], bounds[1], bounds[2]});
  }

  Lowered subscript(const TreeNode& node, Argument base) {
    Argument::List key;
    for (std::size_t i = 1; i < node.children.size(); ++i) {
      auto item = lower(node.children[i]);
      if (!item) return item;
      key.push_back(*std::move(item));
    }
    if (is_array_like(base)) return op(node, find_op_function("get_item"), {std::move(base), Argument(std::move(key))});
    const auto* const list = base.get<Argument::List>();
    if (list == nullptr || key.size() != 1)
      return error(node, fmt::format("{} cannot be indexed so", base.kind_name()));
    return placed(node, static_subscript(*list, key.front()));
  }

  // "keras.ops.sum" of a chain of attributes on a name; empty for anything else.
  std::string dotted_name(TreeIndex index) const {
    std::string name;
    while (tree_.nodes[index].kind == Kind::attribute) {
      name.insert(0, "." + tree_.nodes[index].text);
      index = tree_.nodes[index].children[0];
    }
    const TreeNode& root = tree_.nodes[index];
    return root.kind == Kind::name && !scope_.contains(root.text) ? root.text + name : std::string();
  }

  Lowered call(const TreeNode& node) {
    const std::string name = dotted_name(node.children[0]);
    std::vector<Argument> arguments;
    for (std::size_t i = 1; i < node.children.size(); ++i) {
      auto argument = lower(node.children[i]);
      if (!argument) return argument;
      arguments.push_back(*std::move(argument));
    }
    if (is_static_function(name)) {
      if (std::ranges::any_of(node.names, [](const auto& keyword) { return !keyword.empty(); })) {
        return error(node, fmt::format("{}() takes no keyword arguments", name));
      }
      if (name == "abs" && arguments.size() == 1 && is_array_like(arguments[0])) {
        return op(node, find_op_function("absolute"), std::move(arguments));
      }
      return placed(node, static_call(name, arguments));
    }
    std::string_view function = name;
    if (function.starts_with("keras.")) function.remove_prefix(6);
    const OpClass* const found = function.starts_with("ops.") ? find_op_function(function.substr(4)) : nullptr;
    if (found == nullptr) {
      return error(node, name.empty() ? std::string("only functions of keras.ops and builtins can be called")
                                      : fmt::format("the function `{}` is not part of the expression language", name));
    }
    return op_call(node, *found, std::move(arguments));
  }

  // Positional and keyword arguments to the op's parameters, then its settings, in declared order.
  Lowered op_call(const TreeNode& node, const OpClass& op_class, std::vector<Argument> given) {
    const std::size_t parameters = op_class.parameters.size();
    const std::size_t total = parameters + op_class.settings.size();
    const auto name_of_slot = [&](std::size_t slot) {
      return slot < parameters ? op_class.parameters[slot] : op_class.settings[slot - parameters].name;
    };
    std::vector<std::optional<Argument>> slots(total);
    for (std::size_t i = 0; i < given.size(); ++i) {
      std::size_t slot = i;
      if (!node.names[i].empty()) {
        for (slot = 0; slot < total && name_of_slot(slot) != node.names[i]; ++slot) {
        }
      }
      if (slot >= total || slots[slot]) {
        return error(node, fmt::format("{}() does not take {}", op_class.function,
                                       node.names[i].empty() ? fmt::format("{} arguments", given.size())
                                                             : fmt::format("another `{}`", node.names[i])));
      }
      slots[slot] = std::move(given[i]);
    }
    std::vector<Argument> arguments;
    std::vector<Value> settings;
    for (std::size_t slot = 0; slot < total; ++slot) {
      if (slot < parameters) {
        if (!slots[slot])
          return error(node, fmt::format("{}() misses its argument `{}`", op_class.function, name_of_slot(slot)));
        arguments.push_back(*std::move(slots[slot]));
      } else if (!slots[slot]) {
        settings.push_back(op_class.settings[slot - parameters].fallback);
      } else {
        auto setting = value_of(*slots[slot]);
        if (!setting)
          return error(node,
                       fmt::format("`{}` has to be static, found {}", name_of_slot(slot), slots[slot]->kind_name()));
        settings.push_back(*std::move(setting));
      }
    }
    return op(node, &op_class, std::move(arguments), std::move(settings));
  }

  static std::optional<Value> value_of(const Argument& argument) {
    if (const Value* const value = argument.get<Value>()) return *value;
    const auto* const list = argument.get<Argument::List>();
    if (list == nullptr) return std::nullopt;
    Value::Array items;
    for (const Argument& item : *list) {
      auto value = value_of(item);
      if (!value) return std::nullopt;
      items.push_back(*std::move(value));
    }
    return Value(std::move(items));
  }

  // A node when an argument depends on x, else the array that the op computes.
  Lowered op(const TreeNode& node, const OpClass* op_class, std::vector<Argument> arguments,
             std::vector<Value> settings = {}) {
    if (op_class->syntax != OpClass::Syntax::subscript) {
      for (Argument& argument : arguments) {
        const auto* const list = argument.get<Argument::List>();
        if (list == nullptr) continue;
        auto array = array_from_list(*list);
        if (!array) return placed(node, std::move(array));
        argument = Argument(*std::move(array));
      }
    }
    Node made{op_class, std::move(arguments), std::move(settings)};
    if (const Status status = op_class->check(made); !status) {
      return placed(node, Lowered(std::unexpected(status.error())));
    }
    if (std::ranges::none_of(made.arguments, [](const auto& argument) { return argument.template get<NodeRef>(); })) {
      return folded(node, made);
    }
    if (nodes_.size() >= limits_.graph_nodes) {
      return fail(ErrorCode::limit_exceeded, place(node), fmt::format("expected at most {} ops", limits_.graph_nodes));
    }
    nodes_.push_back(std::move(made));
    return Argument(NodeRef{nodes_.size()});
  }

  Lowered folded(const TreeNode& node, const Node& constant) {
    const auto type = constant.op->infer(constant, {});
    if (!type) return placed(node, Lowered(std::unexpected(type.error())));
    const auto elements = element_count(type->shape.axes());
    const bool fits = elements && static_cast<std::uint64_t>(*elements) <= limits_.constant_elements &&
                      type->shape.rank() <= limits_.tensor_rank;
    if (!fits) {
      return fail(ErrorCode::limit_exceeded, place(node),
                  fmt::format("expected at most {} constant elements, found a constant of shape {}",
                              limits_.constant_elements, to_string(type->shape)));
    }
    return Argument(constant.op->evaluate(constant, *type, {}));
  }

  const Tree& tree_;
  const Limits& limits_;
  Scope scope_;
  std::vector<Node> nodes_;
};

// The names that the tree reads from outside, each once, in order of appearance.
std::vector<std::string> names_read(const Tree& tree) {
  std::vector<std::string> names;
  const auto read = [&](const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const auto& parameter : tree.parameters) {
    if (&parameter != &tree.parameters.front()) read(parameter.name);
  }
  for (const TreeNode& node : tree.nodes) {
    if (node.kind == Kind::name && node.text != tree.parameters.front().name) read(node.text);
  }
  return names;
}

std::vector<std::string> unbound(const Tree& tree, const Captures& captures) {
  std::vector<std::string> names = names_read(tree);
  std::erase_if(names, [&](const std::string& name) {
    const auto is_it = [&](const auto& entry) { return entry.first == name; };
    const auto has_default = [&](const Tree::Parameter& parameter) {
      return parameter.name == name && parameter.fallback != kNoTree;
    };
    return std::ranges::any_of(captures, is_it) || std::ranges::any_of(tree.parameters, has_default) ||
           is_language_name(name);
  });
  return names;
}

}  // namespace

Result<std::vector<std::string>> free_names(std::string_view text, const Captures& bound, const Limits& limits) {
  const auto tree = parse_lambda(text, limits);
  if (!tree) return std::unexpected(tree.error());
  return unbound(*tree, bound);
}

Result<Expression> make_expression(std::string_view text, const Captures& captures, const Limits& limits) {
  const auto tree = parse_lambda(text, limits);
  if (!tree) return std::unexpected(tree.error());
  if (const auto missing = unbound(*tree, captures); !missing.empty()) {
    return fail(ErrorCode::expression_free_name, "lambda",
                fmt::format("`{}` reads {} without a captured value", text.substr(0, 200), fmt::join(missing, ", ")));
  }
  const std::vector<std::string> names = names_read(*tree);
  Annotation annotation{std::string(text), {}};
  Scope scope;
  for (const auto& [name, capture] : captures) {
    if (std::ranges::find(names, name) == names.end()) continue;
    annotation.captures.emplace_back(name, canonical(capture));
    auto value = bound_capture(annotation.captures.back().second, limits);
    if (!value) return std::unexpected(value.error().within(fmt::format("lambda: capture {}", name)));
    scope.emplace(name, *std::move(value));
  }
  auto graph = Lowering(*tree, limits).run(std::move(scope));
  if (!graph) return std::unexpected(std::move(graph.error()));
  return Expression{*std::move(graph), std::move(annotation)};
}

}  // namespace revive
