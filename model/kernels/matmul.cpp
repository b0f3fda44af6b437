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
template <typename T>
using Strip = Eigen::Array<T, kColumns, 1>;

template <int kCount, typename T>
void strip(ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t inner) {
  Strip<T> sums[kCount];
  for (int r = 0; r < kCount; ++r) sums[r] = Eigen::Map<const Strip<T>>(out.data + r * out.stride);
  for (std::int64_t k = 0; k < inner; ++k) {
    const Eigen::Map<const Strip<T>> row(b.data + k * b.stride);
    for (int r = 0; r < kCount; ++r) sums[r] += a.data[r * a.stride + k] * row;
  }
  for (int r = 0; r < kCount; ++r) Eigen::Map<Strip<T>>(out.data + r * out.stride) = sums[r];
}

template <typename T>
void narrow(ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t rows, std::int64_t inner,
            std::int64_t columns) {
  for (std::int64_t r = 0; r < rows; ++r) {
    T* target = out.data + r * out.stride;
    for (std::int64_t k = 0; k < inner; ++k) {
      const T factor = a.data[r * a.stride + k];
      const T* row = b.data + k * b.stride;
      for (std::int64_t c = 0; c < columns; ++c) target[c] += factor * row[c];
    }
  }
}

}  // namespace

template <typename T>
void multiply_add(ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t rows, std::int64_t inner,
                  std::int64_t columns) {
  std::int64_t column = 0;
  for (; column + kColumns <= columns; column += kColumns) {
    const ConstBlockOf<T> right{b.data + column, b.stride};
    std::int64_t row = 0;
    for (; row + kRows <= rows; row += kRows) {
      strip<kRows, T>({a.data + row * a.stride, a.stride}, right, {out.data + row * out.stride + column, out.stride},
                      inner);
    }
    for (; row < rows; ++row) {
      strip<1, T>({a.data + row * a.stride, a.stride}, right, {out.data + row * out.stride + column, out.stride},
                  inner);
    }
  }
  if (column < columns) {
    narrow<T>(a, {b.data + column, b.stride}, {out.data + column, out.stride}, rows, inner, columns - column);
  }
}

template void multiply_add(ConstBlockOf<float>, ConstBlockOf<float>, BlockOf<float>, std::int64_t, std::int64_t,
                           std::int64_t);
template void multiply_add(ConstBlockOf<double>, ConstBlockOf<double>, BlockOf<double>, std::int64_t, std::int64_t,
                           std::int64_t);

}  // namespace revive
