// Copying the elements of an array in another order: a nest of loops over it, each with a step of its own.
//
// Whatever picks, repeats, reverses or permutes elements along axes (indexing, transposing, flipping, tiling) is such
// a nest; the copy merges loops that follow on each other and moves whole runs where elements lie side by side.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "revive/model/tensor/broadcast.h"
#include "revive/model/tensor/tensor.h"

namespace revive::ops {

// How many elements apart neighbours on each axis are.
std::vector<std::ptrdiff_t> strides_of(const Dims& dims);

class StridedLoops {
 public:
  // A loop inside those before. `step` is in elements, and may be 0 or negative.
  void push(std::int64_t count, std::ptrdiff_t step);
  // Where the first element lies, relative to where it did.
  void start_at(std::ptrdiff_t offset) { first_ += offset; }

  // The elements in the order of the loops. REQUIRES: there are as many as `dims` says, and the array holds them all;
  // at most two loops for each of kMaxGraphRank axes.
  Tensor copy(const Tensor& array, Dims dims) const;

 private:
  struct Loop {
    std::size_t count = 1;
    std::ptrdiff_t step = 0;
  };

  template <typename T>
  void copy(const T* in, T* out) const;

  // Outermost first.
  std::array<Loop, 2 * kMaxGraphRank> loops_;
  std::size_t depth_ = 0;
  std::ptrdiff_t first_ = 0;
};

// The array with its axes in the given order: axis i of the result is axis order[i] of the array.
Tensor permuted(const Tensor& array, std::span<const std::size_t> order);

}  // namespace revive::ops
