// Layers whose arithmetic is a lambda: what the declaration says of masks and dtypes, and what goes wrong.
#include "revive/model/layers/graph_layer.h"

#include <gtest/gtest.h>

#include "revive/model/declare.h"
#include "revive/model/layers/testing.h"
#include "revive/model/sequential.h"

namespace revive::testing {
namespace {

// What it computes depends on a field, and one of the texts is no lambda.
struct Chosen : GraphLayer<Chosen> {
  bool doubles = true;
  bool wrong = false;
  bool too_long = false;

  LambdaSource source() const {
    if (wrong) return {"lambda x: x * factor"};
    if (too_long) return {"lambda x: x[:, 7]"};
    if (doubles) return {"lambda x: x * factor", {{"factor", Value(2.0)}}};
    return {"lambda x: ops.sum(x, axis=1)"};
  }
};

const LayerClass& chosen() {
  static const LayerClass made = declare<Chosen>("Chosen", Family::elementwise)
                                     .field("doubles", &Chosen::doubles)
                                     .field("wrong", &Chosen::wrong)
                                     .field("too_long", &Chosen::too_long)
                                     .layer();
  return made;
}

Layer with(std::string_view key, bool value) {
  Layer layer(chosen());
  const auto ref = layer.field(key);
  **std::get_if<bool*>(&*ref) = value;
  return layer;
}

TEST(GraphLayer, IsMadeOfWhatItsFieldsSay) {
  Layer layer(chosen());
  ASSERT_TRUE(layer.build({kUnknown, 3}, DType::float32, Limits{}));
  EXPECT_TRUE(same_bits(run(layer, floats({1, 3}, {1, 2, 3})), floats({1, 3}, {2, 4, 6})));
  Layer sum = with("doubles", false);
  ASSERT_TRUE(sum.build({kUnknown, 3}, DType::float32, Limits{}));
  EXPECT_EQ(sum.output_shape(), (Shape{kUnknown}));
  EXPECT_TRUE(same_bits(run(sum, floats({1, 3}, {1, 2, 3})), floats({1}, {6})));
  // A copy shares the graph and nothing that is written.
  const Layer copy = sum;
  sum = Layer(chosen());
  EXPECT_TRUE(same_bits(run(copy, floats({1, 3}, {1, 2, 3})), floats({1}, {6})));
}

TEST(GraphLayer, GivesTheDtypeThatItsOpsGive) {
  Layer sum = with("doubles", false);
  ASSERT_TRUE(sum.build({kUnknown, 3}, DType::int32, Limits{}));
  EXPECT_EQ(sum.output_dtype(), DType::int32);
  Layer layer(chosen());
  ASSERT_TRUE(layer.build({kUnknown, 3}, DType::int32, Limits{}));
  EXPECT_EQ(layer.output_dtype(), DType::float32);
}

TEST(GraphLayer, SaysWhatDoesNotFit) {
  Layer free_name = with("wrong", true);
  const Status unbound = free_name.build({kUnknown, 3}, DType::float32, Limits{});
  ASSERT_FALSE(unbound);
  EXPECT_EQ(unbound.error().code, ErrorCode::layer_input);
  Layer index = with("too_long", true);
  const Status outside = index.build({kUnknown, 3}, DType::float32, Limits{});
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().code, ErrorCode::layer_input);
}

TEST(Masks, AreRefusedWhereKerasFails) {
  const auto model =
      Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 4}}}),
                             *make_layer("Embedding", {{"input_dim", 3}, {"output_dim", 2}, {"mask_zero", true}}),
                             *make_layer("Softmax", {})});
  ASSERT_TRUE(model) << model.error().text();
  Sequential ready = *model;
  ready.initialize(1);
  const auto output = ready.predict(floats({1, 4}, {0, 1, 2, 0}));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().text(), "/layers/2: Softmax 'softmax' takes no mask, and an earlier layer made one");
}

TEST(Masks, AreKnownToGoThroughAStackWithoutRunningIt) {
  const Layer embedding = *make_layer("Embedding", {{"input_dim", 3}, {"output_dim", 2}, {"mask_zero", true}});
  const Layer softmax = *make_layer("Softmax", {});
  const Layer elu = *make_layer("ELU", {});
  const auto stack = [](std::vector<Layer> layers) {
    return *make_layer("Sequential", {}, {{"layers", std::move(layers)}});
  };
  EXPECT_TRUE(stack({embedding, elu}).gives_mask(false));
  EXPECT_FALSE(stack({embedding, softmax}).gives_mask(false));
  EXPECT_FALSE(stack({elu}).gives_mask(false));
  EXPECT_TRUE(stack({elu}).gives_mask(true));
}

}  // namespace
}  // namespace revive::testing
