#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "revive/model/ops/testing.h"

namespace revive::testing {
namespace {

using ::testing::HasSubstr;

const NodeRef kX{0};

// Python's own definition: the indices that range(*slice.indices(length)) goes through.
std::vector<std::int64_t> python_indices(const Slice& slice, std::int64_t length) {
  const std::int64_t step = slice.step.value_or(1);
  std::vector<std::int64_t> indices;
  std::int64_t start = slice.start.value_or(step > 0 ? 0 : length - 1);
  std::int64_t stop = slice.stop.value_or(step > 0 ? length : -1);
  if (slice.start && start < 0) start = std::max(start + length, step > 0 ? std::int64_t{0} : std::int64_t{-1});
  if (slice.stop && stop < 0) stop = std::max(stop + length, step > 0 ? std::int64_t{0} : std::int64_t{-1});
  start = std::min(start, step > 0 ? length : length - 1);
  stop = std::min(stop, step > 0 ? length : length - 1);
  if (step > 0) {
    for (std::int64_t i = start; i < stop; i += step) indices.push_back(i);
  } else {
    for (std::int64_t i = start; i > stop; i += step) indices.push_back(i);
  }
  return indices;
}

TEST(GetItem, EqualsTheNaiveLoopOnRandomKeys) {
  std::mt19937 random(11);
  const auto draw = [&](std::uint32_t bound) { return static_cast<std::int64_t>(random() % bound); };
  const auto bound = [&]() -> std::optional<std::int64_t> {
    if (draw(3) == 0) return std::nullopt;
    if (draw(20) == 0) return std::numeric_limits<std::int64_t>::min();
    return draw(15) - 7;
  };
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    const auto rank = static_cast<std::size_t>(draw(5) + 1);
    Dims dims(rank);
    for (auto& dim : dims) dim = draw(10) == 0 ? 0 : draw(5) + 1;
    Tensor x(DType::int32, dims);
    for (auto& value : x.data<std::int32_t>()) value = static_cast<std::int32_t>(random());

    Argument::List key;
    Dims expected_dims;
    std::vector<std::vector<std::int64_t>> picked;
    bool in_range = true;
    const auto whole = [&](std::size_t axis) {
      std::vector<std::int64_t> all(static_cast<std::size_t>(dims[axis]));
      for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
      expected_dims.push_back(dims[axis]);
      picked.push_back(std::move(all));
    };
    key.emplace_back(Slice{});
    whole(0);
    const auto ellipsis_at = static_cast<std::size_t>(draw(8));
    const auto ellipsis_length = static_cast<std::size_t>(draw(3));
    for (std::size_t axis = 1; axis < rank; ++axis) {
      if (draw(4) == 0) {
        key.emplace_back(Value());
        expected_dims.push_back(1);
      }
      if (axis == ellipsis_at) {
        key.emplace_back(Ellipsis{});
        for (std::size_t i = 0; i < ellipsis_length && axis < rank; ++i) whole(axis++);
        if (axis == rank) break;
      }
      if (draw(3) == 0) {
        const std::int64_t index = draw(11) - 5;
        key.emplace_back(Value(index));
        in_range = in_range && index < dims[axis] && index >= -dims[axis];
        picked.push_back({index < 0 ? index + dims[axis] : index});
      } else {
        const std::int64_t step = draw(7) - 3;
        const Slice slice{bound(), bound(), step == 0 ? std::nullopt : std::optional(step)};
        key.emplace_back(slice);
        picked.push_back(python_indices(slice, dims[axis]));
        expected_dims.push_back(static_cast<std::int64_t>(picked.back().size()));
      }
    }
    const auto graph = one_op("get_item", {kX, key});
    ASSERT_TRUE(graph) << graph.error().text();
    const auto result = graph->evaluate(x);
    ASSERT_EQ(result.has_value(), in_range) << graph->to_text() << " of " << to_string(dims);
    if (!result) {
      ++refused;
      continue;
    }
    ASSERT_EQ(result->dims(), expected_dims) << graph->to_text() << " of " << to_string(dims);
    Dims picks;
    for (const auto& axis : picked) picks.push_back(static_cast<std::int64_t>(axis.size()));
    for (std::size_t flat = 0; flat < result->size(); ++flat) {
      const auto index = unravel(static_cast<std::int64_t>(flat), picks);
      std::int64_t source = 0;
      for (std::size_t axis = 0; axis < rank; ++axis) {
        source = source * dims[axis] + picked[axis][static_cast<std::size_t>(index[axis])];
      }
      ASSERT_EQ(result->data<std::int32_t>()[flat],
                std::as_const(x).data<std::int32_t>()[static_cast<std::size_t>(source)])
          << graph->to_text() << " of " << to_string(dims);
    }
  }
  EXPECT_GT(refused, 100);
  EXPECT_LT(refused, 2500);
}

TEST(GetItem, UnknownAxesStayUnknownUntilTheRun) {
  const auto graph = one_op("get_item", {kX, Argument::List{Slice{}, Slice{-3, std::nullopt, std::nullopt}, Value(5)}});
  EXPECT_EQ(graph->infer({DType::float32, {kUnknown, kUnknown, kUnknown}})->back().shape, (Shape{kUnknown, kUnknown}));
  EXPECT_EQ(graph->infer({DType::float32, {kUnknown, 10, 6}})->back().shape, (Shape{kUnknown, 3}));
  EXPECT_THAT(graph->infer({DType::float32, {kUnknown, 10, 5}}).error().message,
              "index 5 is out of range for axis 2 of length 5");
  EXPECT_EQ(graph->evaluate(Tensor(DType::float32, {2, 2, 6}))->dims(), (Dims{2, 2}));
  EXPECT_FALSE(graph->evaluate(Tensor(DType::float32, {2, 2, 5})));
}

TEST(GetItem, KeysThatAreNoBasicIndexAreRefused) {
  const auto refused = [](Argument::List rest) {
    rest.insert(rest.begin(), Argument(Slice{}));
    const auto graph = one_op("get_item", {kX, std::move(rest)});
    return graph ? "" : graph.error().message;
  };
  EXPECT_THAT(refused({Slice{{}, {}, 0}}), HasSubstr("must not be zero"));
  EXPECT_THAT(refused({Value(1.0)}), HasSubstr("found a float"));
  EXPECT_THAT(refused({Value(true)}), HasSubstr("found a bool"));
  EXPECT_THAT(refused({Argument(Argument::List{Value(0), Value(1)})}), HasSubstr("found a list"));
  EXPECT_THAT(refused({Ellipsis{}, Ellipsis{}}), HasSubstr("one ..."));
  EXPECT_FALSE(one_op("get_item", {kX, Value(0)}));
  EXPECT_FALSE(
      one_op("get_item", {kX, Argument::List{Slice{}, Slice{}, Slice{}}})->infer({DType::float32, {kUnknown, 2}}));
}

}  // namespace
}  // namespace revive::testing
