#include <limits>

#include "revive/model/layers/testing.h"

namespace revive::testing {
namespace {

// Mean and variance of the elements that share everything but the last axis, one row at a time.
Tensor by_rows(const Layer& layer, const Tensor& x, float epsilon) {
  const auto width = static_cast<std::size_t>(x.dims().back());
  const auto gamma = layer.weights()[0].data<float>();
  const auto beta = layer.weights()[1].data<float>();
  Tensor expected(DType::float32, x.dims());
  for (std::size_t row = 0; row < x.size(); row += width) {
    double mean = 0;
    double variance = 0;
    for (std::size_t i = 0; i < width; ++i)
      mean += static_cast<double>(x.data<float>()[row + i]) / static_cast<double>(width);
    for (std::size_t i = 0; i < width; ++i) {
      const double distance = static_cast<double>(x.data<float>()[row + i]) - mean;
      variance += distance * distance / static_cast<double>(width);
    }
    for (std::size_t i = 0; i < width; ++i) {
      const double normal =
          (static_cast<double>(x.data<float>()[row + i]) - mean) / std::sqrt(variance + static_cast<double>(epsilon));
      expected.data<float>()[row + i] =
          static_cast<float>(normal * static_cast<double>(gamma[i]) + static_cast<double>(beta[i]));
    }
  }
  return expected;
}

TEST(LayerNormalization, NormalisesTheLastAxis) {
  Random random(4);
  for (const Dims& dims : {Dims{2, 5}, Dims{3, 4, 7}, Dims{2, 2, 3, 4}}) {
    const Layer layer = ready_layer("LayerNormalization", {{"epsilon", 0.25}}, Shape(dims), random);
    const Tensor x = random_tensor(dims, random);
    expect_near(run(layer, x), by_rows(layer, x, 0.25F));
    expect_batch_independent(layer, {x});
  }
}

TEST(LayerNormalization, TakesSeveralAxesAsOne) {
  Random random(5);
  const Layer several = ready_layer("LayerNormalization", {{"axis", Value::Array{1, -1}}}, {kUnknown, 3, 4}, random);
  EXPECT_EQ(several.variables()[0].dims, (Dims{3, 4}));
  Layer flat = *make_layer("LayerNormalization", {});
  ASSERT_TRUE(flat.build({kUnknown, 12}, DType::float32, Limits{}));
  ASSERT_TRUE(flat.set_weights({several.weights()[0].reshaped({12}), several.weights()[1].reshaped({12})}));
  const Tensor x = random_tensor({2, 3, 4}, random);
  EXPECT_TRUE(same_bits(run(several, x), run(flat, x.reshaped({2, 12})).reshaped({2, 3, 4})));
}

TEST(LayerNormalization, NormalisesAMiddleAxis) {
  const Layer layer = [] {
    Layer made =
        *make_layer("LayerNormalization", {{"axis", 1}, {"scale", false}, {"center", false}, {"epsilon", 0.0}});
    EXPECT_TRUE(made.build({kUnknown, 2, 2}, DType::float32, Limits{}));
    EXPECT_TRUE(made.set_weights({}));
    return made;
  }();
  // Each column alone: 1 and 5, then 2 and 2 (no spread at all).
  const auto y = run(layer, floats({1, 2, 2}, {1, 2, 5, 2})).data<float>()[0];
  EXPECT_EQ(y, -1.0F);
}

TEST(LayerNormalization, SaysWhichAxesItTakes) {
  EXPECT_EQ(config_error("LayerNormalization", {{"axis", -1}}), "") << "an int is a list of one";
  EXPECT_EQ(build_error("LayerNormalization", {{"axis", Value::Array{1, -2}}}, {kUnknown, 3, 4}),
            "LayerNormalization expects known axes (1, -2) after the batch, each once, found the shape (None, 3, 4)");
  EXPECT_EQ(build_error("LayerNormalization", {{"axis", Value::Array{0}}}, {kUnknown, 3}),
            "LayerNormalization expects known axes (0,) after the batch, each once, found the shape (None, 3)");
  EXPECT_EQ(build_error("LayerNormalization", {{"axis", Value::Array{0, 1}}}, {5, 3}),
            "LayerNormalization expects known axes (0, 1) after the batch, each once, found the shape (5, 3)");
}

// By the distance from the mean, and yet the mean is not subtracted.
TEST(LayerNormalization, ScalesAloneWhereKerasCallsItRms) {
  for (const bool scale : {false, true}) {
    Layer layer = *make_layer("LayerNormalization", {{"rms_scaling", true}, {"scale", scale}, {"epsilon", 0.0}});
    ASSERT_TRUE(layer.build({kUnknown, 2}, DType::float32, Limits{}));
    ASSERT_EQ(layer.variables().size(), 1U);
    EXPECT_EQ(layer.variables()[0].name, "gamma");
    ASSERT_TRUE(layer.set_weights({floats({2}, {2, 3})}));
    expect_near(run(layer, floats({1, 2}, {1, 5})), floats({1, 2}, {1, 7.5F}));
  }
}

}  // namespace
}  // namespace revive::testing
