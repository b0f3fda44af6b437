#include <limits>

#include "revive/model/layers/testing.h"

namespace revive::testing {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

TEST(BatchNormalization, IsEvaluatedInTheOrderOfKeras) {
  Random random(4);
  for (const std::int64_t axis : {-1, 1, 2, -2}) {
    for (const bool scale : {true, false}) {
      for (const bool center : {true, false}) {
        const Layer layer =
            ready_layer("BatchNormalization", {{"axis", axis}, {"scale", scale}, {"center", center}, {"epsilon", 0.25}},
                        {kUnknown, 3, 4}, random);
        const Tensor x = random_tensor({2, 3, 4}, random);
        const bool last = axis == -1 || axis == 2;
        const auto weights = layer.weights();
        const std::size_t mean_at = weights.size() - 2;
        Tensor expected(DType::float32, x.dims());
        for (std::size_t i = 0; i < x.size(); ++i) {
          const std::size_t c = last ? i % 4 : i / 4 % 3;
          float inv = 1 / std::sqrt(weights[mean_at + 1].data<float>()[c] + 0.25F);
          if (scale) inv *= weights[0].data<float>()[c];
          float offset = -weights[mean_at].data<float>()[c] * inv;
          if (center) offset += weights[mean_at - 1].data<float>()[c];
          expected.data<float>()[i] = x.data<float>()[i] * inv + offset;
        }
        EXPECT_TRUE(same_bits(run(layer, x), expected)) << axis << scale << center;
        expect_batch_independent(layer, {x});
      }
    }
  }
}

TEST(BatchNormalization, HoldsItsVariablesInStoredOrder) {
  Random random(1);
  const Layer all = ready_layer("BatchNormalization", {}, {kUnknown, 3}, random);
  std::vector<std::string> names;
  for (const VariableSpec& spec : all.variables()) names.push_back(spec.name);
  EXPECT_EQ(names, (std::vector<std::string>{"gamma", "beta", "moving_mean", "moving_variance"}));
  EXPECT_TRUE(all.variables().back().non_negative);
  const Layer bare =
      ready_layer("BatchNormalization", {{"scale", false}, {"center", false}}, {kUnknown, kUnknown, 3}, random);
  EXPECT_EQ(bare.variables().front().name, "moving_mean");
  EXPECT_EQ(bare.variables().front().dims, Dims{3});
}

TEST(BatchNormalization, KeepsWhatRenormTrainsWithAndPredictsWithout) {
  Random random(2);
  const Layer renormed =
      ready_layer("BatchNormalization", {{"scale", false}, {"center", false}, {"renorm", true}}, {kUnknown, 3}, random);
  std::vector<std::string> names;
  for (const VariableSpec& spec : renormed.variables()) {
    names.push_back(spec.name);
    EXPECT_FALSE(spec.trainable) << spec.name;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"moving_mean", "moving_variance", "moving_stddev", "renorm_mean",
                                             "renorm_stddev"}));
  Layer plain = *make_layer("BatchNormalization", {{"scale", false}, {"center", false}});
  ASSERT_TRUE(plain.build({kUnknown, 3}, DType::float32, Limits{}));
  ASSERT_TRUE(plain.set_weights({renormed.weights()[0], renormed.weights()[1]}));
  const Tensor x = random_tensor({4, 3}, random);
  EXPECT_TRUE(same_bits(run(renormed, x), run(plain, x)));
}

TEST(BatchNormalization, FollowsKerasToInfinity) {
  auto layer = *make_layer("BatchNormalization", {{"epsilon", 0.0}});
  ASSERT_TRUE(layer.build({kUnknown, 5}, DType::float32, Limits{}));
  ASSERT_TRUE(layer.set_weights({floats({5}, {1, 1, kInf, 1, 1}), floats({5}, {0, 0, 0, 0, 0}),
                                 floats({5}, {0, 0, 0, kInf, 0}), floats({5}, {-1, kInf, 1, 1, 0})}));
  expect_near(run(layer, floats({1, 5}, {1, 1, 1, 1, 0})), floats({1, 5}, {kNaN, 0, kNaN, -kInf, kNaN}));
}

TEST(BatchNormalization, SaysWhichAxesItTakes) {
  EXPECT_EQ(output_shape("BatchNormalization", {{"axis", 1}}, {kUnknown, 3, kUnknown}), (Shape{kUnknown, 3, kUnknown}));
  EXPECT_EQ(build_error("BatchNormalization", {{"axis", -4}}, {kUnknown, 3, 4}),
            "BatchNormalization expects a known axis -4 after the batch, found the shape (None, 3, 4)");
  EXPECT_EQ(build_error("BatchNormalization", {{"axis", 0}}, {5, 3}),
            "BatchNormalization expects a known axis 0 after the batch, found the shape (5, 3)");
  EXPECT_EQ(build_error("BatchNormalization", {}, {kUnknown, 3, kUnknown}),
            "BatchNormalization expects a known axis -1 after the batch, found the shape (None, 3, None)");
  EXPECT_EQ(config_error("BatchNormalization", {{"axis", Value::Array{2}}, {"renorm", false}}), "");
}

}  // namespace
}  // namespace revive::testing
