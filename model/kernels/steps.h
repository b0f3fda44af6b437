// Steps of a (batch, steps, ...) tensor: what recurrent layers and wrappers around steps walk over.
#pragma once

#include <cstdint>

#include "revive/model/tensor/tensor.h"

namespace revive {

// The bytes of one of `rows` equal parts of a tensor; none of a tensor without rows.
std::size_t row_bytes(const Tensor& tensor, std::int64_t rows);

// (batch, ...) of one step of (batch, steps, ...).
Tensor take_step(const Tensor& x, std::int64_t step);

// Puts (batch, ...) to where take_step() takes it from. REQUIRES: the dtypes agree, and the dims but for the steps.
void put_step(const Tensor& taken, std::int64_t step, Tensor& x);

}  // namespace revive
