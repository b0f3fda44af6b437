#include "revive/model/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/model/dtype_value.h"
#include "revive/model/lambda/lambda_function.h"

namespace revive {
namespace {

std::unexpected<Error> wrong_type(const std::string& place, std::string_view expected, const Value& found) {
  return fail(ErrorCode::config_type, place,
              found.is_null() ? fmt::format("expected {}, found null", expected)
                              : fmt::format("expected {}, found {} {}", expected, found.kind_name(), found.brief()));
}

// "a positive integer", "an integer of at least -1", "a number from 0 to 1".
std::string bounds_text(const Legal& legal, std::string_view noun) {
  const bool low = legal.minimum > -std::numeric_limits<double>::infinity();
  const bool high = legal.maximum < std::numeric_limits<double>::infinity();
  const std::string_view article = noun == "integer" ? "an" : "a";
  std::string text;
  if (low && high) {
    text = fmt::format("{} {} from {} to {}", article, noun, legal.minimum, legal.maximum);
  } else if (low && legal.minimum == 1 && noun == "integer") {
    text = "a positive integer";
  } else if (low) {
    text = fmt::format("{} {} of at least {}", article, noun, legal.minimum);
  } else if (high) {
    text = fmt::format("{} {} of at most {}", article, noun, legal.maximum);
  } else {
    text = fmt::format("{} {}", article, noun);
  }
  if (legal.also) text += fmt::format(" or {}", *legal.also);
  return text;
}

Result<std::int64_t> read_int(const Value& value, const Legal& legal, const std::string& place) {
  if (legal.one_item_list && value.is_array() && value.as_array().size() == 1) {
    return read_int(value.as_array()[0], legal, place + "/0");
  }
  if (!value.is_int()) return wrong_type(place, bounds_text(legal, "integer"), value);
  const std::int64_t number = value.as_int();
  const auto wide = static_cast<double>(number);
  if ((wide < legal.minimum || wide > legal.maximum) && legal.also != number) {
    return fail(ErrorCode::config_value, place,
                fmt::format("expected {}, found {}", bounds_text(legal, "integer"), number));
  }
  return number;
}

Result<Number> read_number(const Value& value, const Legal& legal, const std::string& place) {
  if (!value.is_int() && !value.is_real()) return wrong_type(place, bounds_text(legal, "number"), value);
  const Number number = value.is_int() ? Number(value.as_int()) : Number(value.as_real());
  const double wide = number.as_double();
  // Written so that a NaN fails when there is a bound.
  const bool unbounded = legal.minimum == -std::numeric_limits<double>::infinity() &&
                         legal.maximum == std::numeric_limits<double>::infinity();
  if (!unbounded && !(wide >= legal.minimum && wide <= legal.maximum)) {
    return fail(ErrorCode::config_value, place,
                fmt::format("expected {}, found {}", bounds_text(legal, "number"), value.brief()));
  }
  return number;
}

Result<IntList> read_list(const Value& value, const Legal& legal, const std::string& place) {
  if (value.is_int() && (legal.items || legal.one_item_list)) {
    REVIVE_ASSIGN_OR_RETURN(auto item, read_int(value, legal, place));
    return IntList(legal.items.value_or(1), item);
  }
  if (!value.is_array()) return wrong_type(place, "a list of integers", value);
  const Value::Array& array = value.as_array();
  if (legal.items && array.size() != *legal.items) {
    return fail(ErrorCode::config_value, place,
                fmt::format("expected a list of {} integer{}, found {} items", *legal.items,
                            *legal.items == 1 ? "" : "s", array.size()));
  }
  IntList list;
  list.reserve(array.size());
  for (std::size_t i = 0; i < array.size(); ++i) {
    REVIVE_ASSIGN_OR_RETURN(auto item, read_int(array[i], legal, fmt::format("{}/{}", place, i)));
    list.push_back(item);
  }
  return list;
}

// Where an item is one number, it stands in front of the axis and behind it.
Result<IntPair> read_pair(const Value& value, const Legal& legal, const std::string& place) {
  Legal two = legal;
  two.items = 2;
  REVIVE_ASSIGN_OR_RETURN(const auto pair, read_list(value, two, place));
  return IntPair{pair[0], pair[1]};
}

Result<IntPairs> read_pairs(const Value& value, const Legal& legal, const std::string& place) {
  const std::size_t axes = legal.items.value_or(1);
  if (value.is_int()) {
    REVIVE_ASSIGN_OR_RETURN(const auto pair, read_pair(value, legal, place));
    return IntPairs(axes, pair);
  }
  if (!value.is_array()) return wrong_type(place, "a list of pairs of integers", value);
  const Value::Array& array = value.as_array();
  if (array.size() != axes) {
    return fail(ErrorCode::config_value, place,
                fmt::format("expected a list of {} pairs of integers, found {} items", axes, array.size()));
  }
  IntPairs pairs;
  for (std::size_t i = 0; i < axes; ++i) {
    REVIVE_ASSIGN_OR_RETURN(const auto pair, read_pair(array[i], legal, fmt::format("{}/{}", place, i)));
    pairs.push_back(pair);
  }
  return pairs;
}

Result<Numbers> read_numbers(const Value& value, const Legal& legal, const std::string& place) {
  if (!value.is_array()) {
    REVIVE_ASSIGN_OR_RETURN(const auto number, read_number(value, legal, place));
    return Numbers(number);
  }
  const Value::Array& array = value.as_array();
  if (legal.items && array.size() != *legal.items) {
    return fail(ErrorCode::config_value, place,
                fmt::format("expected a number or a list of {}, found {} items", *legal.items, array.size()));
  }
  std::vector<Number> items;
  for (std::size_t i = 0; i < array.size(); ++i) {
    REVIVE_ASSIGN_OR_RETURN(const auto item, read_number(array[i], legal, fmt::format("{}/{}", place, i)));
    items.push_back(item);
  }
  return Numbers(std::move(items));
}

// A plain string, or the object that Keras writes for a named function.
const Value* function_name(const Value& value) {
  if (value.is_string()) return &value;
  const Value* class_name = value.find("class_name");
  const Value* config = value.find("config");
  if (class_name != nullptr && class_name->is_string() && class_name->as_string() == "function" && config != nullptr &&
      config->is_string()) {
    return config;
  }
  return nullptr;
}

Result<std::uint8_t> read_enum(const Value& value, const EnumNames& names, const std::string& place) {
  if (value.is_null() && names.null_index) return *names.null_index;
  const Value* spelling = function_name(value);
  if (spelling == nullptr) {
    if (value.is_object()) {
      const Value* class_name = value.find("class_name");
      const bool bytecode = class_name != nullptr && *class_name == Value("__lambda__");
      return fail(bytecode ? ErrorCode::config_bytecode : ErrorCode::config_unsupported, place,
                  fmt::format("expected the name of {}, found an object {}", names.what, value.brief()));
    }
    return wrong_type(place, fmt::format("the name of {}", names.what), value);
  }
  if (const auto index = names.index_of(spelling->as_string())) return *index;
  return fail(ErrorCode::config_value, place,
              fmt::format("expected the name of {}, found {}", names.what, spelling->brief()));
}

Result<std::string> read_text(const Value& value, const std::string& place) {
  if (!value.is_string()) return wrong_type(place, "a string", value);
  return value.as_string();
}

template <typename T>
Status store(T& target, Result<T> value) {
  if (!value) return std::unexpected(value.error());
  target = std::move(*value);
  return {};
}

template <typename T>
Status store(std::optional<T>& target, Result<T> value) {
  if (!value) return std::unexpected(value.error());
  target = std::move(*value);
  return {};
}

struct FieldReader {
  const Value& value;
  const Legal& legal;
  const std::string& place;
  const ConfigReadHooks& hooks;

  Status operator()(bool* target) const {
    if (!value.is_bool()) return wrong_type(place, "true or false", value);
    *target = value.as_bool();
    return {};
  }
  Status operator()(std::int64_t* target) const { return store(*target, read_int(value, legal, place)); }
  Status operator()(Number* target) const { return store(*target, read_number(value, legal, place)); }
  Status operator()(IntList* target) const { return store(*target, read_list(value, legal, place)); }
  Status operator()(IntPairs* target) const { return store(*target, read_pairs(value, legal, place)); }
  Status operator()(Numbers* target) const { return store(*target, read_numbers(value, legal, place)); }
  Status operator()(std::optional<Numbers>* target) const {
    return or_null(target, [&] { return read_numbers(value, legal, place); });
  }
  Status operator()(std::optional<std::int64_t>* target) const {
    return or_null(target, [&] { return read_int(value, legal, place); });
  }
  Status operator()(std::optional<Number>* target) const {
    return or_null(target, [&] { return read_number(value, legal, place); });
  }
  Status operator()(std::optional<IntList>* target) const {
    return or_null(target, [&] { return read_list(value, legal, place); });
  }
  Status operator()(EnumRef target) const { return store(*target.index, read_enum(value, *target.names, place)); }
  Status operator()(Shape* target) const { return store(*target, shape_from_value(value, place)); }
  Status operator()(DType* target) const { return store(*target, dtype_from_value(value, place)); }
  Status operator()(std::string* target) const { return store(*target, read_text(value, place)); }
  Status operator()(std::optional<std::string>* target) const {
    return or_null(target, [&] { return read_text(value, place); });
  }
  Status operator()(LambdaFunction* target) const {
    if (!hooks.expression)
      return fail(ErrorCode::config_unsupported, place, "a lambda cannot be given as a config value");
    return hooks.expression(*target, value, place);
  }

  template <typename T, typename Read>
  Status or_null(std::optional<T>* target, Read read) const {
    if (value.is_null()) {
      target->reset();
      return {};
    }
    return store(*target, read());
  }
};

struct KeyReader {
  Layer& layer;
  const ConfigReadHooks& hooks;

  // Nothing when the key is not one of those that every layer has.
  std::optional<Status> common_key(std::string_view key, const Value& value, const std::string& place) const {
    const LayerClass& layer_class = layer.layer_class();
    if (key == "name") {
      if (!value.is_string()) return wrong_type(place, "a name", value);
      layer.set_name(value.as_string());
      return Status{};
    }
    if (!layer_class.has_policy) return std::nullopt;
    if (key == "trainable" && layer_class.has_trainable) {
      if (!value.is_bool()) return wrong_type(place, "true or false", value);
      layer.set_trainable(value.as_bool());
      return Status{};
    }
    if (key == "dtype") {
      const auto policy = policy_from_value(value, place);
      if (!policy) return std::unexpected(policy.error());
      layer.set_policy(*policy);
      return Status{};
    }
    return std::nullopt;
  }

  // `holder` is the layer, or the flattened child that has the key.
  Status declared_key(Layer& holder, std::string_view key, const Value& value, const std::string& place) const {
    const LayerClass& layer_class = holder.layer_class();
    if (const Field* field = layer_class.field(key)) {
      return std::visit(FieldReader{value, field->legal, place, hooks}, holder.ref(*field));
    }
    for (const FixedKey& fixed : layer_class.fixed) {
      if (fixed.key != key) continue;
      if (value == fixed.value || value.is_null()) return {};
      return fail(ErrorCode::config_unsupported, place,
                  fmt::format("expected {}, the only value supported, found {}", fixed.value.brief(), value.brief()));
    }
    if (std::ranges::find(layer_class.training_only, key) != layer_class.training_only.end()) {
      layer.training_only().emplace_back(key, value);
      return {};
    }
    for (const ChildSlot& slot : layer_class.slots) {
      if (slot.form == ChildForm::entry && slot.key == key) return children(slot, value, place);
    }
    if (Layer* const inner = holder.flattened()) return declared_key(*inner, key, value, place);
    return fail(ErrorCode::config_unknown_key, place, fmt::format("{} has no such field", layer.layer_class().name));
  }

  Status children(const ChildSlot& slot, const Value& value, const std::string& place) const {
    if (slot.may_be_null && value.is_null()) return {};
    if (!hooks.children) return fail(ErrorCode::config_unsupported, place, "layers cannot be given as a config value");
    std::vector<Layer> layers;
    if (Status status = hooks.children(slot, layers, value, place); !status) return status;
    return layer.set_children(slot.key, std::move(layers));
  }
};

struct FieldWriter {
  const ConfigWriteHooks& hooks;

  Value operator()(const bool* value) const { return *value; }
  Value operator()(const std::int64_t* value) const { return *value; }
  Value operator()(const Number* value) const { return value->to_value(); }
  Value operator()(const IntList* value) const { return Value::Array(value->begin(), value->end()); }
  Value operator()(const IntPairs* value) const {
    Value::Array pairs;
    for (const IntPair& pair : *value) pairs.emplace_back(Value::Array(pair.begin(), pair.end()));
    return pairs;
  }
  Value operator()(const Numbers* value) const {
    if (!value->is_list) return value->items.front().to_value();
    Value::Array items;
    for (const Number& item : value->items) items.push_back(item.to_value());
    return items;
  }
  Value operator()(EnumRef value) const { return value.names->names[*value.index]; }
  Value operator()(const Shape* value) const { return shape_to_value(*value); }
  Value operator()(const DType* value) const { return name_of(*value); }
  Value operator()(const std::string* value) const { return *value; }
  Value operator()(const LambdaFunction* value) const { return hooks.expression ? hooks.expression(*value) : Value(); }
  template <typename T>
  Value operator()(const std::optional<T>* value) const {
    return *value ? (*this)(&**value) : Value();
  }
};

}  // namespace

Value shape_to_value(const Shape& shape) {
  Value::Array axes;
  for (const std::int64_t axis : shape.axes()) axes.push_back(axis == kUnknown ? Value() : Value(axis));
  return axes;
}

Result<Shape> shape_from_value(const Value& value, const std::string& place) {
  if (!value.is_array()) return wrong_type(place, "a shape: a list of sizes and nulls", value);
  Shape shape;
  for (std::size_t i = 0; i < value.as_array().size(); ++i) {
    const Value& axis = value.as_array()[i];
    const auto axis_place = [&] { return fmt::format("{}/{}", place, i); };
    if (axis.is_null()) {
      shape.push_back(kUnknown);
    } else if (!axis.is_int()) {
      return wrong_type(axis_place(), "a size or null", axis);
    } else if (axis.as_int() < 0) {
      return fail(ErrorCode::config_value, axis_place(),
                  fmt::format("expected a size of at least 0 or null, found {}", axis.as_int()));
    } else {
      shape.push_back(axis.as_int());
    }
  }
  return shape;
}

namespace {

// Whether `key` is the field or slot `name`, which a legacy key may stand for.
bool is_spelled(const Layer& layer, std::string_view name, std::string_view key) {
  if (name == key) return true;
  bool found = false;
  visit_fields(layer, [&](const Layer&, const Field& field) {
    found = found || (field.name == name &&
                      std::ranges::find(field.legacy_keys, key, &LegacyKey::key) != field.legacy_keys.end());
  });
  return found;
}

}  // namespace

Status read_config(Layer& layer, const Value::Object& config, const std::string& place, const ConfigReadHooks& hooks) {
  const LayerClass& layer_class = layer.layer_class();
  std::vector<std::string_view> missing;
  visit_fields(layer, [&](const Layer&, const Field& field) {
    if (field.required) missing.push_back(field.name);
  });
  for (const ChildSlot& slot : layer_class.slots) {
    if (slot.form == ChildForm::entry && !slot.may_be_null && layer.children(slot).empty()) missing.push_back(slot.key);
  }
  const KeyReader reader{layer, hooks};
  // One buffer for the places of all keys, of which none is asked for where all goes well.
  std::string key_place = place + '/';
  for (const auto& [key, value] : config) {
    key_place.resize(place.size() + 1);
    key_place += key;
    if (const auto common = reader.common_key(key, value, key_place)) {
      if (!*common) return *common;
      continue;
    }
    if (hooks.extra) {
      if (const auto extra = hooks.extra(key, value, key_place)) {
        if (!*extra) return *extra;
        continue;
      }
    }
    REVIVE_RETURN_IF_ERROR(reader.declared_key(layer, key, value, key_place));
    std::erase_if(missing, [&](std::string_view name) { return is_spelled(layer, name, key); });
  }
  if (!missing.empty()) {
    return fail(ErrorCode::config_missing_key, place,
                fmt::format("expected the key \"{}\", which {} requires", missing.front(), layer_class.name));
  }
  if (Status status = layer.check_rules(); !status) return std::unexpected(status.error().within(place));
  return {};
}

Value write_field(const FieldRef& ref, const ConfigWriteHooks& hooks) {
  return std::visit(FieldWriter{hooks}, ref);
}

bool is_left_out(const Layer& holder, const Field& field, const Value& value) {
  return !field.since.empty() && value == write_field(Layer(holder.layer_class()).ref(field));
}

Value::Object write_config(const Layer& layer, const ConfigWriteHooks& hooks) {
  const LayerClass& layer_class = layer.layer_class();
  Value::Object config;
  const auto add_name = [&] { config.emplace_back("name", layer.name()); };
  if (layer_class.has_policy) {
    add_name();
    if (layer_class.has_trainable) config.emplace_back("trainable", layer.trainable());
    config.emplace_back("dtype", layer.policy().name());
  }
  visit_fields(layer, [&](const Layer& holder, const Field& field) {
    Value value = write_field(holder.ref(field), hooks);
    if (!is_left_out(holder, field, value)) config.emplace_back(field.name, std::move(value));
  });
  for (const ChildSlot& slot : layer_class.slots) {
    if (slot.form != ChildForm::entry || !hooks.child) continue;
    Value::Array entries;
    for (const Layer& child : layer.children(slot)) entries.push_back(hooks.child(child));
    if (slot.is_list) {
      config.emplace_back(slot.key, std::move(entries));
    } else {
      config.emplace_back(slot.key, entries.empty() ? Value() : std::move(entries[0]));
    }
  }
  for (const FixedKey& fixed : layer_class.fixed) {
    if (fixed.written) config.emplace_back(std::string(fixed.key), fixed.value);
  }
  if (!layer_class.has_policy) add_name();
  const Value::Object& carried = layer.training_only();
  config.insert(config.end(), carried.begin(), carried.end());
  return config;
}

}  // namespace revive
