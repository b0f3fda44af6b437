// The InputLayer in front of a stack, which says what the stack is fed.
#pragma once

#include <string>

#include "revive/model/layer.h"

namespace revive {

bool is_input_layer(const Layer& layer);

// What an InputLayer declares. REQUIRES: is_input_layer(layer).
Shape& declared_shape(Layer& layer);
const Shape& declared_shape(const Layer& layer);
DType declared_dtype(const Layer& layer);

// One that declares these; `name` may be empty, which a stack fills in.
Layer make_input_layer(const Shape& shape, DType dtype, std::string name = "");

}  // namespace revive
