// Layer classes as --layers names them: "Dense,ReLU".
#pragma once

#include <string>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/layer_class.h"

namespace revive::tools {

// None for an empty text. Errors: usage, for a name that is not registered or a class that no stack can hold.
Result<std::vector<const LayerClass*>> layer_classes_named(const std::string& text);
std::string text_of(const std::vector<const LayerClass*>& classes);

}  // namespace revive::tools
