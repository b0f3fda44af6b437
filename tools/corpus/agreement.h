// When an output agrees with one that another implementation, machine or compiler recorded.
#pragma once

#include <optional>
#include <string>

#include "revive/model/tensor/tensor.h"

namespace revive::tools {

// Of float32 and float64, relative and absolute; floats of 16 bits have a larger one.
inline constexpr double kTolerance = 1e-5;

struct Agreement {
  // Over the finite elements.
  double max_difference = 0;
  // The first element that does not agree, or the shape or dtype; nothing when all is well.
  std::optional<std::string> disagreement;
};

// Floats agree when |a - b| <= tolerance + tolerance * |b|, NaN where NaN, equal infinities; the other dtypes when they
// are equal.
Agreement compare_outputs(const Tensor& ours, const Tensor& recorded);

}  // namespace revive::tools
