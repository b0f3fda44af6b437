// One layer from the generator, for a shape in the middle of a stack.
#pragma once

#include <optional>

#include "revive/model/base/random.h"
#include "revive/model/layer.h"

namespace revive::fuzz {

// A built layer of any class that takes the input; nothing when none does. It has no weights.
std::optional<Layer> draw_layer(const Shape& input, DType dtype, Random& random);

// A layer of the same class for the same input with its fields drawn anew. REQUIRES: layer.built().
std::optional<Layer> redraw_layer(const Layer& layer, Random& random);

}  // namespace revive::fuzz
