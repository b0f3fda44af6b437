// Values as C++ spells them, for programs that are compiled against revive's own headers: expressions of the types of
// model/base/value.h, model/tensor/tensor.h and model/lambda/lambda_function.h inside namespace revive.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "revive/model/base/value.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/tensor/tensor.h"

namespace revive::properties {

// A string literal whose bytes are those of `text`; what is not printable ASCII is escaped.
std::string cpp_string(std::string_view text);
// nullptr, true, 3, 0.5, "text", Value::Array{1, 2}: what converts to a Value of the same kind and bits.
// REQUIRES: no objects.
std::string cpp_value(const Value& value);
// Tensor::from<float>({2}, {0.5F, -0.0F}); NaNs and infinities by their bits.
std::string cpp_tensor(const Tensor& tensor);
// {{"k", Value(3)}, {"bias", Tensor::from<float>(...)}}.
std::string cpp_captures(const Captures& captures);
// make_lambda("lambda x: x * k", {{"k", Value(3)}}, "name"), whose graph is that of `expression`. A graph that no text
// gives is nothing; that takes deeper nesting than a text may have.
std::optional<std::string> cpp_lambda(const LambdaFunction& expression, std::string_view name);

}  // namespace revive::properties
