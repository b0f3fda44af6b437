// A thing under test: whatever saves a model and brings it back.
//
// A Subject is a value made of functions. save() and load() get the Environment as it is at that moment: it is filled
// before save and altered before load, so a subject that looks names up there instead of storing values is found out.
// All functions are pure but for that. A subject that fails returns an Error; it does not throw.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "model/sequential.h"
#include "properties/case.h"

namespace revive::properties {

using Bytes = std::vector<std::byte>;

struct Subject {
  std::string name;
  std::function<Result<Bytes>(const Sequential& model, const Environment& environment)> save;
  std::function<Result<Sequential>(std::span<const std::byte> archive, const Environment& environment)> load;
  std::function<Result<Tensor>(const Sequential& model, const Tensor& input)> predict;
};

// revive's own serializer.
Subject revive_subject();

}  // namespace revive::properties
