// The models that are timed.
#pragma once

#include "revive/model/sequential.h"

namespace revive::bench {

// Conv1D, BatchNormalization, a capturing Lambda, LSTM and Dense: what a test run or a fuzzer sees all day.
Sequential small_model();
// One hidden layer whose kernel takes 100 MB: what a service loads at start-up.
Sequential large_model();
// Of one layer, for a batch of this shape.
Sequential one_layer(std::string_view class_name, const Value::Object& config, Value::Array batch_shape);
// Of the batch that the model is for, or batch 1; numbers in [-1, 1).
Tensor input_for(const Sequential& model);

}  // namespace revive::bench
