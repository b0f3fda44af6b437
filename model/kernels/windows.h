// Windows that slide along the spatial axes of a tensor: what convolutions and poolings share.
//
// Cells of an axis are counted as Keras counts them. A window of `size` taps, `dilation` apart, starts every `stride`
// cells; padding puts cells that are not there in front of the first one and after the last.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "revive/model/kernels/shared.h"
#include "revive/model/layer_class.h"

namespace revive {

enum class Padding : std::uint8_t { valid, same, causal };
template <>
const EnumNames& enum_names<Padding>();

struct Windows {
  std::int64_t size = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  Padding padding = Padding::valid;

  // Cells from the first tap to the last, both counted; kHuge when that overflows.
  std::int64_t extent() const;
  // How many windows there are, kUnknown for an unknown number of cells; nothing when not even one fits.
  std::optional<std::int64_t> count(std::int64_t cells) const;
  // Cells of padding in front of the first one. REQUIRES: count(cells) has a positive value.
  std::int64_t before(std::int64_t cells) const;
};

// One for each spatial axis.
using WindowList = std::vector<Windows>;

WindowList window_list(const std::vector<std::int64_t>& sizes, const std::vector<std::int64_t>& strides,
                       const std::vector<std::int64_t>& dilations, Padding padding);

// Of all axes together; kHuge instead of an overflow.
std::int64_t taps_of(const WindowList& windows);

// Where an input of a batch, some spatial axes and the channels has the first of those and the last one.
struct SpatialAxes {
  std::size_t first;
  std::size_t channels;
};
constexpr SpatialAxes spatial_axes(DataFormat format, std::size_t spatial) {
  return format == DataFormat::channels_last ? SpatialAxes{1, spatial + 1} : SpatialAxes{2, 1};
}

// The output shape of a layer that slides `windows` over `input`, with `channels`; layer_input when none fits.
Result<Shape> windowed_shape(const Shape& input, const WindowList& windows, DataFormat format, std::int64_t channels);

// The product of the spatial axes, unknown ones counted as one.
std::int64_t positions_of(const Shape& shape, DataFormat format);

// Counts through an index of one number an axis, the last one fastest, each below its limit.
// REQUIRES: every limit is positive. Comes back to zeros behind the last.
void count_up(std::vector<std::int64_t>& index, const std::vector<std::int64_t>& limits);

// (batch, spatial..., channels) from (batch, channels, spatial...), and back.
Tensor channels_to_back(const Tensor& x);
Tensor channels_to_front(const Tensor& x);

// run(x) for a run() that takes and gives channels behind.
template <typename Run>
Tensor with_channels_last(DataFormat format, const Tensor& x, Run&& run) {
  if (format == DataFormat::channels_last) return run(x);
  return channels_to_front(run(channels_to_back(x)));
}

}  // namespace revive
