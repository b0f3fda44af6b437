// Reading an op's settings: config values whose kind an op's check() has approved.
#pragma once

#include "revive/model/graph/op.h"

namespace revive::ops {

// An int or a float; a bool is neither here.
bool is_number(const Value& value);
// REQUIRES: is_number(value).
double double_of(const Value& value);
// As the element type that an op computes in.
template <typename T = float>
T real_of(const Value& value) {
  return value.is_int() ? static_cast<T>(value.as_int()) : static_cast<T>(value.as_real());
}

// graph_argument unless the setting is of the kind.
Status check_number(const Node& node, std::size_t setting);
Status check_int(const Node& node, std::size_t setting);
Status check_bool(const Node& node, std::size_t setting);

// graph_argument, "Softmax expects axis to be an int, found a string".
std::unexpected<Error> bad_setting(const Node& node, std::size_t setting, std::string_view expected);

}  // namespace revive::ops
