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

TEST(Agreement, IsRelativeToWhatIsRecorded) {
  const auto of = [](double ours, double recorded) {
    return compare_outputs(Tensor::from<double>({1}, {ours}), Tensor::from<double>({1}, {recorded}));
  };
  constexpr double kLarge = 1e5;
  constexpr double kBetween = 1.000005;
  EXPECT_EQ(of(kLarge - kBetween, kLarge).disagreement, std::nullopt);
  EXPECT_EQ(of(kLarge, kLarge - kBetween).disagreement, "[0]: expected 99998.999995, found 100000");
  EXPECT_NEAR(of(kLarge - kBetween, kLarge).max_difference, kBetween, 1e-9);
}

// To the last bit: the tolerance is a power of two.
TEST(Agreement, OfShortFloatsIsWithinTheirOwnTolerance) {
  const auto of = [](DType dtype, float ours) {
    const auto as = [&](float value) { return cast(Tensor::from<float>({1}, {value}), dtype); };
    return !compare_outputs(as(ours), as(1.0F)).disagreement;
  };
  EXPECT_TRUE(of(DType::float16, 1.0F + 0x1p-7F));
  EXPECT_FALSE(of(DType::float16, 1.0F + 0x1p-7F + 0x1p-10F));
  EXPECT_TRUE(of(DType::bfloat16, 1.0F + 0x1p-4F));
  EXPECT_FALSE(of(DType::bfloat16, 1.0F + 0x1p-4F + 0x1p-7F));
}

TEST(Agreement, SaysWhichElementIsTheFirst) {
  const auto recorded = Tensor::from<float>({2, 3, 2}, std::vector<float>(12, 1.0F));
  std::vector<float> ours(12, 1.0F);
  ours[9] = 2.0F;
  ours[11] = 3.0F;
  EXPECT_EQ(compare_outputs(Tensor::from<float>({2, 3, 2}, ours), recorded).disagreement,
            "[1, 1, 1]: expected 1, found 2");
  EXPECT_EQ(compare_outputs(Tensor::from<float>({2, 3, 2}, ours), recorded).max_difference, 0);
}

TEST(Agreement, MeasuresTheLargestDifference) {
  const auto ours = Tensor::from<float>({3}, {1.0F, kNan, 4.0F});
  const auto recorded = Tensor::from<float>({3}, {1.0F, kNan, 4.00001F});
  EXPECT_NEAR(compare_outputs(ours, recorded).max_difference, 1e-5, 1e-6);
}

TEST(Agreement, NeedsTheSameShapeAndDtype) {
  const Agreement shape = compare_outputs(Tensor(DType::float32, {2}), Tensor(DType::float32, {2, 1}));
  EXPECT_EQ(shape.disagreement, "expected float32 (2, 1), found float32 (2,)");
  EXPECT_EQ(compare_outputs(Tensor(DType::int32, {2}), Tensor(DType::float32, {2})).disagreement,
            "expected float32 (2,), found int32 (2,)");
  const auto one = Tensor::from<std::int32_t>({1}, {1});
  const auto two = Tensor::from<std::int32_t>({1}, {2});
  EXPECT_EQ(compare_outputs(one, two).disagreement, "expected the recorded int32 values, found others");
  EXPECT_FALSE(compare_outputs(one, one).disagreement.has_value());
}

}  // namespace
}  // namespace revive::tools
