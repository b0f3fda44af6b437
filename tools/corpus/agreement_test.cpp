#include "revive/tools/corpus/agreement.h"

#include <gtest/gtest.h>

#include <limits>

namespace revive::tools {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::string disagreement(float ours, float recorded) {
  const auto left = Tensor::from<float>({1, 2}, {0.0F, ours});
  const auto right = Tensor::from<float>({1, 2}, {0.0F, recorded});
  return compare_outputs(left, right).disagreement.value_or("none");
}

TEST(Agreement, IsWithinTheStatedTolerance) {
  EXPECT_EQ(disagreement(1.0F, 1.0F + 1.9e-5F), "none");
  EXPECT_EQ(disagreement(1000.0F, 1000.009F), "none");
  EXPECT_EQ(disagreement(0.5F, 0.75F), "[0, 1]: expected 0.75, found 0.5");
  EXPECT_NE(disagreement(0.0F, 2e-5F), "none");
}

TEST(Agreement, WantsNanWhereNanAndEqualInfinities) {
  EXPECT_EQ(disagreement(kNan, kNan), "none");
  EXPECT_EQ(disagreement(-kInfinity, -kInfinity), "none");
  EXPECT_NE(disagreement(kNan, 0.0F), "none");
  EXPECT_NE(disagreement(0.0F, kNan), "none");
  EXPECT_NE(disagreement(kInfinity, -kInfinity), "none");
  // The tolerance relative to an infinite number is infinite.
  EXPECT_NE(disagreement(1.0F, kInfinity), "none");
}

TEST(Agreement, MeasuresTheLargestDifference) {
  const auto ours = Tensor::from<float>({3}, {1.0F, kNan, 4.0F});
  const auto recorded = Tensor::from<float>({3}, {1.0F, kNan, 4.00001F});
  EXPECT_NEAR(compare_outputs(ours, recorded).max_difference, 1e-5, 1e-6);
}

TEST(Agreement, NeedsTheSameShapeAndDtype) {
  const Agreement shape = compare_outputs(Tensor(DType::float32, {2}), Tensor(DType::float32, {2, 1}));
  EXPECT_EQ(shape.disagreement, "expected float32 (2, 1), found float32 (2,)");
  EXPECT_TRUE(compare_outputs(Tensor(DType::int32, {2}), Tensor(DType::float32, {2})).disagreement.has_value());
  const auto one = Tensor::from<std::int32_t>({1}, {1});
  const auto two = Tensor::from<std::int32_t>({1}, {2});
  EXPECT_TRUE(compare_outputs(one, two).disagreement.has_value());
  EXPECT_FALSE(compare_outputs(one, one).disagreement.has_value());
}

}  // namespace
}  // namespace revive::tools
