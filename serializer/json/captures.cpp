#include "revive/serializer/json/captures.h"

#include <fmt/format.h>

#include <optional>

#include "revive/model/tensor/element_type.h"
#include "revive/serializer/json/constants.h"
#include "revive/serializer/json/pointer.h"

namespace revive {
namespace {

constexpr std::string_view kFunction = "__function__";

bool is_instance(const Value& value, std::string_view class_name) {
  const Value* const found = value.find("class_name");
  return found != nullptr && found->is_string() && found->as_string() == class_name;
}

// The array in the dtype of 32 bits of its kind, if it has one of 64.
Value narrowed(const Value& array) {
  Value copy = array;
  Value* const config = copy.find("config");
  Value* const name = config == nullptr ? nullptr : config->find("dtype");
  const auto dtype = name != nullptr && name->is_string() ? dtype_from_name(name->as_string()) : std::optional<DType>();
  if (!dtype || size_of(*dtype) < size_of(DType::float64)) return copy;
  *name = Value(name_of(is_float(*dtype) ? DType::float32 : DType::int32));
  return copy;
}

Result<Value> plain_from_value(const Value& value, const std::string& place) {
  const Value::Array* const items = sequence_items(value);
  if (items == nullptr) {
    if (!value.is_object()) return value;
    return fail(ErrorCode::config_unsupported, place,
                fmt::format("expected a number, a string, a list, an array or a function, found {}", value.brief()));
  }
  Value::Array plain;
  for (std::size_t i = 0; i < items->size(); ++i) {
    auto item = plain_from_value((*items)[i], fmt::format("{}/{}", place, i));
    if (!item) return item;
    plain.push_back(*std::move(item));
  }
  return Value(std::move(plain));
}

}  // namespace

const Value::Array* sequence_items(const Value& value) {
  if (value.is_array()) return &value.as_array();
  const Value* const items = is_instance(value, "__tuple__") ? value.find("items") : nullptr;
  return items != nullptr && items->is_array() ? &items->as_array() : nullptr;
}

Value capture_to_value(const Capture& capture) {
  if (const Value* const value = std::get_if<Value>(&capture)) return *value;
  if (const Tensor* const array = std::get_if<Tensor>(&capture)) return constant_to_value(Argument(*array));
  return Value(Value::Object{{"class_name", kFunction}, {"config", Value(std::get<Function>(capture).text)}});
}

Result<Capture> capture_from_value(const Value& value, const std::string& place, const Limits& limits,
                                   WideArrays wide) {
  if (is_instance(value, "__numpy__") || is_instance(value, "__tensor__")) {
    REVIVE_ASSIGN_OR_RETURN(const auto constant,
                            constant_from_value(wide == WideArrays::narrowed ? narrowed(value) : value, place, limits));
    return Capture(*constant.get<Tensor>());
  }
  if (is_instance(value, kFunction)) {
    const Value* const text = value.find("config");
    if (text != nullptr && text->is_string()) return Capture(Function{text->as_string()});
  }
  REVIVE_ASSIGN_OR_RETURN(auto plain, plain_from_value(value, place));
  return Capture(std::move(plain));
}

Value captures_to_value(const Captures& captures) {
  Value::Object object;
  for (const auto& [name, capture] : captures) object.emplace_back(name, capture_to_value(capture));
  return Value(std::move(object));
}

Result<Captures> captures_from_value(const Value& object, const std::string& place, const Limits& limits,
                                     WideArrays wide) {
  if (!object.is_object()) {
    return fail(ErrorCode::config_type, place, fmt::format("expected an object of values, found {}", object.brief()));
  }
  Captures captures;
  for (const auto& [name, value] : object.as_object()) {
    std::string here = place;
    append_json_pointer(here, name);
    REVIVE_ASSIGN_OR_RETURN(auto capture, capture_from_value(value, here, limits, wide));
    captures.emplace_back(name, std::move(capture));
  }
  return captures;
}

}  // namespace revive
