// Rows brought to mean 0 and variance 1, scaled and shifted: LayerNormalization's arithmetic.
//
// In Keras' order: factor = gamma / sqrt(variance + epsilon), y = x * factor + (beta - mean * factor). Mean and
// variance of a row are summed in double, by eight sums that take turns and are added up in one order, so that neither
// the instructions nor the other rows show in a bit.
#pragma once

#include <cstdint>
#include <span>

#include "revive/model/kernels/instructions.h"

namespace revive {

template <typename T>
struct Normalizing {
  // One for each column, or empty: ones and zeros.
  std::span<const T> gamma;
  std::span<const T> beta;
  T epsilon;
  // Whether the mean is subtracted, or looked at for the variance alone.
  bool centers = true;
};

// There for float and double. `in` may be `out`.
template <typename T>
void normalize_rows(Instructions instructions, const Normalizing<T>& how, const T* in, T* out, std::int64_t rows,
                    std::int64_t columns);

}  // namespace revive
