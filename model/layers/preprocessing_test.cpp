// Normalization and Discretization by their definitions.
#include "revive/model/layers/testing.h"

namespace revive::testing {
namespace {

double element(const Tensor& tensor, std::size_t index) {
  return static_cast<double>(tensor.data<float>()[index]);
}

TEST(Normalization, TakesOutWhatIsKnownOfTheData) {
  Random random(1);
  const Tensor x = random_tensor({2, 3, 4}, random);
  for (const bool invert : {false, true}) {
    auto layer = *make_layer("Normalization", {{"axis", Value::Array{-1, 1}}, {"invert", invert}});
    ASSERT_TRUE(layer.build({kUnknown, 3, 4}, DType::float32, Limits{}));
    ASSERT_EQ(layer.variables().size(), 3U);
    EXPECT_EQ(layer.variables()[1].dims, (Dims{3, 4}));
    EXPECT_EQ(layer.variables()[2].dtype, DType::int32);
    const Tensor mean = random_tensor({3, 4}, random);
    Tensor variance = random_tensor({3, 4}, random);
    for (float& value : variance.data<float>()) value = std::abs(value);
    variance.data<float>()[0] = 0;
    ASSERT_TRUE(layer.set_weights({mean, variance, Tensor(DType::int32, {})}));
    const Tensor y = run(layer, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double deviation = std::max(std::sqrt(element(variance, i % 12)), 1e-7);
      const double expected = invert ? element(mean, i % 12) + element(x, i) * deviation
                                     : (element(x, i) - element(mean, i % 12)) / deviation;
      EXPECT_NEAR(element(y, i), expected, 1e-5 * (1 + std::abs(expected))) << i;
    }
    expect_batch_independent(layer, {x});
  }
}

TEST(Normalization, TakesNumbersFromTheConfig) {
  Random random(2);
  const Tensor x = random_tensor({2, 3}, random);
  const auto expect = [&](const Value& mean, const Value& variance, const std::vector<double>& means,
                          const std::vector<double>& deviations) {
    const Layer layer = ready_layer("Normalization", {{"mean", mean}, {"variance", variance}}, {kUnknown, 3}, random);
    EXPECT_TRUE(layer.variables().empty());
    const Tensor y = run(layer, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_NEAR(element(y, i), (element(x, i) - means[i % 3]) / deviations[i % 3], 1e-5);
    }
  };
  expect(0.5, 4, {0.5, 0.5, 0.5}, {2, 2, 2});
  expect(Value::Array{1, 2.5, -3}, Value::Array{1, 4, 9}, {1, 2.5, -3}, {1, 2, 3});
  expect(Value::Array{1.5}, Value::Array{4}, {1.5, 1.5, 1.5}, {2, 2, 2});
}

// No deviation is less than 1e-7, but the root of a negative variance is NaN, as is what it divides.
TEST(Normalization, KeepsANaN) {
  Random random(3);
  const Layer layer = ready_layer("Normalization", {{"mean", Value::Array{0, 0}}, {"variance", Value::Array{-1, 0}}},
                                  {kUnknown, 2}, random);
  const Tensor y = run(layer, floats({1, 2}, {1, 1}));
  EXPECT_TRUE(std::isnan(y.data<float>()[0]));
  EXPECT_NEAR(y.data<float>()[1], 1e7F, 1);
}

TEST(Normalization, SaysWhatDoesNotFit) {
  EXPECT_EQ(config_error("Normalization", {{"mean", 1.0}}), "Normalization: expected mean and variance, or neither");
  EXPECT_EQ(config_error("Normalization", {{"mean", Value::Array{1, 2}}, {"variance", 1}}),
            "Normalization: expected as many variances as means");
  EXPECT_NE(
      config_error("Normalization", {{"mean", Value::Array{Value(Value::Array{1})}}, {"variance", Value::Array{1}}}),
      "");
  const Value::Object two{{"mean", Value::Array{1, 2}}, {"variance", Value::Array{1, 2}}};
  EXPECT_EQ(build_error("Normalization", two, {kUnknown, 3}),
            "Normalization expects a mean for each place along the last of the axes (-1,), found 2 for the shape "
            "(None, 3)");
  EXPECT_EQ(build_error("Normalization", {{"axis", 1}}, {kUnknown, kUnknown, 3}),
            "Normalization expects known axes (1,) after the batch, each once, found the shape (None, None, 3)");
  EXPECT_EQ(build_error("Normalization", {{"axis", 0}}, {4, 3}),
            "Normalization expects known axes (0,) after the batch, each once, found the shape (4, 3)");
  EXPECT_EQ(build_error("Normalization", {{"axis", Value::Array{1, -1}}}, {kUnknown, 3}),
            "Normalization expects known axes (1, -1) after the batch, each once, found the shape (None, 3)");
  EXPECT_EQ(build_error("Normalization", {{"axis", Value::Array{}}}, {kUnknown, kUnknown, 3}), "");
}

Tensor binned(std::string_view mode, const Tensor& x, const Shape& shape) {
  Random random(1);
  return run(
      ready_layer("Discretization", {{"bin_boundaries", Value::Array{-1, 0.5}}, {"output_mode", std::string(mode)}},
                  shape, random),
      x);
}

TEST(Discretization, CountsTheBoundariesThatAreNotAbove) {
  const Tensor x = floats({2, 3}, {-2, -1, 0, 0.5F, 7, std::nanf("")});
  EXPECT_TRUE(same_bits(binned("int", x, {kUnknown, 3}), Tensor::from<std::int32_t>({2, 3}, {0, 1, 1, 2, 2, 2})));
  EXPECT_TRUE(same_bits(binned("multi_hot", x, {kUnknown, 3}), floats({2, 3}, {1, 1, 0, 0, 0, 1})));
  EXPECT_TRUE(same_bits(binned("count", x, {kUnknown, kUnknown}), floats({2, 3}, {1, 2, 0, 0, 0, 3})));
  EXPECT_TRUE(same_bits(binned("one_hot", floats({2, 1}, {9, -9}), {kUnknown, 1}), floats({2, 3}, {0, 0, 1, 1, 0, 0})));
  EXPECT_TRUE(same_bits(binned("one_hot", floats({2, 2}, {9, -9, 0, 0}), {kUnknown, 2}),
                        floats({2, 2, 3}, {0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0})));
}

// One row for the axis behind the batch, for each place along the others.
TEST(Discretization, MergesAlongTheAxisBehindTheBatch) {
  const Tensor x = floats({1, 3, 2}, {-2, 9, 0, 9, 9, 9});
  EXPECT_TRUE(same_bits(binned("count", x, {kUnknown, 3, 2}), floats({1, 2, 3}, {1, 1, 1, 0, 0, 3})));
  EXPECT_TRUE(same_bits(binned("multi_hot", x, {kUnknown, 3, 2}), floats({1, 2, 3}, {1, 1, 1, 0, 0, 1})));
}

TEST(Discretization, SaysWhatDoesNotFit) {
  EXPECT_EQ(config_error("Discretization", {{"num_bins", 4}, {"bin_boundaries", nullptr}}),
            "Discretization: expected bin_boundaries: it was never adapted to data");
  EXPECT_EQ(config_error("Discretization", {{"bin_boundaries", Value::Array{1, 0}}}),
            "Discretization: expected bin_boundaries as a list, in ascending order");
  EXPECT_EQ(config_error("Discretization", {{"bin_boundaries", 1}}),
            "Discretization: expected bin_boundaries as a list, in ascending order");
  EXPECT_EQ(config_error("Discretization", {{"bin_boundaries", Value::Array{1}}, {"sparse", true}}),
            "Discretization/sparse: expected false, the only value supported, found true");
  EXPECT_EQ(config_error("Discretization", {{"bin_boundaries", Value::Array{1}}, {"dtype", "int32"}}),
            "Discretization: expected the dtype of a float");
  const auto error = [](std::string_view mode, const Shape& shape) {
    return build_error("Discretization", {{"bin_boundaries", Value::Array{1}}, {"output_mode", std::string(mode)}},
                       shape);
  };
  EXPECT_EQ(error("count", {kUnknown}), "multi_hot and count expect an axis after the batch, found (None,)");
  EXPECT_EQ(error("one_hot", {kUnknown, kUnknown}), "one_hot expects a known last axis, found (None, None)");
  EXPECT_EQ(error("int", {kUnknown}), "");
}

}  // namespace
}  // namespace revive::testing
