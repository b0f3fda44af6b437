#include "revive/fuzz/mutators/mutate_config.h"

#include <array>
#include <cmath>
#include <vector>

#include "revive/fuzz/mutators/mutate_json.h"
#include "revive/fuzz/mutators/pick.h"
#include "revive/model/config.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layer_draw.h"
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

// Draws at the ends of every range more often than between them. What is no plain value stays as it was.
class EdgeDraw final : public LayerDraw {
 public:
  EdgeDraw(const DrawContext& context, Random& random) : LayerDraw(context), random_(random) {}

  std::int64_t integer(std::int64_t low, std::int64_t high) override {
    switch (random_.below(3)) {
      case 0: return low;
      case 1: return high;
      default: return low + static_cast<std::int64_t>(random_.up_to(static_cast<std::uint64_t>(high - low)));
    }
  }
  std::size_t alternative(std::size_t count) override { return index_below(random_, count); }
  bool flag() override { return chance(random_, 1, 2); }
  LambdaFunction lambda() override { return {}; }
  std::vector<Layer> stack() override { return {}; }
  std::optional<Layer> child(const DrawContext&, const Fits&) override { return std::nullopt; }

 private:
  Random& random_;
};

// A layer as the procedure of its class draws it for some input; as it comes where no input was found.
Layer drawn_for_any_input(const LayerClass& layer_class, Random& random) {
  constexpr int kTries = 16;
  Layer layer(layer_class);
  for (int i = 0; i < kTries && layer_class.draw; ++i) {
    DrawContext context;
    for (std::uint64_t rank = 1 + random.below(5); rank > 0; --rank) {
      context.probe.push_back(static_cast<std::int64_t>(1 + random.below(8)));
      context.shape.push_back(chance(random, 1, 4) ? kUnknown : context.probe.back());
    }
    if (!layer_class.accepts(context.shape)) continue;
    EdgeDraw draw(context, random);
    layer_class.draw(draw, layer.config());
    break;
  }
  return layer;
}

// The next number up or down, of which one is not drawn where the value is at an end of its range.
void step_aside(Value& value, Random& random) {
  if (value.is_array() && !value.as_array().empty()) {
    step_aside(value.as_array()[index_below(random, value.as_array().size())], random);
  } else if (value.is_int()) {
    std::int64_t moved = 0;
    const std::int64_t step = chance(random, 1, 2) ? 1 : -1;
    if (!__builtin_add_overflow(value.as_int(), step, &moved)) value = moved;
  }
}

Value near_bound(double bound, Random& random) {
  if (!std::isfinite(bound)) return odd_value(random);
  return static_cast<std::int64_t>(bound) + static_cast<std::int64_t>(random.below(3)) - 1;
}

// A value for a field of this type, legal or next to it.
struct FieldValue {
  const Field& field;
  Random& random;

  Value number() const {
    if (chance(random, 1, 4)) return near_bound(field.legal.minimum, random);
    if (chance(random, 1, 8)) return near_bound(field.legal.maximum, random);
    return static_cast<std::int64_t>(1 + random.below(8));
  }
  Value operator()(const bool* value) const { return !*value; }
  Value operator()(const std::int64_t*) const { return number(); }
  Value operator()(const Number*) const { return chance(random, 1, 2) ? Value(2 * random.uniform() - 0.5) : number(); }
  Value operator()(const EnumRef& value) const {
    if (chance(random, 1, 8)) return odd_value(random);
    return pick(random, value.names->names);
  }
  Value operator()(const IntList*) const {
    Value::Array items(field.legal.items.value_or(1 + index_below(random, 3)));
    for (Value& item : items) item = number();
    if (chance(random, 1, 8)) items.push_back(number());
    return items;
  }
  Value operator()(const IntPairs*) const {
    if (chance(random, 1, 8)) return number();
    Value::Array pairs(field.legal.items.value_or(1));
    for (Value& pair : pairs) pair = chance(random, 1, 8) ? number() : Value(Value::Array{number(), number()});
    return pairs;
  }
  Value operator()(const Numbers*) const {
    const Number one;
    if (chance(random, 1, 2)) return (*this)(&one);
    Value::Array items(field.legal.items.value_or(1 + index_below(random, 3)));
    for (Value& item : items) item = (*this)(&one);
    return items;
  }
  template <typename T>
  Value operator()(const std::optional<T>* value) const {
    if (chance(random, 1, 3)) return nullptr;
    const T inner = value->value_or(T{});
    return (*this)(&inner);
  }
  Value operator()(const Shape*) const {
    Value::Array axes{Value()};
    for (std::uint64_t rank = 1 + random.below(3); rank > 0; --rank) {
      axes.push_back(chance(random, 1, 4) ? Value() : number());
    }
    return axes;
  }
  Value operator()(const DType*) const {
    return name_of(static_cast<DType>(random.up_to(static_cast<std::uint64_t>(DType::boolean))));
  }
  // One character of the text is another one of it, or is gone.
  Value operator()(const std::string* value) const {
    if (value->empty() || chance(random, 1, 8)) return odd_value(random);
    std::string text = *value;
    const std::size_t at = index_below(random, text.size());
    if (chance(random, 1, 4)) {
      text.erase(at, 1);
    } else {
      text[at] = text[index_below(random, text.size())];
    }
    return text;
  }
  // Lambdas have mutations of their own.
  Value operator()(const LambdaFunction*) const { return odd_value(random); }
};

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
    drawn = std::visit(FieldValue{*field, random}, holder->ref(*field));
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
  switch (random.below(5)) {
    case 0: *entry.find("class_name") = std::string_view(pick(random, layer_classes())->name); break;
    case 1: *entry.find("class_name") = chance(random, 1, 2) ? "MultiHeadAttention" : "__lambda__"; break;
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
      break;
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

bool older_spelling(Value& document, Random& random) {
  const auto entries = layer_entries(document);
  if (entries.empty()) return false;
  Value& entry = *pick(random, entries);
  const LayerClass& layer_class = *class_of(entry);
  for (const Field& field : layer_class.fields) {
    if (field.legacy_keys.empty()) continue;
    for (auto& [key, value] : entry.find("config")->as_object()) {
      if (key == field.name) key = pick(random, field.legacy_keys).key;
    }
    return true;
  }
  // Up to 3.1 Keras wrote a plain name for a dtype policy, from 3.2 on an object.
  Value* dtype = entry.find("config")->find("dtype");
  if (dtype == nullptr) return false;
  *dtype = "float32";
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
      break;
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

// Each returns false where the document has nothing for it to change. Those that mostly load stand twice or more.
constexpr std::array kMutations = {set_field,    set_field,       set_field,       set_field,
                                   nudge_leaf,   nudge_leaf,      change_class,    rename_layer,
                                   rename_layer, older_spelling,  edit_layers,     edit_layers,
                                   edit_layers,  change_training, change_training, drop_or_double_key};

}  // namespace

void mutate_config(Value& document, Random& random) {
  constexpr int kTries = 4;
  for (int i = 0; i < kTries; ++i) {
    if (pick(random, kMutations)(document, random)) return;
  }
  mutate_tree(document, random);
}

void mutate_metadata(Value& document, Random& random) {
  constexpr std::array<const char*, 12> kVersions = {"2.13.1", "3.0.5", "3.4.1",     "3.5.0", "3.9.2", "3.15.1",
                                                     "3.16.0", "4.0.0", "3.15.1rc0", "3.15",  "",      "99999999999.1"};
  Value* version = document.find("keras_version");
  if (version != nullptr && chance(random, 2, 3)) {
    *version = pick(random, kVersions);
  } else {
    mutate_tree(document, random);
  }
}

}  // namespace revive::fuzz
