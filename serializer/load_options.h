// What loading an archive may be told.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/limits.h"
#include "revive/model/capture.h"

namespace revive {

// A text that takes the place of a layer's Python.
struct GivenLambda {
  std::string layer;
  std::string text;
  // What it reads besides the layer's own arguments.
  Captures captures = {};
};

struct LoadOptions {
  Limits limits = {};
  // Called with one sentence for each thing that could not be kept and does not matter to what the model computes.
  std::function<void(std::string_view)> warn = {};
  // Lambdas that Keras stored as Python are translated, never run. What they read and the archive does not hold, by
  // name: module globals, functions, attributes such as "self.width". A name that no lambda reads is warned of.
  Captures bind = {};
  // A name without a layer that holds Python is an error.
  std::vector<GivenLambda> lambdas = {};
};

}  // namespace revive
