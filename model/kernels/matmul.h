// The one product routine of the library.
//
// out[r, c] += sum over k of a[r, k] * b[k, c], added in the order of k, starting from what `out` holds. The order
// of summation of an output element depends on `inner` alone, never on the number of rows or columns, so a
// sample's result is the same bits in any batch. No fused multiply-add (the build forbids contraction).
#pragma once

#include <cstdint>

namespace revive {

// Row-major blocks whose rows are `stride` elements apart. They do not overlap.
struct ConstBlock {
  const float* data;
  std::int64_t stride;
};
struct Block {
  float* data;
  std::int64_t stride;
};

void multiply_add(ConstBlock a, ConstBlock b, Block out, std::int64_t rows, std::int64_t inner, std::int64_t columns);

}  // namespace revive
