// The two models that are timed.
#pragma once

#include "revive/model/sequential.h"

namespace revive::bench {

// Conv1D, BatchNormalization, a capturing Lambda, LSTM and Dense: what a test run or a fuzzer sees all day.
Sequential small_model();
// One hidden layer whose kernel takes 100 MB: what a service loads at start-up.
Sequential large_model();
// Batch 1, numbers in [-1, 1).
Tensor input_for(const Sequential& model);

}  // namespace revive::bench
