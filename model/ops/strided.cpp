#include "revive/model/ops/strided.h"

#include <algorithm>
#include <cstring>

namespace revive::ops {

std::vector<std::ptrdiff_t> strides_of(const Dims& dims) {
  std::vector<std::ptrdiff_t> strides(dims.size());
  std::ptrdiff_t stride = 1;
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= static_cast<std::ptrdiff_t>(dims[axis]);
  }
  return strides;
}

void StridedLoops::push(std::int64_t count, std::ptrdiff_t step) {
  if (count == 1) return;
  const auto steps = static_cast<std::ptrdiff_t>(count);
  // A loop that continues the one around it without a gap becomes part of it.
  if (depth_ > 0 && loops_[depth_ - 1].step == step * steps) {
    Loop& outer = loops_[depth_ - 1];
    outer = {outer.count * static_cast<std::size_t>(count), step};
  } else {
    loops_[depth_++] = {static_cast<std::size_t>(count), step};
  }
}

template <typename T>
void StridedLoops::copy(const T* in, T* out) const {
  const Loop inner = depth_ == 0 ? Loop{} : loops_[depth_ - 1];
  const std::size_t outer = depth_ == 0 ? 0 : depth_ - 1;
  std::array<std::size_t, 2 * kMaxGraphRank> index{};
  for (;;) {
    if (inner.step == 1) {
      std::memcpy(out, in, inner.count * sizeof(T));
    } else {
      std::ptrdiff_t from = 0;
      for (T& each : std::span(out, inner.count)) {
        each = in[from];
        from += inner.step;
      }
    }
    out += inner.count;
    std::size_t loop = outer;
    for (; loop > 0; --loop) {
      const Loop& around = loops_[loop - 1];
      if (++index[loop - 1] < around.count) {
        in += around.step;
        break;
      }
      in -= around.step * static_cast<std::ptrdiff_t>(around.count - 1);
      index[loop - 1] = 0;
    }
    if (loop == 0) return;
  }
}

Tensor StridedLoops::copy(const Tensor& array, Dims dims) const {
  Tensor out = Tensor::uninitialized(array.dtype(), std::move(dims));
  if (out.size() == 0) return out;
  // Whatever the elements are, they are moved by their size.
  const auto as = [&]<typename T>(T) { copy(array.data<T>().data() + first_, out.data<T>().data()); };
  switch (size_of(array.dtype())) {
    case 1: as(std::uint8_t{}); break;
    case 2: as(std::uint16_t{}); break;
    case 4: as(std::uint32_t{}); break;
    default: as(std::uint64_t{}); break;
  }
  return out;
}

Tensor permuted(const Tensor& array, std::span<const std::size_t> order) {
  if (std::ranges::is_sorted(order)) return array;
  const auto strides = strides_of(array.dims());
  StridedLoops loops;
  Dims dims;
  for (const std::size_t axis : order) {
    loops.push(array.dim(axis), strides[axis]);
    dims.push_back(array.dim(axis));
  }
  return loops.copy(array, std::move(dims));
}

}  // namespace revive::ops
