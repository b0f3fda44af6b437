// The object that Keras wraps a layer's config in: module, class_name, config, registered_name.
#pragma once

#include <string>
#include <string_view>

#include "revive/model/base/error.h"
#include "revive/model/base/value.h"
#include "revive/model/layer_class.h"

namespace revive {

// The object taken apart; points into the Value it was read from.
struct ConfigEntry {
  // Empty where Keras writes null, for a class of `__main__`.
  const std::string* module = nullptr;
  const std::string* class_name = nullptr;
  const Value::Object* config = nullptr;
  // Nothing where Keras writes null.
  const std::string* registered_name = nullptr;
  const Value* compile_config = nullptr;
};

// The value of a key, or nullptr.
const Value* find_member(const Value::Object& object, std::string_view key);

// Whether an object stands in a list, or in a graph, whose objects also say how they are called and on what.
enum class EntryOf : std::uint8_t { list, graph };

// Errors: config_type, config_missing_key, config_unknown_key.
Result<ConfigEntry> read_entry(const Value& value, const std::string& place, EntryOf of = EntryOf::list);

// The registered class that the entry names, in a module where some version from 2.13 on kept it. Errors:
// config_unknown_class.
Result<const LayerClass*> find_class(const ConfigEntry& entry, const std::string& place);

}  // namespace revive
