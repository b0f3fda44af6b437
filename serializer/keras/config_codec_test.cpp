// config.json in the spellings of several Keras versions, and what is said about a wrong one.
#include "revive/serializer/keras/config_codec.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/serializer/json/json.h"

namespace revive {
namespace {

Result<Sequential> read(std::string_view text, const Limits& limits = {}) {
  const auto document = parse_json(text, limits, "config.json");
  EXPECT_TRUE(document) << (document ? "" : document.error().text());
  return model_from_config(*document, {.limits = limits});
}

std::string in_sequential(std::string_view layers) {
  return R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [)" +
         std::string(layers) + "]}}";
}

constexpr std::string_view kInput =
    R"({"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "i"}})";

std::string with_input(std::string_view layer) {
  return in_sequential(std::string(kInput) + ", " + std::string(layer));
}

TEST(ConfigCodec, WritesTheProfileThatOldReadersTake) {
  const auto model = read(with_input(
      R"({"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 3, "activation": "swish"},
          "registered_name": null, "build_config": {"input_shape": [null, 4]}, "shared_object_id": 7})"));
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(
      print_json(*model_to_config(*model)),
      R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m", "trainable": true, "dtype": "float32", )"
      R"("layers": [{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], )"
      R"("dtype": "float32", "sparse": false, "name": "i"}}, {"module": "keras.layers", "class_name": "Dense", "config": )"
      R"({"name": "d", "trainable": true, "dtype": "float32", "units": 3, "activation": "silu", "use_bias": true}}], )"
      R"("build_input_shape": [null, 4]}})");
}

TEST(ConfigCodec, ReadsTheSpellingsOfOtherVersions) {
  struct Row {
    const char* what;
    std::string text;
  };
  const std::string dense = R"({"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 2}})";
  const Row rows[] = {
      {"2.13: the shape in the first layer",
       R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [{"module": "keras.layers",
           "class_name": "Dense", "config": {"name": "d", "units": 2, "batch_input_shape": [null, 4], "dtype": "float32"}}]}})"},
      {"2.13: batch_input_shape",
       in_sequential(
           R"({"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_input_shape": [null, 4],
                         "dtype": "float32", "sparse": false, "ragged": false, "name": "i"}}, )" +
           dense)},
      {"3.3: policy as a string", with_input(R"({"module": "keras.layers", "class_name": "Dense",
                                                "config": {"name": "d", "units": 2, "dtype": "float32"}})")},
      {"3.4: policy as an object",
       with_input(R"({"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 2, "dtype":
                      {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": null}}})")},
      {"private modules",
       R"({"module": "keras.src.models.sequential", "class_name": "Sequential", "config": {"name": "m",
                             "layers": [)" +
           std::string(kInput) +
           R"(, {"module": "keras.src.layers.core.dense", "class_name": "Dense",
                                 "config": {"name": "d", "units": 2}}]}})"},
      {"an activation as an object",
       with_input(R"({"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 2, "activation":
                      {"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function"}}})")},
      {"build_input_shape instead of an InputLayer",
       R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [)" + dense +
           R"(], "build_input_shape": [null, 4]}})"},
  };
  for (const Row& row : rows) {
    const auto model = read(row.text);
    ASSERT_TRUE(model) << row.what << ": " << model.error().text();
    EXPECT_EQ(model->input_shape(), (Shape{kUnknown, 4})) << row.what;
    EXPECT_EQ(model->output_shape(), (Shape{kUnknown, 2})) << row.what;
  }
}

TEST(ConfigCodec, SaysWhereAndWhat) {
  struct Row {
    std::string text;
    ErrorCode code;
    std::string message;
  };
  const Row rows[] = {
      {with_input(R"({"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": -3}})"),
       ErrorCode::config_value, "config.json: /config/layers/1/config/units: expected a positive integer, found -3"},
      {with_input(R"({"module": "keras.layers", "class_name": "Dens", "config": {"name": "d"}})"),
       ErrorCode::config_unknown_class, "config.json: /config/layers/1/class_name: no layer class 'Dens' is known"},
      {with_input(R"({"module": "keras.layers", "class_name": "StringLookup", "config": {"name": "d"}})"),
       ErrorCode::config_unknown_class,
       "config.json: /config/layers/1/class_name: no layer class 'StringLookup' is known (it looks text or ids up in a "
       "vocabulary)"},
      {with_input(R"({"module": "os", "class_name": "Dense", "config": {"name": "d", "units": 1}})"),
       ErrorCode::config_unknown_class,
       "config.json: /config/layers/1/module: expected Dense in the module 'keras.layers', found 'os'"},
      {with_input(R"({"class_name": "Dense", "config": {"name": "d", "units": 1}})"), ErrorCode::config_missing_key,
       "config.json: /config/layers/1: expected the key \"module\""},
      {with_input(R"({"module": "keras.layers", "class_name": "Dense", "config": {"units": 1}})"),
       ErrorCode::config_missing_key, "config.json: /config/layers/1/config: expected the key \"name\", not empty"},
      {with_input(R"({"module": "keras.layers", "class_name": "Dense", "config": [1]})"), ErrorCode::config_type,
       "config.json: /config/layers/1/config: expected an object, found [1]"},
      {with_input(R"({"module": "keras.layers", "class_name": "Dense", "config": {"name": "i", "units": 1}})"),
       ErrorCode::config_duplicate_name, "config.json: /config/layers/1: two layers are named 'i'"},
      {with_input(R"({"module": "keras.layers", "class_name": "Lambda", "config": {"name": "l", "function":
                      {"class_name": "__lambda__", "config": {"code": "4wA=", "defaults": null, "closure": null}}}})"),
       ErrorCode::bytecode_format,
       "config.json: /config/layers/1/config/function: byte 1: expected 4 more bytes, found 1; a text can stand in "
       "for it: --lambda l='lambda x: ...'"},
      {with_input(R"({"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 1},
                      "registered_name": "mine>Dense"})"),
       ErrorCode::config_unknown_class,
       "config.json: /config/layers/1/registered_name: no layer class 'mine>Dense' is registered"},
      {with_input(
           R"({"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 1}, "extra": 1})"),
       ErrorCode::config_unknown_key, "config.json: /config/layers/1/extra: an object of a class has no such key"},
      {R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [{"module": "keras.layers",
           "class_name": "InputLayer", "config": {"batch_shape": [null, 1], "dtype": "string", "name": "i"}}]}})",
       ErrorCode::config_unsupported,
       "config.json: /config/layers/0/config/dtype: expected a dtype of numbers, found text (\"string\")"},
      {R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": 3}})",
       ErrorCode::config_type, "config.json: /config/layers: expected a list of layers, found an int"},
      {R"({"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 3}})",
       ErrorCode::config_unsupported,
       "config.json: /class_name: expected a Sequential or Functional model, found Dense"},
      {in_sequential(R"({"module": "keras.layers", "class_name": "InputLayer", "config":
                         {"batch_shape": [null, 4000000000000000000, 4], "name": "i"}})"),
       ErrorCode::limit_exceeded,
       "config.json: /config/layers/0: one sample of shape (None, 4000000000000000000, 4) has more elements than 64 "
       "bits "
       "can count"},
  };
  for (const Row& row : rows) {
    const auto model = read(row.text);
    ASSERT_FALSE(model) << row.text;
    EXPECT_EQ(model.error().text(), row.message);
    EXPECT_EQ(name_of(model.error().code), name_of(row.code)) << row.text;
  }
}

TEST(ConfigCodec, StopsAtItsLimits) {
  std::string nested = std::string(kInput);
  for (int i = 0; i < 40; ++i) {
    nested = std::string(kInput) +
             R"(, {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [)" + nested +
             "]}}";
  }
  const auto deep = read(in_sequential(nested));
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().code, ErrorCode::limit_exceeded);
  EXPECT_TRUE(deep.error().message.contains("layer_nesting")) << deep.error().text();

  Limits few;
  few.layers = 1;
  const auto many =
      read(with_input(R"({"module": "keras.layers", "class_name": "Flatten", "config": {"name": "f"}})"), few);
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().text(), "config.json: /config/layers: more than 1 layers (Limits::layers)");
}

// Who has to provide them asks once, and a list of thousands is no sentence.
TEST(ConfigCodec, NamesTheClassesThatNobodyKnowsOnceEach) {
  const auto of_classes = [](int count) {
    std::string layers(kInput);
    for (int i = 0; i < 2 * count; ++i) {
      layers += fmt::format(R"(, {{"module": "m", "class_name": "C{}", "config": {{"name": "l{}"}}}})", i % count, i);
    }
    return in_sequential(layers);
  };
  const auto three = read(of_classes(3));
  ASSERT_FALSE(three);
  EXPECT_TRUE(three.error().text().ends_with("no layer class 'C0' is known; neither is 'C1', 'C2'"))
      << three.error().text();
  Limits limits;
  limits.layers = limits.json_memory_bytes = 1 << 30;
  const auto as_many_as_are_named = read(of_classes(51), limits);
  ASSERT_FALSE(as_many_as_are_named);
  EXPECT_TRUE(as_many_as_are_named.error().text().ends_with("'C49', 'C50'")) << as_many_as_are_named.error().text();
  const auto one_more = read(of_classes(52), limits);
  ASSERT_FALSE(one_more);
  EXPECT_TRUE(one_more.error().text().ends_with("'C49', 'C50', nor are 1 others")) << one_more.error().text();
  const auto thousands = read(of_classes(5000), limits);
  ASSERT_FALSE(thousands);
  EXPECT_TRUE(thousands.error().text().ends_with("'C49', 'C50', nor are 4949 others")) << thousands.error().text();
}

TEST(ConfigCodec, KeepsTheCompileConfigUnlessPortable) {
  const std::string text =
      R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [)" + std::string(kInput) +
      R"(, {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 1, "bias_initializer": "zeros"}}]},
       "compile_config": {"loss": "mse"}})";
  const auto model = read(text);
  ASSERT_TRUE(model) << model.error().text();
  const Value full = *model_to_config(*model);
  EXPECT_EQ(*full.find("compile_config"), Value(Value::Object{{"loss", "mse"}}));
  EXPECT_TRUE(print_json(full).contains("bias_initializer"));
  const Value without_training_state = *model_to_config(*model, {.without_training_state = true});
  EXPECT_EQ(without_training_state.find("compile_config"), nullptr);
  EXPECT_FALSE(print_json(without_training_state).contains("bias_initializer"));
}

}  // namespace
}  // namespace revive
