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

// Per sample; for `positions` windows.
std::int64_t convolution_cost(const WindowList& windows, std::int64_t groups, std::int64_t positions,
                              std::int64_t channels, std::int64_t filters);

}  // namespace revive
