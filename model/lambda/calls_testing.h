// For tests of all functions of the language: calls of one with examples of its arguments.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "revive/model/lambda/function_signature.h"
#include "revive/model/tensor/shape.h"

namespace revive::testing {

struct Given {
  std::string_view name;
  std::string_view text;
};

// The call with what is given, and each other required parameter at its first example.
inline std::string call_with(const FunctionSignature& function, std::span<const Given> given) {
  std::string call = function.path + "(";
  bool first = true;
  bool by_name = false;
  for (const FunctionParameter& parameter : function.parameters) {
    const auto asked = std::ranges::find(given, parameter.name, &Given::name);
    if (asked == given.end() && !parameter.required) {
      by_name = true;
      continue;
    }
    const std::string argument(asked != given.end() ? asked->text : std::string_view(parameter.examples.front()));
    if (!first) call += ", ";
    call += by_name && !parameter.variadic ? parameter.name + "=" + argument : argument;
    first = false;
  }
  return call + ")";
}

// How a call's result becomes one tensor that depends on x, whatever the function gives.
inline constexpr std::string_view kResults[] = {"{}",
                                                "({})[0]",
                                                "x + ({})",
                                                "x * float({})",
                                                "x * float(({})[1])",
                                                "x + ops.stack({})[0]",
                                                "({})['real']",
                                                "x * (2.0 if ({}) == 'float32' else 3.0)",
                                                "ops.cast(x, 'float32') + ops.cast({}, 'float32')"};

inline TensorType type_of(const ExampleInput& input) {
  using Kind = ExampleInput::Kind;
  TensorType type{input.kind == Kind::ints    ? DType::int32
                  : input.kind == Kind::bools ? DType::boolean
                                              : DType::float32,
                  Shape(input.shape)};
  type.shape[0] = kUnknown;
  return type;
}

}  // namespace revive::testing
