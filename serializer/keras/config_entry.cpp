#include "revive/serializer/keras/config_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "revive/model/registry.h"
#include "revive/serializer/keras/refused_classes.h"

namespace revive {
namespace {

// What a graph says of a layer beside its object.
constexpr std::string_view kGraphName = "name";
constexpr std::string_view kInboundNodes = "inbound_nodes";

// Where a class of `declared` was said to live by some version from 2.13 on.
bool module_is_known(std::string_view module, std::string_view declared) {
  // Keras 2 as a package of its own beside Keras 3.
  if (module.starts_with("tf_keras")) module.remove_prefix(std::string_view("tf_").size());
  if (module == declared) return true;
  if (declared == "keras.layers") return module.starts_with("keras.src.layers.") || module == "keras.src.layers";
  if (declared == "keras.src.models.functional") {
    constexpr std::array kOlder = {"keras.src.engine.functional", "keras.engine.functional", "keras.models", "keras"};
    return std::ranges::find(kOlder, module) != kOlder.end();
  }
  if (declared == "keras") {
    constexpr std::array kOlder = {"keras.models", "keras.src", "keras.src.models.sequential",
                                   "keras.src.engine.sequential", "keras.engine.sequential"};
    return std::ranges::find(kOlder, module) != kOlder.end();
  }
  return false;
}

}  // namespace

const Value* find_member(const Value::Object& object, std::string_view key) {
  const auto found = std::ranges::find(object, key, &Value::Member::first);
  return found == object.end() ? nullptr : &found->second;
}

Result<ConfigEntry> read_entry(const Value& value, const std::string& place, EntryOf of) {
  if (!value.is_object()) {
    return fail(ErrorCode::config_type, place, fmt::format("expected an object, found {}", value.kind_name()));
  }
  ConfigEntry entry;
  for (const auto& [key, member] : value.as_object()) {
    const auto wrong = [&](std::string_view expected) {
      return fail(ErrorCode::config_type, place + "/" + key,
                  fmt::format("expected {}, found {}", expected, member.is_null() ? "null" : member.brief()));
    };
    if (key == "module" || key == "class_name") {
      static const std::string kNoModule;
      // A class of the program that saved the model, as Keras calls `__main__`.
      const bool is_own = key == "module" && member.is_null();
      if (!member.is_string() && !is_own) return wrong("a string");
      (key == "module" ? entry.module : entry.class_name) = is_own ? &kNoModule : &member.as_string();
    } else if (key == "config") {
      if (!member.is_object()) return wrong("an object");
      entry.config = &member.as_object();
    } else if (key == "registered_name") {
      if (!member.is_string() && !member.is_null()) return wrong("a string or null");
      if (member.is_string() && !member.as_string().empty()) entry.registered_name = &member.as_string();
    } else if (key == "compile_config") {
      if (!member.is_object() && !member.is_null()) return wrong("an object or null");
      entry.compile_config = &member;
    } else if (key == "build_config") {
      // Redundant: every shape follows from the input's.
      if (!member.is_object() && !member.is_null()) return wrong("an object or null");
    } else if (key == "shared_object_id") {
      // Says which training-only objects were one object in Python.
      if (!member.is_int() && !member.is_null()) return wrong("an int or null");
    } else if (of == EntryOf::list || (key != kGraphName && key != kInboundNodes)) {
      return fail(ErrorCode::config_unknown_key, place + "/" + key, "an object of a class has no such key");
    }
  }
  const auto require = [&](bool there, std::string_view key) -> Status {
    if (there) return {};
    return fail(ErrorCode::config_missing_key, place, fmt::format("expected the key \"{}\"", key));
  };
  REVIVE_RETURN_IF_ERROR(require(entry.class_name != nullptr, "class_name"));
  REVIVE_RETURN_IF_ERROR(require(entry.module != nullptr, "module"));
  REVIVE_RETURN_IF_ERROR(require(entry.config != nullptr, "config"));
  return entry;
}

Result<const LayerClass*> find_class(const ConfigEntry& entry, const std::string& place) {
  const LayerClass* layer_class = nullptr;
  // Keras registers a user's class as "package>Name". By any other name it finds none, and goes by the class name.
  if (entry.registered_name != nullptr && entry.registered_name->contains('>')) {
    layer_class = find_layer_class(*entry.registered_name);
    if (layer_class == nullptr) {
      return fail(ErrorCode::config_unknown_class, place + "/registered_name",
                  fmt::format("no layer class '{}' is registered", *entry.registered_name));
    }
    return layer_class;
  }
  layer_class = find_layer_class(*entry.class_name);
  if (entry.module->empty()) {
    return fail(
        ErrorCode::config_unknown_class, place + "/class_name",
        fmt::format("no layer class '{}' is known: it is one of the program that saved the model", *entry.class_name));
  }
  if (layer_class == nullptr || layer_class->name.find('>') != std::string::npos) {
    const std::string_view what = what_it_is(*entry.class_name);
    return fail(ErrorCode::config_unknown_class, place + "/class_name",
                fmt::format("no layer class '{}' is known{}", *entry.class_name,
                            what.empty() ? std::string() : fmt::format(" ({})", what)));
  }
  if (!module_is_known(*entry.module, layer_class->module)) {
    return fail(ErrorCode::config_unknown_class, place + "/module",
                fmt::format("expected {} in the module '{}', found '{}'", layer_class->name, layer_class->module,
                            *entry.module));
  }
  return layer_class;
}

}  // namespace revive
