// What dtype policies do to layers: dtypes in and out, rounding, and weights that keep their bits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/model/config.h"
#include "revive/model/registry.h"
#include "revive/model/sequential.h"
#include "revive/model/tensor/element.h"
#include "revive/model/tensor/element_type.h"

namespace revive {
namespace {

Layer made(std::string_view class_name, Value::Object config, std::string_view policy) {
  config.emplace_back("dtype", Value(policy));
  auto layer = make_layer(class_name, config);
  EXPECT_TRUE(layer) << layer.error().text();
  return *std::move(layer);
}

Sequential model_of(std::vector<Layer> layers, DType input, const Shape& shape) {
  std::vector<Layer> all;
  all.push_back(*make_layer("InputLayer", {{"batch_shape", shape_to_value(shape)}, {"dtype", name_of(input)}}));
  for (Layer& layer : layers) all.push_back(std::move(layer));
  auto model = Sequential::make("m", std::move(all));
  EXPECT_TRUE(model) << model.error().text();
  model->initialize(1);
  return *std::move(model);
}

TEST(Policies, VariablesAndOutputsHaveTheirDtypes) {
  struct Row {
    std::string_view policy;
    DType variables;
    DType output;
  };
  using enum DType;
  const std::vector<Row> rows = {{"float32", float32, float32},       {"float64", float64, float64},
                                 {"float16", float16, float16},       {"bfloat16", bfloat16, bfloat16},
                                 {"mixed_float16", float32, float16}, {"mixed_bfloat16", float32, bfloat16}};
  const Value::Object recurrent = {{"units", 2}, {"return_sequences", true}};
  const std::vector<std::pair<std::string_view, Value::Object>> layers = {
      {"Dense", {{"units", 2}, {"activation", "tanh"}}},
      {"Conv1D", {{"filters", 2}, {"kernel_size", Value::Array{2}}}},
      {"MaxPooling1D", {}},
      {"BatchNormalization", {}},
      {"LayerNormalization", {}},
      {"LSTM", recurrent},
      {"GRU", recurrent},
      {"ReLU", {}},
      {"Activation", {{"activation", "softmax"}}},
      {"Dropout", {{"rate", 0.5}}}};
  for (const auto& [policy, variables, output] : rows) {
    for (const auto& [class_name, config] : layers) {
      const Sequential model = model_of({made(class_name, config, policy)}, float32, {kUnknown, 4, 3});
      const Layer& layer = model.layers()[1];
      EXPECT_EQ(layer.output_dtype(), output) << policy << " " << class_name;
      for (const Tensor& weight : layer.weights()) EXPECT_EQ(weight.dtype(), variables) << policy << " " << class_name;
      const auto predicted = model.predict(Tensor(float32, {2, 4, 3}));
      ASSERT_TRUE(predicted) << policy << " " << class_name << ": " << predicted.error().text();
      EXPECT_EQ(predicted->dtype(), output) << policy << " " << class_name;
    }
  }
}

TEST(Policies, AWideRunRoundedIsNearTheNarrowOne) {
  const Value::Object config = {{"units", 3}, {"return_sequences", true}};
  for (const std::string_view class_name : {"LSTM", "GRU"}) {
    const Sequential wide = model_of({made(class_name, config, "float64")}, DType::float64, {kUnknown, 5, 4});
    for (const auto& [policy, tolerance] : {std::pair{"float32", 1e-6}, {"float16", 4e-3}, {"bfloat16", 3e-2}}) {
      Sequential narrow = model_of({made(class_name, config, policy)}, DType::float64, {kUnknown, 5, 4});
      Tensor input(DType::float64, {2, 5, 4});
      for (std::size_t i = 0; i < input.size(); ++i) {
        input.data<double>()[i] = static_cast<double>(i % 7) / 8 - 0.375;
      }
      const auto expected = wide.predict(input);
      const auto found = narrow.predict(input);
      ASSERT_TRUE(expected && found);
      const Tensor numbers = cast(*found, DType::float64);
      double worst = 0;
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        worst = std::max(worst, std::abs(numbers.data<double>()[i] - expected->data<double>()[i]));
      }
      EXPECT_LT(worst, tolerance) << class_name << " " << policy;
      EXPECT_GT(worst, 0) << class_name << " " << policy;
    }
  }
}

TEST(Policies, DenseRoundsTheProductAndThenTheSum) {
  // 2048 + 0.75 is 2048 in float16, and 2048 + 0.75 + 0.75 would be 2050.
  Sequential model = model_of({made("Dense", {{"units", 1}}, "float16")}, DType::float16, {kUnknown, 2});
  Tensor kernel(DType::float16, {2, 1});
  set_element(kernel, 0, Value(2048));
  set_element(kernel, 1, Value(0.75));
  Tensor bias(DType::float16, {1});
  set_element(bias, 0, Value(0.75));
  ASSERT_TRUE(model.layers()[1].set_weights({kernel, bias}));
  Tensor ones(DType::float16, {1, 2});
  set_element(ones, 0, Value(1));
  set_element(ones, 1, Value(1));
  EXPECT_EQ(element_of(*model.predict(ones), 0), Value(2048.0));
}

TEST(Policies, IntsPassThroughLayersThatKeepThem) {
  for (const DType dtype : {DType::int64, DType::uint8}) {
    const Sequential model =
        model_of({made("Flatten", {}, "float16"), made("ReLU", {}, "float16")}, dtype, {kUnknown, 2, 2});
    EXPECT_EQ(model.layers().back().output_dtype(), dtype);
    Tensor input(dtype, {1, 2, 2});
    set_element(input, 3, Value(200));
    const auto output = model.predict(input);
    ASSERT_TRUE(output) << output.error().text();
    EXPECT_EQ(element_of(*output, 3), Value(200));
  }
}

TEST(Policies, WeightsOfAnotherDtypeAreRefused) {
  Layer layer = made("Dense", {{"units", 1}, {"use_bias", false}}, "float16");
  ASSERT_TRUE(layer.build({kUnknown, 1}, DType::float32, {}));
  EXPECT_EQ(layer.set_weights({Tensor(DType::float32, {1, 1})}).error().code, ErrorCode::weights_dtype);
  EXPECT_TRUE(layer.set_weights({Tensor(DType::float16, {1, 1})}));
  layer.set_policy({});
  ASSERT_TRUE(layer.build({kUnknown, 1}, DType::float32, {}));
  EXPECT_TRUE(layer.weights().empty());
}

}  // namespace
}  // namespace revive
