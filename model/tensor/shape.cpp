#include "revive/model/tensor/shape.h"

#include <algorithm>
#include <span>

namespace revive {

bool Shape::known_but_batch() const {
  return std::none_of(axes_.begin() + (axes_.empty() ? 0 : 1), axes_.end(), [](auto axis) { return axis == kUnknown; });
}

std::optional<std::int64_t> Shape::elements_per_sample() const {
  const auto sample = std::span(axes_).subspan(axes_.empty() ? 0 : 1);
  if (std::ranges::find(sample, kUnknown) == sample.end()) return element_count(sample);
  Dims dims(sample.begin(), sample.end());
  std::ranges::replace(dims, kUnknown, std::int64_t{1});
  return element_count(dims);
}

bool Shape::admits(const Dims& dims) const {
  return std::ranges::equal(axes_, dims, [](auto axis, auto dim) { return axis == kUnknown || axis == dim; });
}

Dims Shape::concrete(std::int64_t batch, std::int64_t other) const {
  Dims dims = axes_;
  std::ranges::replace(dims, kUnknown, other);
  if (!axes_.empty() && axes_[0] == kUnknown) dims[0] = batch;
  return dims;
}

std::optional<std::size_t> axis_from_front(std::int64_t axis, std::size_t rank) {
  const auto axes = static_cast<std::int64_t>(rank);
  if (axis < -axes || axis >= axes) return std::nullopt;
  return static_cast<std::size_t>(axis < 0 ? axis + axes : axis);
}

std::string to_string(const Shape& shape) {
  std::string out = "(";
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    if (i != 0) out += ", ";
    out += shape.known(i) ? std::to_string(shape[i]) : "None";
  }
  if (shape.rank() == 1) out += ',';
  return out + ')';
}

}  // namespace revive
