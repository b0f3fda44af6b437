#include "revive/serializer/json/constants.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/model/ops/operand.h"
#include "revive/model/tensor/element.h"
#include "revive/model/tensor/element_type.h"
#include "revive/serializer/json/members.h"

namespace revive {
namespace {

Value instance(std::string_view class_name, Value::Object config) {
  return object_of({{"class_name", class_name}, {"config", std::move(config)}});
}

Value bound_to_value(const std::optional<std::int64_t>& bound) {
  return bound ? Value(*bound) : Value();
}

// Consumes elements in row-major order from `next` on.
Value elements_to_value(const Tensor& array, std::size_t axis, std::size_t& next) {
  if (axis == array.rank()) return element_of(array, next++);
  Value::Array items;
  for (std::int64_t i = 0; i < array.dim(axis); ++i) items.push_back(elements_to_value(array, axis + 1, next));
  return Value(std::move(items));
}

std::unexpected<Error> wrong(ErrorCode code, const std::string& place, std::string message) {
  return fail(code, place, std::move(message));
}

Result<std::optional<std::int64_t>> bound_from_value(const Value& slice, std::string_view key,
                                                     const std::string& place) {
  const Value* const bound = slice.find(key);
  if (bound == nullptr || bound->is_null()) return std::nullopt;
  if (bound->is_int()) return bound->as_int();
  return wrong(ErrorCode::config_type, fmt::format("{}/config/{}", place, key),
               fmt::format("expected an int or null, found {}", bound->brief()));
}

Result<Argument> slice_from_value(const Value& config, const std::string& place) {
  Slice slice;
  for (const auto& [key, member] :
       {std::pair{"start", &Slice::start}, {"stop", &Slice::stop}, {"step", &Slice::step}}) {
    REVIVE_ASSIGN_OR_RETURN(const auto bound, bound_from_value(config, key, place));
    slice.*member = bound;
  }
  return Argument(slice);
}

Status fill(const Value& value, std::span<const std::int64_t> dims, Tensor& array, std::size_t& next,
            const std::string& place) {
  if (dims.empty()) {
    if (!is_element(value, array.dtype())) {
      // An int that does not fit is an int all the same.
      const bool range = value.is_int() && is_integer(array.dtype());
      return wrong(range ? ErrorCode::config_value : ErrorCode::config_type, place,
                   fmt::format("expected an element of {}, found {}", name_of(array.dtype()), value.brief()));
    }
    set_element(array, next, value);
    ++next;
    return {};
  }
  if (!value.is_array() || std::cmp_not_equal(value.as_array().size(), dims[0])) {
    return wrong(ErrorCode::config_value, place,
                 fmt::format("expected a rectangular array with {} items here, found {}", dims[0], value.brief()));
  }
  for (const Value& item : value.as_array()) {
    if (const Status status = fill(item, dims.subspan(1), array, next, place); !status) return status;
  }
  return {};
}

// The dims along the first items. The lists of an array have to be there, so `elements` bounds what is believed.
Result<Dims> dims_of(const Value& value, const std::string& place, const Limits& limits) {
  Dims dims;
  for (const Value* item = &value; item->is_array();) {
    if (dims.size() == limits.tensor_rank) {
      return wrong(ErrorCode::limit_exceeded, place, fmt::format("expected at most {} axes", limits.tensor_rank));
    }
    dims.push_back(static_cast<std::int64_t>(item->as_array().size()));
    if (item->as_array().empty()) break;
    item = &item->as_array().front();
  }
  const auto count = element_count(dims);
  if (!count || static_cast<std::uint64_t>(*count) > limits.constant_elements) {
    return wrong(ErrorCode::limit_exceeded, place,
                 fmt::format("expected at most {} constant elements, found an array of {}", limits.constant_elements,
                             to_string(dims)));
  }
  return dims;
}

Result<Argument> array_from_value(const Value& config, const std::string& place, const Limits& limits) {
  const Value* const value = config.find("value");
  const Value* const dtype_name = config.find("dtype");
  if (value == nullptr || dtype_name == nullptr || !dtype_name->is_string()) {
    return wrong(ErrorCode::config_missing_key, place + "/config", "expected an array's `value` and `dtype`");
  }
  const auto dtype = dtype_from_name(dtype_name->as_string());
  if (!dtype || !ops::computes(*dtype)) {
    return wrong(ErrorCode::config_unsupported, place + "/config/dtype",
                 fmt::format("expected a constant of {}, found {}", ops::kComputed, dtype_name->brief()));
  }
  REVIVE_ASSIGN_OR_RETURN(auto dims, dims_of(*value, place + "/config/value", limits));
  Tensor array(*dtype, dims);
  std::size_t next = 0;
  if (const Status status = fill(*value, dims, array, next, place + "/config/value"); !status) {
    return std::unexpected(status.error());
  }
  return Argument(std::move(array));
}

}  // namespace

Value constant_to_value(const Argument& argument) {
  if (const Value* const value = argument.get<Value>()) return *value;
  if (argument.get<Ellipsis>() != nullptr) return instance("__ellipsis__", {});
  if (const Slice* const slice = argument.get<Slice>()) {
    return instance("__slice__", object_of({{"start", bound_to_value(slice->start)},
                                            {"stop", bound_to_value(slice->stop)},
                                            {"step", bound_to_value(slice->step)}}));
  }
  if (const Tensor* const array = argument.get<Tensor>()) {
    std::size_t next = 0;
    Value elements = elements_to_value(*array, 0, next);
    return instance("__numpy__", object_of({{"value", std::move(elements)}, {"dtype", name_of(array->dtype())}}));
  }
  Value::Array items;
  for (const Argument& item : *argument.get<Argument::List>()) items.push_back(constant_to_value(item));
  return Value(std::move(items));
}

Result<Argument> constant_from_value(const Value& value, const std::string& place, const Limits& limits) {
  if (value.is_array()) {
    Argument::List items;
    for (std::size_t i = 0; i < value.as_array().size(); ++i) {
      auto item = constant_from_value(value.as_array()[i], fmt::format("{}/{}", place, i), limits);
      if (!item) return item;
      items.push_back(*std::move(item));
    }
    return Argument(std::move(items));
  }
  if (!value.is_object()) return Argument(value);
  const Value* const class_name = value.find("class_name");
  const Value* const config = value.find("config");
  if (class_name != nullptr && class_name->is_string() && config != nullptr && config->is_object()) {
    const std::string& name = class_name->as_string();
    if (name == "__slice__") return slice_from_value(*config, place);
    if (name == "__ellipsis__") return Argument(Ellipsis{});
    if (name == "__numpy__" || name == "__tensor__") return array_from_value(*config, place, limits);
  }
  return wrong(ErrorCode::config_unsupported, place,
               fmt::format("expected a number, a slice, ... or an array, found {}", value.brief()));
}

}  // namespace revive
