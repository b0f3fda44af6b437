// The dtype that a config names.
#pragma once

#include <string>

#include "revive/model/base/error.h"
#include "revive/model/base/value.h"
#include "revive/model/tensor/dtype.h"

namespace revive {

// Fails with a sentence at `place` for what names no dtype, and for text, which Keras has and models here have not.
Result<DType> dtype_from_value(const Value& value, const std::string& place);

}  // namespace revive
