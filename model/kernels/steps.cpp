#include "revive/model/kernels/steps.h"

#include <cstring>

namespace revive {

std::size_t row_bytes(const Tensor& tensor, std::int64_t rows) {
  return rows == 0 ? 0 : tensor.byte_size() / static_cast<std::size_t>(rows);
}

Tensor take_step(const Tensor& x, std::int64_t step) {
  const std::int64_t steps = x.dim(1);
  Dims dims = x.dims();
  dims.erase(dims.begin() + 1);
  Tensor taken = Tensor::uninitialized(x.dtype(), std::move(dims));
  const std::size_t row = row_bytes(x, x.dim(0) * steps);
  const std::byte* from = x.bytes().data() + static_cast<std::size_t>(step) * row;
  std::byte* to = taken.bytes().data();
  for (std::int64_t sample = 0; sample < x.dim(0) && row > 0; ++sample) {
    std::memcpy(to + static_cast<std::size_t>(sample) * row, from + static_cast<std::size_t>(sample * steps) * row,
                row);
  }
  return taken;
}

void put_step(const Tensor& taken, std::int64_t step, Tensor& x) {
  const std::int64_t steps = x.dim(1);
  const std::size_t row = row_bytes(x, x.dim(0) * steps);
  const std::byte* from = taken.bytes().data();
  std::byte* to = x.bytes().data() + static_cast<std::size_t>(step) * row;
  for (std::int64_t sample = 0; sample < x.dim(0) && row > 0; ++sample) {
    std::memcpy(to + static_cast<std::size_t>(sample * steps) * row, from + static_cast<std::size_t>(sample) * row,
                row);
  }
}

}  // namespace revive
