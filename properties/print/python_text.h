// Values as Python spells them: literals, NumPy arrays, and the lambdas of Keras.
#pragma once

#include <string>
#include <string_view>

#include "revive/model/base/value.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/tensor/tensor.h"

namespace revive::properties {

// None, True, 3, 0.5, float("nan"), "text", (1, 2); arrays become tuples. REQUIRES: no objects.
std::string python_literal(const Value& value);
// Elements where they are few and finite, else array(dtype, shape, base64), for which kPythonArrayFunction stands.
std::string python_array(const Tensor& tensor);

inline constexpr std::string_view kPythonArrayFunction =
    "def array(dtype, shape, data):\n"
    "    return np.frombuffer(base64.b64decode(data), dtype=dtype).reshape(shape)\n";

// The definition of a function `name` that takes the captured values and returns the lambda.
std::string python_lambda_definition(std::string_view name, const LambdaFunction& expression);
// The call of that function: "name(CONV_WIDTH=3)".
std::string python_lambda_call(std::string_view name, const LambdaFunction& expression);

}  // namespace revive::properties
