// Names and batches of a stack, each condition from both sides.
#include <gtest/gtest.h>

#include "revive/model/lambda.h"
#include "revive/model/sequential.h"

namespace revive {
namespace {

TEST(SequentialConditions, ANameIsSplitAsKerasSplitsIt) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"Dense", "dense"},      {"LSTM", "lstm"},         {"ReLU", "re_lu"}, {"Conv2DTranspose", "conv2d_transpose"},
      {"GRUCell", "gru_cell"}, {"my>Layer", "my_layer"}, {"A_B", "a_b"},    {"Ab{c", "abc"},
      {"x`y", "xy"},           {"aZb", "a_zb"},          {"a@b[c", "abc"},  {"", ""},
  };
  for (const auto& [name, expected] : rows) EXPECT_EQ(snake_case(name), expected) << name;
}

Layer layer(std::string_view class_name, const Value::Object& config) {
  return make_layer(class_name, config).value();
}

TEST(SequentialConditions, ABatchThatIsDeclaredBindsOnlyWhatReadsIt) {
  const auto predicts = [](const Value& samples, std::string_view text, std::int64_t given) {
    const auto lambda = make_lambda(text, {}, "l");
    EXPECT_TRUE(lambda) << text;
    const auto model =
        Sequential::make("m", {layer("InputLayer", {{"batch_shape", Value::Array{samples, 2}}}), *lambda});
    EXPECT_TRUE(model) << model.error().text();
    return model->predict(Tensor(DType::float32, {given, 2})).has_value();
  };
  EXPECT_TRUE(predicts(nullptr, "-x", 3));
  EXPECT_TRUE(predicts(2, "-x", 2));
  EXPECT_TRUE(predicts(2, "-x", 3));
}

TEST(SequentialConditions, AnInputLayerInFrontSaysTheDtype) {
  EXPECT_EQ(Sequential::make("m", {})->input_dtype(), DType::float32);
  EXPECT_EQ(Sequential::make("m", {layer("ReLU", {})})->input_dtype(), DType::float32);
  const auto ints = layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}, {"dtype", "int32"}});
  EXPECT_EQ(Sequential::make("m", {ints})->input_dtype(), DType::int32);
}

TEST(SequentialConditions, InitializeLeavesWeightsThatAreThere) {
  auto model = Sequential::make(
      "m", {layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}}), layer("Dense", {{"units", 2}})});
  ASSERT_TRUE(model);
  EXPECT_TRUE(model->layers()[1].weights().empty());
  EXPECT_FALSE(model->layers()[1].ready());
  model->initialize(1);
  EXPECT_TRUE(model->layers()[1].ready());
  const Tensor kernel = model->layers()[1].weights()[0];
  model->initialize(2);
  EXPECT_TRUE(same_bits(model->layers()[1].weights()[0], kernel));
  auto unbuilt = Sequential::make("m", {layer("Dense", {{"units", 2}})});
  unbuilt->initialize(1);
  EXPECT_TRUE(unbuilt->layers()[0].weights().empty());
  EXPECT_FALSE(unbuilt->layers()[0].ready());
}

TEST(SequentialConditions, WeightsAreThoseThatTheLayerDeclares) {
  auto model = Sequential::make(
      "m", {layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}}), layer("Dense", {{"units", 3}})});
  ASSERT_TRUE(model);
  Layer& dense = model->layers()[1];
  const Tensor kernel(DType::float32, {2, 3});
  const Tensor bias(DType::float32, {3});
  EXPECT_TRUE(dense.set_weights({kernel, bias}));
  EXPECT_FALSE(dense.set_weights({kernel}));
  EXPECT_FALSE(dense.set_weights({kernel, bias, bias}));
  EXPECT_FALSE(dense.set_weights({Tensor(DType::float32, {3, 2}), bias}));
  EXPECT_FALSE(dense.set_weights({Tensor(DType::float64, {2, 3}), bias}));
}

TEST(SequentialConditions, SlotsTakeWhatTheyDeclare) {
  const auto inside = layer("Dense", {{"units", 2}});
  auto wrapper = make_layer("TimeDistributed", {}, {{"layer", {inside}}}).value();
  EXPECT_TRUE(wrapper.set_children("layer", {inside}));
  EXPECT_FALSE(wrapper.set_children("layer", {inside, inside}));
  EXPECT_FALSE(wrapper.set_children("layers", {inside}));
  Layer stack = Sequential::make("m", {})->root();
  EXPECT_TRUE(stack.set_children("layers", {inside, inside}));
  EXPECT_TRUE(stack.set_children("layers", {}));
  EXPECT_FALSE(stack.set_children("layer", {inside}));
}

}  // namespace
}  // namespace revive
