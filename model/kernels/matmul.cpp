#include "revive/model/kernels/matmul.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

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

// Whether a part of the inner index is the first, which is added to what `out` holds term by term. Each other part is
// summed up by itself.
enum class Part : std::uint8_t { first, later };

// `kBytes` of elements, as one register of that width holds them.
template <typename T, int kBytes>
using Vector [[gnu::vector_size(kBytes)]] = T;

// A tile of sums: `kRows` rows of `kVectors` registers.
template <typename T, int kBytes, int kRows, int kVectors>
struct Tile {
  static constexpr int kLanes = kBytes / static_cast<int>(sizeof(T));
  static constexpr int kColumns = kVectors * kLanes;
  using Lanes = Vector<T, kBytes>;

  // Elements stand anywhere. An attribute of Lanes that says so is lost on clang, which then stores to where a whole
  // register would have to stand; bytes that are copied become the same instructions.
  [[gnu::always_inline]] static void load(Lanes& to, const T* from) { std::memcpy(&to, from, sizeof to); }
  [[gnu::always_inline]] static void store(T* to, const Lanes& from) { std::memcpy(to, &from, sizeof from); }

  // Inlined into a function of its instructions, and compiled for those.
  template <int kCount>
  [[gnu::always_inline]] static void rows(const T* a, std::int64_t a_stride, const T* b, std::int64_t b_stride, T* out,
                                          std::int64_t out_stride, std::int64_t inner, Part part) {
    Lanes sums[kCount][kVectors] = {};
    if (part == Part::first) {
#pragma GCC unroll 16
      for (int r = 0; r < kCount; ++r) {
#pragma GCC unroll 16
        for (int v = 0; v < kVectors; ++v) load(sums[r][v], out + r * out_stride + v * kLanes);
      }
    }
    for (std::int64_t k = 0; k < inner; ++k) {
      Lanes row[kVectors];
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) load(row[v], b + k * b_stride + v * kLanes);
#pragma GCC unroll 16
      for (int r = 0; r < kCount; ++r) {
        const T factor = a[r * a_stride + k];
#pragma GCC unroll 16
        for (int v = 0; v < kVectors; ++v) sums[r][v] += factor * row[v];
      }
    }
#pragma GCC unroll 16
    for (int r = 0; r < kCount; ++r) {
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) {
        T* const target = out + r * out_stride + v * kLanes;
        if (part == Part::later) {
          Lanes before;
          load(before, target);
          sums[r][v] = before + sums[r][v];
        }
        store(target, sums[r][v]);
      }
    }
  }

  // All rows of a strip of kColumns.
  [[gnu::always_inline]] static void strip(ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t count,
                                           std::int64_t inner, Part part) {
    std::int64_t row = 0;
    for (; row + kRows <= count; row += kRows) block<kRows>(a, b, out, row, inner, part);
    if (row + 4 <= count) row = block<4>(a, b, out, row, inner, part);
    if (row + 2 <= count) row = block<2>(a, b, out, row, inner, part);
    if (row < count) block<1>(a, b, out, row, inner, part);
  }

  // out[c] += sum over k of factors[k] * b[k, c]: whole rows of b one after the other, as they stand in memory.
  [[gnu::always_inline]] static void sweep(const T* factors, ConstBlockOf<T> b, T* out, std::int64_t inner,
                                           std::int64_t columns) {
    constexpr int kAtOnce = 4;
    std::int64_t k = 0;
    for (; k + kAtOnce <= inner; k += kAtOnce) add_rows<kAtOnce>(factors + k, b, k, out, columns);
    for (; k < inner; ++k) add_rows<1>(factors + k, b, k, out, columns);
  }

 private:
  template <int kCount>
  [[gnu::always_inline]] static std::int64_t block(ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out,
                                                   std::int64_t row, std::int64_t inner, Part part) {
    rows<kCount>(a.data + row * a.stride, a.stride, b.data, b.stride, out.data + row * out.stride, out.stride, inner,
                 part);
    return row + kCount;
  }

  template <int kCount>
  [[gnu::always_inline]] static void add_rows(const T* factors, ConstBlockOf<T> b, std::int64_t k, T* sums,
                                              std::int64_t columns) {
    std::int64_t column = 0;
    for (; column + kLanes <= columns; column += kLanes) {
      Lanes sum;
      load(sum, sums + column);
#pragma GCC unroll 16
      for (int i = 0; i < kCount; ++i) {
        Lanes row;
        load(row, b.data + (k + i) * b.stride + column);
        sum += factors[i] * row;
      }
      store(sums + column, sum);
    }
    for (; column < columns; ++column) {
#pragma GCC unroll 16
      for (int i = 0; i < kCount; ++i) sums[column] += factors[i] * b.data[(k + i) * b.stride + column];
    }
  }
};

// A strip of b, its rows one behind the other. Of a number of columns that is known, a row is copied by an instruction
// or two; by a call, all of them together take a sixth of the product's time.
template <typename T, int kColumns>
void pack_strip(ConstBlockOf<T> b, std::int64_t inner, T* packed) {
  for (std::int64_t k = 0; k < inner; ++k) {
    std::memcpy(packed + k * kColumns, b.data + k * b.stride, sizeof(T) * kColumns);
  }
}

// What there is of some instructions.
template <typename T>
struct Kernel {
  void (*pack)(ConstBlockOf<T> b, std::int64_t inner, T* packed);
  void (*strip)(ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t count, std::int64_t inner,
                Part part);
  void (*sweep)(const T* factors, ConstBlockOf<T> b, T* out, std::int64_t inner, std::int64_t columns);
  // Of a strip.
  std::int64_t columns;
};

// Sixteen registers of 16 bytes: twelve sums, two of a row, one factor.
template <typename T>
using PlainTile = Tile<T, 16, 6, 2>;
template <typename T>
void plain_strip(ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t count, std::int64_t inner,
                 Part part) {
  PlainTile<T>::strip(a, b, out, count, inner, part);
}
template <typename T>
void plain_sweep(const T* factors, ConstBlockOf<T> b, T* out, std::int64_t inner, std::int64_t columns) {
  PlainTile<T>::sweep(factors, b, out, inner, columns);
}

#ifdef __x86_64__
// Sixteen registers of 32 bytes.
template <typename T>
using Avx2Tile = Tile<T, 32, 6, 2>;
template <typename T>
[[gnu::target("avx2")]] void avx2_strip(ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t count,
                                        std::int64_t inner, Part part) {
  Avx2Tile<T>::strip(a, b, out, count, inner, part);
}
template <typename T>
[[gnu::target("avx2")]] void avx2_sweep(const T* factors, ConstBlockOf<T> b, T* out, std::int64_t inner,
                                        std::int64_t columns) {
  Avx2Tile<T>::sweep(factors, b, out, inner, columns);
}
#endif

template <typename T>
Kernel<T> kernel_of(Instructions instructions) {
#ifdef __x86_64__
  if (instructions == Instructions::avx2) {
    return {pack_strip<T, Avx2Tile<T>::kColumns>, avx2_strip<T>, avx2_sweep<T>, Avx2Tile<T>::kColumns};
  }
#else
  static_cast<void>(instructions);
#endif
  return {pack_strip<T, PlainTile<T>::kColumns>, plain_strip<T>, plain_sweep<T>, PlainTile<T>::kColumns};
}

// The same of fewer columns than a strip has, zeros behind the last.
template <typename T>
void pack_edge(ConstBlockOf<T> b, std::int64_t inner, std::int64_t columns, std::int64_t width, T* packed) {
  for (std::int64_t k = 0; k < inner; ++k, packed += width) {
    std::copy_n(b.data + k * b.stride, columns, packed);
    std::fill(packed + columns, packed + width, T{});
  }
}

// Fewer columns than a strip has: both sides are copied into one whose other columns are zeros.
template <typename T>
void edge(const Kernel<T>& kernel, ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t rows,
          std::int64_t inner, std::int64_t columns, Part part, T* packed) {
  constexpr std::int64_t kAtOnce = 48;
  std::array<T, static_cast<std::size_t>(kAtOnce * PlainTile<T>::kColumns)> sums{};
  const std::int64_t width = kernel.columns;
  pack_edge(b, inner, columns, width, packed);
  for (std::int64_t row = 0; row < rows; row += kAtOnce) {
    const std::int64_t count = std::min(kAtOnce, rows - row);
    T* const target = out.data + row * out.stride;
    for (std::int64_t r = 0; r < count; ++r) std::copy_n(target + r * out.stride, columns, sums.data() + r * width);
    kernel.strip({a.data + row * a.stride, a.stride}, {packed, width}, {sums.data(), width}, count, inner, part);
    for (std::int64_t r = 0; r < count; ++r) std::copy_n(sums.data() + r * width, columns, target + r * out.stride);
  }
}

// Of few rows, each for itself.
template <typename T>
void sweep(const Kernel<T>& kernel, ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t rows,
           std::int64_t inner, std::int64_t columns) {
  std::vector<T> sums(inner > kSumOfParts ? static_cast<std::size_t>(columns) : 0);
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* const factors = a.data + r * a.stride;
    T* const target = out.data + r * out.stride;
    kernel.sweep(factors, b, target, std::min(inner, kSumOfParts), columns);
    for (std::int64_t first = kSumOfParts; first < inner; first += kSumOfParts) {
      std::ranges::fill(sums, T{});
      kernel.sweep(factors + first, {b.data + first * b.stride, b.stride}, sums.data(),
                   std::min(kSumOfParts, inner - first), columns);
      for (std::size_t c = 0; c < sums.size(); ++c) target[c] += sums[c];
    }
  }
}

Instructions narrower(Instructions instructions) {
  return static_cast<Instructions>(static_cast<int>(instructions) - 1);
}

}  // namespace

template <typename T>
void multiply_add(Instructions instructions, ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t rows,
                  std::int64_t inner, std::int64_t columns) {
  // From so many rows on, a copy of a strip costs less than it saves.
  constexpr std::int64_t kPackedFrom = 6;
  const Kernel<T> widest = kernel_of<T>(instructions);
  if (rows < kPackedFrom) return sweep(widest, a, b, out, rows, inner, columns);
  std::vector<T> packed(static_cast<std::size_t>(widest.columns * std::min(inner, kSumOfParts)));
  for (std::int64_t first = 0; first < inner; first += kSumOfParts) {
    const std::int64_t length = std::min(kSumOfParts, inner - first);
    const Part part = first == 0 ? Part::first : Part::later;
    const ConstBlockOf<T> left{a.data + first, a.stride};
    const T* const above = b.data + first * b.stride;
    std::int64_t column = 0;
    // What is too narrow for the widest registers may fill narrower ones.
    for (Instructions each = instructions;; each = narrower(each)) {
      const Kernel<T> kernel = kernel_of<T>(each);
      for (; column + kernel.columns <= columns; column += kernel.columns) {
        kernel.pack({above + column, b.stride}, length, packed.data());
        kernel.strip(left, {packed.data(), kernel.columns}, {out.data + column, out.stride}, rows, length, part);
      }
      if (each == Instructions::plain) break;
    }
    if (column == columns) continue;
    edge(kernel_of<T>(Instructions::plain), left, {above + column, b.stride}, {out.data + column, out.stride}, rows,
         length, columns - column, part, packed.data());
  }
}

template <typename T>
void multiply_add(ConstBlockOf<T> a, ConstBlockOf<T> b, BlockOf<T> out, std::int64_t rows, std::int64_t inner,
                  std::int64_t columns) {
  multiply_add<T>(best_instructions(), a, b, out, rows, inner, columns);
}

template void multiply_add(Instructions, ConstBlockOf<float>, ConstBlockOf<float>, BlockOf<float>, std::int64_t,
                           std::int64_t, std::int64_t);
template void multiply_add(Instructions, ConstBlockOf<double>, ConstBlockOf<double>, BlockOf<double>, std::int64_t,
                           std::int64_t, std::int64_t);
template void multiply_add(ConstBlockOf<float>, ConstBlockOf<float>, BlockOf<float>, std::int64_t, std::int64_t,
                           std::int64_t);
template void multiply_add(ConstBlockOf<double>, ConstBlockOf<double>, BlockOf<double>, std::int64_t, std::int64_t,
                           std::int64_t);

}  // namespace revive
