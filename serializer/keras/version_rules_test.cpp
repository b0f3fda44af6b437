#include "revive/serializer/keras/version_rules.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "revive/model/lambda/printer.h"
#include "revive/model/layers/input_layer.h"

namespace revive {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Layer layer(std::string_view class_name, const Value::Object& config) {
  auto made = make_layer(class_name, config);
  EXPECT_TRUE(made) << (made ? "" : made.error().text());
  return std::move(*made);
}

Sequential model_of(const Shape& input, std::vector<Layer> layers, std::string version = "2.15.0") {
  layers.insert(layers.begin(), make_input_layer(input, DType::float32));
  auto model = Sequential::make("m", std::move(layers));
  EXPECT_TRUE(model) << (model ? "" : model.error().text());
  model->initialize(1);
  model->set_keras_version(std::move(version));
  return std::move(*model);
}

float rule_of_keras_2(float x) {
  return std::clamp(0.2F * x + 0.5F, 0.0F, 1.0F);
}

TEST(VersionRules, AnActivationLayerComputesAsInKeras2) {
  Sequential model = model_of({kUnknown, 4}, {layer("Activation", {{"activation", "hard_sigmoid"}})});
  std::vector<std::string> said;
  ASSERT_TRUE(apply_version_rules(model, {}, [&](std::string_view sentence) { said.emplace_back(sentence); }));
  const Tensor input = Tensor::from<float>({1, 4}, {-2.6F, -1.0F, 0.5F, 2.4F});
  const auto output = model.predict(input);
  ASSERT_TRUE(output) << output.error().text();
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_NEAR(output->data<float>()[i], rule_of_keras_2(input.data<float>()[i]), 1e-6);
  EXPECT_THAT(said, ElementsAre(HasSubstr("Activation 'activation' became a lambda")));
  // What is saved is read by Keras 3's rules, and only once by these.
  EXPECT_EQ(model.keras_version(), kKerasVersion);
}

TEST(VersionRules, ALambdaIsAsTrainableAsTheLayerWhosePlaceItTakes) {
  Layer frozen = layer("Activation", {{"activation", "hard_sigmoid"}, {"name", "frozen"}});
  frozen.set_trainable(false);
  Sequential model = model_of({kUnknown, 4}, {frozen, layer("Activation", {{"activation", "hard_sigmoid"}})});
  ASSERT_TRUE(apply_version_rules(model, {}, {}));
  EXPECT_NE(model.layers()[1].lambda(), nullptr);
  EXPECT_EQ(model.layers()[1].name(), "frozen");
  EXPECT_FALSE(model.layers()[1].trainable());
  EXPECT_TRUE(model.layers()[2].trainable());
}

TEST(VersionRules, AKernelTakesTheSlope) {
  Sequential linear = model_of({kUnknown, 3}, {layer("Dense", {{"units", 5}})}, "3.15.1");
  Sequential model = model_of({kUnknown, 3}, {layer("Dense", {{"units", 5}, {"activation", "hard_sigmoid"}})});
  ASSERT_TRUE(apply_version_rules(model, {}, {}));
  const Tensor input = Tensor::from<float>({2, 3}, {1, -2, 3, -4, 5, -6});
  const auto before = linear.predict(input);
  const auto output = model.predict(input);
  ASSERT_TRUE(before && output);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_NEAR(output->data<float>()[i], rule_of_keras_2(before->data<float>()[i]), 1e-6);
  }
}

TEST(VersionRules, OnlyTheGatesOfALstmAreScaled) {
  Sequential model =
      model_of({kUnknown, 2, 3}, {layer("LSTM", {{"units", 2}, {"recurrent_activation", "hard_sigmoid"}})});
  const std::vector<float> before(model.layers()[1].weights()[2].data<float>().begin(),
                                  model.layers()[1].weights()[2].data<float>().end());
  ASSERT_TRUE(apply_version_rules(model, {}, {}));
  const auto after = std::as_const(model).layers()[1].weights()[2].data<float>();
  for (std::size_t i = 0; i < 8; ++i) EXPECT_FLOAT_EQ(after[i], before[i] * (i == 4 || i == 5 ? 1.0F : 1.2F)) << i;
}

// What becomes of each class that has an activation, or a second one: the lambda, the weights that are scaled (of LSTM
// and GRU in parts), or the sentence.
TEST(VersionRules, EveryClassWithAnActivationHasItsRule) {
  const Value::Object units = {{"units", 2}};
  const Value::Object filters = {{"filters", 2}, {"kernel_size", 1}};
  struct Row {
    std::string_view class_name;
    Value::Object config;
    Shape input;
    std::string_view key;
    std::string_view expected;
  };
  const Row rows[] = {
      {"Activation", {}, {kUnknown, 2}, "activation", "lambda"},
      {"Dense", units, {kUnknown, 2}, "activation", "kernel: 1 1, bias: 1 1"},
      {"Conv1D", filters, {kUnknown, 3, 2}, "activation", "kernel: 1 1, bias: 1 1"},
      {"Conv2D", filters, {kUnknown, 3, 3, 2}, "activation", "kernel: 1 1, bias: 1 1"},
      {"Conv3D", filters, {kUnknown, 3, 3, 3, 2}, "activation", "kernel: 1 1, bias: 1 1"},
      {"DepthwiseConv1D", {{"kernel_size", 1}}, {kUnknown, 3, 2}, "activation", "kernel: 1, bias: 1 1"},
      {"DepthwiseConv2D", {{"kernel_size", 1}}, {kUnknown, 3, 3, 2}, "activation", "kernel: 1, bias: 1 1"},
      {"EinsumDense",
       {{"equation", "ab,bc->ac"}, {"output_shape", Value::Array{2}}, {"bias_axes", "c"}},
       {kUnknown, 2},
       "activation",
       "kernel: 1 1, bias: 1 1"},
      {"SimpleRNN", units, {kUnknown, 3, 2}, "activation", "kernel: 1 1, recurrent_kernel: 1 1, bias: 1 1"},
      {"LSTM",
       units,
       {kUnknown, 3, 2},
       "activation",
       "config.json: /layers/1: activation of LSTM 'l' is hard_sigmoid, which Keras 3 computes otherwise than Keras 2 "
       "and cannot say"},
      {"LSTM",
       units,
       {kUnknown, 3, 2},
       "recurrent_activation",
       "kernel: 1 1 1 1 0 0 1 1, recurrent_kernel: 1 1 1 1 0 0 1 1, bias: 1 1 1 1 0 0 1 1"},
      {"GRU",
       units,
       {kUnknown, 3, 2},
       "recurrent_activation",
       "kernel: 1 1 1 1 0 0, recurrent_kernel: 1 1 1 1 0 0, bias: 1 1 1 1 0 0"},
      {"GRU",
       units,
       {kUnknown, 3, 2},
       "activation",
       "config.json: /layers/1: activation of GRU 'l' is hard_sigmoid, which Keras 3 computes otherwise than Keras 2 "
       "and cannot say"},
      {"Conv1DTranspose",
       filters,
       {kUnknown, 3, 2},
       "activation",
       "config.json: /layers/1: activation of Conv1DTranspose 'l' is hard_sigmoid, which Keras 3 computes otherwise "
       "than Keras 2 and cannot say"},
  };
  for (const Row& row : rows) {
    Value::Object config = row.config;
    config.emplace_back("name", "l");
    config.emplace_back(row.key, "hard_sigmoid");
    Sequential model = model_of(row.input, {layer(row.class_name, config)});
    for (Tensor& weight : model.layers()[1].weights()) std::ranges::fill(weight.data<float>(), 10.0F);
    const Status status = apply_version_rules(model, {}, {});
    std::string found = status ? "" : status.error().text();
    const Layer& ruled = std::as_const(model).layers()[1];
    if (status && ruled.lambda() != nullptr) found = "lambda";
    for (std::size_t i = 0; status && i < ruled.weights().size(); ++i) {
      found += fmt::format("{}{}:", i > 0 ? ", " : "", ruled.variables()[i].name);
      // The last axis says which block an element is of.
      const auto values = ruled.weights()[i].data<float>();
      const auto columns = static_cast<std::size_t>(ruled.weights()[i].dims().back());
      for (std::size_t at = 0; at < columns; ++at) {
        found += values[at] == 10.0F ? " 0" : std::abs(values[at] - 12.0F) < 1e-5F ? " 1" : " ?";
        for (std::size_t other = at; other < values.size(); other += columns) EXPECT_EQ(values[other], values[at]);
      }
    }
    EXPECT_EQ(found, row.expected) << row.class_name << " " << row.key;
  }
}

TEST(VersionRules, WhatKeras3CannotSayIsRefused) {
  Sequential model = model_of({kUnknown, 2, 3}, {layer("LSTM", {{"units", 2}, {"activation", "hard_sigmoid"}})});
  const Status status = apply_version_rules(model, {}, {});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::config_unsupported);
  EXPECT_THAT(status.error().text(), HasSubstr("config.json: /layers/1: activation of LSTM 'lstm' is hard_sigmoid"));
}

TEST(VersionRules, ModelsOfKeras3AndOfUnknownVersionsStayAsTheyAre) {
  for (const char* version : {"3.0.0", "3.15.1", "", "nightly", "12"}) {
    Sequential model = model_of({kUnknown, 4}, {layer("Activation", {{"activation", "hard_sigmoid"}})}, version);
    ASSERT_TRUE(apply_version_rules(model, {}, {}));
    EXPECT_EQ(model.layers()[1].layer_class().name, "Activation") << version;
    EXPECT_EQ(model.keras_version(), version);
  }
}

std::string text_by_rules(std::string_view text, std::string_view version) {
  const auto tree = parse_lambda(text, {});
  EXPECT_TRUE(tree) << tree.error().text();
  return tree_to_text(by_rules_of_version(*tree, version)).value_or("no text");
}

TEST(VersionRules, FunctionsInLambdasMeanWhatTheyMeant) {
  constexpr std::string_view kText = "lambda x: tf.keras.activations.hard_sigmoid(x) + keras.activations.tanh(x)";
  EXPECT_EQ(text_by_rules(kText, "2.15.0"), "lambda x: K.hard_sigmoid(x) + keras.activations.tanh(x)");
  EXPECT_EQ(text_by_rules(kText, "3.4.1"), kText);
  EXPECT_EQ(text_by_rules("lambda x: keras.activations.relu(x, alpha=0.1)", "2.13.1"),
            "lambda x: K.relu(x, alpha=0.1)");
  EXPECT_EQ(function_of_version("keras.activations.hard_sigmoid", "2.15.0"), "K.hard_sigmoid");
  EXPECT_EQ(function_of_version("keras.activations.tanh", "2.15.0"), "keras.activations.tanh");
}

TEST(VersionRules, TfKerasIsKeras2WhateverSavedTheModel) {
  EXPECT_EQ(text_by_rules("lambda x: tf_keras.activations.hard_sigmoid(x) * tf_keras.backend.sum(x)", "3.15.1"),
            "lambda x: K.hard_sigmoid(x) * keras.backend.sum(x)");
}

}  // namespace
}  // namespace revive
