#include "revive/model/kernels/windows.h"

#include <fmt/format.h>

#include <algorithm>

namespace revive {

template <>
const EnumNames& enum_names<Padding>() {
  static const EnumNames names{"a padding", {"valid", "same", "causal"}, {}, {}};
  return names;
}

namespace {

// Of one sample.
std::int64_t cells_of(const Tensor& x, std::int64_t channels) {
  return x.size() == 0 ? 0 : static_cast<std::int64_t>(x.size()) / x.dim(0) / channels;
}

}  // namespace

std::int64_t Windows::extent() const {
  const std::int64_t reach = saturating_product({size - 1, dilation});
  return reach == kHuge ? kHuge : reach + 1;
}

std::optional<std::int64_t> Windows::count(std::int64_t cells) const {
  if (cells == kUnknown) return kUnknown;
  if (padding != Padding::valid) return cells == 0 ? 0 : (cells - 1) / stride + 1;
  if (cells < extent()) return std::nullopt;
  return (cells - extent()) / stride + 1;
}

std::int64_t Windows::before(std::int64_t cells) const {
  switch (padding) {
    case Padding::valid: return 0;
    case Padding::causal: return extent() - 1;
    case Padding::same: break;
  }
  const std::int64_t last_start = (*count(cells) - 1) * stride;
  return std::max<std::int64_t>(extent() - (cells - last_start), 0) / 2;
}

WindowList window_list(const std::vector<std::int64_t>& sizes, const std::vector<std::int64_t>& strides,
                       const std::vector<std::int64_t>& dilations, Padding padding) {
  WindowList windows;
  for (std::size_t i = 0; i < sizes.size(); ++i) windows.push_back({sizes[i], strides[i], dilations[i], padding});
  return windows;
}

std::int64_t taps_of(const WindowList& windows) {
  std::int64_t taps = 1;
  for (const Windows& axis : windows) taps = saturating_product({taps, axis.size});
  return taps;
}

Result<Shape> windowed_shape(const Shape& input, const WindowList& windows, DataFormat format, std::int64_t channels) {
  const SpatialAxes axes = spatial_axes(format, windows.size());
  Shape output = input;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const std::int64_t cells = input[axes.first + i];
    const auto count = windows[i].count(cells);
    if (!count) {
      return fail(ErrorCode::layer_input, "",
                  fmt::format("a window that spans {} steps does not fit into the {} steps of the shape {}",
                              windows[i].extent(), cells, to_string(input)));
    }
    output[axes.first + i] = *count;
  }
  output[axes.channels] = channels;
  return output;
}

std::int64_t positions_of(const Shape& shape, DataFormat format) {
  const SpatialAxes axes = spatial_axes(format, shape.rank() - 2);
  std::int64_t positions = 1;
  for (std::size_t axis = 1; axis < shape.rank(); ++axis) {
    if (axis != axes.channels) positions = saturating_product({positions, shape[axis]});
  }
  return positions;
}

void count_up(std::vector<std::int64_t>& index, const std::vector<std::int64_t>& limits) {
  for (std::size_t axis = index.size(); axis-- > 0;) {
    if (++index[axis] < limits[axis]) return;
    index[axis] = 0;
  }
}

Tensor channels_to_back(const Tensor& x) {
  Dims dims = x.dims();
  std::rotate(dims.begin() + 1, dims.begin() + 2, dims.end());
  return transpose_blocks(x, x.dim(1), cells_of(x, x.dim(1)), std::move(dims));
}

Tensor channels_to_front(const Tensor& x) {
  Dims dims = x.dims();
  std::rotate(dims.begin() + 1, dims.end() - 1, dims.end());
  const std::int64_t channels = x.dim(x.rank() - 1);
  return transpose_blocks(x, cells_of(x, channels), channels, std::move(dims));
}

}  // namespace revive
