#include "revive/serializer/keras/training_code.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/serializer/keras/layer_settings.h"
#include "revive/serializer/keras/training_classes.h"
#include "revive/serializer/keras/training_versions.h"

namespace revive {
namespace {

// Keras' names for plain data that JSON has no form for.
constexpr std::string_view kDataClasses = "__slice__ __ellipsis__ __bytes__ __numpy__ __tensor__ __keras_tensor__";
constexpr std::string_view kLambdaClass = "__lambda__";
constexpr std::string_view kOptimizerKey = "optimizer";
// What compile() of stock Keras takes.
constexpr std::string_view kCompileKeys =
    "optimizer loss loss_weights metrics weighted_metrics run_eagerly steps_per_execution jit_compile auto_scale_loss";

bool has_word(std::string_view words, std::string_view wanted) {
  return find_word(words, wanted).has_value();
}

bool is_keras_class(std::string_view module, std::string_view class_name) {
  const auto has = [&](const ModuleClasses& row) {
    return row.module == module && find_word(row.classes, class_name).has_value();
  };
  return is_setting_class(module, class_name) || std::ranges::any_of(training_classes(), has);
}

// Of a class that Keras has.
std::string unknown_argument(const Value& object, std::string_view module) {
  const auto row = std::ranges::find(training_classes(), module, &ModuleClasses::module);
  const Value* const config = object.find("config");
  if (row == training_classes().end() || row->arguments.empty() || config == nullptr || !config->is_object()) return {};
  for (const auto& [key, value] : config->as_object()) {
    if (!has_word(row->arguments, key)) return fmt::format("`{}`, which no class of '{}' takes", key, module);
  }
  return {};
}

// What is wrong with an object that has a class, apart from its config.
std::string unsafe_class(const Value& object, std::string_view class_name) {
  if (class_name == kLambdaClass) return "a Python lambda";
  if (has_word(kDataClasses, class_name)) return {};
  const std::string_view module = text_of(object, "module");
  if (class_name == "function") {
    const std::string_view name = text_of(object, "config");
    const bool is_keras = (module == "builtins" || module.starts_with("keras.")) && find_function_of_training(name);
    return is_keras ? "" : fmt::format("the function '{}', which is not Keras' own", name);
  }
  const std::string_view registered = text_of(object, "registered_name");
  if (is_keras_class(module, class_name) && (registered.empty() || registered == class_name)) {
    return unknown_argument(object, module);
  }
  return fmt::format("the class '{}' of '{}', which is not Keras' own", registered.empty() ? class_name : registered,
                     module.empty() ? "__main__" : module);
}

// What is not safe under a key of compile_config.
std::string unsafe_in_compile(std::string_view key, const Value& value) {
  if (!has_word(kCompileKeys, key)) return "which Keras' compile() does not take";
  if (std::string part = unsafe_part(value); !part.empty() || key != kOptimizerKey) return part;
  const bool is_known = value.is_string() ? find_optimizer(value.as_string()).has_value() : value.is_object();
  return is_known
             ? ""
             : fmt::format("{}, which is not Keras' own", value.is_string() ? fmt::format("'{}'", value.as_string())
                                                          : value.is_null() ? "null"
                                                                            : value.brief());
}

// Under a key of a layer.
std::string unsafe_in_layer(std::string_view key, const Value& value) {
  std::string part = unsafe_part(value);
  return part.empty() ? wrong_setting(key, value) : part;
}

}  // namespace

std::string unsafe_part(const Value& value) {
  if (value.is_array()) {
    for (const Value& item : value.as_array()) {
      if (std::string part = unsafe_part(item); !part.empty()) return part;
    }
  }
  if (!value.is_object()) return {};
  if (const Value* const class_name = value.find("class_name")) {
    if (!class_name->is_string()) return "a class whose name is no text";
    if (std::string part = unsafe_class(value, class_name->as_string()); !part.empty()) return part;
  }
  for (const auto& [key, member] : value.as_object()) {
    if (std::string part = unsafe_part(member); !part.empty()) return part;
  }
  return {};
}

std::vector<std::string> training_code(const Sequential& model) {
  std::vector<std::string> found;
  if (model.compile_config().is_object()) {
    for (const auto& [key, value] : model.compile_config().as_object()) {
      const std::string part = unsafe_in_compile(key, value);
      if (!part.empty()) found.push_back(fmt::format("compile_config: {}: {}", key, part));
    }
  }
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    for (const auto& [key, value] : layer.training_only()) {
      const std::string part = unsafe_in_layer(key, value);
      if (!part.empty()) found.push_back(fmt::format("{}: {}", place_of(path, layer, key), part));
    }
  });
  return found;
}

Sequential without_training_code(const Sequential& model) {
  Sequential safe = model;
  if (model.compile_config().is_object()) {
    Value::Object kept;
    bool has_optimizer = true;
    for (const auto& [key, value] : model.compile_config().as_object()) {
      if (unsafe_in_compile(key, value).empty()) {
        kept.emplace_back(key, value);
      } else if (key == kOptimizerKey) {
        has_optimizer = false;
      }
    }
    safe.set_compile_config(has_optimizer && !kept.empty() ? Value(std::move(kept)) : Value());
  }
  visit_layers(safe.root(), [](const std::string&, Layer& layer) {
    std::erase_if(layer.training_only(),
                  [](const Value::Member& member) { return !unsafe_in_layer(member.first, member.second).empty(); });
  });
  drop_newer_defaults(safe);
  return safe;
}

}  // namespace revive
