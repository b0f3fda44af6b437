// Windows that slide along the steps of a (batch, steps, channels) tensor: what Conv1D and MaxPooling1D share.
//
// Steps are counted as Keras counts them. A window of `size` taps, `dilation` apart, starts every `stride` steps;
// padding puts cells that are not there in front of the first step and after the last.
#pragma once

#include <cstdint>
#include <optional>

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

  // Steps from the first tap to the last, both counted; kHuge when that overflows.
  std::int64_t extent() const;
  // How many windows there are, kUnknown for an unknown number of steps; nothing when not even one fits.
  std::optional<std::int64_t> count(std::int64_t steps) const;
  // Cells of padding in front of the first step. REQUIRES: count(steps) has a positive value.
  std::int64_t before(std::int64_t steps) const;
};

// The axes of an input of rank 3 under a data format.
struct StepAxes {
  std::size_t steps;
  std::size_t channels;
};
constexpr StepAxes step_axes(DataFormat format) {
  return format == DataFormat::channels_last ? StepAxes{1, 2} : StepAxes{2, 1};
}

// The output shape of a layer that slides `windows` over `input`, with `channels`; layer_input when none fits.
Result<Shape> windowed_shape(const Shape& input, const Windows& windows, DataFormat format, std::int64_t channels);

// (batch, channels, steps) from (batch, steps, channels) or back.
Tensor swap_steps_and_channels(const Tensor& x);

}  // namespace revive
