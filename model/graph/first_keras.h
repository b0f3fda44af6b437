// Which releases of Keras read a graph.
#pragma once

#include <string_view>

#include "revive/model/graph/graph.h"

namespace revive {

// Whether the release (three numbers with dots) came after another.
bool is_newer_keras(std::string_view version, std::string_view than);

// The first that reads the node, or the graph, as it is written: kOldestKeras or a newer one.
std::string_view first_keras(const Node& node);
std::string_view first_keras(const Graph& graph);

}  // namespace revive
