// Elements that are moved along several axes at once, against the index that each comes from.
#include <gtest/gtest.h>

#include <array>
#include <numeric>

#include "revive/model/ops/testing.h"

namespace revive::testing {
namespace {

constexpr std::int64_t kSamples = 2;
constexpr std::int64_t kRows = 3;
constexpr std::int64_t kColumns = 4;

Tensor counted() {
  Tensor x(DType::int32, {kSamples, kRows, kColumns});
  std::iota(x.data<std::int32_t>().begin(), x.data<std::int32_t>().end(), 0);
  return x;
}

// x[n, row - rows, column - columns], both around the end.
Tensor rolled_by(const Tensor& x, std::int64_t rows, std::int64_t columns) {
  Tensor out(x.dtype(), x.dims());
  const auto from = x.data<std::int32_t>();
  for (std::int64_t n = 0; n < kSamples; ++n) {
    for (std::int64_t row = 0; row < kRows; ++row) {
      for (std::int64_t column = 0; column < kColumns; ++column) {
        const std::int64_t r = ((row - rows) % kRows + kRows) % kRows;
        const std::int64_t c = ((column - columns) % kColumns + kColumns) % kColumns;
        out.data<std::int32_t>()[static_cast<std::size_t>((n * kRows + row) * kColumns + column)] =
            from[static_cast<std::size_t>((n * kRows + r) * kColumns + c)];
      }
    }
  }
  return out;
}

TEST(PermutingOps, RollEachAxisByItsShift) {
  using List = Value::Array;
  struct Row {
    Value shift;
    Value axis;
    std::int64_t rows;
    std::int64_t columns;
  };
  const Row rows[] = {
      {1, 1, 1, 0},
      {-1, 2, 0, -1},
      {9, -1, 0, 9},
      {2, List{1, 2}, 2, 2},
      {List{1, 2}, List{1, 2}, 1, 2},
      {List{1, 2}, List{-1, 1}, 2, 1},
      {List{-4, 7}, List{1, 2}, -4, 7},
      // The same axis twice is moved twice.
      {List{1, 1}, List{1, 1}, 2, 0},
  };
  const Tensor x = counted();
  for (const Row& row : rows) {
    const auto graph = one_op("roll", {NodeRef{0}}, {row.shift, row.axis});
    ASSERT_TRUE(graph) << graph.error().text();
    const auto found = graph->evaluate(x);
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_TRUE(same_bits(*found, rolled_by(x, row.rows, row.columns))) << graph->to_text();
  }
}

TEST(PermutingOps, MoveSeveralAxes) {
  using List = Value::Array;
  Tensor x(DType::int32, {1, 2, 3, 4});
  std::iota(x.data<std::int32_t>().begin(), x.data<std::int32_t>().end(), 0);
  struct Row {
    List source;
    List destination;
    // Which axis of x each of the result is, as NumPy says.
    std::array<std::size_t, 4> order;
  };
  const Row rows[] = {
      {{1}, {2}, {0, 2, 1, 3}},
      {{1}, {-1}, {0, 2, 3, 1}},
      {{-1}, {1}, {0, 3, 1, 2}},
      {{1, 2}, {3, 1}, {0, 2, 3, 1}},
      {{3, 1}, {1, 2}, {0, 3, 1, 2}},
      {{2, 3}, {3, 2}, {0, 1, 3, 2}},
      {{1, 2, 3}, {2, 3, 1}, {0, 3, 1, 2}},
  };
  for (const Row& row : rows) {
    const auto graph = one_op("moveaxis", {NodeRef{0}}, {row.source, row.destination});
    ASSERT_TRUE(graph) << graph.error().text();
    const auto found = graph->evaluate(x);
    ASSERT_TRUE(found) << found.error().text();
    Dims dims;
    for (const std::size_t axis : row.order) dims.push_back(x.dim(axis));
    ASSERT_EQ(found->dims(), dims) << graph->to_text();
    for (std::size_t flat = 0; flat < found->size(); ++flat) {
      const auto at = unravel(static_cast<std::int64_t>(flat), dims);
      std::array<std::int64_t, 4> from{};
      for (std::size_t axis = 0; axis < at.size(); ++axis) from[row.order[axis]] = at[axis];
      const std::int64_t expected = (from[1] * 3 + from[2]) * 4 + from[3];
      EXPECT_EQ(found->data<std::int32_t>()[flat], expected) << graph->to_text();
    }
  }
}

}  // namespace
}  // namespace revive::testing
