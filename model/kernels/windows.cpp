#include "revive/model/kernels/windows.h"

#include <fmt/format.h>

#include <algorithm>

namespace revive {

template <>
const EnumNames& enum_names<Padding>() {
  static const EnumNames names{"a padding", {"valid", "same", "causal"}, {}, {}};
  return names;
}

std::int64_t Windows::extent() const {
  const std::int64_t reach = saturating_product({size - 1, dilation});
  return reach == kHuge ? kHuge : reach + 1;
}

std::optional<std::int64_t> Windows::count(std::int64_t steps) const {
  if (steps == kUnknown) return kUnknown;
  if (padding != Padding::valid) return steps == 0 ? 0 : (steps - 1) / stride + 1;
  if (steps < extent()) return std::nullopt;
  return (steps - extent()) / stride + 1;
}

std::int64_t Windows::before(std::int64_t steps) const {
  switch (padding) {
    case Padding::valid: return 0;
    case Padding::causal: return extent() - 1;
    case Padding::same: break;
  }
  const std::int64_t last_start = (*count(steps) - 1) * stride;
  return std::max<std::int64_t>(extent() - (steps - last_start), 0) / 2;
}

Result<Shape> windowed_shape(const Shape& input, const Windows& windows, DataFormat format, std::int64_t channels) {
  const StepAxes axes = step_axes(format);
  const auto count = windows.count(input[axes.steps]);
  if (!count) {
    return fail(ErrorCode::layer_input, "",
                fmt::format("a window that spans {} steps does not fit into the {} steps of the shape {}",
                            windows.extent(), input[axes.steps], to_string(input)));
  }
  Shape output = input;
  output[axes.steps] = *count;
  output[axes.channels] = channels;
  return output;
}

Tensor swap_steps_and_channels(const Tensor& x) {
  return transpose_blocks(x, x.dim(1), x.dim(2), {x.dim(0), x.dim(2), x.dim(1)});
}

}  // namespace revive
