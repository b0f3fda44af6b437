// What a function of the expression language is called with, for whoever draws calls of it: the test that every
// declared parameter is used or refused, and the comparison with stock Keras (tools/keras/differential.py).
//
// The parameters are those of the function's declaration (model/lambda/function_table.h, or the op's own). What may
// stand for them is declared once, in function_examples.cpp: texts of the language over `x`, the input.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace revive {

struct FunctionParameter {
  std::string name;
  // Whether a call has to give it.
  bool required = true;
  // Collects the remaining positional arguments: ops.einsum(subscripts, *operands).
  bool variadic = false;
  // TensorFlow 1 had it, and no TensorFlow that runs does.
  bool gone = false;
  // Whatever it is, the real function gives the same.
  bool without_effect = false;
  // At least two, unless it is what the function is applied to.
  std::vector<std::string> examples;
};

// What a call is tried on: the dtype and numbers of x, and its shape with the batch in front.
struct ExampleInput {
  enum class Kind : char { any = 'f', unit = 'u', positive = 'p', ints = 'i', bools = 'b' };
  Kind kind = Kind::any;
  std::vector<std::int64_t> shape;
};

struct FunctionSignature {
  std::string path;
  std::vector<FunctionParameter> parameters;
  std::vector<ExampleInput> inputs;
};

// Every function of the tables and every op under its name in keras.ops, sorted by path; constants are none.
std::vector<FunctionSignature> function_signatures();

}  // namespace revive
