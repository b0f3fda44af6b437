// The one product routine of the library.
//
// out[r, c] += sum over k of a[r, k] * b[k, c]: the first kSumOfParts terms are added to what `out` holds one by one,
// in the order of k; of those behind them, each kSumOfParts are summed up from zero in the same way and their sum is
// added. So rounding grows with the length of a part and the number of parts, not with their product. The order of
// summation of an output element depends on `inner` alone, never on the number of rows or columns, so a sample's result
// is the same bits in any batch. No fused multiply-add (the build forbids contraction), so wider registers give the
// same bits, too; which there are is found out when the program runs.
#pragma once

#include <cstdint>

#include "revive/model/kernels/instructions.h"

namespace revive {

// A strip of so many rows stays in the second-level cache.
inline constexpr std::int64_t kSumOfParts = 512;

// Row-major blocks whose rows are `stride` elements apart. They do not overlap.
template <typename T>
struct ConstBlockOf {
  const T* data;
  std::int64_t stride;
};
template <typename T>
struct BlockOf {
  T* data;
  std::int64_t stride;
};

using ConstBlock = ConstBlockOf<float>;
using Block = BlockOf<float>;

// There for float and double. By best_instructions(), or by those that are named.
template <typename T>
void multiply_add(Instructions instructions, ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t rows,
                  std::int64_t inner, std::int64_t columns);
template <typename T>
void multiply_add(ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t rows, std::int64_t inner,
                  std::int64_t columns);

inline void multiply_add(ConstBlock a, ConstBlock b, Block out, std::int64_t rows, std::int64_t inner,
                         std::int64_t columns) {
  multiply_add<float>(a, b, out, rows, inner, columns);
}

}  // namespace revive
