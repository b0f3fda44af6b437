// Drawing the activation of a layer.
#pragma once

#include "revive/model/kernels/activation.h"
#include "revive/model/layer_draw.h"

namespace revive {

// Any activation that can take `shape`, which the layer gives before it, linear first.
Activation draw_activation(LayerDraw& draw, const Shape& shape);

}  // namespace revive
