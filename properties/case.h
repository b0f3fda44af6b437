// A generated case: a model that can be saved and run, an input for it, and the names its lambdas captured.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/expression.h"
#include "model/sequential.h"

namespace revive::properties {

// Names and values that live outside the model. A serializer that stores captures by name looks them up here.
using Environment = std::map<std::string, Capture, std::less<>>;

struct Case {
  Sequential model;
  Tensor input;
  // What the lambdas read when they were made.
  Environment environment;
  // What kind of case this is, for statistics; see kLabelShares.
  std::vector<std::string> labels;
};

// A label and the least share of the cases of a run that must have it.
struct LabelShare {
  std::string_view label;
  double least;
};

// The shares every run enforces. "layers" counts four or more of them.
inline constexpr std::string_view kWeightsLabel = "has weights";
inline constexpr std::string_view kCaptureLabel = "has a capturing lambda";
inline constexpr std::string_view kSpecialsLabel = "has special floats";
inline constexpr LabelShare kLabelShares[] = {{kWeightsLabel, 0.60}, {kCaptureLabel, 0.20}, {kSpecialsLabel, 0.10}};
// The least average number of layers, those of nested stacks included, InputLayers not.
inline constexpr double kLeastAverageLayers = 4.0;

// The layers of a case as kLeastAverageLayers counts them.
std::size_t count_layers(const Sequential& model);

}  // namespace revive::properties
