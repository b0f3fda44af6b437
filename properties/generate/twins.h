// Nodes that are alike but for one component of one argument or setting. Whoever takes one for the other computes the
// wrong thing: a generator puts both in one graph.
#pragma once

#include <string_view>
#include <vector>

#include "revive/model/graph/graph.h"

namespace revive::properties {

struct Twins {
  // "the step of a slice", ...
  std::string_view component;
  std::vector<Node> nodes;
};

// By kind of component, of those that the node has; steps of slices first. Whether an op takes the nodes, and what it
// makes of them, is not looked at. Floats differ in their sign first, so that 0.0 is beside -0.0, and NaN is beside
// 0.0.
std::vector<Twins> twins_of(const Node& node);

}  // namespace revive::properties
