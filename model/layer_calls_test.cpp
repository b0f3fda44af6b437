// One layer by itself: what it is built for and called with, and what is left of that when it changes.
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "revive/model/config.h"
#include "revive/model/registry.h"
#include "revive/model/sequential.h"
#include "revive/model/tensor/element.h"
#include "revive/model/testing/made_layer.h"

namespace revive {

using testing::layer;

namespace {

std::string error_of(const Status& status) {
  return status ? "" : status.error().text();
}

// Samples are independent, so that the batch which a layer is built for binds no call.
TEST(LayerCalls, TakeABatchOfAnySizeAndNoOtherAxis) {
  struct Row {
    Shape built_for;
    Dims given;
    std::string_view expected;
  };
  const Row rows[] = {{{2, 3}, {2, 3}, "(2, 3)"},
                      {{2, 3}, {5, 3}, "(5, 3)"},
                      {{kUnknown, 3}, {5, 3}, "(5, 3)"},
                      {{2}, {5}, "(5,)"},
                      {{2, kUnknown}, {5, 4}, "(5, 4)"},
                      {{2, 3}, {2, 4}, "expected an input of shape (2, 3), found (2, 4)"},
                      {{2, 3}, {3, 2}, "expected an input of shape (2, 3), found (3, 2)"},
                      {{2, 3}, {3}, "expected an input of shape (2, 3), found (3,)"},
                      {{2, 3}, {}, "expected an input of shape (2, 3), found ()"},
                      {{2}, {}, "expected an input of shape (2,), found ()"},
                      {{kUnknown}, {}, "expected an input of shape (None,), found ()"}};
  for (const auto& [built_for, given, expected] : rows) {
    Layer relu = layer("ReLU", {});
    ASSERT_TRUE(relu.build(built_for, DType::float32, {}));
    const auto output = relu.call({Tensor(DType::float32, given), {}}, {}, {});
    EXPECT_EQ(output ? to_string(output->value.dims()) : output.error().text(), expected)
        << to_string(built_for) << ' ' << to_string(given);
  }
}

TEST(LayerCalls, PassAMaskOnWhereTheClassSaysSo) {
  const Tensor x(DType::float32, {1, 2, 3});
  const Tensor mask = Tensor::from<bool>({1, 2}, {true, false});
  const std::pair<std::string_view, Value::Object> rows[] = {
      {"ReLU", {}}, {"Dropout", {{"rate", 0.5}}}, {"Dense", {{"units", 2}}}, {"Flatten", {}}};
  for (const auto& [class_name, config] : rows) {
    Layer one = layer(class_name, config);
    ASSERT_TRUE(one.build({kUnknown, 2, 3}, DType::float32, {}));
    std::vector<Tensor> weights;
    for (const VariableSpec& spec : one.variables()) weights.emplace_back(DType::float32, spec.dims);
    ASSERT_TRUE(one.set_weights(std::move(weights)));
    const auto output = one.call({x, mask}, {}, {});
    ASSERT_TRUE(output) << output.error().text();
    const bool passes = one.layer_class().mask_rule == MaskRule::passes;
    EXPECT_EQ(one.gives_mask(true), passes) << class_name;
    EXPECT_FALSE(one.gives_mask(false)) << class_name;
    ASSERT_EQ(output->mask.has_value(), passes) << class_name;
    if (passes) {
      EXPECT_TRUE(same_bits(*output->mask, mask)) << class_name;
    }
    EXPECT_FALSE(one.call({x, {}}, {}, {})->mask) << class_name;
  }
}

// What reads no mask needs no mask for each step, nor does what owns it.
TEST(LayerCalls, AMaskOfStepsGoesPastWhatReadsNone) {
  const Layer relu = layer("ReLU", {});
  const Layer steps = layer("TimeDistributed", {}, {{"layer", {relu}}});
  const Layer stack = layer("Sequential", {}, {{"layers", {relu}}});
  const Tensor mask = Tensor::from<bool>({1, 2}, {true, false});
  const Tensor x = Tensor::from<float>({1, 2, 2, 1}, {1, -2, -3, 4});
  for (const Layer& inside : {relu, steps, stack}) {
    Layer wrapper = layer("TimeDistributed", {}, {{"layer", {inside}}});
    ASSERT_TRUE(wrapper.build({kUnknown, 2, 2, 1}, DType::float32, {}));
    const auto output = wrapper.call({x, mask}, {}, {});
    ASSERT_TRUE(output) << output.error().text();
    EXPECT_TRUE(same_bits(output->value, Tensor::from<float>({1, 2, 2, 1}, {1, 0, 0, 4})));
  }
}

// 2049 is 2048 in float16. Ids are no numbers to compute with, and stay what they are.
TEST(LayerCalls, RoundIntsToThePolicyWhereTheyAreComputedWith) {
  Layer dense = layer("Dense", {{"units", 1}, {"use_bias", false}, {"dtype", "float16"}});
  ASSERT_TRUE(dense.build({kUnknown, 2}, DType::int32, {}));
  ASSERT_TRUE(dense.set_weights({cast(Tensor::from<float>({2, 1}, {1, -1}), DType::float16)}));
  const auto output = dense.call({Tensor::from<std::int32_t>({1, 2}, {2049, 2048}), {}}, {}, {});
  ASSERT_TRUE(output) << output.error().text();
  EXPECT_EQ(element_of(output->value, 0), Value(0.0));

  Layer encoding = layer("CategoryEncoding", {{"num_tokens", 2050}, {"output_mode", "one_hot"}, {"dtype", "float16"}});
  ASSERT_TRUE(encoding.build({kUnknown, 1}, DType::float32, {}));
  const auto encoded = encoding.call({Tensor::from<float>({1, 1}, {2049}), {}}, {}, {});
  ASSERT_TRUE(encoded) << encoded.error().text();
  EXPECT_EQ(element_of(encoded->value, 2048), Value(0.0));
  EXPECT_EQ(element_of(encoded->value, 2049), Value(1.0));
}

TEST(LayerCalls, ALayerThatChangesOrIsRefusedIsNotBuilt) {
  Layer dense = layer("Dense", {{"units", 2}});
  ASSERT_TRUE(dense.build({kUnknown, 3}, DType::float32, {}));
  EXPECT_TRUE(dense.built());
  EXPECT_FALSE(dense.build({kUnknown, kUnknown}, DType::float32, {}));
  EXPECT_FALSE(dense.built());
  EXPECT_FALSE(dense.ready());

  Layer wrapper = layer("TimeDistributed", {}, {{"layer", {dense}}});
  ASSERT_TRUE(wrapper.build({kUnknown, 4, 3}, DType::float32, {}));
  EXPECT_TRUE(wrapper.built());
  EXPECT_FALSE(wrapper.set_children("layers", {dense}));
  EXPECT_TRUE(wrapper.built());
  EXPECT_TRUE(wrapper.set_children("layer", {dense}));
  EXPECT_FALSE(wrapper.built());
}

TEST(LayerCalls, WeightsStayWhereTheyFitWhatIsBuiltAnew) {
  Layer dense = layer("Dense", {{"units", 2}, {"use_bias", false}});
  const auto weights_after = [&](const Shape& shape) {
    EXPECT_TRUE(dense.build({kUnknown, 3}, DType::float32, {}));
    EXPECT_TRUE(dense.set_weights({Tensor(DType::float32, {3, 2})}));
    EXPECT_TRUE(dense.ready());
    EXPECT_TRUE(dense.build(shape, DType::float32, {}));
    return dense.weights().size();
  };
  EXPECT_EQ(weights_after({kUnknown, 3}), 1U);
  EXPECT_EQ(weights_after({kUnknown, 5, 3}), 1U);
  EXPECT_EQ(weights_after({kUnknown, 4}), 0U);
}

// As float32, whatever the limit says.
TEST(LayerCalls, NoLayerHasMoreWeightsThanATensorCanAddress) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 4;
  const Limits limits{.weight_elements = std::numeric_limits<std::uint64_t>::max()};
  const auto built = [&](std::int64_t rows) {
    Layer embedding = layer("Embedding", {{"input_dim", rows}, {"output_dim", 1}});
    return error_of(embedding.build({kUnknown}, DType::float32, limits));
  };
  EXPECT_EQ(built(kMost), "");
  EXPECT_EQ(built(kMost + 1),
            "expected Embedding to have at most 2305843009213693951 weights (Limits::weight_elements), found more");
}

// What came behind the first that does not fit would fit.
TEST(LayerCalls, EveryChildCountsToTheWeights) {
  const auto dense = [](std::int64_t units) { return layer("Dense", {{"units", units}}); };
  const auto built = [&](std::uint64_t most) {
    Layer stack = layer("Sequential", {}, {{"layers", {dense(2), dense(2), dense(1)}}});
    return error_of(stack.build({kUnknown, 2}, DType::float32, {.weight_elements = most}));
  };
  EXPECT_EQ(built(15), "");
  for (const std::uint64_t most : {14U, 11U, 9U}) {
    EXPECT_EQ(built(most), "expected Sequential to have at most " + std::to_string(most) +
                               " weights (Limits::weight_elements), found more");
  }
}

TEST(LayerCalls, TheFirstKeyThatIsMissingIsNamed) {
  const auto missing = [](std::string_view class_name, const Value::Object& config) {
    const auto made = make_layer(class_name, config);
    return made ? "" : made.error().text();
  };
  EXPECT_EQ(missing("Conv1D", {}), "Conv1D: expected the key \"filters\", which Conv1D requires");
  EXPECT_EQ(missing("Conv1D", {{"filters", 1}}), "Conv1D: expected the key \"kernel_size\", which Conv1D requires");
  EXPECT_EQ(missing("Conv1D", {{"kernel_size", 1}}), "Conv1D: expected the key \"filters\", which Conv1D requires");
  EXPECT_EQ(missing("InputLayer", {{"batch_shape", Value::Array{}}}),
            "InputLayer: expected a batch_shape of at least the batch axis");
}

// A cell's keys are its layer's own, and no entry.
TEST(LayerCalls, ChildrenAreWrittenByWhoKnowsHow) {
  const Layer dense = layer("Dense", {{"units", 2}, {"name", "inside"}});
  const ConfigWriteHooks by_name{.child = [](const Layer& child) { return Value(child.name()); }};
  const auto written = [&](const Layer& of, const ConfigWriteHooks& hooks, std::string_view key) {
    const Value config(write_config(of, hooks));
    const Value* const found = config.find(key);
    return found != nullptr ? found->brief() : "none";
  };
  const Layer wrapper = layer("TimeDistributed", {}, {{"layer", {dense}}});
  EXPECT_EQ(written(wrapper, {}, "layer"), "none");
  EXPECT_EQ(written(wrapper, by_name, "layer"), "\"inside\"");
  const Layer stack = layer("Sequential", {}, {{"layers", {dense, dense}}});
  EXPECT_EQ(written(stack, {}, "layers"), "none");
  EXPECT_EQ(written(stack, by_name, "layers"), "[\"inside\", \"inside\"]");
  const Layer lstm = layer("LSTM", {{"units", 2}});
  EXPECT_EQ(written(lstm, {}, "cell"), "none");
  EXPECT_EQ(written(lstm, by_name, "cell"), "none");
  EXPECT_EQ(written(lstm, by_name, "units"), "2");
}

}  // namespace
}  // namespace revive
