// From a graph back to a lambda: the other way of lowering, derived from the declarations of the ops.
//
// Lowering what graph_to_tree() gives makes the same graph again, under limits that admit its depth: a node of the tree
// nests where the graph does, to Limits::expression_depth. Nodes that the graph uses twice are shared in the tree. What
// a text cannot spell (arrays, floats that are not finite) is captured as c0, c1, ...; a caller may ask for more to be
// captured, and how it is named.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "revive/model/graph/graph.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/lambda/syntax_tree.h"

namespace revive {

struct TreeOfGraph {
  Tree tree;
  Captures captures;
};

// The name under which a constant is captured, or nothing for a literal. `role` is the parameter, config key or bound
// of a slice that it stands for ("axis", "x2", "start"). Asked for every constant in the order of the nodes, once each;
// an int in an index that counts from the end is asked for without its sign, as in x[:, -width:]. Names must differ
// from each other and from x; a constant without spelling has to be named.
using NameConstant = std::function<std::string(const Capture& constant, std::string_view role)>;

// Whether a text can spell the constant as a literal.
bool has_spelling(const Capture& constant);

TreeOfGraph graph_to_tree(const Graph& graph);
TreeOfGraph graph_to_tree(const Graph& graph, const NameConstant& name);

}  // namespace revive
