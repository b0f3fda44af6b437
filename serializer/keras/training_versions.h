// What of training state an older Keras does not have.
//
// Keras makes losses, metrics, optimizers and initializers as it opens an archive, so one that it does not know keeps
// it from opening any. Compared were the classes and functions of these modules, and what their constructors take, in
// every Keras from 3.4.1 to 3.15.
#pragma once

#include <string>
#include <vector>

#include "revive/model/sequential.h"

namespace revive {

// What of `model`'s training state asks for a newer Keras than kOldestKeras, and for which: "compile_config: loss:
// Circle: 3.7.0".
std::vector<std::string> newer_training_state(const Sequential& model);

// Whether a layer has arguments that an older Keras does not take and that are None, as which Keras takes what is left
// out: the axes that Keras 3.15 writes for its initializers. They are not written (training_code.h).
bool has_newer_defaults(const Sequential& model);
// Takes them out.
void drop_newer_defaults(Sequential& model);

}  // namespace revive
