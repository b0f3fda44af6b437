// .npy files beside archives: what a model is given, and what it answered.
#pragma once

#include <string>

#include "revive/model/tensor/tensor.h"

namespace revive::tools {

// Errors have the path as their place.
Result<Tensor> read_array(const std::string& path);
Status write_array(const std::string& path, const Tensor& tensor);

// "NAME.input.npy" and "NAME.output.npy" beside "NAME.keras".
std::string recorded_input_path(const std::string& archive);
std::string recorded_output_path(const std::string& archive);
// Whether anything stands at `path`.
bool exists(const std::string& path);

}  // namespace revive::tools
