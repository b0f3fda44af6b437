// Tensors in JSON: {"dtype": "float32", "shape": [2, 3], "data": base64 of little-endian elements, row by row}.
//
// Case files and the line protocol spell them so, every bit of a NaN included.
#pragma once

#include <string>

#include "revive/model/base/error.h"
#include "revive/model/base/value.h"
#include "revive/model/tensor/tensor.h"

namespace revive::properties {

Value tensor_to_value(const Tensor& tensor);

// Takes no more memory than the value has. Errors: `code`, at `place`.
Result<Tensor> tensor_from_value(const Value& value, const std::string& place, ErrorCode code);

}  // namespace revive::properties
