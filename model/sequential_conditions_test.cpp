// Names and batches of a stack, each condition from both sides.
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "revive/model/config.h"
#include "revive/model/lambda.h"
#include "revive/model/sequential.h"
#include "revive/model/testing/made_layer.h"

namespace revive {

using testing::layer;

namespace {

TEST(SequentialConditions, ANameIsSplitAsKerasSplitsIt) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"Dense", "dense"},      {"LSTM", "lstm"},         {"ReLU", "re_lu"}, {"Conv2DTranspose", "conv2d_transpose"},
      {"GRUCell", "gru_cell"}, {"my>Layer", "my_layer"}, {"A_B", "a_b"},    {"Ab{c", "abc"},
      {"x`y", "xy"},           {"aZb", "a_zb"},          {"a@b[c", "abc"},  {"", ""},
      {"aAb", "a_ab"},         {"ABa", "a_ba"},          {"ABz", "a_bz"},   {"Ab", "ab"},
  };
  for (const auto& [name, expected] : rows) EXPECT_EQ(snake_case(name), expected) << name;
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

// The batch is the first axis and no other, whatever stands behind it and behind the lambda that asked for it.
TEST(SequentialConditions, ALambdaThatAskedForTheBatchBindsItAtEveryRank) {
  struct Row {
    Shape declared;
    std::string_view text;
    Dims given;
    std::string_view expected;
  };
  const Row rows[] = {
      {{2}, "lambda x: x * x.shape[0]", {2}, "(2,)"},
      {{2}, "lambda x: x * x.shape[0]", {3}, "m: expected an input of shape (2,), found (3,)"},
      {{2}, "lambda x: x * len(x.shape)", {3}, "(3,)"},
      {{2, kUnknown}, "lambda x: x * x.shape[0]", {2, 5}, "(2, 5)"},
      {{2, kUnknown}, "lambda x: x * x.shape[0]", {3, 5}, "m: expected an input of shape (2, None), found (3, 5)"},
      {{2, kUnknown}, "lambda x: x * len(x.shape)", {3, 5}, "(3, 5)"},
      {{kUnknown, 2}, "lambda x: x * x.shape[1]", {3, 5}, "m: expected an input of shape (None, 2), found (3, 5)"},
      {{2, 4}, "lambda x: x * len(x.shape)", {3, 5}, "m: expected an input of shape (2, 4), found (3, 5)"}};
  for (const auto& [declared, text, given, expected] : rows) {
    const auto lambda = make_lambda(text, {}, TensorType{DType::float32, declared}, "l");
    ASSERT_TRUE(lambda) << lambda.error().text();
    const auto input = layer("InputLayer", {{"batch_shape", shape_to_value(declared)}});
    for (const bool is_last : {true, false}) {
      std::vector<Layer> layers = {input, *lambda};
      if (!is_last) layers.push_back(layer("ReLU", {}));
      const auto model = Sequential::make("m", std::move(layers));
      ASSERT_TRUE(model) << model.error().text();
      const auto output = model->predict(Tensor(DType::float32, given));
      EXPECT_EQ(output ? to_string(output->dims()) : output.error().text(), expected) << text << ' ' << is_last;
    }
  }
}

TEST(SequentialConditions, WhatABatchOfScalarsCostsIsSaidOfTheBatch) {
  const auto said = [](const Shape& declared) {
    const auto model =
        Sequential::make("m", {layer("InputLayer", {{"batch_shape", shape_to_value(declared)}}), layer("ReLU", {})});
    EXPECT_TRUE(model) << model.error().text();
    const auto output = model->predict(Tensor(DType::float32, {3}), {.multiply_adds = 1});
    return output ? "" : output.error().text();
  };
  EXPECT_EQ(said({kUnknown}), "Sequential 'm' takes 32 multiply-adds a sample, more than 1 (Limits::multiply_adds)");
  EXPECT_EQ(said({3}), "Sequential 'm' takes 96 multiply-adds a batch, more than 1 (Limits::multiply_adds)");
}

// Inside of a wrapper or of a stack that was made without names, each slot counts for itself.
TEST(SequentialConditions, WhatIsInsideIsNamedAsWell) {
  const Layer dense = layer("Dense", {{"units", 2}});
  auto stack = make_layer("Sequential", {}, {{"layers", {dense, dense}}}).value();
  auto wrapper = make_layer("TimeDistributed", {}, {{"layer", {dense}}}).value();
  const auto model = Sequential::make("m", {std::move(stack), std::move(wrapper), dense});
  ASSERT_TRUE(model) << model.error().text();
  std::vector<std::string> names;
  visit_layers(model->root(), [&](const std::string&, const Layer& each) { names.push_back(each.name()); });
  EXPECT_EQ(names,
            (std::vector<std::string>{"m", "sequential", "dense", "dense_1", "time_distributed", "dense", "dense"}));
}

TEST(SequentialConditions, TheInputLayerThatIsAddedHasAFreeName) {
  const auto first_name = [](const std::vector<std::string>& taken) {
    std::vector<Layer> layers;
    for (const std::string& name : taken) layers.push_back(layer("ReLU", {{"name", name}}));
    auto model = Sequential::make("m", std::move(layers));
    EXPECT_TRUE(model && model->build({kUnknown, 2}));
    return model->layers()[0].name();
  };
  EXPECT_EQ(first_name({"a"}), "input_layer");
  EXPECT_EQ(first_name({"input_layer"}), "input_layer_1");
  EXPECT_EQ(first_name({"input_layer_1", "input_layer"}), "input_layer_2");
  EXPECT_EQ(first_name({"input_layer_1"}), "input_layer");
}

TEST(SequentialConditions, NoTwoLayersOfAStackHaveOneName) {
  const auto said = [](const std::vector<std::string>& names) {
    std::vector<Layer> layers;
    for (const std::string& name : names) layers.push_back(layer("ReLU", {{"name", name}}));
    auto stack = make_layer("Sequential", {}, {{"layers", std::move(layers)}}).value();
    const Status built = stack.build({kUnknown, 2}, DType::float32, {});
    return built ? "" : built.error().text();
  };
  EXPECT_EQ(said({"a", "b"}), "");
  EXPECT_EQ(said({"a", "a"}), "/layers/1: two layers are named 'a'");
  EXPECT_EQ(said({"a", "b", "a"}), "/layers/2: two layers are named 'a'");
  EXPECT_EQ(said({"", ""}), "");
}

// Either may leave an axis open, the batch as any other.
TEST(SequentialConditions, AStackAgreesWithItsInputLayerOnEveryAxis) {
  const auto built = [](const Shape& declared, const Shape& found) {
    auto stack =
        make_layer("Sequential", {}, {{"layers", {layer("InputLayer", {{"batch_shape", shape_to_value(declared)}})}}})
            .value();
    const Status status = stack.build(found, DType::float32, {});
    return status ? to_string(stack.output_shape()) : status.error().text();
  };
  EXPECT_EQ(built({kUnknown, 4}, {3, kUnknown}), "(3, 4)");
  EXPECT_EQ(built({3, kUnknown}, {kUnknown, 4}), "(3, 4)");
  EXPECT_EQ(built({2, 4}, {3, 4}), "/layers/0: expected an input of shape (2, 4), found (3, 4)");
  EXPECT_EQ(built({2, 4}, {2, 5}), "/layers/0: expected an input of shape (2, 4), found (2, 5)");
  EXPECT_EQ(built({2, 4}, {2, 4, 1}), "/layers/0: expected an input of shape (2, 4), found (2, 4, 1)");
}

TEST(SequentialConditions, AnInputLayerInsideCastsToItsDtype) {
  const auto ints = layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}, {"dtype", "int32"}});
  auto stack = make_layer("Sequential", {}, {{"layers", {ints}}}).value();
  ASSERT_TRUE(stack.build({kUnknown, 2}, DType::float32, {}));
  const auto output = stack.call({Tensor::from<float>({1, 2}, {1.75F, -3}), {}}, {}, {});
  ASSERT_TRUE(output) << output.error().text();
  EXPECT_TRUE(same_bits(output->value, Tensor::from<std::int32_t>({1, 2}, {1, -3})));
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

// What another policy needs is not known before the layer is built for it.
TEST(SequentialConditions, InitializeLeavesALayerWhosePolicyChanged) {
  auto model = Sequential::make(
      "m", {layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}}), layer("Dense", {{"units", 2}})});
  ASSERT_TRUE(model);
  model->layers()[1].set_policy(*DTypePolicy::from_name("float64"));
  model->initialize(1);
  EXPECT_TRUE(model->layers()[1].weights().empty());
}

TEST(SequentialConditions, InitializeCountsNothing) {
  auto model = Sequential::make(
      "m", {layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}}), layer("Normalization", {})});
  ASSERT_TRUE(model) << model.error().text();
  model->initialize(1);
  const Layer& normalization = std::as_const(*model).layers()[1];
  ASSERT_EQ(normalization.variables().back().name, "count");
  EXPECT_TRUE(same_bits(normalization.weights().back(), Tensor::from<std::int32_t>({}, {0})));
}

// Uniform, with the variance of a fan-in initializer: bounds of sqrt(3 / fan_in).
TEST(SequentialConditions, InitializeDrawsKernelsByTheirFanIn) {
  struct Row {
    Value::Object layer;
    std::string_view class_name;
    Value::Array input;
    double bound;
  };
  const Row rows[] = {{{{"units", 400}}, "Dense", {nullptr, 3}, 1},
                      {{{"units", 40}}, "Dense", {nullptr, 48}, 0.25},
                      {{{"filters", 40}, {"kernel_size", Value::Array{4}}}, "Conv1D", {nullptr, 9, 12}, 0.25},
                      {{{"input_dim", 48}, {"output_dim", 40}}, "Embedding", {nullptr, 2}, 0.25}};
  for (const Row& row : rows) {
    auto model = Sequential::make(
        "m", {layer("InputLayer", {{"batch_shape", Value(row.input)}}), layer(row.class_name, row.layer)});
    ASSERT_TRUE(model);
    model->initialize(1);
    const auto kernel = std::as_const(*model).layers()[1].weights()[0].data<float>();
    const auto [least, most] = std::ranges::minmax(kernel);
    for (const double reached : {static_cast<double>(most), -static_cast<double>(least)}) {
      EXPECT_LE(reached, row.bound) << row.class_name;
      EXPECT_GT(reached, 0.95 * row.bound) << row.class_name;
    }
  }
}

TEST(SequentialConditions, InitializeDrawsVariancesAwayFromZero) {
  auto model = Sequential::make(
      "m", {layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 400}}}), layer("BatchNormalization", {})});
  ASSERT_TRUE(model);
  model->initialize(1);
  const Layer& normalization = std::as_const(*model).layers()[1];
  for (std::size_t i = 0; i < normalization.variables().size(); ++i) {
    if (normalization.variables()[i].name != "moving_variance") continue;
    const auto [least, most] = std::ranges::minmax(normalization.weights()[i].data<float>());
    EXPECT_GE(least, 0.5F);
    EXPECT_LT(least, 0.55F);
    EXPECT_GT(most, 1.45F);
    EXPECT_LT(most, 1.5F);
  }
}

// Up to 3.15 a recurrent layer hands its mask on, so that the second one skips the steps as well.
TEST(SequentialConditions, TheVersionSaysWhetherAMaskComesThroughRecurrentLayers) {
  auto model =
      Sequential::make("m", {layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3}}}),
                             layer("Embedding", {{"input_dim", 4}, {"output_dim", 2}, {"mask_zero", true}}),
                             layer("LSTM", {{"units", 2}, {"return_sequences", true}}), layer("LSTM", {{"units", 2}})});
  ASSERT_TRUE(model);
  model->initialize(1);
  const Tensor input = Tensor::from<float>({1, 3}, {1, 2, 0});
  const auto of_version = [&](std::string version) {
    model->set_keras_version(std::move(version));
    return *model->predict(input);
  };
  const Tensor passed = of_version("3.15.1");
  const Tensor kept = of_version("3.16.0");
  EXPECT_FALSE(same_bits(passed, kept));
  for (const char* const version :
       {"2.13.1", "3.0.0", "3.9.2", "3.15.99", "", "nightly", "3", "3.x", "3x16", "3-16.0"}) {
    EXPECT_TRUE(same_bits(of_version(version), passed)) << version;
  }
  for (const char* const version : {"3.16.0", "3.16", "3.17.1", "3.100.0", "4.0.0"}) {
    EXPECT_TRUE(same_bits(of_version(version), kept)) << version;
    EXPECT_EQ(model->keras_version(), version);
  }
}

TEST(SequentialConditions, CarriedTensorsAreInOrderOfTheirPaths) {
  auto model = Sequential::make("m", {});
  ASSERT_TRUE(model);
  const Tensor one(DType::float32, {1});
  model->set_training_tensors({{"optimizer/vars/1", one}, {"optimizer/vars/0", one}, {"a", one}});
  std::vector<std::string> paths;
  for (const TrainingTensor& carried : model->training_tensors()) paths.push_back(carried.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"a", "optimizer/vars/0", "optimizer/vars/1"}));
}

TEST(SequentialConditions, ThePolicyThatALayerHasChangesNothing) {
  auto model = Sequential::make(
      "m", {layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}}), layer("Dense", {{"units", 2}})});
  ASSERT_TRUE(model);
  Layer& dense = model->layers()[1];
  dense.set_policy(*DTypePolicy::from_name("float32"));
  EXPECT_TRUE(dense.built());
  dense.set_policy(*DTypePolicy::from_name("float16"));
  EXPECT_FALSE(dense.built());
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
  EXPECT_EQ(wrapper.children("layer").size(), 1U);
  EXPECT_TRUE(wrapper.set_children("layer", {}));
  EXPECT_TRUE(wrapper.children("layer").empty());
  Layer stack = Sequential::make("m", {})->root();
  EXPECT_TRUE(stack.set_children("layers", {inside, inside}));
  EXPECT_TRUE(stack.set_children("layers", {}));
  EXPECT_FALSE(stack.set_children("layer", {inside}));
}

}  // namespace
}  // namespace revive
