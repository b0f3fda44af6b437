// The C++ program that rebuilds a model with revive and asks whether it comes back the same.
//
// Derived from the declarations, as python_program.h is. The program needs an installed revive and nothing else; it
// saves the model where its argument says (model.keras without one), loads it, compares the models and what they
// answer, and exits with 0 when nothing differs. Config, lambdas, weights and input are those of the model bit for bit.
// What matters for training alone is left out. A lambda whose graph nests deeper than a text may is left blank, so that
// the program does not compile.
#pragma once

#include <string>

#include "revive/model/sequential.h"

namespace revive::properties {

// Just the function that makes the model, for a reader: "Sequential make_model() { ... }".
std::string cpp_model(const Sequential& model);
// Without an `input`, outputs are not compared.
std::string cpp_program(const Sequential& model, const Tensor* input = nullptr);

}  // namespace revive::properties
