// What loading an archive may be told.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "revive/model/base/limits.h"
#include "revive/model/capture.h"

namespace revive {

struct LoadOptions {
  Limits limits = {};
  // Called with one sentence for each thing that could not be kept and does not matter to what the model computes.
  std::function<void(std::string_view)> warn = {};
  // Lambdas that Keras stored as Python are translated, never run. What they read and the archive does not hold, by
  // name: module globals, functions, attributes such as "self.width". A name that no lambda reads is warned of.
  Captures bind = {};
  // (layer name, text): takes the place of that layer's Python. A name without such a layer is an error.
  std::vector<std::pair<std::string, std::string>> lambdas = {};
};

}  // namespace revive
