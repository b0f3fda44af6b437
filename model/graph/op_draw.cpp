#include "revive/model/graph/op_draw.h"

#include <algorithm>

#include "revive/model/tensor/element_type.h"

namespace revive {

std::int64_t drawn_elements(const Dims& probe) {
  std::int64_t elements = 1;
  for (std::size_t axis = 1; axis < probe.size(); ++axis) elements *= probe[axis];
  return elements;
}

std::int64_t OpDraw::axis(std::size_t first, std::size_t last) {
  const auto axis = static_cast<std::int64_t>(first + alternative(last - first + 1));
  return flag() ? axis - static_cast<std::int64_t>(rank()) : axis;
}

Dims OpDraw::broadcastable_dims() {
  // An array must not reach an axis whose length only the run knows.
  std::size_t most = 0;
  while (most + 1 < rank() && type().shape.known(rank() - 1 - most)) ++most;
  const auto axes = static_cast<std::size_t>(integer(0, static_cast<std::int64_t>(most)));
  Dims dims(x_.probe.end() - static_cast<std::ptrdiff_t>(axes), x_.probe.end());
  for (std::int64_t& dim : dims) {
    if (flag()) dim = 1;
  }
  return dims;
}

Argument OpDraw::constant(DType dtype) {
  if (flag()) return array(dtype, broadcastable_dims());
  if (dtype == DType::boolean) return Value(flag());
  if (is_integer(dtype)) {
    // A number is weak, so it has to fit the input's dtype too, where that is an int.
    const bool negative = is_signed(dtype) && (!is_integer(type().dtype) || is_signed(type().dtype));
    return Value(integer(negative ? -4 : 0, 9));
  }
  return Value(number());
}

Argument OpDraw::operand(DType dtype) {
  if (!flag()) return constant(dtype);
  const auto keeps_shape = [&](const DrawnValue& other) {
    if (other.type.dtype != dtype || other.probe.size() != rank()) return false;
    for (std::size_t axis = 0; axis < rank(); ++axis) {
      const std::int64_t length = other.type.shape[axis];
      if (length != type().shape[axis] && (length != 1 || axis == 0)) return false;
      if (other.probe[axis] != probe()[axis] && other.probe[axis] != 1) return false;
    }
    return true;
  };
  const auto ref = value(keeps_shape);
  return ref ? Argument(*ref) : constant(dtype);
}

}  // namespace revive
