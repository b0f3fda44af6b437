#include "revive/model/layers/draw_windows.h"

#include <fmt/format.h>

#include <algorithm>

namespace revive {

std::string span_sentence() {
  return fmt::format("expected kernel_size and dilation_rate to span at most {} steps", kMostSpan);
}

bool spans_fit(const WindowList& windows) {
  return std::ranges::all_of(windows, [](const Windows& axis) { return axis.extent() <= kMostSpan; });
}

bool strides_or_dilates(const IntList& strides, const IntList& dilations) {
  const auto is_one = [](std::int64_t item) { return item == 1; };
  return std::ranges::all_of(strides, is_one) || std::ranges::all_of(dilations, is_one);
}

std::string expects_rank(std::size_t spatial) {
  return fmt::format("an input of rank {}", spatial + 2);
}

std::function<bool(const Shape&)> takes_rank(std::size_t spatial) {
  return [spatial](const Shape& input) { return input.rank() == spatial + 2; };
}

std::string expects_channels(std::size_t spatial) {
  return fmt::format("an input of rank {} whose channels are known", spatial + 2);
}

std::function<bool(const Shape&)> takes_channels(std::size_t spatial) {
  return [spatial](const Shape& input) {
    return input.rank() == spatial + 2 && (input.known(1) || input.known(spatial + 1));
  };
}

std::vector<Padding> paddings(std::size_t spatial) {
  if (spatial == 1) return {Padding::valid, Padding::same, Padding::causal};
  return {Padding::valid, Padding::same};
}

std::int64_t room_to_grow(const LayerDraw& draw) {
  constexpr std::int64_t kLargest = 2'048;
  std::int64_t elements = 1;
  for (std::size_t axis = 1; axis < draw.rank(); ++axis) elements = saturating_product({elements, draw.probe()[axis]});
  return std::max<std::int64_t>(kLargest / std::max<std::int64_t>(elements, 1), 1);
}

DataFormat draw_data_format(LayerDraw& draw, std::size_t spatial) {
  std::vector<DataFormat> formats;
  for (const DataFormat format : {DataFormat::channels_last, DataFormat::channels_first}) {
    if (draw.shape().known(spatial_axes(format, spatial).channels)) formats.push_back(format);
  }
  return draw.one_of(formats);
}

void draw_windows(LayerDraw& draw, DataFormat format, Padding padding, IntList& sizes, IntList& strides,
                  IntList& dilations) {
  const std::size_t spatial = sizes.size();
  const SpatialAxes axes = spatial_axes(format, spatial);
  // Of a kernel with more axes, each is shorter.
  const std::int64_t largest = spatial == 1 ? 5 : 3;
  const std::int64_t most_dilation = draw.integer(1, 3);
  for (std::size_t i = 0; i < spatial; ++i) {
    const std::int64_t dilation = i == 0 ? most_dilation : draw.integer(1, most_dilation);
    dilations[i] = dilation;
    strides[i] = draw.integer(1, most_dilation > 1 ? 1 : 3);
    const std::int64_t fitting = (draw.probe()[axes.first + i] - 1) / dilation + 1;
    sizes[i] = draw.integer(1, padding == Padding::valid ? std::min(fitting, largest) : largest);
  }
}

}  // namespace revive
