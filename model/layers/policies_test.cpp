// What dtype policies do to layers: dtypes in and out, rounding, and weights that keep their bits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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
      {"Dropout", {{"rate", 0.5}}},
      {"Embedding", {{"input_dim", 4}, {"output_dim", 2}}}};
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

TEST(Policies, VariablesInFloat32AreRoundedBeforeFloat16IsComputed) {
  // 2049 is 2048 in float16, and so the sum is 0.
  Sequential model = model_of({made("Dense", {{"units", 1}}, "mixed_float16")}, DType::float32, {kUnknown, 2});
  ASSERT_TRUE(
      model.layers()[1].set_weights({Tensor::from<float>({2, 1}, {2049, -2048}), Tensor::from<float>({1}, {0})}));
  EXPECT_EQ(element_of(*model.predict(Tensor::from<float>({1, 2}, {1, 1})), 0), Value(0.0));
}

TEST(Policies, SomeVariablesStayInFloat32WhereFloat16IsComputed) {
  // A mean of 2049 would be 2048 in float16, which is what comes in.
  Sequential model = model_of({made("BatchNormalization", {}, "mixed_float16")}, DType::float32, {kUnknown, 1});
  std::vector<Tensor> weights;
  for (const VariableSpec& spec : model.layers()[1].variables()) {
    const float value = spec.name == "moving_mean" ? 2049.0F : spec.name == "beta" ? 0.0F : 1.0F;
    weights.push_back(Tensor::from<float>({1}, {value}));
  }
  ASSERT_TRUE(model.layers()[1].set_weights(std::move(weights)));
  const auto output = model.predict(Tensor::from<float>({1, 1}, {2048}));
  ASSERT_TRUE(output) << output.error().text();
  EXPECT_NEAR(element_of(*output, 0).as_real(), -1, 1e-3);
}

TEST(Policies, ARecurrentCellRoundsTheProductAndThenTheSum) {
  // h is (2048, 0.75) after the first step. In the second its sum is 2048.75, which is 2048, and 0.75 more is 2048.
  Sequential model = model_of({made("SimpleRNN", {{"units", 2}, {"activation", "linear"}}, "float16")}, DType::float16,
                              {kUnknown, 2, 1});
  const auto half = [](Dims dims, const std::vector<float>& values) {
    return cast(Tensor::from<float>(std::move(dims), values), DType::float16);
  };
  ASSERT_TRUE(
      model.layers()[1].set_weights({half({1, 2}, {2048, 0.75F}), half({2, 2}, {1, 0, 1, 0}), half({2}, {0, 0})}));
  // A second step of 3 / 8192 brings 0.75 from the input.
  const auto output = model.predict(half({1, 2, 1}, {1, 3.0F / 8192}));
  ASSERT_TRUE(output) << output.error().text();
  EXPECT_EQ(element_of(*output, 0), Value(2048.0));
}

// h = tanh(x k + h r), in which the products, their sum and the result are rounded.
TEST(Policies, ARecurrentCellRoundsEachStep) {
  for (const DType dtype : {DType::float16, DType::bfloat16}) {
    const auto rounded = [&](float value) {
      return cast(cast(Tensor::from<float>({1}, {value}), dtype), DType::float32).data<float>()[0];
    };
    const auto narrow = [&](Dims dims, const std::vector<float>& values) {
      return cast(Tensor::from<float>(std::move(dims), values), dtype);
    };
    Sequential model =
        model_of({made("SimpleRNN", {{"units", 1}, {"use_bias", false}}, name_of(dtype))}, dtype, {kUnknown, 2, 1});
    const float kernel = rounded(0.7F);
    const float recurrent = rounded(1.3F);
    ASSERT_TRUE(model.layers()[1].set_weights({narrow({1, 1}, {kernel}), narrow({1, 1}, {recurrent})}));
    for (int i = 0; i < 64; ++i) {
      const float first = rounded(static_cast<float>(i) / 50 - 0.3F);
      const float second = rounded(0.9F - static_cast<float>(i) / 70);
      const float state = rounded(std::tanh(rounded(first * kernel)));
      const float expected = rounded(std::tanh(rounded(rounded(second * kernel) + rounded(state * recurrent))));
      const auto output = model.predict(narrow({1, 2, 1}, {first, second}));
      ASSERT_TRUE(output) << output.error().text();
      EXPECT_EQ(element_of(*output, 0), Value(static_cast<double>(expected))) << name_of(dtype) << ' ' << i;
    }
  }
}

// keras.layers.Normalization, step by step, each of which is rounded.
TEST(Policies, NormalizationRoundsEachStep) {
  for (const DType dtype : {DType::float16, DType::bfloat16, DType::float32}) {
    const auto round = [&](float value) {
      return cast(cast(Tensor::from<float>({1}, {value}), dtype), DType::float32).data<float>()[0];
    };
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const float variance : {0.3F, 2.7F, 0.0F, 1e-15F, nan}) {
      for (const bool invert : {false, true}) {
        const Value mean = Value(static_cast<double>(0.1F));
        const Sequential model =
            model_of({made("Normalization",
                           {{"mean", mean}, {"variance", Value(static_cast<double>(variance))}, {"invert", invert}},
                           name_of(dtype))},
                     DType::float32, {kUnknown, 5});
        const std::vector<float> inputs = {0.37F, -1.91F, 0.1F, 3e-4F, 1000.3F};
        const auto output = model.predict(Tensor::from<float>({1, 5}, inputs));
        ASSERT_TRUE(output) << output.error().text();
        const float root = round(std::sqrt(round(variance)));
        const float least = round(1e-7F);
        const float deviation = root < least ? least : root;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
          const float x = round(inputs[i]);
          const float expected =
              invert ? round(round(x * deviation) + round(0.1F)) : round(round(x - round(0.1F)) / deviation);
          const float found = cast(*output, DType::float32).data<float>()[i];
          EXPECT_TRUE(found == expected || (std::isnan(found) && std::isnan(expected)))
              << name_of(dtype) << " " << variance << " " << invert << " " << inputs[i] << ": " << found << " "
              << expected;
        }
      }
    }
  }
}

TEST(Policies, ACellComputesInWhatItsLayerDoes) {
  Layer layer = made("LSTM", {{"units", 1}}, "float32");
  layer.children("cell")[0].set_policy(*DTypePolicy::from_name("float16"));
  const Status built = layer.build({kUnknown, 2, 1}, DType::float32, {});
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().text(),
            "expected a cell that computes in float32 as its layer does, found one that computes in float16");
}

TEST(Policies, SomeLayersTakeWhatComesAsItIs) {
  const std::pair<std::string_view, Value::Object> rows[] = {
      {"Flatten", {}}, {"Embedding", {{"input_dim", 4}, {"output_dim", 2}}}, {"Dense", {{"units", 2}}}};
  for (const auto& [class_name, config] : rows) {
    Layer layer = made(class_name, config, "float16");
    ASSERT_TRUE(layer.build({kUnknown, 3}, DType::float64, {}));
    const bool as_it_is = !layer.layer_class().autocasts;
    EXPECT_EQ(layer.input_dtype(), as_it_is ? DType::float64 : DType::float16) << class_name;
    ASSERT_TRUE(layer.build({kUnknown, 3}, DType::int32, {}));
    EXPECT_EQ(layer.input_dtype(), DType::int32) << class_name;
  }
  EXPECT_FALSE(made("Embedding", rows[1].second, "float16").layer_class().autocasts);
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
