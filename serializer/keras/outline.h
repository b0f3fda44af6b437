// What a config.json says of its layers, whether or not they are known: name, class, where it stands.
//
// For what there is to say about a model that does not load. Reads whatever it can and skips the rest.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/base/value.h"

namespace revive {

struct OutlineLayer {
  // "/config/layers/2".
  std::string place;
  // 0 for a layer of the model itself, more for those inside others.
  std::size_t depth = 0;
  std::string name;
  // "Dense", or "package>Name" where it is registered under such a name.
  std::string class_name;
  // Where Keras imports it from; empty for a class of the program that saved it.
  std::string module;
  bool known = false;
};

// Every layer, in order, those inside a layer after it.
std::vector<OutlineLayer> outline_of(const Value& document);
// The same of an archive. Errors: those of load() up to the JSON of config.json.
Result<std::vector<OutlineLayer>> outline(const std::string& path, const Limits& limits = {});

}  // namespace revive
