// model.weights.h5: a model's variables, to and from the tree of an HDF5 file.
//
// Variables are addressed by position and snake-cased class name ("layers/dense_1/vars/0"), never by layer name;
// `optimizer` and every other dataset that belongs to no layer is carried with its path. Stored dtypes other than
// float32, whichever they are, are cast as Keras casts on assignment; shapes must be equal. Errors: weights_missing,
// weights_count, weights_shape, model_not_built; usage for carried tensors that are in each other's way or in a
// layer's; places such as "model.weights.h5: /layers/dense/vars/0".
#pragma once

#include "revive/model/sequential.h"
#include "revive/serializer/hdf5/hdf5.h"

namespace revive {

struct WeightsOptions {
  // Leave out what is carried for training.
  bool without_training_state = false;
};

// The tree views the model's tensors, which must outlive it and stay unchanged. Fails when a built layer has no
// weights.
Result<hdf5::Group> model_to_weights(const Sequential& model, const WeightsOptions& options = {});

// Sets every variable of `model` and what it carries.
Status weights_to_model(const hdf5::Group& file, Sequential& model);

}  // namespace revive
