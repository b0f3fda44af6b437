// What a layer may hold, at each limit and one below it, and what is said there.
#include <gtest/gtest.h>

#include <limits>

#include "revive/model/layer.h"
#include "revive/model/testing/made_layer.h"

namespace revive {

using testing::layer;

namespace {

Layer around(std::string_view class_name, const char* key, Layer inside) {
  std::vector<Children> children;
  children.push_back({key, {std::move(inside)}});
  return layer(class_name, {}, std::move(children));
}

std::string built(Layer made, const Shape& shape, const Limits& limits) {
  const Status status = made.build(shape, DType::float32, limits);
  return status ? "built" : status.error().text();
}

TEST(LayerLimits, AreOnWeightsOfALayerAndOfWhatItHolds) {
  const auto refused = [](std::string_view what, std::uint64_t most) {
    return "expected " + std::string(what) + " to have at most " + std::to_string(most) +
           " weights (Limits::weight_elements), found more";
  };
  const Shape shape{kUnknown, 3};
  // A kernel of 3 * 7 and a bias of 7.
  const Layer dense = layer("Dense", {{"units", 7}, {"name", "d"}});
  EXPECT_EQ(built(dense, shape, {.weight_elements = 28}), "built");
  EXPECT_EQ(built(dense, shape, {.weight_elements = 27}), refused("Dense 'd'", 27));
  EXPECT_EQ(built(dense, shape, {.weight_elements = 21}), refused("Dense 'd'", 21));
  EXPECT_EQ(built(dense, shape, {.weight_elements = 0}), refused("Dense 'd'", 0));
  // What is inside is counted in front of what is around it: a vector of 7 more.
  const Layer spectral = around("SpectralNormalization", "layer", dense);
  EXPECT_EQ(built(spectral, shape, {.weight_elements = 35}), "built");
  EXPECT_EQ(built(spectral, shape, {.weight_elements = 34}), refused("SpectralNormalization", 34));
  EXPECT_EQ(built(spectral, shape, {.weight_elements = 27}), "/layer: " + refused("Dense 'd'", 27));
  // Whatever is allowed, no more than can be addressed.
  constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();
  const Layer long_one = layer("Dense", {{"units", std::int64_t{1} << 61}, {"use_bias", false}});
  EXPECT_EQ(built(long_one, {kUnknown, 1}, {.weight_elements = kAny}), refused("Dense", 2305843009213693951));
  const Layer longest = layer("Dense", {{"units", (std::int64_t{1} << 61) - 1}, {"use_bias", false}});
  EXPECT_EQ(built(longest, {kUnknown, 1}, {.weight_elements = kAny}), "built");
  EXPECT_EQ(built(longest, {kUnknown, 8}, {.weight_elements = kAny}), refused("Dense", 2305843009213693951));
}

TEST(LayerLimits, AreOnTheElementsOfASampleThatIsCalled) {
  Layer relu = layer("ReLU", {});
  ASSERT_TRUE(relu.build({kUnknown, 3, 2}, DType::float32, {}));
  const Tensor x(DType::float32, {5, 3, 2});
  EXPECT_TRUE(relu.call({x}, {}, {.activation_elements = 6}));
  const auto refused = relu.call({x}, {}, {.activation_elements = 5});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text(),
            "one sample of shape (5, 3, 2) has more than 5 elements "
            "(Limits::activation_elements)");
}

// Of samples without elements there may be more than there could be of others.
TEST(LayerLimits, AreOnWhatABatchTakes) {
  constexpr std::int64_t kSamples = std::int64_t{1} << 62;
  Layer padding = layer("ZeroPadding1D", {{"padding", 1}});
  ASSERT_TRUE(padding.build({kUnknown, 0, 1}, DType::float32, {}));
  const auto refused = padding.call({Tensor(DType::float32, {kSamples, 0, 1})}, {}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text(), "an output of (4611686018427387904, 2, 1) does not fit in memory");
  EXPECT_EQ(padding.call({Tensor(DType::float32, {2, 0, 1})}, {}, {})->value.dims(), (Dims{2, 2, 1}));
}

TEST(LayerLimits, AnInputLayerOfNoElementsCostsNothing) {
  for (const auto& [length, cost] : {std::pair{std::int64_t{0}, 0}, {std::int64_t{1}, 1}, {std::int64_t{4}, 4}}) {
    Layer input = layer("InputLayer", {{"batch_shape", Value::Array{nullptr, length}}});
    ASSERT_TRUE(input.build({kUnknown, length}, DType::float32, {}));
    EXPECT_EQ(input.activation_elements(), cost);
    EXPECT_EQ(input.multiply_adds() == 0, cost == 0);
  }
  Layer nothing = around("TimeDistributed", "layer", layer("ReLU", {}));
  ASSERT_TRUE(nothing.build({kUnknown, 4, 0}, DType::float32, {}));
  EXPECT_EQ(nothing.multiply_adds(), 0);
}

TEST(LayerLimits, AChangedPolicyAsksForAnotherBuild) {
  Layer dense = layer("Dense", {{"units", 2}});
  ASSERT_TRUE(dense.build({kUnknown, 3}, DType::float32, {}));
  ASSERT_TRUE(dense.set_weights({Tensor(DType::float32, {3, 2}), Tensor(DType::float32, {2})}));
  EXPECT_TRUE(dense.ready());
  dense.set_policy(dense.policy());
  EXPECT_TRUE(dense.built());
  dense.set_policy(*DTypePolicy::from_name("float64"));
  EXPECT_FALSE(dense.built());
  EXPECT_FALSE(dense.ready());
  // Weights of another dtype are dropped; those that fit what is built anew stay.
  ASSERT_TRUE(dense.build({kUnknown, 3}, DType::float32, {}));
  EXPECT_TRUE(dense.weights().empty());
  ASSERT_TRUE(dense.set_weights({Tensor(DType::float64, {3, 2}), Tensor(DType::float64, {2})}));
  ASSERT_TRUE(dense.build({5, 3}, DType::float32, {}));
  EXPECT_EQ(dense.weights().size(), 2U);
  EXPECT_TRUE(dense.ready());
  ASSERT_TRUE(dense.build({kUnknown, 4}, DType::float32, {}));
  EXPECT_TRUE(dense.weights().empty());
  EXPECT_FALSE(dense.ready());
}

}  // namespace
}  // namespace revive
