#include "revive/model/tensor/broadcast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "revive/model/ops/testing.h"

namespace revive::testing {
namespace {

const NodeRef kX{0};

std::int64_t ravel_broadcast(const std::vector<std::int64_t>& index, const Dims& dims) {
  std::int64_t flat = 0;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    const std::int64_t at = index[axis + index.size() - dims.size()];
    flat = flat * dims[axis] + (dims[axis] == 1 ? 0 : at);
  }
  return flat;
}

TEST(Broadcast, EqualsTheNaiveLoopOnRandomShapes) {
  std::mt19937 random(7);
  const auto draw = [&](std::uint32_t bound) { return static_cast<std::int64_t>(random() % bound); };
  for (int round = 0; round < 2000; ++round) {
    const auto rank = static_cast<std::size_t>(draw(5) + 1);
    Dims full(rank);
    for (auto& dim : full) dim = draw(8) == 0 ? 0 : draw(4) + 1;
    Dims a = full;
    Dims b = full;
    for (std::size_t axis = 1; axis < rank; ++axis) {
      if (draw(3) == 0) a[axis] = 1;
      if (draw(3) == 0) b[axis] = 1;
    }
    const bool constant = draw(2) == 0;
    if (constant) b[0] = 1;
    if (constant) b.erase(b.begin(), b.begin() + draw(static_cast<std::uint32_t>(rank) + 1));
    // A result axis is what either operand has there.
    for (std::size_t axis = 0; axis < rank; ++axis) {
      const std::int64_t in_b = axis + b.size() < rank ? 1 : b[axis + b.size() - rank];
      full[axis] = a[axis] == 1 ? in_b : a[axis];
    }
    Tensor x(DType::int32, a);
    Tensor y(DType::int32, b);
    for (auto& value : x.data<std::int32_t>()) value = static_cast<std::int32_t>(random());
    for (auto& value : y.data<std::int32_t>()) value = static_cast<std::int32_t>(random());
    Tensor out(DType::int32, full);
    std::size_t runs_written = 0;
    BroadcastLoops(a, b).for_each_run(
        [&](std::size_t oa, std::size_t sa, std::size_t ob, std::size_t sb, std::size_t oo, std::size_t count) {
          for (std::size_t i = 0; i < count; ++i) {
            const auto left = static_cast<std::uint32_t>(std::as_const(x).data<std::int32_t>()[oa + i * sa]);
            const auto right = static_cast<std::uint32_t>(std::as_const(y).data<std::int32_t>()[ob + i * sb]);
            out.data<std::int32_t>()[oo + i] = static_cast<std::int32_t>(left - right);
            ++runs_written;
          }
        });
    ASSERT_EQ(runs_written, out.size());
    for (std::size_t flat = 0; flat < out.size(); ++flat) {
      const auto index = unravel(static_cast<std::int64_t>(flat), full);
      const auto left = static_cast<std::uint32_t>(
          std::as_const(x).data<std::int32_t>()[static_cast<std::size_t>(ravel_broadcast(index, a))]);
      const auto right = static_cast<std::uint32_t>(
          std::as_const(y).data<std::int32_t>()[static_cast<std::size_t>(ravel_broadcast(index, b))]);
      ASSERT_EQ(std::as_const(out).data<std::int32_t>()[flat], static_cast<std::int32_t>(left - right))
          << to_string(a) << " with " << to_string(b);
    }
    if (constant && element_count(full) == element_count(a) && a == full) {
      const auto result = one_op("subtract", {kX, y})->evaluate(x);
      ASSERT_TRUE(result) << result.error().text();
      ASSERT_TRUE(same_bits(*result, out));
    }
  }
}

}  // namespace
}  // namespace revive::testing
