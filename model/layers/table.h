// The built-in layer classes. Adding a layer is one file in this folder and one line in table.cpp.
#pragma once

#include <vector>

#include "revive/model/layer_class.h"

namespace revive {

std::vector<LayerClass> built_in_layer_classes();

}  // namespace revive
