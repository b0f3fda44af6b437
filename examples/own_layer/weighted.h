// acme>Weighted, a layer of a package called acme: what the layer inside of it gives, times a number that is trained.
#pragma once

#include "revive/model/layer_class.h"

namespace acme {

revive::LayerClass weighted_class();

}  // namespace acme
