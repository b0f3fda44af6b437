// Flatten and Reshape: layers that only move elements.
#include <fmt/format.h>

#include "revive/model/layers/testing.h"

namespace revive::testing {
namespace {

Value::Object target(std::vector<Value> items) {
  return {{"target_shape", std::move(items)}};
}

TEST(Flatten, JoinsTheAxesAfterTheBatch) {
  EXPECT_EQ(output_shape("Flatten", {}, {kUnknown, 2, 3, 4}), (Shape{kUnknown, 24}));
  EXPECT_EQ(output_shape("Flatten", {}, {kUnknown, kUnknown, 4}), (Shape{kUnknown, kUnknown}));
  EXPECT_EQ(output_shape("Flatten", {}, {5}), (Shape{5, 1}));
  EXPECT_EQ(output_shape("Flatten", {}, {kUnknown, 0, 4}), (Shape{kUnknown, 0}));
  Random random(1);
  const Layer layer = ready_layer("Flatten", {}, {kUnknown, kUnknown, 2}, random, DType::int32);
  const Tensor x = Tensor::from<std::int32_t>({1, 2, 2}, {1, 2, 3, 4});
  EXPECT_TRUE(same_bits(run(layer, x), Tensor::from<std::int32_t>({1, 4}, {1, 2, 3, 4})));
}

TEST(Flatten, OfChannelsFirstPutsThemLast) {
  Random random(1);
  const Value::Object config{{"data_format", "channels_first"}};
  const Layer layer = ready_layer("Flatten", config, {kUnknown, 2, 3}, random);
  EXPECT_TRUE(same_bits(run(layer, floats({2, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})),
                        floats({2, 6}, {1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12})));
  const Layer deep = ready_layer("Flatten", config, {kUnknown, 2, 1, 2}, random, DType::boolean);
  const Tensor flags = Tensor::from<bool>({1, 2, 1, 2}, {true, false, false, false});
  EXPECT_TRUE(same_bits(run(deep, flags), Tensor::from<bool>({1, 4}, {true, false, false, false})));
  EXPECT_EQ(run(layer, Tensor(DType::float32, {0, 2, 3})).dims(), (Dims{0, 6}));
}

TEST(Reshape, GivesTheTargetShapeToEverySample) {
  EXPECT_EQ(output_shape("Reshape", target({2, 6}), {kUnknown, 3, 4}), (Shape{kUnknown, 2, 6}));
  EXPECT_EQ(output_shape("Reshape", target({2, -1}), {7, 3, 4}), (Shape{7, 2, 6}));
  EXPECT_EQ(output_shape("Reshape", target({}), {kUnknown, 1, 1}), (Shape{kUnknown}));
  EXPECT_EQ(output_shape("Reshape", target({0, 3}), {kUnknown, 0}), (Shape{kUnknown, 0, 3}));
  EXPECT_EQ(output_shape("Reshape", target({-1, 2}), {kUnknown, kUnknown, 4}), (Shape{kUnknown, kUnknown, 2}));
  EXPECT_EQ(build_error("Reshape", target({5}), {kUnknown, 3, 4}),
            "Reshape expects an input with as many elements as target_shape (5,), found the shape (None, 3, 4)");
  EXPECT_EQ(build_error("Reshape", target({5, -1}), {kUnknown, 3, 4}),
            "Reshape expects an input with as many elements as target_shape (5, -1), found the shape (None, 3, 4)");
  EXPECT_EQ(build_error("Reshape", target({0, -1}), {kUnknown, 0}),
            "Reshape expects an input with as many elements as target_shape (0, -1), found the shape (None, 0)");
  EXPECT_EQ(config_error("Reshape", target({-1, -1})), "Reshape: expected a target_shape with -1 at most once");
  EXPECT_EQ(config_error("Reshape", target({-2})),
            "Reshape/target_shape/0: expected an integer of at least 0 or -1, found -2");
}

// More elements than 64 bits count, of the target, of the input and of both.
TEST(Reshape, RefusesWhatCannotBeCounted) {
  constexpr std::int64_t kLong = std::int64_t{1} << 40;
  const auto refused = [](const char* target_text, const char* input) {
    return fmt::format("Reshape expects an input with as many elements as target_shape {}, found the shape {}",
                       target_text, input);
  };
  const std::string long_input = "(None, 1099511627776, 1099511627776)";
  EXPECT_EQ(build_error("Reshape", target({kLong, kLong}), {kUnknown, 4}),
            refused("(1099511627776, 1099511627776)", "(None, 4)"));
  EXPECT_EQ(build_error("Reshape", target({-1, kLong, kLong}), {kUnknown, 4}),
            refused("(-1, 1099511627776, 1099511627776)", "(None, 4)"));
  EXPECT_EQ(build_error("Reshape", target({4}), {kUnknown, kLong, kLong}), refused("(4,)", long_input.c_str()));
  EXPECT_EQ(build_error("Reshape", target({-1}), {kUnknown, kLong, kLong}), refused("(-1,)", long_input.c_str()));
  EXPECT_EQ(build_error("Reshape", target({kLong, kLong}), {kUnknown, kLong, kLong}),
            refused("(1099511627776, 1099511627776)", long_input.c_str()));
}

TEST(Reshape, ChecksOpenAxesWhenItIsCalled) {
  Random random(1);
  const Layer layer = ready_layer("Reshape", target({2, 2}), {kUnknown, kUnknown}, random);
  EXPECT_TRUE(same_bits(run(layer, floats({1, 4}, {1, 2, 3, 4})), floats({1, 2, 2}, {1, 2, 3, 4})));
  const auto refused = layer.call({floats({1, 3}, {1, 2, 3})}, {}, Limits{});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::layer_input);
}

TEST(Reshape, KeepsTheMaskOnlyWhenNothingChanges) {
  Random random(1);
  const MaskedTensor x{floats({1, 2, 1}, {1, 2}), Tensor(DType::boolean, {1, 2})};
  EXPECT_TRUE(run(ready_layer("Reshape", target({2, 1}), {kUnknown, 2, 1}, random), x).mask);
  EXPECT_FALSE(run(ready_layer("Reshape", target({2}), {kUnknown, 2, 1}, random), x).mask);
  EXPECT_FALSE(run(ready_layer("Flatten", {}, {kUnknown, 2, 1}, random), x).mask);
}

}  // namespace
}  // namespace revive::testing
