// Whether a lambda that computes nothing hands on the very tensor that it is given, and with it the mask that Keras
// hangs on the tensor: x[:] does so on JAX, and makes another tensor on TensorFlow.
#pragma once

#include "revive/model/graph/graph.h"

namespace revive {

// Whether the graph, which is not the identity, gives its input's elements as they are, by ops that are free to give
// the input itself. REQUIRES: the graph fits the type.
bool may_hand_on_its_input(const Graph& graph, const TensorType& input);

}  // namespace revive
