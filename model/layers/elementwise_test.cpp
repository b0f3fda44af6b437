// Activation, ReLU and Dropout: layers that treat every element, or every row, by itself.
#include <limits>

#include "revive/model/layers/testing.h"

namespace revive::testing {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Tensor ints(std::vector<std::int32_t> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return Tensor::from<std::int32_t>({1, count}, values);
}

TEST(ActivationLayer, AppliesItsFunction) {
  Random random(1);
  const Layer layer = ready_layer("Activation", {{"activation", "softmax"}}, {kUnknown, 2}, random);
  expect_near(run(layer, floats({2, 2}, {1, 1, 0, 1})), floats({2, 2}, {0.5F, 0.5F, 0.26894143F, 0.7310586F}));
  EXPECT_EQ(output_shape("Activation", {{"activation", "glu"}}, {kUnknown, 3, 4}), (Shape{kUnknown, 3, 2}));
  EXPECT_EQ(build_error("Activation", {{"activation", "glu"}}, {kUnknown, 3}),
            "the activation glu cannot take the shape (None, 3)");
  EXPECT_EQ(config_error("Activation", {}), "Activation: expected the key \"activation\", which Activation requires");
}

TEST(ActivationLayer, GivesIntsWhereKerasDoes) {
  Random random(1);
  struct Row {
    const char* activation;
    std::vector<std::int32_t> expected;
  };
  const std::int32_t largest = std::numeric_limits<std::int32_t>::max();
  for (const Row& row : {Row{"linear", {-7, 0, largest}}, Row{"relu", {0, 0, largest}}, Row{"hard_tanh", {-1, 0, 1}}}) {
    const Layer layer =
        ready_layer("Activation", {{"activation", row.activation}}, {kUnknown, 3}, random, DType::int32);
    EXPECT_EQ(layer.output_dtype(), DType::int32);
    EXPECT_TRUE(same_bits(run(layer, ints({-7, 0, largest})), ints(row.expected))) << row.activation;
  }
  const Layer tanh = ready_layer("Activation", {{"activation", "tanh"}}, {kUnknown, 1}, random, DType::int32);
  EXPECT_EQ(tanh.output_dtype(), DType::float32);
  expect_near(run(tanh, ints({1})), floats({1, 1}, {0.7615942F}));
  const Layer same = ready_layer("Activation", {{"activation", "linear"}}, {kUnknown, 1}, random, DType::boolean);
  EXPECT_EQ(run(same, Tensor(DType::boolean, {1, 1})).dtype(), DType::boolean);
}

TEST(ReLU, HasThreeParameters) {
  const std::vector<float> x = {kNaN, kInf, -kInf, 0, -0.0F, 1, -1, 0.5F, 2, 7, -7};
  struct Row {
    Value::Object config;
    std::vector<float> expected;
  };
  const Row rows[] = {
      {{}, {kNaN, kInf, 0, 0, 0, 1, 0, 0.5F, 2, 7, 0}},
      {{{"max_value", 6}}, {kNaN, 6, 0, 0, 0, 1, 0, 0.5F, 2, 6, 0}},
      {{{"negative_slope", 0.1}}, {kNaN, kInf, -kInf, 0, -0.0F, 1, -0.1F, 0.5F, 2, 7, -0.7F}},
      {{{"threshold", 1}}, {0, kInf, 0, 0, 0, 0, 0, 0, 2, 7, 0}},
      {{{"max_value", 6}, {"negative_slope", 0.1}}, {kNaN, 6, -kInf, 0, 0, 1, -0.1F, 0.5F, 2, 6, -0.7F}},
      {{{"negative_slope", 0.1}, {"threshold", 1}}, {kNaN, kInf, -kInf, -0.1F, -0.1F, 0, -0.2F, -0.05F, 2, 7, -0.8F}},
  };
  Random random(1);
  for (const Row& row : rows) {
    const Layer layer = ready_layer("ReLU", row.config, {kUnknown, 11}, random);
    const Tensor y = run(layer, floats({1, 11}, x));
    expect_near(y, floats({1, 11}, row.expected));
    EXPECT_EQ(std::signbit(y.data<float>()[4]), std::signbit(row.expected[4]));
  }
}

TEST(ReLU, GivesIntsWhereKerasDoes) {
  Random random(1);
  const auto layer = [&](const Value::Object& config) {
    return ready_layer("ReLU", config, {kUnknown, 4}, random, DType::int32);
  };
  const Tensor x = ints({-7, 1, 2, 9});
  EXPECT_TRUE(same_bits(run(layer({}), x), ints({0, 1, 2, 9})));
  EXPECT_TRUE(same_bits(run(layer({{"max_value", 6.5}, {"threshold", 1}}), x), ints({0, 0, 2, 6})));
  EXPECT_EQ(layer({{"max_value", 6}}).output_dtype(), DType::float32);
  expect_near(run(layer({{"negative_slope", 0.5}}), x), floats({1, 4}, {-3.5F, 1, 2, 9}));
}

TEST(ReLU, RefusesNegativeParameters) {
  EXPECT_EQ(config_error("ReLU", {{"max_value", -1}}), "ReLU/max_value: expected a number of at least 0, found -1");
  EXPECT_EQ(config_error("ReLU", {{"negative_slope", -0.5}}),
            "ReLU/negative_slope: expected a number of at least 0, found -0.5");
  EXPECT_EQ(config_error("ReLU", {{"threshold", Value()}}),
            "ReLU/threshold: expected a number of at least 0, found null");
}

TEST(Dropout, IsTheIdentityAndPassesTheMask) {
  Random random(1);
  const Layer layer = ready_layer("Dropout", {{"rate", 0.5}, {"seed", 3}}, {kUnknown, 3}, random, DType::int32);
  const MaskedTensor x{ints({1, 2, 3}), Tensor(DType::boolean, {1, 3})};
  const MaskedTensor y = run(layer, x);
  EXPECT_TRUE(same_bits(y.value, x.value));
  ASSERT_TRUE(y.mask);
  EXPECT_TRUE(same_bits(*y.mask, *x.mask));
  EXPECT_EQ(config_error("Dropout", {{"rate", 1.5}}), "Dropout/rate: expected a number from 0 to 1, found 1.5");
}

}  // namespace
}  // namespace revive::testing
