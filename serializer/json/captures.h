// Captured values in JSON: numbers, strings, null and lists as they are, arrays as Keras' __numpy__ objects, functions
// as {"class_name": "__function__", "config": TEXT}.
#pragma once

#include <string>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/base/value.h"
#include "revive/model/lambda/lambda_function.h"

namespace revive {

// The items of a list, or of Keras' {"class_name": "__tuple__", "items": [..]}; nullptr for anything else.
const Value::Array* sequence_items(const Value& value);

// What becomes of arrays of 64 bits. NumPy makes its numbers so by itself, which for what Python code captured says
// nothing about the model: beside its tensors, Keras' backends compute in 32 bits.
enum class WideArrays : std::uint8_t { kept, narrowed };

Value capture_to_value(const Capture& capture);
// An array takes memory in proportion to the Value; __tensor__ and __tuple__ objects are read as well. Errors:
// config_unsupported for what is none of these, such as a layer; config_type, config_value, limit_exceeded.
Result<Capture> capture_from_value(const Value& value, const std::string& place, const Limits& limits,
                                   WideArrays wide = WideArrays::kept);

// An object of them, by name.
Value captures_to_value(const Captures& captures);
Result<Captures> captures_from_value(const Value& object, const std::string& place, const Limits& limits,
                                     WideArrays wide = WideArrays::kept);

}  // namespace revive
