// What only the whole model shows: how many layers and nested models there are, and which input is its own.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/model/lambda.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layer.h"
#include "revive/model/sequential.h"
#include "revive/serializer/keras/testing.h"

namespace revive {
namespace {

constexpr std::string_view kInput =
    R"({"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "i"}})";

std::string object(std::string_view class_name, std::string_view config) {
  return fmt::format(R"({{"module": "keras.layers", "class_name": "{}", "config": {{{}}}}})", class_name, config);
}

std::string stack(std::string_view name, std::string_view layers, std::string_view more = "") {
  return fmt::format(
      R"({{"module": "keras", "class_name": "Sequential", "config": {{"name": "{}", "layers": [{}]{}}}}})", name,
      layers, more);
}

// Why the model is refused under these limits, or nothing.
std::string refusal(const std::string& document, const Limits& limits) {
  const auto model = model_from_config(*parse_json(document, {}, "document"), {.limits = limits});
  return model ? "" : model.error().text();
}

// A stack of an InputLayer, a nested stack of one layer and one more layer: four below the root.
std::string four_layers() {
  return stack("m", fmt::format("{}, {}, {}", kInput, stack("s", object("ReLU", R"("name": "r")")),
                                object("ReLU", R"("name": "q")")));
}

TEST(ModelCounts, LayersAreCountedInAllStacksTogether) {
  Limits limits;
  limits.layers = 4;
  EXPECT_EQ(refusal(four_layers(), limits), "");
  limits.layers = 3;
  EXPECT_EQ(refusal(four_layers(), limits), "config.json: /config/layers/2: more than 3 layers (Limits::layers)");
}

TEST(ModelCounts, AListThatDoesNotFitIsRefusedBeforeItIsRead) {
  // Three are there when the inner list says that it has two more.
  const std::string document =
      stack("m", fmt::format("{}, {}, {}", kInput, object("ReLU", R"("name": "r")"),
                             stack("s", object("ReLU", R"("name": "a")") + ", " + object("ReLU", R"("name": "b")"))));
  Limits limits;
  limits.layers = 5;
  EXPECT_EQ(refusal(document, limits), "");
  limits.layers = 4;
  EXPECT_EQ(refusal(document, limits),
            "config.json: /config/layers/2/config/layers: more than 4 layers (Limits::layers)");
}

TEST(ModelCounts, NestedModelsAreCountedByDepth) {
  std::string beside(kInput);
  for (int i = 0; i < 5; ++i) beside += ", " + stack(fmt::format("s{}", i), object("ReLU", R"("name": "r")"));
  Limits limits;
  limits.layer_nesting = 2;
  EXPECT_EQ(refusal(stack("m", beside), limits), "");
  limits.layer_nesting = 1;
  EXPECT_EQ(refusal(stack("m", beside), limits),
            "config.json: /config/layers/1: more than 1 nested models (Limits::layer_nesting)");
}

TEST(ModelCounts, TheInputOfAStackComesBeforeThatOfItsFirstLayer) {
  const auto shape_of = [](std::string_view first, std::string_view own) {
    const auto model = model_from_config(
        *parse_json(stack("m", object("Flatten", R"("name": "f")" + std::string(first)), own), {}, "document"));
    return model ? to_string(model->input_shape()) : model.error().text();
  };
  EXPECT_EQ(shape_of(R"(, "batch_input_shape": [null, 3, 2])", ""), "(None, 3, 2)");
  EXPECT_EQ(shape_of("", R"(, "build_input_shape": [null, 5, 2])"), "(None, 5, 2)");
  EXPECT_EQ(shape_of(R"(, "batch_input_shape": [null, 3, 2])", R"(, "build_input_shape": [null, 5, 2])"),
            "(None, 5, 2)");
  EXPECT_EQ(shape_of(R"(, "batch_input_shape": null)", R"(, "build_input_shape": null)"), "()");
}

TEST(ModelCounts, OnlyTheFirstLayerSaysWhatComesIn) {
  const std::string document =
      stack("m", object("Flatten", R"("name": "f")") + ", " +
                     object("Dense", R"("name": "d", "units": 2, "batch_input_shape": [null, 3])"));
  const auto model = model_from_config(*parse_json(document, {}, "document"));
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_FALSE(model->root().built());
}

TEST(ModelCounts, AnEmptyCompileConfigIsNone) {
  const Value document = *parse_json(stack("m", kInput), {}, "document");
  for (const std::string_view none : {"{}", "null"}) {
    Value with = document;
    with.as_object().emplace_back("compile_config", *parse_json(none, {}, "row"));
    const auto model = model_from_config(with);
    ASSERT_TRUE(model) << model.error().text();
    EXPECT_TRUE(model->compile_config().is_null()) << none;
  }
}

TEST(ModelCounts, ALambdaIsAsTrainableAsItWas) {
  for (const bool trainable : {false, true}) {
    for (const bool of_graph : {false, true}) {
      auto lambda = make_lambda("lambda x: x + 1", {}, "l");
      ASSERT_TRUE(lambda);
      lambda->set_trainable(trainable);
      lambda->lambda()->stored_inline = of_graph;
      const auto model = Sequential::make(
          "m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 4}}}), *std::move(lambda)});
      ASSERT_TRUE(model) << model.error().text();
      const auto config = model_to_config(*model);
      ASSERT_TRUE(config) << config.error().text();
      const auto again = model_from_config(*config);
      ASSERT_TRUE(again) << again.error().text();
      EXPECT_EQ(again->layers()[1].trainable(), trainable) << of_graph;
      EXPECT_EQ(again->layers()[1].name(), "l");
    }
  }
}

TEST(ModelCounts, AFunctionalIsOneUnderEveryNameOfItsClass) {
  const std::string graph = fmt::format(
      R"({{"name": "f", "layers": [{{"module": "keras.layers", "class_name": "InputLayer", "config":
{{"batch_shape": [null, 4], "name": "i"}}, "name": "i", "inbound_nodes": []}}], "input_layers": ["i", 0, 0],
"output_layers": ["i", 0, 0]}})");
  for (const std::string_view class_name : {"Functional", "Model"}) {
    for (const std::string_view registered : {"null", R"("Functional")", R"("Model")", R"("Functional>")"}) {
      const Value document =
          *parse_json(fmt::format(R"({{"module": "keras", "class_name": "{}", "config": {}, "registered_name": {}}})",
                                  class_name, graph, registered),
                      {}, "document");
      const std::string expected = registered == R"("Functional>")"
                                       ? "config.json: /registered_name: no layer class 'Functional>' is registered"
                                       : "i";
      EXPECT_EQ(testing::outcome(document), expected) << class_name << " " << registered;
    }
  }
}

}  // namespace
}  // namespace revive
