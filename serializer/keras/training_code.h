// Training state that is code, or names what is not Keras' own: what a safe archive does not hold.
//
// Losses, metrics, optimizers, initializers, regularizers and constraints are carried without being understood. One
// that is a Python lambda, or a class or function outside Keras, makes stock Keras refuse the archive in safe mode, or
// import what it names where it is an old one. It has no effect on what the model computes.
#pragma once

#include <string>
#include <vector>

#include "revive/model/base/value.h"
#include "revive/model/sequential.h"

namespace revive {

// What is not safe in a piece of training state, as one phrase: "a Python lambda", "os>system"; empty where all of it
// is Keras' own. An object without a module or class counts as data.
std::string unsafe_part(const Value& value);

// What of `model`'s training state is not safe, or would keep stock Keras from opening the archive, each as "/layers/1
// (Dense 'dense'): kernel_regularizer: a Python lambda".
std::vector<std::string> training_code(const Sequential& model);

// The model without it, as it is written. An optimizer that is not safe takes the whole compile_config with it; and
// arguments that are None, as which Keras takes what is left out, are left to a Keras that knows them (the axes that
// Keras 3.15 writes for its initializers).
Sequential without_training_code(const Sequential& model);
}  // namespace revive
