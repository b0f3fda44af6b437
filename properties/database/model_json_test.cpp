#include "revive/properties/database/model_json.h"

#include <gtest/gtest.h>

#include "revive/model/lambda.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/lambda/printer.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/json/json.h"

namespace revive::properties {
namespace {

Case generated(std::uint64_t seed) {
  Choices choices = Choices::random(seed);
  return *generate_case(choices);
}

TEST(ModelValue, CarriesGeneratedModelsThroughText) {
  int lambdas = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Case made = generated(seed);
    const std::string text = print_json(model_to_value(made.model));
    const auto value = parse_json(text, {}, "model");
    ASSERT_TRUE(value) << value.error().text();
    lambdas += value->find("lambdas")->as_object().empty() ? 0 : 1;
    const auto model = model_from_value(*value);
    ASSERT_TRUE(model) << model.error().text() << '\n' << text;
    const auto difference = first_difference(made.model, *model);
    EXPECT_FALSE(difference) << difference->text() << '\n' << text;
  }
  EXPECT_GT(lambdas, 60);
}

Sequential lambda_model() {
  return *model_from_value(*parse_json(R"({"config": {"module": "keras", "class_name": "Sequential", "config": {
      "name": "m", "layers": [
        {"module": "keras.layers", "class_name": "InputLayer",
         "config": {"batch_shape": [null, 2], "dtype": "float32", "sparse": false, "name": "input_layer"}},
        {"module": "keras.layers", "class_name": "Dense", "config": {"name": "dense", "units": 1}},
        {"class_name": "Lambda", "config": {"name": "scaled"}}]}},
    "weights": [{"path": "/layers/1/bias", "dtype": "float32", "shape": [1], "data": "AACAPw=="},
                {"path": "/layers/1/kernel", "dtype": "float32", "shape": [2, 1], "data": "AACAPwAAgD8="}],
    "lambdas": {"/layers/2": {"text": "lambda x: x * scale", "captures": {"scale": 0.5}}}})",
                                       {}, "model"));
}

TEST(ModelValue, ALambdaCanBeItsTextAndCapturesAlone) {
  const Sequential model = lambda_model();
  EXPECT_EQ(model.layers()[2].name(), "scaled");
  const auto output = model.predict(Tensor::from<float>({1, 2}, {3, 4}));
  ASSERT_TRUE(output) << output.error().text();
  EXPECT_EQ(output->data<float>()[0], 4.0F);
}

TEST(ModelValue, ATextStaysAsItIsWritten) {
  Value value = model_to_value(lambda_model());
  *value.find("lambdas")->as_object()[0].second.find("text") = "lambda  x : x*scale";
  const auto model = model_from_value(value);
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->layers()[2].lambda()->annotation->text, "lambda  x : x*scale");
}

// What is longer than any text that is printed comes back as a graph alone, under its name.
TEST(ModelValue, ALambdaOfALongTextKeepsItsName) {
  Value value = model_to_value(lambda_model());
  const std::string text = "lambda x: x * scale if '" + std::string(kMostTextBytes, 'a') + "' else x";
  *value.find("lambdas")->as_object()[0].second.find("text") = text;
  const auto model = model_from_value(value);
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->layers()[2].name(), "scaled");
  EXPECT_FALSE(model->layers()[2].lambda()->annotation);
  EXPECT_EQ(model->predict(Tensor::from<float>({1, 2}, {3, 4}))->data<float>()[0], 4.0F);
}

// A config of Keras 2 has no InputLayer, and one is put in front. A name is any name, the one that a lambda has
// meanwhile included.
TEST(ModelValue, ALambdaIsFoundWhereTheModelHasALayerMore) {
  const auto model = model_from_value(
      *parse_json(R"({"config": {"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [
        {"module": "keras.layers", "class_name": "Flatten", "config": {"name": "f", "batch_input_shape": [null, 2]}},
        {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [
          {"module": "keras.layers", "class_name": "Flatten", "config": {"name": "\u0001layers\u00012"}}]}},
        {"class_name": "Lambda", "config": {"name": "scaled"}}]}},
    "weights": [], "lambdas": {"/layers/2": {"text": "lambda  x: x*2"}}})",
                  {}, "model"));
  ASSERT_TRUE(model) << model.error().text();
  ASSERT_EQ(model->layers().size(), 4U);
  EXPECT_EQ(model->layers()[2].stack()->back().name(), "\x01layers\x01" + std::string("2"));
  EXPECT_EQ(model->layers()[3].name(), "scaled");
  EXPECT_EQ(model->layers()[3].lambda()->annotation->text, "lambda  x: x*2");
}

// What a layer is beside its text, and what the model around it says of it.
TEST(ModelValue, ALambdaKeepsItsPlaceAndSettings) {
  Layer lambda = *make_lambda("lambda x: x * k", {{"k", Value(2)}}, "l");
  lambda.set_trainable(false);
  const Layer input = *make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}});
  const Layer dense = *make_layer("Dense", {{"units", 1}, {"name", "d"}});
  for (const std::string_view root : {"Sequential", "Functional"}) {
    auto model = Sequential::from_layer(*make_layer(root, {{"name", "m"}}, {{"layers", {input, lambda, dense}}}));
    ASSERT_TRUE(model) << root << ": " << model.error().text();
    model->initialize(1);
    const Value value = model_to_value(*model);
    const auto again = model_from_value(value);
    ASSERT_TRUE(again) << root << ": " << again.error().text();
    EXPECT_FALSE(again->layers()[1].trainable());
    EXPECT_EQ(first_difference(*model, *again), std::nullopt);
    EXPECT_EQ(print_json(model_to_value(*again)), print_json(value));
  }
}

// Unlike what Keras reads from the arguments of Python code.
TEST(ModelValue, ACapturedArrayKeepsItsDtype) {
  constexpr std::int64_t kWide = std::int64_t{1} << 40;
  const auto lambda = make_lambda("lambda x: x * ops.cast(ops.abs(steps), 'float32')",
                                  {{"steps", Tensor::from<std::int64_t>({2}, {kWide, -3})}}, "wide");
  ASSERT_TRUE(lambda) << lambda.error().text();
  const auto input = make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}});
  const auto model = Sequential::make("m", {*input, *lambda});
  ASSERT_TRUE(model) << model.error().text();
  const auto again = model_from_value(model_to_value(*model));
  ASSERT_TRUE(again) << again.error().text();
  const auto difference = first_difference(*model, *again);
  EXPECT_FALSE(difference) << difference->text();
}

struct Refusal {
  std::string_view what;
  void (*inject)(Value& value);
  std::string_view error;
};

TEST(ModelValue, SaysWhatIsMissing) {
  const Refusal refusals[] = {
      {"no weights", [](Value& value) { value.as_object().erase(value.as_object().begin() + 1); },
       "expected a config and weights"},
      {"a variable less", [](Value& value) { value.find("weights")->as_array().pop_back(); },
       "/weights: expected /layers/1/bias"},
      {"a variable twice",
       [](Value& value) {
         auto& weights = value.find("weights")->as_array();
         weights.push_back(Value(weights[0]));
       },
       "/weights/2: /layers/1/kernel is told twice"},
      {"a variable of nobody",
       [](Value& value) {
         auto& weights = value.find("weights")->as_array();
         weights.push_back(Value(weights[0]));
         *weights.back().find("path") = "/layers/2/kernel";
       },
       "/weights: no layer of the config has a variable /layers/2/kernel"},
      {"a capture less",
       [](Value& value) { *value.find("lambdas")->as_object()[0].second.find("captures") = Value::Object{}; },
       "/lambdas/layers/2: `lambda x: x * scale` reads scale, which its captures do not hold"},
      {"a lambda of nobody", [](Value& value) { value.find("lambdas")->as_object()[0].first = "/layers/7"; },
       "/lambdas/layers/7: the config has no layer with a name there"},
      {"a shape that is no list", [](Value& value) { *value.find("weights")->as_array()[0].find("shape") = 3; },
       "/weights/0: expected a tensor (dtype, shape and base64 data), found"},
      {"a shape that does not fit",
       [](Value& value) { *value.find("weights")->as_array()[0].find("shape") = Value::Array{3, 1}; },
       "/weights/0: a shape of (3, 1) does not fit 8 bytes"},
  };
  for (const Refusal& refusal : refusals) {
    Value value = model_to_value(lambda_model());
    refusal.inject(value);
    const auto model = model_from_value(value);
    ASSERT_FALSE(model) << refusal.what;
    EXPECT_TRUE(model.error().text().starts_with(refusal.error)) << refusal.what << ": " << model.error().text();
  }
}

}  // namespace
}  // namespace revive::properties
