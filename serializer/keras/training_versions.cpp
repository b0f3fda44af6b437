#include "revive/serializer/keras/training_versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "revive/serializer/keras/layer_settings.h"
#include "revive/serializer/keras/training_classes.h"

namespace revive {
namespace {

// Arguments that a class got later.
struct NewerArgument {
  std::string_view module;
  std::string_view class_name;
  std::string_view name;
  std::string_view since;
};
constexpr std::array kNewerArguments = {
    NewerArgument{"keras.losses", "SparseCategoricalCrossentropy", "axis", "3.10.0"},
    NewerArgument{"keras.losses", "Tversky", "axis", "3.8.0"},
    NewerArgument{"keras.metrics", "SparseCategoricalCrossentropy", "ignore_class", "3.14.0"},
    NewerArgument{"keras.metrics", "SparseTopKCategoricalAccuracy", "from_sorted_ids", "3.7.0"},
    NewerArgument{"keras.optimizers", "Muon", "adam_weight_decay", "3.13.0"},
    NewerArgument{"keras.optimizers", "Muon", "rms_rate", "3.13.0"},
};

void add_newer(std::vector<NewerPart>& found, std::string_view what, std::optional<std::string_view> since) {
  if (since && !since->empty()) found.push_back({std::string(what), *since});
}

// Of an object with a class that Keras has.
void add_newer_class(std::vector<NewerPart>& found, const Value& object, std::string_view class_name) {
  const std::string_view module = text_of(object, "module");
  if (class_name == "function") {
    const std::string_view name = text_of(object, "config");
    return add_newer(found, name, find_function_of_training(name));
  }
  for (const ModuleClasses& row : training_classes()) {
    if (row.module == module) add_newer(found, class_name, find_word(row.classes, class_name));
  }
  const Value* const config = object.find("config");
  if (config == nullptr || !config->is_object()) return;
  for (const NewerArgument& each : kNewerArguments) {
    const bool given = each.module == module && each.class_name == class_name && config->find(each.name) != nullptr;
    if (given) add_newer(found, fmt::format("{} of {}", each.name, class_name), each.since);
  }
}

void add_newer_parts(std::vector<NewerPart>& found, const Value& value, bool names_functions) {
  if (value.is_string() && names_functions) {
    add_newer(found, value.as_string(), find_function_of_training(value.as_string()));
  }
  if (value.is_array()) {
    for (const Value& item : value.as_array()) add_newer_parts(found, item, names_functions);
  }
  if (!value.is_object()) return;
  const std::string_view class_name = text_of(value, "class_name");
  if (!class_name.empty()) add_newer_class(found, value, class_name);
  for (const auto& [key, member] : value.as_object()) {
    add_newer_parts(found, member, names_functions && class_name.empty());
  }
}

}  // namespace

std::vector<std::string> newer_training_state(const Sequential& model) {
  std::vector<std::string> newer;
  const auto add = [&](std::string_view place, const std::vector<NewerPart>& parts) {
    for (const NewerPart& part : parts) {
      std::string each = fmt::format("{}: {}: {}", place, part.what, part.since);
      if (std::ranges::find(newer, each) == newer.end()) newer.push_back(std::move(each));
    }
  };
  if (model.compile_config().is_object()) {
    for (const auto& [key, value] : model.compile_config().as_object()) {
      std::vector<NewerPart> parts;
      if (key == "optimizer" && value.is_string()) {
        add_newer(parts, value.as_string(), find_optimizer(value.as_string()));
      } else {
        add_newer_parts(parts, value, key == "loss" || key == "metrics" || key == "weighted_metrics");
      }
      add(fmt::format("compile_config: {}", key), parts);
    }
  }
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    for (const auto& [key, value] : layer.training_only()) {
      std::vector<NewerPart> parts = newer_setting_parts(key, value);
      add_newer_parts(parts, value, false);
      add(place_of(path, layer, key), parts);
    }
  });
  return newer;
}

void drop_newer_defaults(Sequential& model) {
  visit_layers(model.root(), [](const std::string&, Layer& layer) {
    for (auto& [key, value] : layer.training_only()) drop_newer_defaults(key, value);
  });
}

bool has_newer_defaults(const Sequential& model) {
  bool found = false;
  visit_layers(model.root(), [&](const std::string&, const Layer& layer) {
    for (const auto& [key, value] : layer.training_only()) found = found || has_newer_defaults(key, value);
  });
  return found;
}

}  // namespace revive
