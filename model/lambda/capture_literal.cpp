#include "revive/model/lambda/capture_literal.h"

#include <fmt/format.h>

#include <optional>

#include "revive/model/lambda/syntax_tree.h"

namespace revive {
namespace {

using Kind = TreeNode::Kind;

bool is_dotted_name(const Tree& tree, TreeIndex index) {
  while (tree.nodes[index].kind == Kind::attribute) index = tree.nodes[index].children[0];
  return tree.nodes[index].kind == Kind::name;
}

std::optional<Value> signed_number(std::string_view sign, const Value& number) {
  if (!number.is_int() && !number.is_real()) return std::nullopt;
  if (sign == "+") return number;
  if (sign != "-") return std::nullopt;
  return number.is_int() ? Value(-number.as_int()) : Value(-number.as_real());
}

// Nothing for what is no literal. Brackets nest no deeper than Limits::expression_depth.
std::optional<Value> literal(const Tree& tree, TreeIndex index) {
  const TreeNode& node = tree.nodes[index];
  switch (node.kind) {
    case Kind::literal: return node.value;
    case Kind::unary: {
      const TreeNode& operand = tree.nodes[node.children[0]];
      return operand.kind == Kind::literal ? signed_number(node.text, operand.value) : std::nullopt;
    }
    case Kind::tuple:
    case Kind::list: {
      Value::Array items;
      for (const TreeIndex child : node.children) {
        auto item = literal(tree, child);
        if (!item) return std::nullopt;
        items.push_back(*std::move(item));
      }
      return Value(std::move(items));
    }
    default: return std::nullopt;
  }
}

}  // namespace

Result<Capture> parse_capture(std::string_view text, const Limits& limits) {
  const auto tree = parse_lambda(text, limits);
  if (!tree) {
    Error error = tree.error();
    error.place.clear();
    return std::unexpected(std::move(error));
  }
  Function function{std::string(text)};
  if (function.is_lambda() || is_dotted_name(*tree, tree->body)) return function;
  if (auto value = literal(*tree, tree->body)) return *std::move(value);
  return fail(
      ErrorCode::expression_type, "",
      fmt::format("expected a number, a string in quotes, None, a tuple or list of them, the name of a function "
                  "or a lambda, found `{}`",
                  text.substr(0, 100)));
}

}  // namespace revive
