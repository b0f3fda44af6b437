#include "revive/fuzz/mutators/mutate_config.h"

#include <array>
#include <vector>

#include "revive/fuzz/mutators/field_value.h"
#include "revive/fuzz/mutators/mutate_json.h"
#include "revive/fuzz/mutators/pick.h"
#include "revive/model/config.h"
#include "revive/model/registry.h"

namespace revive::fuzz {
namespace {

// The object around a layer's config, or an op's: something with a class name and a config.
bool is_entry(const Value& value) {
  const Value* class_name = value.find("class_name");
  const Value* config = value.find("config");
  return class_name != nullptr && class_name->is_string() && config != nullptr && config->is_object();
}

const LayerClass* class_of(const Value& entry) {
  return find_layer_class(entry.find("class_name")->as_string());
}

std::vector<Value*> layer_entries(Value& document) {
  std::vector<Value*> entries;
  for (Value* value : all_values(document)) {
    if (is_entry(*value) && class_of(*value) != nullptr) entries.push_back(value);
  }
  return entries;
}

// What stands in the slots of all layers.
std::vector<Value*> children_of(Value& document) {
  std::vector<Value*> found;
  for (Value* entry : layer_entries(document)) {
    for (const ChildSlot& slot : class_of(*entry)->slots) {
      Value* const children = entry->find("config")->find(slot.key);
      if (children != nullptr) found.push_back(children);
    }
  }
  return found;
}

std::vector<Value::Array*> layer_lists(Value& document) {
  std::vector<Value::Array*> lists;
  for (Value* children : children_of(document)) {
    if (children->is_array() && !children->as_array().empty()) lists.push_back(&children->as_array());
  }
  return lists;
}

bool set_field(Value& document, Random& random) {
  const auto entries = layer_entries(document);
  if (entries.empty()) return false;
  Value& entry = *pick(random, entries);
  const Layer layer = drawn_for_any_input(*class_of(entry), random);
  std::vector<std::pair<const Layer*, const Field*>> fields;
  visit_fields(layer, [&](const Layer& holder, const Field& field) { fields.emplace_back(&holder, &field); });
  if (fields.empty()) return false;
  const auto [holder, field] = pick(random, fields);
  Value* value = entry.find("config")->find(field->name);
  if (value == nullptr || value->is_object()) return false;
  Value drawn = holder->lambda() != nullptr ? Value() : write_field(holder->ref(*field));
  if (chance(random, 1, 3)) step_aside(drawn, random);
  // What is there already would change nothing.
  if (holder->lambda() != nullptr || drawn == *value || chance(random, 1, 3)) {
    drawn = field_value(*field, holder->ref(*field), random);
  }
  *value = std::move(drawn);
  return true;
}

// A number, a bool or a spelling anywhere: shapes, flags, and the constants of op graphs.
bool nudge_leaf(Value& document, Random& random) {
  std::vector<Value*> leaves;
  for (Value* value : all_values(document)) {
    if (value->is_int() || value->is_real() || value->is_bool()) leaves.push_back(value);
  }
  if (leaves.empty()) return false;
  nudge_value(*pick(random, leaves), random);
  return true;
}

bool change_class(Value& document, Random& random) {
  const auto entries = layer_entries(document);
  if (entries.empty()) return false;
  Value& entry = *pick(random, entries);
  constexpr std::array<const char*, 6> kModules = {
      "keras.layers", "keras.src.layers.core.dense", "keras.src", "keras", "builtins", "os"};
  constexpr std::array<const char*, 2> kStrangers = {"MultiHeadAttention", "__lambda__"};
  switch (random.below(5)) {
    case 0: *entry.find("class_name") = std::string_view(pick(random, layer_classes())->name); break;
    case 1: *entry.find("class_name") = pick(random, kStrangers); break;
    case 2:
      if (Value* module = entry.find("module")) *module = pick(random, kModules);
      break;
    case 3:
      if (Value* registered = entry.find("registered_name")) {
        *registered = chance(random, 1, 2) ? Value("package>Custom") : Value(*entry.find("class_name"));
      }
      break;
    default:
      if (Value* dtype = entry.find("config")->find("dtype")) *dtype = pick(random, dtype_policy_names());
  }
  return true;
}

bool rename_layer(Value& document, Random& random) {
  const auto entries = layer_entries(document);
  if (entries.empty()) return false;
  Value* name = pick(random, entries)->find("config")->find("name");
  if (name == nullptr) return false;
  Value* other = pick(random, entries)->find("config")->find("name");
  if (other != nullptr && chance(random, 1, 4)) {
    *name = Value(*other);
  } else {
    nudge_value(*name, random);
  }
  return true;
}

// A key as an older Keras spelled it, or, up to 3.1, a plain name for a dtype policy, which is an object from 3.2 on.
bool older_spelling(Value& document, Random& random) {
  std::vector<std::pair<std::string*, const Field*>> keys;
  std::vector<Value*> policies;
  for (Value* entry : layer_entries(document)) {
    for (auto& [key, value] : entry->find("config")->as_object()) {
      if (key == "dtype" && value.is_object()) policies.push_back(&value);
      for (const Field& field : class_of(*entry)->fields) {
        if (key == field.name && !field.legacy_keys.empty()) keys.emplace_back(&key, &field);
      }
    }
  }
  if (!policies.empty() && (keys.empty() || chance(random, 1, 3))) {
    *pick(random, policies) = "float32";
    return true;
  }
  if (keys.empty()) return false;
  const auto& [key, field] = pick(random, keys);
  *key = pick(random, field->legacy_keys).key;
  return true;
}

bool drop_or_double_key(Value& document, Random& random) {
  const auto entries = layer_entries(document);
  if (entries.empty()) return false;
  Value& entry = *pick(random, entries);
  Value::Object& object = chance(random, 1, 4) ? entry.as_object() : entry.find("config")->as_object();
  if (object.empty()) return false;
  const std::size_t i = index_below(random, object.size());
  if (chance(random, 3, 4)) {
    object.erase(object.begin() + static_cast<std::ptrdiff_t>(i));
  } else {
    object.push_back(Value::Member(object[i]));
  }
  return true;
}

// Weights are found by position among the layers of a class, so that layers without variables come and go freely.
bool edit_layers(Value& document, Random& random) {
  const auto lists = layer_lists(document);
  if (lists.empty()) return false;
  Value::Array& layers = *pick(random, lists);
  const std::size_t i = index_below(random, layers.size());
  const auto at = layers.begin() + static_cast<std::ptrdiff_t>(i);
  switch (random.below(5)) {
    case 0: layers.erase(at); break;
    case 1: layers.insert(at, Value(*at)); break;
    case 2: std::swap(layers[i], pick(random, layers)); break;
    case 3: {
      Value copy = pick(random, *pick(random, lists));
      layers.insert(at, std::move(copy));
      break;
    }
    default: {
      const LayerClass& stack = stack_class();
      Value wrapped =
          Value::Object{{"module", stack.module},
                        {"class_name", stack.name},
                        {"config", Value::Object{{"name", "wrapped"}, {stack.slots[0].key, Value::Array{layers[i]}}}},
                        {"registered_name", nullptr}};
      layers[i] = std::move(wrapped);
    }
  }
  return true;
}

bool change_training(Value& document, Random& random) {
  Value* compile = document.find("compile_config");
  if (compile != nullptr && chance(random, 1, 2)) {
    nudge_value(*compile, random);
    return true;
  }
  std::vector<Value*> values;
  for (Value* value : all_values(document)) {
    if (!value->is_object()) continue;
    for (auto& [key, member] : value->as_object()) {
      if (key.ends_with("_initializer") || key.ends_with("_regularizer") || key.ends_with("_constraint")) {
        values.push_back(&member);
      }
    }
  }
  if (values.empty()) return false;
  mutate_tree(*pick(random, values), random);
  return true;
}

// Those that mostly load come up more often.
constexpr std::array kRows = {
    ConfigRow{"field", 4, set_field},       ConfigRow{"leaf", 2, nudge_leaf},
    ConfigRow{"class", 1, change_class},    ConfigRow{"name", 2, rename_layer},
    ConfigRow{"older", 1, older_spelling},  ConfigRow{"layers", 3, edit_layers},
    ConfigRow{"train", 2, change_training}, ConfigRow{"key", 1, drop_or_double_key},
};

bool set_version(Value& document, Random& random) {
  constexpr std::array<const char*, 12> kVersions = {"2.13.1", "3.0.5", "3.4.1",     "3.5.0", "3.9.2", "3.15.1",
                                                     "3.16.0", "4.0.0", "3.15.1rc0", "3.15",  "",      "99999999999.1"};
  Value* version = document.find("keras_version");
  if (version == nullptr) return false;
  *version = pick(random, kVersions);
  return true;
}

bool anything(Value& document, Random& random) {
  mutate_tree(document, random);
  return true;
}

constexpr std::array kMetadataRows = {
    ConfigRow{"version", 2, set_version},
    ConfigRow{"tree", 1, anything},
};

// Rows that have nothing to change give way to others, and to anything in the end.
void mutate_by(std::span<const ConfigRow> rows, Value& document, Random& random) {
  constexpr int kTries = 4;
  for (int i = 0; i < kTries; ++i) {
    if (draw_row(rows, random).change(document, random)) return;
  }
  mutate_tree(document, random);
}

}  // namespace

std::span<const ConfigRow> config_rows() {
  return kRows;
}

std::span<const ConfigRow> metadata_rows() {
  return kMetadataRows;
}

void mutate_config(Value& document, Random& random, std::span<const ConfigRow> rows) {
  mutate_by(rows, document, random);
}

void mutate_config(Value& document, Random& random) {
  mutate_by(kRows, document, random);
}

void mutate_metadata(Value& document, Random& random, std::span<const ConfigRow> rows) {
  mutate_by(rows, document, random);
}

void mutate_metadata(Value& document, Random& random) {
  mutate_by(kMetadataRows, document, random);
}

}  // namespace revive::fuzz
