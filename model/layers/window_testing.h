// For the tests of layers with windows: numbers by their place on a grid, and windows from a seed.
#pragma once

#include "revive/model/layers/testing.h"

namespace revive::testing {

using Index = std::vector<std::int64_t>;

inline std::int64_t pick(Random& random, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(high - low + 1)));
}

// Calls visit(index) for every index below `limits`, the last axis fastest.
template <typename Visit>
void for_each_index(const Index& limits, Visit&& visit) {
  std::int64_t count = 1;
  for (const std::int64_t limit : limits) count *= limit;
  for (std::int64_t number = 0; number < count; ++number) {
    Index index(limits.size());
    std::int64_t rest = number;
    for (std::size_t axis = limits.size(); axis-- > 0; rest /= limits[axis]) index[axis] = rest % limits[axis];
    visit(index);
  }
}

// A float32 tensor of a batch, spatial axes and channels, which are in front (`first`) or behind.
struct Grid {
  Grid(const Tensor& tensor, bool first) : tensor_(tensor), first_(first) {
    const std::size_t spatial = tensor.rank() - 2;
    for (std::size_t i = 0; i < spatial; ++i) cells.push_back(tensor.dim(i + (first ? 2 : 1)));
    channels = tensor.dim(first ? 1 : spatial + 1);
  }

  bool has(const Index& cell) const {
    for (std::size_t i = 0; i < cell.size(); ++i) {
      if (cell[i] < 0 || cell[i] >= cells[i]) return false;
    }
    return true;
  }
  // Zero for a cell that is not there.
  double at(std::int64_t sample, const Index& cell, std::int64_t channel) const {
    if (!has(cell)) return 0;
    std::int64_t place = first_ ? sample * channels + channel : sample;
    for (std::size_t i = 0; i < cell.size(); ++i) place = place * cells[i] + cell[i];
    if (!first_) place = place * channels + channel;
    return static_cast<double>(tensor_.data<float>()[static_cast<std::size_t>(place)]);
  }

  Index cells;
  std::int64_t channels = 0;

 private:
  const Tensor& tensor_;
  bool first_;
};

struct DrawnWindows {
  Index sizes, strides, dilations, cells;
  bool same = false;
  bool first = false;

  std::int64_t extent(std::size_t axis) const { return (sizes[axis] - 1) * dilations[axis] + 1; }
  // Padding in front: the smaller half of what `same` needs so that every stride-th cell starts a window.
  std::int64_t before(std::size_t axis, std::int64_t length) const {
    if (!same) return 0;
    const std::int64_t windows = (length + strides[axis] - 1) / strides[axis];
    return std::max<std::int64_t>((windows - 1) * strides[axis] + extent(axis) - length, 0) / 2;
  }

  Dims input_dims(std::int64_t batch, std::int64_t channels) const {
    Dims dims{batch};
    if (first) dims.push_back(channels);
    dims.insert(dims.end(), cells.begin(), cells.end());
    if (!first) dims.push_back(channels);
    return dims;
  }
  // With an unknown batch, and now and then an unknown spatial axis.
  Shape shape(const Dims& dims, Random& random) const {
    Shape shape(dims);
    shape[0] = kUnknown;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (random.below(3) == 0) shape[i + (first ? 2 : 1)] = kUnknown;
    }
    return shape;
  }

  Value::Object config(const char* size_key) const {
    return {{size_key, Value(Value::Array(sizes.begin(), sizes.end()))},
            {"strides", Value(Value::Array(strides.begin(), strides.end()))},
            {"padding", same ? "same" : "valid"},
            {"data_format", first ? "channels_first" : "channels_last"}};
  }
};

// Windows that fit into their cells.
inline DrawnWindows draw_windows_for(std::size_t rank, Random& random) {
  DrawnWindows drawn;
  drawn.same = random.below(2) == 1;
  drawn.first = random.below(2) == 1;
  const bool dilates = random.below(3) == 0;
  for (std::size_t i = 0; i < rank; ++i) {
    drawn.sizes.push_back(pick(random, 1, rank == 3 ? 3 : 4));
    drawn.strides.push_back(dilates ? 1 : pick(random, 1, 3));
    drawn.dilations.push_back(dilates ? pick(random, 1, 3) : 1);
    drawn.cells.push_back(pick(random, drawn.extent(i), drawn.extent(i) + (rank == 3 ? 3 : 7)));
  }
  return drawn;
}

}  // namespace revive::testing
