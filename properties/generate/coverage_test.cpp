#include "revive/properties/generate/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/model/registry.h"
#include "revive/properties/generate/generate.h"

namespace revive::properties {
namespace {

using ::testing::Contains;
using ::testing::Not;

Layer layer(std::string_view class_name, const Value::Object& config = {}) {
  return make_layer(class_name, config).value();
}

Distribution of(std::vector<Layer> layers) {
  auto model = Sequential::make("m", std::move(layers)).value();
  model.initialize(1);
  Tensor input = default_input(model).value();
  Distribution distribution(true);
  distribution.add(Case{std::move(model), std::move(input), {}});
  return distribution;
}

TEST(Coverage, ValuesAreCountedWhereTheyAreFew) {
  using Names = std::vector<std::string>;
  const Layer dense = layer("Dense", {{"units", 3}, {"activation", "relu"}});
  EXPECT_EQ(countable_values(*dense.field("units")), Names());
  EXPECT_EQ(countable_value(*dense.field("units")), 0U);
  const Names activations = countable_values(*dense.field("activation"));
  EXPECT_EQ(activations.at(countable_value(*dense.field("activation"))), "relu");
  EXPECT_EQ(countable_values(*dense.field("use_bias")), (Names{"false", "true"}));
  EXPECT_EQ(countable_value(*dense.field("use_bias")), 1U);
  EXPECT_EQ(countable_value(*layer("Dense", {{"units", 3}, {"use_bias", false}}).field("use_bias")), 0U);
  EXPECT_EQ(countable_values(*layer("ReLU").field("max_value")), (Names{"null", "a value"}));
  EXPECT_EQ(countable_value(*layer("ReLU").field("max_value")), 0U);
  EXPECT_EQ(countable_value(*layer("ReLU", {{"max_value", 6.0}}).field("max_value")), 1U);
}

TEST(Coverage, CountsWhatCameUp) {
  const Layer input = layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 5, 3}}});
  const auto coverage =
      coverage_of(of({input, layer("Dense", {{"units", 2}, {"activation", "relu"}, {"use_bias", false}}),
                      layer("LSTM", {{"units", 2}})}));
  ASSERT_EQ(coverage.size(), 4u);

  EXPECT_EQ(coverage[0].reached, 2u);
  EXPECT_THAT(coverage[0].missing, Contains("GRU"));
  EXPECT_THAT(coverage[0].missing, Not(Contains("Dense")));
  EXPECT_THAT(coverage[0].missing, Not(Contains("InputLayer")));
  EXPECT_THAT(coverage[0].missing, Not(Contains("LSTMCell")));

  EXPECT_THAT(coverage[1].missing, Not(Contains("Dense.activation: relu")));
  EXPECT_THAT(coverage[1].missing, Contains("Dense.activation: tanh"));
  EXPECT_THAT(coverage[1].missing, Contains("Dense.use_bias: true"));
  EXPECT_THAT(coverage[1].missing, Not(Contains("Dense.use_bias: false")));
  EXPECT_THAT(coverage[1].missing, Contains("LSTM.return_sequences: true"));
  // What breaks a rule of its layer is no value that could come up.
  EXPECT_THAT(coverage[1].missing, Contains("MaxPooling1D.strides: null"));
  EXPECT_THAT(coverage[1].missing, Not(Contains("Discretization.bin_boundaries: null")));
  EXPECT_THAT(coverage[1].missing, Contains("Discretization.bin_boundaries: a value"));

  EXPECT_THAT(coverage[2].missing, Contains("Dense.use_bias: 1 of 2"));
  EXPECT_THAT(coverage[2].missing, Contains("GRU.use_bias: 0 of 2"));
  // An InputLayer is not drawn, and nothing else here has all its values in one case.
  EXPECT_EQ(coverage[2].reached, 0u);

  EXPECT_EQ(coverage[3].reached, 1u);
  EXPECT_THAT(coverage[3].missing, Contains("Dense, GRU"));
  // What came out of the LSTM has no steps, and of the GRU nothing came out.
  EXPECT_THAT(coverage[3].missing, Not(Contains("LSTM, GRU")));
  EXPECT_THAT(coverage[3].missing, Contains("LSTM, Dense"));
  EXPECT_THAT(coverage[3].missing, Not(Contains("GRU, Dense")));
  // Ids flow from the input alone.
  EXPECT_THAT(coverage[3].missing, Not(Contains("Dense, Embedding")));
}

}  // namespace
}  // namespace revive::properties
