#include "model/expression_tree.h"

#include <set>
#include <utility>

namespace revive {

bool same_tree(const Tree& a, const Tree& b) {
  using Pair = std::pair<TreeIndex, TreeIndex>;
  // Every pair is looked at once, so shared nodes cost no more than others.
  std::set<Pair> seen;
  std::vector<Pair> pending;
  const auto visit = [&](TreeIndex left, TreeIndex right) {
    if (left == kNoTree || right == kNoTree) return left == right;
    if (seen.emplace(left, right).second) pending.emplace_back(left, right);
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
