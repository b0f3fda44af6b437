#include "revive/model/layers/axes.h"

#include <algorithm>

namespace revive {

std::vector<std::int64_t> known_axes(const Shape& shape) {
  const auto rank = static_cast<std::int64_t>(shape.rank());
  std::vector<std::int64_t> axes;
  for (std::int64_t i = rank - 1; i > 0; --i) {
    if (!shape.known(static_cast<std::size_t>(i))) continue;
    axes.push_back(i - rank);
    axes.push_back(i);
  }
  return axes;
}

std::optional<std::vector<std::size_t>> axes_from_front(const IntList& axes, std::size_t rank) {
  std::vector<std::size_t> found;
  for (const std::int64_t each : axes) {
    const auto at = axis_from_front(each, rank);
    if (!at) return std::nullopt;
    found.push_back(*at);
  }
  std::ranges::sort(found);
  if (std::ranges::adjacent_find(found) != found.end()) return std::nullopt;
  return found;
}

}  // namespace revive
