// A generated case: a model that can be saved and run, an input for it, and the names its lambdas captured.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "revive/model/capture.h"
#include "revive/model/sequential.h"

namespace revive::properties {

// Names and values that live outside the model. A serializer that stores captures by name looks them up here.
using Environment = std::map<std::string, Capture, std::less<>>;

struct Case {
  Sequential model;
  Tensor input;
  // What the lambdas read when they were made.
  Environment environment;
};

// The layers of a model, those of nested stacks included, InputLayers and the nested stacks themselves not.
std::size_t count_layers(const Sequential& model);

}  // namespace revive::properties
