// A total order of nodes, in which only nodes that are equal compare equal: by op, settings and arguments, floats and
// arrays by bits. It says nothing else, differs from run to run, and serves to find equal nodes among many.
#pragma once

#include <compare>

#include "revive/model/graph/graph.h"

namespace revive {

std::strong_ordering compare_nodes(const Node& a, const Node& b);

}  // namespace revive
