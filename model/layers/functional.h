// The Functional, a model whose layers each say what they are called on. Here it is a stack: its layers are one chain.
#pragma once

#include "revive/model/layer_class.h"

namespace revive {

const LayerClass& functional_layer_class();
bool is_functional(const LayerClass& layer_class);

}  // namespace revive
