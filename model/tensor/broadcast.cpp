#include "revive/model/tensor/broadcast.h"

#include <algorithm>

namespace revive {

std::optional<Shape> broadcast_shapes(const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.rank(), b.rank());
  std::vector<std::int64_t> axes(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t in_a = i + a.rank() < rank ? 1 : a[i + a.rank() - rank];
    const std::int64_t in_b = i + b.rank() < rank ? 1 : b[i + b.rank() - rank];
    const bool a_yields = in_a == 1 || (in_a == kUnknown && in_b != 1);
    const bool b_yields = in_b == 1 || in_b == in_a || in_b == kUnknown;
    if (!a_yields && !b_yields) return std::nullopt;
    axes[i] = a_yields ? in_b : in_a;
  }
  return Shape(std::move(axes));
}

BroadcastLoops::BroadcastLoops(const Dims& a, const Dims& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  std::size_t size_a = 1;
  std::size_t size_b = 1;
  for (std::size_t from_end = 1; from_end <= rank; ++from_end) {
    const auto in_a = from_end > a.size() ? std::size_t{1} : static_cast<std::size_t>(a[a.size() - from_end]);
    const auto in_b = from_end > b.size() ? std::size_t{1} : static_cast<std::size_t>(b[b.size() - from_end]);
    const std::size_t count = in_a == 1 ? in_b : in_a;
    if (count == 0) empty_ = true;
    if (count == 1) continue;
    const Axis axis{count, in_a == 1 ? 0 : size_a, in_b == 1 ? 0 : size_b};
    size_a *= in_a;
    size_b *= in_b;
    Axis* const inner = rank_ == 0 ? nullptr : &axes_[rank_ - 1];
    if (inner != nullptr && axis.stride_a == inner->stride_a * inner->count &&
        axis.stride_b == inner->stride_b * inner->count) {
      inner->count *= count;
    } else {
      axes_[rank_++] = axis;
    }
  }
}

}  // namespace revive
