// Constants in Keras' spelling: __slice__, __ellipsis__, __numpy__, lists and scalars. An array's float32 values are
// widened to double, which is exact.
#pragma once

#include <string>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/base/value.h"
#include "revive/model/graph/graph.h"

namespace revive {

// REQUIRES: the argument holds no NodeRef.
Value constant_to_value(const Argument& argument);
// The other way; __tensor__ is read as well. An array takes memory in proportion to the Value. `place` is where the
// value stands. Errors: config_missing_key, config_type, config_value,
// config_unsupported, limit_exceeded.
Result<Argument> constant_from_value(const Value& value, const std::string& place, const Limits& limits);

}  // namespace revive
