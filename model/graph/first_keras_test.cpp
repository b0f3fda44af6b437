#include "revive/model/graph/first_keras.h"

#include <gtest/gtest.h>

#include "revive/model/lambda/lambda_function.h"

namespace revive {
namespace {

std::string_view first_of(std::string_view text) {
  static std::vector<LambdaFunction> kept;
  kept.push_back(make_expression(text, {}).value());
  return first_keras(kept.back().graph);
}

TEST(FirstKeras, ReleasesAreOrderedByTheirNumbers) {
  EXPECT_TRUE(is_newer_keras("3.10.0", "3.9.2"));
  EXPECT_TRUE(is_newer_keras("3.4.1", "3.4.0"));
  EXPECT_FALSE(is_newer_keras("3.4.1", "3.4.1"));
  EXPECT_FALSE(is_newer_keras("3.7.0", "3.11.0"));
}

TEST(FirstKeras, IsThatOfTheNewestOpAndSetting) {
  EXPECT_EQ(first_of("x * 2"), "3.4.1");
  EXPECT_EQ(first_of("ops.celu(x) + ops.sparse_plus(x)"), "3.8.0");
  EXPECT_EQ(first_of("ops.zeros_like(x) + ops.normalize(x)"), "3.4.1");
  EXPECT_EQ(first_of("ops.zeros_like(x, dtype='int32')"), "3.11.0");
  EXPECT_EQ(first_of("ops.normalize(x, epsilon=0.5)"), "3.6.0");
}

}  // namespace
}  // namespace revive
