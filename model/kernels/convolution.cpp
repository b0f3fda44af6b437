#include "revive/model/kernels/convolution.h"

#include <algorithm>

#include "revive/model/kernels/matmul.h"

namespace revive {
namespace {

using Index = std::vector<std::int64_t>;

// Lays out what windows see, tap by tap.
template <typename T>
class Patches {
 public:
  Patches(const WindowList& windows, const Tensor& x)
      : windows_(windows), channels_(x.dim(x.rank() - 1)), tap_(windows.size()) {
    for (std::size_t i = 0; i < windows.size(); ++i) {
      cells_.push_back(x.dim(i + 1));
      before_.push_back(windows[i].before(cells_[i]));
      sizes_.push_back(windows[i].size);
    }
  }

  // The taps [first, last) of the window at `position`, with `inner` channels each, from the sample that `in` points
  // to.
  void copy(const T* in, const Index& position, std::int64_t first, std::int64_t last, std::int64_t inner, T* to) {
    const std::size_t run = windows_.size() - 1;
    Index& tap = tap_;
    go_to_tap(first);
    while (first < last) {
      const std::int64_t end = std::min(tap[run] + last - first, sizes_[run]);
      first += end - tap[run];
      const std::int64_t row = row_of(position, tap);
      for (; tap[run] < end; ++tap[run], to += inner) {
        const std::int64_t cell = cell_of(position, tap, run);
        if (row >= 0 && cell >= 0 && cell < cells_[run]) {
          std::copy_n(in + (row * cells_[run] + cell) * channels_, inner, to);
        } else {
          std::fill_n(to, inner, T{});
        }
      }
      --tap[run];
      count_up(tap, sizes_);
    }
  }

 private:
  void go_to_tap(std::int64_t number) {
    for (std::size_t axis = sizes_.size(); axis-- > 0; number /= sizes_[axis]) tap_[axis] = number % sizes_[axis];
  }

  std::int64_t cell_of(const Index& position, const Index& tap, std::size_t axis) const {
    return position[axis] * windows_[axis].stride + tap[axis] * windows_[axis].dilation - before_[axis];
  }

  // The number of the row of cells along the last axis; negative where it is padding.
  std::int64_t row_of(const Index& position, const Index& tap) const {
    std::int64_t row = 0;
    for (std::size_t axis = 0; axis + 1 < windows_.size(); ++axis) {
      const std::int64_t cell = cell_of(position, tap, axis);
      if (cell < 0 || cell >= cells_[axis]) return -1;
      row = row * cells_[axis] + cell;
    }
    return row;
  }

  const WindowList& windows_;
  std::int64_t channels_;
  Index cells_;
  Index before_;
  Index sizes_;
  Index tap_;
};

// Whether the windows are the cells themselves, in order.
bool is_pointwise(const WindowList& windows) {
  return std::ranges::all_of(windows, [](const Windows& axis) { return axis.size == 1 && axis.stride == 1; });
}

// Rounded up. REQUIRES: divisor > 0.
std::int64_t ceil_divide(std::int64_t number, std::int64_t divisor) {
  return number <= 0 ? -(-number / divisor) : (number - 1) / divisor + 1;
}

std::int64_t positions_in(const Tensor& tensor) {
  return static_cast<std::int64_t>(tensor.size()) / tensor.dim(0) / tensor.dim(tensor.rank() - 1);
}

}  // namespace

template <typename T>
void add_convolution(const WindowList& windows, std::int64_t groups, const Tensor& x, const Tensor& kernel, Tensor& y) {
  if (y.size() == 0 || x.size() == 0) return;
  const std::int64_t channels = x.dim(x.rank() - 1);
  const std::int64_t filters = y.dim(y.rank() - 1);
  const std::int64_t inner = channels / groups;
  const std::int64_t columns = filters / groups;
  const std::int64_t positions = positions_in(y);
  const std::int64_t cells = positions_in(x);
  const std::int64_t taps = taps_of(windows);
  const T* in = x.data<T>().data();
  const T* const weights = kernel.data<T>().data();
  T* out = y.data<T>().data();

  // As many rows as can be laid out whole, but four at least, which the product takes at once.
  constexpr std::int64_t kFewestRows = 4;
  const std::int64_t most_rows = std::min(positions, std::max(kFewestRows, kPackedElements / (taps * inner)));
  const std::int64_t most_taps = std::clamp<std::int64_t>(kPackedElements / (most_rows * inner), 1, taps);
  const bool pointwise = is_pointwise(windows);
  std::vector<T> packed(pointwise ? 0 : static_cast<std::size_t>(most_rows * most_taps * inner));
  Patches<T> patches(windows, x);
  Index limits;
  for (std::size_t axis = 1; axis + 1 < y.rank(); ++axis) limits.push_back(y.dim(axis));

  for (std::int64_t sample = 0; sample < x.dim(0); ++sample, in += cells * channels, out += positions * filters) {
    for (std::int64_t group = 0; group < groups; ++group) {
      const T* const group_in = in + group * inner;
      const T* const group_weights = weights + group * columns;
      T* const group_out = out + group * columns;
      if (pointwise) {
        multiply_add<T>({group_in, channels}, {group_weights, filters}, {group_out, filters}, positions, inner,
                        columns);
        continue;
      }
      Index start(limits.size());
      for (std::int64_t row = 0; row < positions; row += most_rows) {
        const std::int64_t rows = std::min(most_rows, positions - row);
        Index position;
        for (std::int64_t tap = 0; tap < taps; tap += most_taps) {
          const std::int64_t width = (std::min(tap + most_taps, taps) - tap) * inner;
          position = start;
          for (std::int64_t r = 0; r < rows; ++r, count_up(position, limits)) {
            patches.copy(group_in, position, tap, tap + width / inner, inner, packed.data() + r * width);
          }
          multiply_add<T>({packed.data(), width}, {group_weights + tap * inner * filters, filters},
                          {group_out + row * filters, filters}, rows, width, columns);
        }
        start = position;
      }
    }
  }
}

template <typename T>
void add_depthwise(const WindowList& windows, std::int64_t multiplier, const Tensor& x, const Tensor& kernel,
                   Tensor& y) {
  if (y.size() == 0 || x.size() == 0) return;
  const std::int64_t channels = x.dim(x.rank() - 1);
  const std::int64_t positions = positions_in(y);
  const std::int64_t taps = taps_of(windows);
  const std::int64_t most_taps = std::clamp<std::int64_t>(kPackedElements / channels, 1, taps);
  std::vector<T> packed(static_cast<std::size_t>(most_taps * channels));
  Patches<T> patches(windows, x);
  const Index limits(y.dims().begin() + 1, y.dims().end() - 1);
  const T* in = x.data<T>().data();
  T* out = y.data<T>().data();
  for (std::int64_t sample = 0; sample < x.dim(0); ++sample, in += positions_in(x) * channels) {
    Index position(limits.size());
    for (std::int64_t p = 0; p < positions; ++p, count_up(position, limits), out += channels * multiplier) {
      const T* factor = kernel.data<T>().data();
      for (std::int64_t tap = 0; tap < taps; tap += most_taps) {
        const std::int64_t last = std::min(tap + most_taps, taps);
        patches.copy(in, position, tap, last, channels, packed.data());
        for (std::int64_t i = 0; i < (last - tap) * channels; ++i, factor += multiplier) {
          T* const to = out + i % channels * multiplier;
          for (std::int64_t m = 0; m < multiplier; ++m) to[m] += packed[static_cast<std::size_t>(i)] * factor[m];
        }
      }
    }
  }
}

template <typename T>
void add_transposed(const SpreadList& spreads, const Tensor& x, const Tensor& kernel, Tensor& y) {
  if (y.size() == 0 || x.size() == 0) return;
  const std::int64_t channels = x.dim(x.rank() - 1);
  const std::int64_t filters = y.dim(y.rank() - 1);
  Dims turned_dims = kernel.dims();
  std::swap(turned_dims[spreads.size()], turned_dims[spreads.size() + 1]);
  const Tensor turned = transpose_blocks(kernel, filters, channels, std::move(turned_dims));

  const std::size_t run = spreads.size() - 1;
  const Index cells(x.dims().begin() + 1, x.dims().end() - 1);
  const Index limits(y.dims().begin() + 1, y.dims().end() - 1);
  Index sizes;
  std::int64_t taps = 1;
  for (const Spread& axis : spreads) {
    sizes.push_back(axis.size);
    taps *= axis.size;
  }
  const std::int64_t rows = positions_in(x) / cells[run];
  Index row_limits(cells.begin(), cells.end() - 1);

  Index tap(spreads.size());
  for (std::int64_t t = 0; t < taps; ++t, count_up(tap, sizes)) {
    const T* const factors = turned.data<T>().data() + t * channels * filters;
    // The cells of a row whose product lies in y.
    const Spread& axis = spreads[run];
    const std::int64_t shift = tap[run] * axis.dilation - axis.crop;
    const std::int64_t begin = std::clamp<std::int64_t>(ceil_divide(-shift, axis.stride), 0, cells[run]);
    const std::int64_t end =
        shift >= limits[run] ? begin : std::clamp((limits[run] - 1 - shift) / axis.stride + 1, begin, cells[run]);
    if (begin == end) continue;
    for (std::int64_t sample = 0; sample < x.dim(0); ++sample) {
      Index row(run);
      for (std::int64_t r = 0; r < rows; ++r, count_up(row, row_limits)) {
        std::int64_t target = sample;
        for (std::size_t i = 0; i < run && target >= 0; ++i) {
          const std::int64_t cell = row[i] * spreads[i].stride + tap[i] * spreads[i].dilation - spreads[i].crop;
          target = cell < 0 || cell >= limits[i] ? -1 : target * limits[i] + cell;
        }
        if (target < 0) continue;
        const T* const from = x.data<T>().data() + ((sample * rows + r) * cells[run] + begin) * channels;
        T* const to = y.data<T>().data() + (target * limits[run] + begin * axis.stride + shift) * filters;
        multiply_add<T>({from, channels}, {factors, filters}, {to, axis.stride * filters}, end - begin, channels,
                        filters);
      }
    }
  }
}

std::int64_t depthwise_cost(const WindowList& windows, std::int64_t positions, std::int64_t channels,
                            std::int64_t multiplier) {
  // A step of plain code for each product, and a copy for each tap.
  const std::int64_t steps = saturating_product({channels, saturating_sum(multiplier, 1), kScalarStep / 4});
  return saturating_product({positions, taps_of(windows), saturating_sum(steps, kScalarStep)});
}

std::int64_t convolution_cost(const WindowList& windows, std::int64_t groups, std::int64_t positions,
                              std::int64_t channels, std::int64_t filters) {
  const std::int64_t taps = taps_of(windows);
  const std::int64_t product = saturating_product({positions, taps, channels / groups, filters});
  if (is_pointwise(windows)) return product;
  // A copy for each tap of each window and group, and what it copies.
  const std::int64_t copies = saturating_product({positions, taps, saturating_sum(channels, groups * kScalarStep)});
  return saturating_sum(product, copies);
}

template void add_convolution<float>(const WindowList&, std::int64_t, const Tensor&, const Tensor&, Tensor&);
template void add_convolution<double>(const WindowList&, std::int64_t, const Tensor&, const Tensor&, Tensor&);
template void add_depthwise<float>(const WindowList&, std::int64_t, const Tensor&, const Tensor&, Tensor&);
template void add_depthwise<double>(const WindowList&, std::int64_t, const Tensor&, const Tensor&, Tensor&);
template void add_transposed<float>(const SpreadList&, const Tensor&, const Tensor&, Tensor&);
template void add_transposed<double>(const SpreadList&, const Tensor&, const Tensor&, Tensor&);

}  // namespace revive
