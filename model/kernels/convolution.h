// Sums over windows: convolutions and transposed ones of any number of spatial axes.
//
// An output element is what `y` holds, then the taps in order, each over its channels in order, so its bits do not
// depend on the batch. Padding is multiplied like any cell, so that an infinite weight over it gives NaN as in Keras.
// What is copied on the way takes no more memory than the larger of kPackedElements and one sample.
#pragma once

#include "revive/model/kernels/windows.h"

namespace revive {

// The most elements of windows that are laid out for one product.
inline constexpr std::int64_t kPackedElements = 16'384;

// x is (batch, spatial..., channels), the kernel (taps..., channels / groups, filters), y (batch, spatial..., filters).
// There for float and double.
template <typename T>
void add_convolution(const WindowList& windows, std::int64_t groups, const Tensor& x, const Tensor& kernel, Tensor& y);

// The same where every channel has `multiplier` filters of its own, which follow each other in y: the kernel is
// (taps..., channels, multiplier).
template <typename T>
void add_depthwise(const WindowList& windows, std::int64_t multiplier, const Tensor& x, const Tensor& kernel,
                   Tensor& y);

// What a transposed convolution of one axis makes of its cells.
struct Spread {
  std::int64_t size = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  // Of what the cells reach, so much is cut off in front.
  std::int64_t crop = 0;
};
using SpreadList = std::vector<Spread>;

// Every cell i of x, times tap j, is added to the cell i * stride + j * dilation - crop of y, where there is one. The
// kernel is (taps..., filters, channels).
template <typename T>
void add_transposed(const SpreadList& spreads, const Tensor& x, const Tensor& kernel, Tensor& y);

// Per sample; for `positions` windows.
std::int64_t convolution_cost(const WindowList& windows, std::int64_t groups, std::int64_t positions,
                              std::int64_t channels, std::int64_t filters);
std::int64_t depthwise_cost(const WindowList& windows, std::int64_t positions, std::int64_t channels,
                            std::int64_t multiplier);

}  // namespace revive
