// What may stand for the parameters of functions, and what to call them on.
#pragma once

#include <string_view>
#include <vector>

#include "revive/model/lambda/function_signature.h"

namespace revive {

// Fills in what is not declared with the function: the examples, and whether the parameter does anything.
void add_examples(std::string_view path, FunctionParameter& parameter);
std::vector<ExampleInput> example_inputs(std::string_view path);

}  // namespace revive
