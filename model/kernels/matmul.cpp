#include "revive/model/kernels/matmul.h"

#include <Eigen/Core>

namespace revive {
namespace {

// Eigen sizes the blocks of its own products by the caches of the machine it runs on. This library does not use
// those products, but a user's layer may, and then results should not depend on the machine either.
[[maybe_unused]] const bool kCacheSizesFixed = [] {
  constexpr std::ptrdiff_t kKibi = 1024;
  Eigen::setCpuCacheSizes(32 * kKibi, 512 * kKibi, 4096 * kKibi);
  return true;
}();

// Four rows by sixteen columns of accumulators stay in the registers of the oldest x86-64.
constexpr int kRows = 4;
constexpr int kColumns = 16;
using Strip = Eigen::Array<float, kColumns, 1>;

template <int kCount>
void strip(ConstBlock a, ConstBlock b, Block out, std::int64_t inner) {
  Strip sums[kCount];
  for (int r = 0; r < kCount; ++r) sums[r] = Eigen::Map<const Strip>(out.data + r * out.stride);
  for (std::int64_t k = 0; k < inner; ++k) {
    const Eigen::Map<const Strip> row(b.data + k * b.stride);
    for (int r = 0; r < kCount; ++r) sums[r] += a.data[r * a.stride + k] * row;
  }
  for (int r = 0; r < kCount; ++r) Eigen::Map<Strip>(out.data + r * out.stride) = sums[r];
}

void narrow(ConstBlock a, ConstBlock b, Block out, std::int64_t rows, std::int64_t inner, std::int64_t columns) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float* target = out.data + r * out.stride;
    for (std::int64_t k = 0; k < inner; ++k) {
      const float factor = a.data[r * a.stride + k];
      const float* row = b.data + k * b.stride;
      for (std::int64_t c = 0; c < columns; ++c) target[c] += factor * row[c];
    }
  }
}

}  // namespace

void multiply_add(ConstBlock a, ConstBlock b, Block out, std::int64_t rows, std::int64_t inner, std::int64_t columns) {
  std::int64_t column = 0;
  for (; column + kColumns <= columns; column += kColumns) {
    const ConstBlock right{b.data + column, b.stride};
    std::int64_t row = 0;
    for (; row + kRows <= rows; row += kRows) {
      strip<kRows>({a.data + row * a.stride, a.stride}, right, {out.data + row * out.stride + column, out.stride},
                   inner);
    }
    for (; row < rows; ++row) {
      strip<1>({a.data + row * a.stride, a.stride}, right, {out.data + row * out.stride + column, out.stride}, inner);
    }
  }
  if (column < columns) {
    narrow(a, {b.data + column, b.stride}, {out.data + column, out.stride}, rows, inner, columns - column);
  }
}

}  // namespace revive
