// NumPy's .npy files, for recorded inputs and outputs: one array, to and from Tensor.
//
// Read: versions 1.0 and 2.0, C order, little-endian; every dtype of a Tensor, bfloat16 as the two bytes that
// ml_dtypes stores it as; any rank up to Limits::tensor_rank; the data fill the file exactly. Written: version 1.0,
// data aligned to 64 bytes.
//
// Errors: npy_format. The place is empty, for callers to put the file's path there.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/tensor/tensor.h"

namespace revive {

Result<Tensor> read_npy(std::span<const std::byte> file, const Limits& limits);

// Fails where the shape does not fit a header.
Result<std::vector<std::byte>> write_npy(const Tensor& tensor);

}  // namespace revive
