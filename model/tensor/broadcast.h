// NumPy broadcasting: the shape of two operands together, and a loop over them that touches every element once.
//
// Shapes align at their last axes; an axis of 1 (or a missing one) repeats. An unknown axis beside a known one other
// than 1 is taken to be that one, as Keras does; the concrete dims are checked again when the op runs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "revive/model/tensor/shape.h"

namespace revive {

// The largest rank of any value in a graph.
inline constexpr std::size_t kMaxGraphRank = 32;

// Nothing when the shapes do not broadcast.
std::optional<Shape> broadcast_shapes(const Shape& a, const Shape& b);

// The loops over two operands with adjacent axes merged wherever both operands run through them alike, so that equal
// shapes and a scalar beside an array become one loop. Offsets and strides count elements.
class BroadcastLoops {
 public:
  // REQUIRES: a and b broadcast, and neither has more than kMaxGraphRank axes.
  BroadcastLoops(const Dims& a, const Dims& b);

  // Calls run(offset_a, stride_a, offset_b, stride_b, offset_out, count) for each innermost run, in row-major order
  // of the result; the strides are 0 or 1.
  template <typename Run>
  void for_each_run(Run run) const;

 private:
  struct Axis {
    std::size_t count = 1;
    std::size_t stride_a = 0;
    std::size_t stride_b = 0;
  };

  // Innermost first.
  std::array<Axis, kMaxGraphRank> axes_;
  std::size_t rank_ = 0;
  bool empty_ = false;
};

template <typename Run>
void BroadcastLoops::for_each_run(Run run) const {
  if (empty_) return;
  const Axis inner = rank_ == 0 ? Axis{} : axes_[0];
  std::array<std::size_t, kMaxGraphRank> index{};
  std::size_t a = 0;
  std::size_t b = 0;
  std::size_t out = 0;
  for (;;) {
    run(a, inner.stride_a, b, inner.stride_b, out, inner.count);
    out += inner.count;
    std::size_t axis = 1;
    for (; axis < rank_; ++axis) {
      a += axes_[axis].stride_a;
      b += axes_[axis].stride_b;
      if (++index[axis] < axes_[axis].count) break;
      a -= axes_[axis].stride_a * axes_[axis].count;
      b -= axes_[axis].stride_b * axes_[axis].count;
      index[axis] = 0;
    }
    if (axis >= rank_) return;
  }
}

}  // namespace revive
