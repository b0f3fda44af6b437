// The Python program that rebuilds a model in stock Keras.
//
// Derived from the declarations: every layer is a call of its class with each field by keyword, so a new class needs
// nothing here. A lambda is written as its text, or as calls of keras.ops where its text is not known, inside a
// function whose parameters are the captured names: two lambdas of one text keep their own values. Weights, captured
// arrays and the input come back bit for bit. What matters for training alone is left out.
#pragma once

#include <string>

#include "revive/model/sequential.h"

namespace revive::properties {

// With an `input`, the program ends by printing the model's answer to it.
std::string python_program(const Sequential& model, const Tensor* input = nullptr);

}  // namespace revive::properties
