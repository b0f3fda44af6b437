#include "revive/fuzz/oracles/lambda_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/fuzz/seeds/seeds.h"

namespace revive::fuzz {
namespace {

TEST(LambdaCase, BytesAreChoicesAndText) {
  const LambdaCase drawn = lambda_case(lambda_bytes(1, "x * 2"));
  EXPECT_EQ(drawn.text, "x * 2");
  EXPECT_TRUE(drawn.typed);
  EXPECT_EQ(drawn.input, (TensorType{DType::float32, {kUnknown, 3, 4}}));
  EXPECT_EQ(lambda_case({}).text, "");
}

TEST(LambdaCase, SeedsAreLambdasThatHold) {
  std::vector<std::string> refused;
  for (const auto& seed : lambda_seeds()) {
    const LambdaCase drawn = lambda_case(seed);
    EXPECT_EQ(lambda_violation(drawn, kFuzzLimits), std::nullopt) << drawn.text;
    const LoweringOptions options{.input = drawn.input, .limits = kFuzzLimits};
    if (!make_expression(drawn.text, lambda_captures(), options)) refused.push_back(drawn.text);
  }
  // The last adds what a dict holds, a string, to a tensor.
  EXPECT_THAT(refused, testing::ElementsAre(testing::EndsWith("['a']")));
}

TEST(LambdaCase, TheDictionaryKnowsEveryNamespace) {
  const std::string words = lambda_dictionary();
  for (const std::string_view word :
       {"\"tf.reduce_sum(\"", "\"K.sum(\"", "\"ops.sum(x\"", "\"np.pi(\"", "\" not in \""}) {
    EXPECT_THAT(words, testing::HasSubstr(std::string(word)));
  }
}

}  // namespace
}  // namespace revive::fuzz
