#include "revive/model/lambda/syntax_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "revive/model/lambda/operators.h"

namespace revive {
namespace {

using Kind = TreeNode::Kind;

bool is_infix(std::string_view symbol, Kind kind) {
  return std::ranges::any_of(kInfixes,
                             [&](const Infix& infix) { return infix.symbol == symbol && infix.kind == kind; });
}

// Whether the node has no names, or one of `mark` and nothing for each of its items.
bool unpacks(const TreeNode& node, std::string_view mark, std::size_t items) {
  return node.names.empty() ||
         (node.names.size() == items &&
          std::ranges::all_of(node.names, [&](const std::string& name) { return name.empty() || name == mark; }));
}

// Whether the node has the children, names and text that its kind declares; where the children are is not looked at.
bool is_well_formed(const TreeNode& node) {
  const std::size_t count = node.children.size();
  switch (node.kind) {
    case Kind::literal: return count == 0 && !node.value.is_array() && !node.value.is_object();
    case Kind::ellipsis:
    case Kind::name: return count == 0;
    case Kind::attribute: return count == 1;
    case Kind::subscript: return count >= 2;
    case Kind::slice:
    case Kind::conditional: return count == 3;
    case Kind::unary:
      return count == 1 && (node.text == "-" || node.text == "+" || node.text == "~" || node.text == "not");
    case Kind::binary:
    case Kind::logical: return count == 2 && is_infix(node.text, node.kind);
    case Kind::comparison:
      return count >= 2 && node.names.size() == count - 1 &&
             std::ranges::all_of(node.names, [](const auto& symbol) { return is_infix(symbol, Kind::comparison); });
    case Kind::call: return count >= 1 && node.names.size() == count - 1;
    case Kind::tuple:
    case Kind::list: return unpacks(node, "*", count);
    case Kind::dict: return count % 2 == 0 && unpacks(node, "**", count / 2);
    case Kind::function: return count >= 1 && node.names.size() == count - 1;
    case Kind::loop: return count % 2 == 1 && node.names.size() == count / 2 + 1;
  }
  return false;
}

}  // namespace

Status check_tree(const Tree& tree, const Limits& limits) {
  const auto malformed = [](std::size_t index) {
    return fail(ErrorCode::expression_syntax, "lambda", fmt::format("node {} is not part of a lambda's tree", index));
  };
  // How deep each node nests what is below it, other than through spines.
  std::vector<std::uint64_t> depths(tree.nodes.size(), 1);
  for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
    const TreeNode& node = tree.nodes[i];
    if (!is_well_formed(node)) return malformed(i);
    for (std::size_t c = 0; c < node.children.size(); ++c) {
      const TreeIndex child = node.children[c];
      const bool may_be_left_out = node.kind == Kind::slice || (node.kind == Kind::function && c > 0);
      if (child == kNoTree && may_be_left_out) continue;
      if (child >= i) return malformed(i);
      const bool may_be_slice = node.kind == Kind::subscript && c > 0;
      if (tree.nodes[child].kind == Kind::slice && !may_be_slice) return malformed(child);
      const bool spine = child == tree.spine_child(static_cast<TreeIndex>(i)) && c == 0;
      depths[i] = std::max(depths[i], depths[child] + (spine ? 0 : 1));
    }
    if (depths[i] > limits.expression_depth) {
      return fail(ErrorCode::limit_exceeded, "lambda",
                  fmt::format("expected at most {} nested expressions", limits.expression_depth));
    }
  }
  const auto is_root = [&](TreeIndex index) {
    return index < tree.nodes.size() && tree.nodes[index].kind != Kind::slice;
  };
  if (tree.parameters.empty() || !is_root(tree.body)) return malformed(tree.body);
  for (const Tree::Parameter& parameter : tree.parameters) {
    if (parameter.fallback != kNoTree && !is_root(parameter.fallback)) return malformed(parameter.fallback);
  }
  return {};
}

bool same_tree(const Tree& a, const Tree& b) {
  using Pair = std::pair<TreeIndex, TreeIndex>;
  // Every pair is looked at once, so shared nodes cost no more than others. Few nodes have more than one counterpart.
  std::vector<TreeIndex> counterpart(b.nodes.size(), kNoTree);
  std::set<Pair> seen;
  std::vector<Pair> pending;
  const auto visit = [&](TreeIndex left, TreeIndex right) {
    if (left == kNoTree || right == kNoTree) return left == right;
    if (counterpart[right] == left) return true;
    const bool first = counterpart[right] == kNoTree;
    if (first) counterpart[right] = left;
    if (first || seen.emplace(left, right).second) pending.emplace_back(left, right);
    return true;
  };
  if (a.parameters.size() != b.parameters.size() || !visit(a.body, b.body)) return false;
  for (std::size_t i = 0; i < a.parameters.size(); ++i) {
    if (a.parameters[i].name != b.parameters[i].name) return false;
    if (!visit(a.parameters[i].fallback, b.parameters[i].fallback)) return false;
  }
  while (!pending.empty()) {
    const TreeNode& left = a.nodes[pending.back().first];
    const TreeNode& right = b.nodes[pending.back().second];
    pending.pop_back();
    if (left.kind != right.kind || left.text != right.text || !(left.value == right.value) ||
        left.names != right.names || left.children.size() != right.children.size()) {
      return false;
    }
    for (std::size_t i = 0; i < left.children.size(); ++i) {
      if (!visit(left.children[i], right.children[i])) return false;
    }
  }
  return true;
}

}  // namespace revive
