// Lambdas that are the name of a function: which names are Keras' own, and what may be given for those that are not.
#include <gtest/gtest.h>

#include "revive/model/lambda/lambda_function.h"
#include "revive/serializer/keras/testing.h"
#include "revive/serializer/python/testing.h"

namespace revive {
namespace {

constexpr std::string_view kModel = R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m",
    "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "i"}},
    {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "l", "trainable": true, "function":
    {"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function"},
    "arguments": {}}}]}})";

std::string outcome(const Value& config, const LoadOptions& options = {}) {
  const auto model = model_from_config(config, options);
  return model ? model->layers()[1].lambda()->graph.to_text() : model.error().text();
}

TEST(LambdaReaderConditions, ANameIsKerasOwnOrAsksForItsBody) {
  const std::string place = "config.json: /config/layers/1/config";
  const auto missing = [&](std::string_view name) {
    return place + "/function: layer 'l' calls the function `" + std::string(name) +
           "`, of which Keras stored the name alone; give the values: --lambda l='lambda x: ...' (or --bind '" +
           std::string(name) + "=lambda x: ...')";
  };
  const auto no_name = [&](std::string_view found) {
    return place + "/function: expected a lambda or the name of a function, found \"" + std::string(found) + "\"";
  };
  const std::tuple<std::string_view, std::string_view, std::string> rows[] = {
      {"/function/config", R"("relu")", "ops.relu(x)"},
      {"/function/config", R"("tanh")", "ops.tanh(x)"},
      {"/function/module", R"("keras.activations")", "ops.relu(x)"},
      {"/function/module", R"("my.code")", missing("relu")},
      {"/function/config", R"("mine")", missing("mine")},
      {"/function/config", R"("my>mine")", missing("my>mine")},
      {"/function/config", R"("_mine9")", missing("_mine9")},
      {"/function/config", R"("Zz")", missing("Zz")},
      {"/function/config", R"("9mine")", no_name("9mine")},
      {"/function/config", R"("a[")", no_name("a[")},
      {"/function/config", R"("a{")", no_name("a{")},
      {"/function/config", R"("a:")", no_name("a:")},
      {"/function/config", R"("a@")", no_name("a@")},
      {"/function/config", R"("a`")", no_name("a`")},
      {"/function/config", R"("a/")", no_name("a/")},
      {"/function/config", R"("a.b")", no_name("a.b")},
      {"/function/config", R"(">mine")", no_name(">mine")},
      {"/function/config", R"("my>")", no_name("my>")},
      {"/function/config", R"("")", no_name("")},
      {"/mask", "null", "ops.relu(x)"},
      {"/mask", "3", place + "/mask: expected null, found a mask of the lambda's own"},
      {"/arguments", "null", "ops.relu(x)"},
      {"/arguments", "", "ops.relu(x)"},
      {"/arguments", "3", place + "/arguments: expected an object of values, found 3"},
      {"/arguments", R"({"a b": 3})", place + "/function: expected arguments that can be given by name, found \"a b\""},
      {"/function", "", place + ": expected the key \"function\", which Lambda requires"},
  };
  for (const auto& [pointer, json, expected] : rows) {
    const std::string at = "/config/layers/1/config" + std::string(pointer);
    EXPECT_EQ(outcome(testing::patched(kModel, at, json)), expected) << pointer << " " << json;
  }
}

TEST(LambdaReaderConditions, WhatIsBoundStandsInForTheName) {
  const Value mine = testing::patched(kModel, "/config/layers/1/config/function/config", R"("mine")");
  const Value of_package = testing::patched(kModel, "/config/layers/1/config/function/config", R"("my>mine")");
  const auto bound = [](std::string name, std::string text) {
    return LoadOptions{.bind = {{std::move(name), Function{std::move(text)}}}};
  };
  EXPECT_EQ(outcome(mine, bound("mine", "lambda t: t * 2")), "(x * 2)");
  EXPECT_EQ(outcome(of_package, bound("my>mine", "lambda t: t * 3")), "(x * 3)");
  EXPECT_NE(outcome(of_package, bound("mine", "lambda t: t * 3")), "(x * 3)");
  // What is bound comes before what Keras has.
  EXPECT_EQ(outcome(*parse_json(kModel, {}, ""), bound("relu", "lambda t: -t")), "(-x)");
  // Arguments of the same name as the tensor or the function do not hide them.
  const Value arguments = testing::patched(kModel, "/config/layers/1/config/arguments", R"({"x": 2, "mine": 3})");
  Value both = arguments;
  *both.find("config")->find("layers")->as_array()[1].find("config")->find("function")->find("config") = Value("mine");
  EXPECT_EQ(outcome(both, bound("mine", "lambda t, x, mine: t * x + mine")), "((x * 2) + 3)");
}

TEST(LambdaReaderConditions, ATextStandsInForALayer) {
  const auto given = [](std::string layer, std::string text, Captures captures = {}, Captures bind = {}) {
    return LoadOptions{.bind = std::move(bind), .lambdas = {{std::move(layer), std::move(text), std::move(captures)}}};
  };
  const Value model = *parse_json(kModel, {}, "");
  EXPECT_EQ(outcome(model, given("l", "lambda x: x * 5")), "(x * 5)");
  EXPECT_EQ(outcome(model, given("l", "lambda x: x * k", {{"k", 5}})), "(x * 5)");
  EXPECT_EQ(outcome(model, given("l", "lambda x: x * k", {}, {{"k", 6}})), "(x * 6)");
  EXPECT_EQ(outcome(model, given("l", "lambda x: x * k", {{"k", 5}}, {{"k", 6}})), "(x * 5)");
  EXPECT_EQ(outcome(model, given("l", "lambda x: x * F.width", {}, {{"F.width", 7}})), "(x * 7)");
  EXPECT_EQ(outcome(model, given("l", "lambda x: F.relu(x)", {}, {{"F", Function{"tf.nn"}}})), "ops.relu(x)");
  std::string warnings;
  LoadOptions module = given("l", "lambda x: F.relu(x) + F.tanh(x)", {}, {{"F", Function{"tf.nn"}}});
  module.warn = [&](std::string_view sentence) { warnings += sentence; };
  EXPECT_EQ(outcome(model, module), "(ops.relu(x) + ops.tanh(x))");
  EXPECT_EQ(warnings, "");
  EXPECT_EQ(outcome(model, given("l", "lambda x, training: -x if training else x * 2")), "(x * 2)");
  EXPECT_EQ(outcome(model, given("l", "lambda x, training: -x if training else x * 2", {{"training", true}})), "(-x)");
  EXPECT_EQ(outcome(model, given("l", "lambda x, mask: x if mask is not None else -x")), "(-x)");
  EXPECT_EQ(outcome(model, given("l", "lambda x, mask: x if mask is not None else -x", {{"mask", 3}})), "x");
  EXPECT_EQ(outcome(model, given("other", "lambda x: x")),
            "config.json: /config/layers: the text for layer 'other' has no use: no layer of that name holds Python");
  EXPECT_EQ(outcome(model, given("l", "lambda x: x * k")),
            "config.json: /config/layers/1/config/function: layer 'l' is lambda x: x * k and reads k, which Keras does "
            "not store; give the values: --bind k=VALUE");
}

TEST(LambdaReaderConditions, AValueThatTwoLayersReadIsAskedForOnce) {
  const Value model = testing::patched(
      kModel, "/config/layers/-",
      R"({"module": "keras.layers", "class_name": "Lambda", "config": {"name": "m", "function": {"module": "builtins",
"class_name": "function", "config": "relu"}}})");
  LoadOptions options;
  options.lambdas = {{"l", "lambda x: x * k", {}}, {"m", "lambda x: x + k", {}}};
  EXPECT_EQ(outcome(model, options),
            "config.json: /config/layers/1/config/function: layer 'l' is lambda x: x * k and reads k, which Keras does "
            "not store; layer 'm' is lambda x: x + k and reads k, which Keras does not store; give the values: --bind "
            "k=VALUE");
}

TEST(LambdaReaderConditions, WhatDoesNotMatterIsWarnedOf) {
  const auto warned = [](std::string_view module, Captures bind) {
    std::string sentences;
    LoadOptions options{.bind = std::move(bind)};
    options.warn = [&](std::string_view sentence) { sentences += std::string(sentence) + "\n"; };
    const std::string json = "\"" + std::string(module) + "\"";
    EXPECT_EQ(outcome(testing::patched(kModel, "/config/layers/1/config/function/module", json), options),
              "ops.relu(x)");
    return sentences;
  };
  EXPECT_EQ(warned("builtins", {}),
            "/config/layers/1/config/function: Keras stored the name of the function `relu` and no body; taken for "
            "keras.activations.relu, as stock Keras does (layer 'l')\n");
  EXPECT_EQ(warned("keras.activations", {}), "");
  EXPECT_EQ(warned("keras.activations", {{"unread", 3}}), "no lambda reads the value given for unread\n");
}

// A value is read under its own name, or under that of what holds it.
TEST(LambdaReaderConditions, WhatIsReadIsNotWarnedOf) {
  const auto warned = [](std::string_view text, Captures bind) {
    std::string sentences;
    LoadOptions options{.bind = std::move(bind), .lambdas = {{"l", std::string(text)}}};
    options.warn = [&](std::string_view sentence) { sentences += std::string(sentence) + "\n"; };
    return outcome(*parse_json(kModel, {}, "model"), options) + "; " + sentences;
  };
  EXPECT_EQ(warned("lambda x: x * k", {{"k", 3}}), "(x * 3); ");
  EXPECT_EQ(warned("lambda x: x * s.k", {{"s.k", 3}}), "(x * 3); ");
  EXPECT_EQ(warned("lambda x: x * s[0] + s[1]", {{"s", Value::Array{3, 2}}}), "((x * 3) + 2); ");
  EXPECT_EQ(warned("lambda x: x * s.k", {{"s.k", 3}, {"k", 4}}), "(x * 3); no lambda reads the value given for k\n");
}

// What a lambda that asks for a shape is read with is what flows out of the layers before it.
TEST(LambdaReaderConditions, TheInputIsWhatTheLayerBeforeGives) {
  Value config = *parse_json(R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [
    {"module": "keras.layers", "class_name": "InputLayer",
     "config": {"batch_shape": [null, 5], "dtype": "int32", "name": "i"}},
    {"module": "keras.layers", "class_name": "Embedding", "config": {"name": "e", "input_dim": 3, "output_dim": 2}},
    {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "l", "function": null}}]}})",
                             {}, "config");
  // lambda x: x / x.shape[-1]
  *config.find("config")->find("layers")->as_array()[2].find("config")->find("function") =
      *testing::compiled("3.9").find("method_4");
  const auto model = model_from_config(config, {});
  ASSERT_TRUE(model) << model.error().text();
  const LambdaFunction& lambda = *model->layers()[2].lambda();
  EXPECT_EQ(lambda.graph.to_text(), "(x / 2)");
  ASSERT_TRUE(lambda.annotation && lambda.annotation->input);
  EXPECT_EQ(lambda.annotation->input->dtype, DType::float32);
  EXPECT_EQ(lambda.annotation->input->shape, Shape({kUnknown, 5, 2}));
  // Integers stay what they are.
  Value::Array& layers = config.find("config")->find("layers")->as_array();
  layers.erase(layers.begin() + 1);
  const auto direct = model_from_config(config, {});
  ASSERT_TRUE(direct) << direct.error().text();
  EXPECT_EQ(direct->layers()[1].lambda()->annotation->input->dtype, DType::int32);
}

// Arguments that no capture holds are spelled out in the lambda itself.
TEST(LambdaReaderConditions, ArgumentsMayBeExpressions) {
  Value config = *parse_json(kModel, {}, "");
  Value& lambda = *config.find("config")->find("layers")->as_array()[1].find("config");
  // lambda x, k=3: x * k
  *lambda.find("function") = *testing::compiled("3.9").find("default_int");
  const auto with = [&](std::string_view json) {
    *lambda.find("arguments") = *parse_json(json, {}, "");
    return outcome(config);
  };
  EXPECT_EQ(with("{}"), "(x * 3)");
  EXPECT_EQ(with(R"({"k": 4})"), "(x * 4)");
  const std::string deep = std::string(9, '[') + R"({"a": 1})" + std::string(9, ']');
  EXPECT_EQ(with(R"({"k": )" + deep + "}"),
            "config.json: /config/layers/1/config/arguments: a captured value nests too deep");
}

}  // namespace
}  // namespace revive
