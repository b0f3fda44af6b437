// The last step of a Builder: what the result reaches becomes a tree of its own, and is checked as a whole.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "revive/model/lambda/names.h"
#include "revive/model/lambda/printer.h"
#include "revive/serializer/python/builder.h"

namespace revive::python {
namespace {

using Kind = TreeNode::Kind;

// In the order in which the text would name them: `a if c else b` spells a first.
std::vector<TreeIndex> children_in_text(const TreeNode& node) {
  if (node.kind != Kind::conditional) return node.children;
  return {node.children[1], node.children[0], node.children[2]};
}

// Copies nodes from `nodes`, children first.
class Compaction {
 public:
  explicit Compaction(const std::vector<TreeNode>& nodes) : nodes_(nodes), moved_(nodes.size(), kNoTree) {}

  TreeIndex copy(TreeIndex root, std::vector<TreeNode>& out) {
    std::vector<TreeIndex> pending = {root};
    while (!pending.empty()) {
      const TreeIndex index = pending.back();
      if (moved_[index] != kNoTree) {
        pending.pop_back();
        continue;
      }
      const std::size_t before = pending.size();
      const std::vector<TreeIndex> children = children_in_text(nodes_[index]);
      for (auto child = children.rbegin(); child != children.rend(); ++child) {
        if (*child != kNoTree && moved_[*child] == kNoTree) pending.push_back(*child);
      }
      if (pending.size() != before) continue;
      pending.pop_back();
      moved_[index] = static_cast<TreeIndex>(out.size());
      out.push_back(nodes_[index]);
      for (TreeIndex& child : out.back().children) {
        if (child != kNoTree) child = moved_[child];
      }
    }
    return moved_[root];
  }

  bool reached(TreeIndex index) const { return moved_[index] != kNoTree; }

 private:
  const std::vector<TreeNode>& nodes_;
  std::vector<TreeIndex> moved_;
};

// Slices stand where the text could spell them.
Status check_places(const Tree& tree) {
  for (const TreeNode& node : tree.nodes) {
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const bool key = node.kind == Kind::subscript && i > 0;
      if (node.children[i] == kNoTree || tree.nodes[node.children[i]].kind != Kind::slice || key) continue;
      return fail(ErrorCode::bytecode_unsupported, "", "a slice stands outside of an index");
    }
  }
  if (tree.nodes[tree.body].kind != Kind::slice) return {};
  return fail(ErrorCode::bytecode_unsupported, "", "a slice stands outside of an index");
}

// As the tree promises; see expression_tree.h.
Status check_depth(const Tree& tree, const Limits& limits) {
  std::vector<std::size_t> depths(tree.nodes.size());
  for (TreeIndex index = 0; index < tree.nodes.size(); ++index) {
    // The spine child is the first one; the same node may stand behind it once more.
    const bool has_spine = tree.spine_child(index) != kNoTree;
    const auto& children = tree.nodes[index].children;
    std::size_t depth = 1;
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (children[i] != kNoTree) depth = std::max(depth, depths[children[i]] + (i == 0 && has_spine ? 0 : 1));
    }
    if (depth > limits.expression_depth) {
      return fail(ErrorCode::limit_exceeded, "",
                  fmt::format("expected at most {} nested expressions", limits.expression_depth));
    }
    depths[index] = depth;
  }
  return {};
}

}  // namespace

// A call whose result nobody uses: functions of the language give a value and do nothing else, and so do methods that
// look at a shape. Of any other nobody knows what it does.
bool Builder::is_harmless(const TreeNode& call, const std::vector<Tree::Parameter>& parameters) const {
  constexpr std::array<std::string_view, 8> kLooking = {"get_shape", "set_shape", "as_list", "keys",
                                                        "values",    "items",     "get",     "astype"};
  const TreeNode* callee = &nodes_[call.children[0]];
  const std::string_view last = callee->text;
  const bool method = callee->kind == Kind::attribute;
  if (method && std::ranges::find(kLooking, last) != kLooking.end()) return true;
  while (callee->kind == Kind::attribute) callee = &nodes_[callee->children[0]];
  const bool parameter = std::ranges::find(parameters, callee->text, &Tree::Parameter::name) != parameters.end();
  return callee->kind == Kind::name && !parameter && is_language_name(callee->text);
}

Result<Tree> Builder::finish(TreeIndex body, std::vector<Tree::Parameter> parameters, const Limits& limits) {
  if (error_) return std::unexpected(*error_);
  Tree tree{{}, std::move(parameters), kNoTree};
  Compaction compaction(nodes_);
  tree.body = compaction.copy(body, tree.nodes);
  for (TreeIndex index = 0; index < nodes_.size(); ++index) {
    if (nodes_[index].kind != Kind::call || compaction.reached(index)) continue;
    if (is_harmless(nodes_[index], tree.parameters)) continue;
    if (std::ranges::find(settled_, index) != settled_.end()) continue;
    Tree callee{{}, {{"x", kNoTree}}, kNoTree};
    callee.body = Compaction(nodes_).copy(nodes_[index].children[0], callee.nodes);
    const auto text = tree_to_text(callee, limits);
    const std::string name = text ? text->substr(std::string_view("lambda x: ").size()) : "a function";
    return fail(ErrorCode::bytecode_unsupported, "",
                fmt::format("the result of {}(...) is thrown away; a lambda has nothing but its result", name));
  }
  if (const Status status = check_places(tree); !status) return std::unexpected(status.error());
  if (const Status status = check_depth(tree, limits); !status) return std::unexpected(status.error());
  return tree;
}

}  // namespace revive::python
