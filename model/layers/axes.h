// The axes that a normalization works along.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "revive/model/field.h"
#include "revive/model/tensor/shape.h"

namespace revive {

// Both spellings of every known axis after the batch, the default first.
std::vector<std::int64_t> known_axes(const Shape& shape);

// Counted from the front and ascending, or nothing when a tensor of that rank does not have them, each once.
std::optional<std::vector<std::size_t>> axes_from_front(const IntList& axes, std::size_t rank);

}  // namespace revive
