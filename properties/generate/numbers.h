// Drawing the numbers of a case: weights, input, and the special floats among them.
//
// Plain numbers follow from a seed that is one draw, so that a tensor of any size is as simple as its seed; seed 0
// gives 1, 2, 3, ... (ids: 0, 1, 2, ...). Special floats are draws of their own. Profile `tame` keeps weights within
// ±sqrt(3 / fan_in) and inputs on a grid of 1/64.
#pragma once

#include "revive/model/sequential.h"
#include "revive/properties/choices/choices.h"
#include "revive/properties/generate/generate.h"

namespace revive::properties {

// Gives weights to every layer. REQUIRES: the model is built and has none.
void draw_weights(Sequential& model, Choices& choices, Profile profile);
// Of shape (kBatch, ...), now and then of a batch so long that a value of the model is large, unknown axes
// kUnknownAxisSize, in the dtype that the model takes; ids that its Embedding
// knows. REQUIRES: the model is built.
Tensor draw_input(const Sequential& model, Choices& choices, Profile profile);

}  // namespace revive::properties
