// Drawing graphs: ops applied one after the other to the value at hand, with what their declarations draw for it.
//
// Every op of the registry can come up. Where a profile compares with another implementation, an op that jumps is only
// applied to values that both sides have with the same bits, and an op with a restricted domain to values that were
// cut to it; see OpNumerics.
#pragma once

#include <vector>

#include "revive/model/graph/graph.h"
#include "revive/model/graph/op_draw.h"
#include "revive/model/layer_draw.h"
#include "revive/properties/choices/choices.h"
#include "revive/properties/generate/generate.h"

namespace revive::properties {

struct DrawnGraph {
  Graph graph;
  // Whether equal input bits give equal output bits in every implementation.
  bool exact = false;
};

// A float of the profile: a plain one, and where the profile is wild now and then any at all.
double draw_real(Choices& choices, Profile profile);
// An array of plain numbers of the dtype, floats of the profile.
Tensor draw_array(Choices& choices, Profile profile, DType dtype, const Dims& dims);

// A graph over an input of `dtype` and the context's shape, whose result is float32 and has at least one element a
// sample. `exact` says whether the input has the same bits in every implementation. Errors are defects of a
// declaration.
Result<DrawnGraph> draw_graph(Choices& choices, Profile profile, DType dtype, const DrawContext& context, bool exact);

}  // namespace revive::properties
