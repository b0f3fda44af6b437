// Annotations and captures with one member changed at a time: what is still read, and what is said.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "revive/serializer/json/captures.h"
#include "revive/serializer/keras/annotation.h"
#include "revive/serializer/keras/layer_settings.h"
#include "revive/serializer/keras/outline.h"
#include "revive/serializer/keras/testing.h"

namespace revive {
namespace {

Value json(std::string_view text) {
  return *parse_json(text, {}, "test");
}

TEST(AnnotationConditions, EveryMemberIsNeeded) {
  const auto made =
      make_expression("x * x.shape[-1]", {}, {.input = TensorType{DType::float32, {kUnknown, 4}}, .limits = {}});
  ASSERT_TRUE(made) << made.error().text();
  const std::string stored = print_json(annotation_to_value(*made));
  const std::string incomplete = "p: expected `text`, `captures`, `lowering` and `digest`, found ";
  const std::string no_input = "p/input: expected a shape and a dtype, found ";
  const std::tuple<std::string_view, std::string, std::string> rows[] = {
      {"/digest", print_json(*json(stored).find("digest")), ""},
      {"/text", "", incomplete},
      {"/text", "3", incomplete},
      {"/captures", "", incomplete},
      {"/captures", "[]", incomplete},
      {"/lowering", "", incomplete},
      {"/lowering", "3.0", incomplete},
      {"/digest", "", incomplete},
      {"/digest", "3", incomplete},
      {"/digest", R"("0")", "p/digest: the text was written for another graph"},
      {"/input/shape", "", no_input},
      {"/input/shape", "3", no_input},
      {"/input/shape", R"([null, "a"])", no_input},
      {"/input/shape", "[null, -1]", no_input},
      {"/input/shape", "[null, 1.5]", no_input},
      {"/input/shape", "[null, 5]", "p/text: the text does not give the graph beside it"},
      {"/input/shape", "[null, 0]", "p/text: the text does not give the graph beside it"},
      {"/input/shape", "[2, 4]", ""},
      {"/input/dtype", "", no_input},
      {"/input/dtype", "3", no_input},
      {"/input/dtype", R"("nope")", no_input},
      {"/input", "3", no_input},
  };
  for (const auto& [pointer, replacement, sentence] : rows) {
    const auto read = annotate(made->graph, testing::patched(stored, pointer, replacement), "p");
    const std::string said = read ? "" : read.error().text();
    EXPECT_EQ(said.substr(0, sentence.size()), sentence) << pointer << " " << replacement;
    EXPECT_EQ(said.empty(), sentence.empty()) << pointer << " " << replacement << ": " << said;
  }
}

TEST(AnnotationConditions, AnOlderOneIsTriedOnAProbeThatFits) {
  const auto annotated = [](std::string_view graph, const std::optional<TensorType>& input) {
    Value stored = annotation_to_value(*make_expression("x + x", Captures{}));
    *stored.find("lowering") = Value(kLoweringVersion - 1);
    const auto read = annotate(make_expression(graph, Captures{})->graph, stored, "p", {}, input);
    return read && read->annotation;
  };
  const auto floats = [](Shape shape) { return TensorType{DType::float32, std::move(shape)}; };
  EXPECT_TRUE(annotated("x * 2.0", floats({kUnknown, 4})));
  EXPECT_FALSE(annotated("x * 2.0", std::nullopt));
  EXPECT_FALSE(annotated("x * 3.0", floats({kUnknown, 4})));
  EXPECT_TRUE(annotated("x * 2.0", floats({kUnknown, 4096})));
  EXPECT_FALSE(annotated("x * 2.0", floats({kUnknown, 8193})));
  EXPECT_FALSE(annotated("x * 2.0", floats({kUnknown, std::int64_t{1} << 62, 4})));
  // What is multiplied is counted before it is run.
  const auto multiplied = [](std::int64_t columns) {
    const Captures captures = {{"w", Tensor(DType::float32, {64, columns})}};
    Value stored = annotation_to_value(*make_expression("x @ w + x @ w", captures));
    *stored.find("lowering") = Value(kLoweringVersion - 1);
    const auto read = annotate(make_expression("x @ w * 2.0", captures)->graph, stored, "p", {},
                               TensorType{DType::float32, {kUnknown, 64}});
    return read && read->annotation;
  };
  EXPECT_TRUE(multiplied(100));
  EXPECT_FALSE(multiplied(1100));
  // What the text cuts off is cut off the probe.
  const auto sliced = [](std::string_view graph, const TensorType& input) {
    Value stored = annotation_to_value(*make_expression("x[:, :2] + x[:, :2]", Captures{}));
    *stored.find("lowering") = Value(kLoweringVersion - 1);
    const auto read = annotate(make_expression(graph, Captures{})->graph, stored, "p", {}, input);
    return read && read->annotation;
  };
  EXPECT_TRUE(sliced("x[:, :2] * 2.0", floats({kUnknown, 4})));
  EXPECT_TRUE(sliced("x[:, :2] * 2", floats({kUnknown, 4})));
  EXPECT_TRUE(sliced("(x * 2.0)[:, :2]", floats({kUnknown, 2})));
  EXPECT_TRUE(sliced("x[:, :2] + x[:, :2]", floats({kUnknown, 4, 3})));
  EXPECT_TRUE(sliced("x[:, :2] * 2.0", floats({kUnknown, kUnknown})));
  EXPECT_FALSE(sliced("x[:, 1:3] * 2.0", floats({kUnknown, 4})));
  // The graph beside the text cannot take the probe.
  EXPECT_FALSE(annotated("x[:, 7] * 2.0", floats({kUnknown, 4})));
}

TEST(CaptureConditions, WhatIsReadAsWhat) {
  const std::string array = R"({"class_name": "__numpy__", "config": {"value": [1, 2], "dtype": "int64"}})";
  const std::string refused = "p: expected a number, a string, a list, an array or a function, found ";
  struct Row {
    std::string json;
    WideArrays wide;
    // Its capture as JSON, or how the sentence begins.
    std::string expected;
  };
  const std::string narrow = R"({"class_name": "__numpy__", "config": {"value": [1, 2], "dtype": "int32"}})";
  const std::string floats = R"({"class_name": "__numpy__", "config": {"value": [1.5], "dtype": "float64"}})";
  const Row rows[] = {
      {array, WideArrays::kept, array},
      {array, WideArrays::narrowed, narrow},
      {narrow, WideArrays::narrowed, narrow},
      {floats, WideArrays::narrowed, R"({"class_name": "__numpy__", "config": {"value": [1.5], "dtype": "float32"}})"},
      {R"({"class_name": "__tensor__", "config": {"value": [1, 2], "dtype": "int32"}})", WideArrays::kept, narrow},
      {R"({"class_name": "__numpy__", "config": {"value": [1], "dtype": 3}})", WideArrays::narrowed,
       "p/config: expected an array's `value` and `dtype`"},
      {R"({"class_name": "__numpy__", "config": {"value": [1]}})", WideArrays::narrowed,
       "p/config: expected an array's `value` and `dtype`"},
      {R"({"class_name": "__numpy__"})", WideArrays::narrowed, "p: expected a number, a slice, ... or an array"},
      {R"({"class_name": "__function__", "config": "lambda t: t"})", WideArrays::kept,
       R"({"class_name": "__function__", "config": "lambda t: t"})"},
      {R"({"class_name": "__function__", "config": 3})", WideArrays::kept, refused},
      {R"({"class_name": "__function__"})", WideArrays::kept, refused},
      {R"({"class_name": 3})", WideArrays::kept, refused},
      {R"({"other": 3})", WideArrays::kept, refused},
      {R"({"class_name": "__tuple__", "items": [1, [2]]})", WideArrays::kept, "[1, [2]]"},
      {R"({"class_name": "__tuple__", "items": 3})", WideArrays::kept, refused},
      {R"({"class_name": "__tuple__"})", WideArrays::kept, refused},
      {R"([1, {"class_name": "Dense"}])", WideArrays::kept, "p/1: expected a number"},
      {"null", WideArrays::kept, "null"},
      {"2.5", WideArrays::kept, "2.5"},
  };
  for (const auto& [text, wide, expected] : rows) {
    const auto capture = capture_from_value(json(text), "p", {}, wide);
    const std::string found = capture ? print_json(capture_to_value(*capture)) : capture.error().text();
    EXPECT_EQ(capture ? found : found.substr(0, expected.size()), expected) << text;
  }
}

TEST(SettingConditions, EachArgumentTakesItsOwnValues) {
  const auto initializer = [](std::string_view class_name, std::string_view config) {
    return wrong_setting("kernel_initializer",
                         json(fmt::format(R"({{"module": "keras.initializers", "class_name": "{}", "config": {}}})",
                                          class_name, config)));
  };
  const auto regularizer = [](std::string_view config) {
    return wrong_setting(
        "kernel_regularizer",
        json(R"({"module": "keras.regularizers", "class_name": "L2", "config": )" + std::string(config) + "}"));
  };
  EXPECT_EQ(initializer("RandomNormal", R"({"seed": 7})"), "");
  EXPECT_EQ(initializer("RandomNormal", R"({"seed": null})"), "");
  EXPECT_EQ(initializer("RandomNormal", R"({"seed": 1.5})"), "RandomNormal takes no `seed` of 1.5");
  EXPECT_EQ(initializer("Zeros", "null"), "");
  EXPECT_EQ(initializer("STFTInitializer", R"({"side": "real"})"), "");
  EXPECT_EQ(initializer("STFTInitializer", R"({"side": "left"})"), "STFTInitializer takes no `side` of \"left\"");
  for (const std::string_view key : {"window", "scaling"}) {
    const std::string good = key == "window" ? R"("hann")" : R"("density")";
    EXPECT_EQ(initializer("STFTInitializer", fmt::format(R"({{"{}": null}})", key)), "") << key;
    EXPECT_EQ(initializer("STFTInitializer", fmt::format(R"({{"{}": {}}})", key, good)), "") << key;
    EXPECT_EQ(initializer("STFTInitializer", fmt::format(R"({{"{}": "other"}})", key)),
              fmt::format("STFTInitializer takes no `{}` of \"other\"", key));
    EXPECT_EQ(initializer("STFTInitializer", fmt::format(R"({{"{}": 3}})", key)),
              fmt::format("STFTInitializer takes no `{}` of 3", key));
  }
  EXPECT_EQ(regularizer(R"({"l2": null})"), "");
  EXPECT_EQ(regularizer(R"({"l2": true})"), "");
  EXPECT_EQ(regularizer(R"({"l2": 0})"), "");
  EXPECT_EQ(regularizer(R"({"l2": "a"})"), "L2 takes no `l2` of \"a\"");
  const std::tuple<std::string_view, std::string_view, std::string_view> rows[] = {
      {"kernel_initializer", R"({"class_name": "Zeros", "config": {}})", "an initializer that Keras does not have"},
      {"kernel_initializer", R"({"module": "keras.layers", "class_name": "Zeros"})",
       "an initializer that Keras does not have"},
      {"kernel_initializer", R"({"module": "keras.initializers", "class_name": "Zeros"})", ""},
      {"noise_shape", "null", ""},
      {"noise_shape", "[null, 2]", ""},
      {"noise_shape", "[1.5]", "a noise_shape of [1.5], which Keras does not take"},
      {"noise_shape", "[-1]", "a noise_shape of [-1], which Keras does not take"},
      {"seed", "\"a\"", "a seed of \"a\", which Keras does not take"},
  };
  for (const auto& [key, text, expected] : rows) EXPECT_EQ(wrong_setting(key, json(text)), expected) << key << text;
  EXPECT_TRUE(is_setting_class("keras.initializers", "Zeros"));
  EXPECT_FALSE(is_setting_class("keras.initializers", "L2"));
  EXPECT_FALSE(is_setting_class("keras.layers", "Zeros"));
}

TEST(OutlineConditions, ReadsWhatItCan) {
  const auto outline = [](std::string_view layers) {
    std::string text;
    for (const OutlineLayer& layer : outline_of(json(R"({"config": {"layers": )" + std::string(layers) + "}}"))) {
      text += fmt::format("[{} {} '{}' {} '{}'{}]", layer.place, layer.depth, layer.name, layer.class_name,
                          layer.module, layer.known ? " known" : "");
    }
    return text;
  };
  const std::pair<std::string_view, std::string_view> rows[] = {
      {R"([{"module": "keras.layers", "class_name": "Dense", "config": {"name": "d"}}])",
       "[/config/layers/0 0 'd' Dense 'keras.layers' known]"},
      {R"([{"module": "keras.layers", "class_name": "Nope", "config": {"name": 3}}])",
       "[/config/layers/0 0 '' Nope 'keras.layers']"},
      {R"([{"class_name": "Dense", "config": {}}])", "[/config/layers/0 0 '' Dense '']"},
      {R"([{"module": "m", "class_name": "Dense", "registered_name": "p>Own", "config": {}}])",
       "[/config/layers/0 0 '' p>Own 'm']"},
      {R"([{"class_name": "Dense"}, {"config": {}}, 3])", ""},
      {R"([{"module": "keras.src.ops.numpy", "class_name": "Square", "config": {}}])", ""},
      {R"([{"class_name": "Dense", "config": 3}])", "[/config/layers/0 0 '' Dense '']"},
      {R"({"a": 3})", ""},
      {R"([{"class_name": "A", "config": {"layer": {"class_name": "B", "config": {}},
          "backward_layer": {"class_name": "C", "config": {}}, "other": {"class_name": "D", "config": {}},
          "layers": 3}}])",
       "[/config/layers/0 0 '' A ''][/config/layers/0/config/layer 1 '' B '']"
       "[/config/layers/0/config/backward_layer 1 '' C '']"},
      {R"([{"class_name": "Functional", "config": {"layers": [{"class_name": "InputLayer", "config": {}}]}}])",
       "[/config/layers/0 0 '' Functional '' known]"},
      {R"([{"class_name": "Functional", "config": {"layers": [{"class_name": "Dense", "config": {}}]}}])",
       "[/config/layers/0 0 '' Functional '' known][/config/layers/0/config/layers/0 1 '' Dense '']"},
      {R"([{"class_name": "Functional", "config": {"layers": [{"config": {}}]}}])",
       "[/config/layers/0 0 '' Functional '' known]"},
      {R"([{"class_name": "Functional", "config": {}}])", "[/config/layers/0 0 '' Functional '' known]"},
      {R"([{"class_name": "Sequential", "config": {"layers": [{"class_name": "InputLayer", "config": {}}]}}])",
       "[/config/layers/0 0 '' Sequential ''][/config/layers/0/config/layers/0 1 '' InputLayer '']"},
  };
  for (const auto& [layers, expected] : rows) EXPECT_EQ(outline(layers), expected) << layers;
}

}  // namespace
}  // namespace revive
