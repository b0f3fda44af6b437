// The syntax tree of a lambda, and its parser.
//
// Nodes live in one array and refer to each other by index; children stand before their parents. Two parents may share
// a child (the locals of a `def` do), so a tree is a DAG: it is walked node by node, never path by path. Names are not
// resolved and nothing is evaluated. How deep the nodes can nest other than through Tree::spine_child() is bounded by
// Limits::expression_depth, so code that walks that chain in a loop may recurse over all other children.
//
// A number has no sign: -1 is a unary node over the literal 1, as in the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/base/value.h"

namespace revive {

using TreeIndex = std::uint32_t;
inline constexpr TreeIndex kNoTree = UINT32_MAX;

struct TreeNode {
  enum class Kind : std::uint8_t {
    literal,      // value: None, bool, int, float, str
    ellipsis,     //
    name,         // text
    attribute,    // children[0] . text
    subscript,    // children[0] [ children[1..] ]; x[(0, 1)] has the children of x[0, 1], x[0,] the tuple (0,)
    slice,        // children: start, stop, step; kNoTree where left out. Only a direct child of a subscript
    unary,        // text children[0]; "-", "+", "~", "not"
    binary,       // children[0] text children[1]
    logical,      // children[0] text children[1]; "and", "or"
    comparison,   // children[0] names[0] children[1] names[1] children[2] ...; "<", "is not", "not in", ...
    conditional,  // children: condition, then, otherwise
    call,         // children[0] ( children[1..] ), names[i] the keyword of argument i, empty, "*" or "**"
    tuple,        // (children); names, if any, hold "*" for the items that are unpacked
    list,         // [children], likewise
    dict,         // {children[0]: children[1], ...}; a name "**" unpacks an entry's value, whatever its key is
    function,     // lambda names[0], names[1]=children[2], ...: children[0]; kNoTree for no default
    loop,         // see below
  };

  // A loop walks through children[0] and calls the item names[0] ("i", or "i, j" for items that are unpacked). It
  // carries n values, names[1..n], which begin as children[1..n]; for every item each becomes children[n + i], all at
  // once. The loop is the tuple of what they are in the end. A comprehension is a loop that carries one list:
  //
  //   [f(i) for i in s]     loop: s, [], kAccumulator + [f(i)], of which [0] is taken

  Kind kind = Kind::literal;
  std::size_t position = 0;
  std::string text;
  Value value;
  std::vector<TreeIndex> children;
  std::vector<std::string> names;
};

// The name of the list that a comprehension carries; no text can spell it.
inline constexpr std::string_view kAccumulator = ".0";

struct Tree {
  struct Parameter {
    std::string name;
    TreeIndex fallback = kNoTree;
  };

  std::vector<TreeNode> nodes;
  // The first is the input tensor.
  std::vector<Parameter> parameters;
  TreeIndex body = kNoTree;

  // The child that is evaluated first and always, for the kinds that chain to the left without brackets (a + b + c,
  // x[..][..], f(x)(y)); kNoTree for the others.
  TreeIndex spine_child(TreeIndex index) const;
};

// The same parameters and the same nodes below body and defaults; positions and the sharing of nodes do not count.
bool same_tree(const Tree& a, const Tree& b);

// What holds for every tree of the parser, and has to for others before they are walked: the kinds have the children
// that they declare, children stand before their parents, the nesting is bounded. Errors: as parse_lambda().
Status check_tree(const Tree& tree, const Limits& limits);

// Errors: expression_syntax, limit_exceeded.
Result<Tree> parse_lambda(std::string_view text, const Limits& limits);

}  // namespace revive
