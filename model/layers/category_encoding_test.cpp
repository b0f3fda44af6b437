// CategoryEncoding by hand.
#include "revive/model/layers/testing.h"

namespace revive::testing {
namespace {

Tensor encoded(std::string_view mode, const Tensor& ids, const Shape& shape) {
  Random random(1);
  return run(ready_layer("CategoryEncoding", {{"num_tokens", 3}, {"output_mode", std::string(mode)}}, shape, random),
             ids);
}

TEST(CategoryEncoding, MakesRowsOfIds) {
  const Tensor ids = floats({2, 3}, {0, 2, 2, 1, 1, 1});
  EXPECT_TRUE(same_bits(encoded("multi_hot", ids, {kUnknown, 3}), floats({2, 3}, {1, 0, 1, 0, 1, 0})));
  EXPECT_TRUE(same_bits(encoded("binary", ids, {kUnknown, kUnknown}), floats({2, 3}, {1, 0, 1, 0, 1, 0})));
  EXPECT_TRUE(same_bits(encoded("count", ids, {kUnknown, 3}), floats({2, 3}, {1, 0, 2, 0, 3, 0})));
  EXPECT_TRUE(same_bits(encoded("one_hot", ids, {kUnknown, 3}),
                        floats({2, 3, 3}, {1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0})));
  const Tensor column = Tensor::from<std::int32_t>({2, 1}, {2, 0});
  EXPECT_TRUE(same_bits(encoded("one_hot", column, {kUnknown, 1}), floats({2, 3}, {0, 0, 1, 1, 0, 0})));
  EXPECT_TRUE(same_bits(encoded("one_hot", floats({2}, {2, 0}), {kUnknown}), floats({2, 3}, {0, 0, 1, 1, 0, 0})));
  EXPECT_TRUE(same_bits(encoded("one_hot", floats({1}, {2}), {1}), floats({1, 3}, {0, 0, 1})));
}

// There are none, and yet it is theirs.
TEST(CategoryEncoding, GivesTheDtypeOfVariables) {
  for (const auto& [policy, dtype] : {std::pair("mixed_float16", DType::float32), {"float16", DType::float16}}) {
    auto layer = *make_layer("CategoryEncoding", {{"num_tokens", 3}, {"dtype", policy}});
    ASSERT_TRUE(layer.build({kUnknown, 2}, DType::float32, Limits{}));
    EXPECT_EQ(layer.output_dtype(), dtype) << policy;
    EXPECT_EQ(run(layer, floats({1, 2}, {0, 2})).dtype(), dtype) << policy;
  }
}

TEST(CategoryEncoding, SaysWhatDoesNotFit) {
  Random random(1);
  const Layer layer = ready_layer("CategoryEncoding", {{"num_tokens", 3}}, {kUnknown, 2}, random);
  for (const float id : {3.0F, -1.0F, 0.5F, std::nanf("")}) {
    const auto output = layer.call({floats({1, 2}, {0, id})}, {}, Limits{});
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::input_id);
  }
  EXPECT_EQ(layer.call({floats({1, 2}, {0, 3})}, {}, Limits{}).error().message,
            "CategoryEncoding expects ids from 0 to 2, found 3");
  const auto error = [](std::string_view mode, const Shape& shape) {
    return build_error("CategoryEncoding", {{"num_tokens", 3}, {"output_mode", std::string(mode)}}, shape);
  };
  EXPECT_EQ(error("count", {kUnknown}), "multi_hot and count expect an input (batch, ids), found (None,)");
  EXPECT_EQ(error("multi_hot", {kUnknown, 2, 2}),
            "multi_hot and count expect an input (batch, ids), found (None, 2, 2)");
  EXPECT_EQ(error("one_hot", {kUnknown, kUnknown}), "one_hot expects a known last axis, found (None, None)");
  EXPECT_EQ(error("one_hot", {kUnknown, 2, 2}), "");
  EXPECT_EQ(config_error("CategoryEncoding", {}),
            "CategoryEncoding: expected the key \"num_tokens\", which CategoryEncoding requires");
}

}  // namespace
}  // namespace revive::testing
