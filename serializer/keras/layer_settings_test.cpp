#include "revive/serializer/keras/layer_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/json/json.h"

namespace revive {
namespace {

using ::testing::HasSubstr;

std::string wrong(std::string_view key, const std::string& json) {
  const auto value = parse_json(json, {}, "");
  EXPECT_TRUE(value) << value.error().text();
  return wrong_setting(key, *value);
}

std::string object(const std::string& module, const std::string& class_name, const std::string& config) {
  return R"({"module": "keras.)" + module + R"(", "class_name": ")" + class_name + R"(", "config": )" + config + "}";
}

TEST(LayerSettings, WhatKerasWritesIsTaken) {
  const std::pair<std::string_view, std::string> rows[] = {
      {"kernel_initializer", "null"},
      {"kernel_initializer", R"("glorot_uniform")"},
      {"recurrent_initializer", R"("Orthogonal")"},
      {"kernel_initializer", object("initializers", "GlorotUniform", R"({"seed": null, "input_axes": null})")},
      {"kernel_initializer", object("initializers", "Zeros", "{}")},
      {"bias_initializer", object("initializers", "Constant", R"({"value": [[1.5]]})")},
      {"embeddings_initializer",
       object("initializers", "VarianceScaling", R"({"scale": 2.0, "mode": "fan_out", "distribution": "uniform"})")},
      {"kernel_regularizer", object("regularizers", "L1L2", R"({"l1": 1e-07, "l2": 0.01})")},
      {"activity_regularizer", R"("l2")"},
      {"gamma_constraint", object("constraints", "MaxNorm", R"({"max_value": 2.0, "axis": 0})")},
      {"seed", "7"},
      {"seed", "null"},
      {"seed", "0"},
      {"seed", "4294967295"},
      {"noise_shape", "[null, 1, 3]"},
      {"another_key", "[]"},
  };
  for (const auto& [key, json] : rows) EXPECT_EQ(wrong(key, json), "") << key << ": " << json;
}

TEST(LayerSettings, WhatKerasCannotMakeIsNamed) {
  const std::tuple<std::string_view, std::string, std::string_view> rows[] = {
      {"kernel_initializer", R"("my_own")", "\"my_own\", which is not an initializer of Keras"},
      {"kernel_initializer", "3", "3, which is not an initializer"},
      {"bias_regularizer", "[1, 2]", "which is not a regularizer"},
      {"kernel_constraint", object("losses", "MeanSquaredError", "{}"), "a constraint that Keras does not have"},
      {"kernel_regularizer", object("initializers", "Zeros", "{}"), "a regularizer that Keras does not have"},
      {"kernel_initializer", R"({"class_name": "function", "module": "builtins", "config": "relu"})",
       "an initializer that Keras does not have"},
      {"kernel_initializer", R"({"module": "keras.initializers"})", "an initializer that Keras does not have"},
      {"kernel_initializer", object("initializers", "Zeros", R"({"nope": 1})"), "Zeros has no `nope`"},
      {"kernel_initializer", object("initializers", "Zeros", "[]"), "a config of Zeros"},
      {"kernel_initializer", object("initializers", "RandomNormal", R"({"seed": "x"})"), "takes no `seed` of \"x\""},
      {"kernel_initializer", object("initializers", "VarianceScaling", R"({"mode": "fan"})"), "`mode`"},
      {"kernel_initializer", object("initializers", "VarianceScaling", R"({"scale": 0})"), "`scale`"},
      {"kernel_regularizer", object("regularizers", "L2", R"({"l2": "a lot"})"), "L2 takes no `l2` of \"a lot\""},
      {"kernel_regularizer", object("regularizers", "L2", R"({"l2": -1})"), "`l2`"},
      {"kernel_regularizer", object("regularizers", "L1", R"({"l1": Infinity})"), "`l1`"},
      {"seed", "1.5", "a seed of 1.5"},
      {"seed", "-1", "a seed of -1"},
      {"seed", "4294967296", "a seed of 4294967296"},
      {"seed", "9223372036854775807", "a seed of 9223372036854775807"},
      {"seed", "true", "a seed of true"},
      {"noise_shape", "[0]", "a noise_shape of [0]"},
      {"noise_shape", "true", "a noise_shape"},
  };
  for (const auto& [key, json, sentence] : rows) {
    EXPECT_THAT(wrong(key, json), HasSubstr(sentence)) << json;
    expect_recorded("serializer/sentences.txt", wrong(key, json));
  }
}

// Of every argument of training_words.txt, which of these it takes.
TEST(LayerSettings, EachArgumentTakesTheValuesThatItTook) {
  constexpr std::string_view kValues[] = {"null",
                                          "true",
                                          "false",
                                          "0",
                                          "-1",
                                          "7",
                                          "0.0",
                                          "1e-07",
                                          "-0.5",
                                          "Infinity",
                                          "-Infinity",
                                          "NaN",
                                          "[]",
                                          "[1]",
                                          "{}",
                                          "\"\"",
                                          "\"fan_in\"",
                                          "\"fan_out\"",
                                          "\"fan_avg\"",
                                          "\"normal\"",
                                          "\"truncated_normal\"",
                                          "\"untruncated_normal\"",
                                          "\"uniform\"",
                                          "\"real\"",
                                          "\"imag\"",
                                          "\"bartlett\"",
                                          "\"blackman\"",
                                          "\"boxcar\"",
                                          "\"hamming\"",
                                          "\"hann\"",
                                          "\"density\"",
                                          "\"spectrum\"",
                                          "\"rows\"",
                                          "\"columns\""};
  Recorded taken;
  for (const auto& [line, since] : read_recorded("serializer/keras/training_words.txt")) {
    std::istringstream words(line);
    std::string kind;
    std::string of;
    std::string class_name;
    std::string argument;
    words >> kind >> of >> class_name >> argument;
    if (kind != "setting" || argument.empty()) continue;
    std::string& values = taken["taken as " + argument + " of " + class_name];
    for (const std::string_view value : kValues) {
      const std::string config = "{\"" + argument + "\": " + std::string(value) + "}";
      if (wrong("kernel_" + of, object(of + "s", class_name, config)).empty()) values += std::string(value) + " ";
    }
  }
  ASSERT_FALSE(taken.empty());
  expect_recorded("serializer/sentences.txt", taken);
}

std::string newer(std::string_view key, const std::string& json) {
  std::string all;
  for (const NewerPart& part : newer_setting_parts(key, *parse_json(json, {}, ""))) {
    all += part.what + " since " + std::string(part.since) + "; ";
  }
  return all;
}

TEST(LayerSettings, WhatIsNewerThanTheOldestKeras) {
  const std::tuple<std::string_view, std::string, std::string_view> rows[] = {
      {"kernel_initializer", R"("stft")", "stft since 3.7.0; "},
      {"kernel_initializer", R"("STFT")", "STFT since 3.7.0; "},
      {"kernel_initializer", R"("STFTInitializer")", "STFTInitializer since 3.7.0; "},
      {"kernel_initializer", R"("stf")", ""},
      {"kernel_initializer", R"("zeros")", ""},
      {"kernel_regularizer", R"("stft")", ""},
      {"kernel", R"("stft")", ""},
      {"kernel_initializer", "3", ""},
      {"kernel_initializer", object("initializers", "STFT", "null"), "STFT since 3.7.0; "},
      {"kernel_initializer", object("initializers", "STFT", "[]"), "STFT since 3.7.0; "},
      {"kernel_initializer", object("initializers", "Zeros", "{}"), ""},
      {"kernel_initializer", object("initializers", "HeNormal", R"({"seed": 1, "input_axes": 1, "output_axes": [0]})"),
       "input_axes of HeNormal since 3.15.0; output_axes of HeNormal since 3.15.0; "},
      {"kernel_initializer", object("initializers", "HeNormal", R"({"input_axes": null, "nope": 1})"), ""},
      {"kernel_initializer", R"({"class_name": "STFTInitializer"})", "STFTInitializer since 3.7.0; "},
      {"kernel_initializer", R"({"class_name": "stft"})", ""},
  };
  for (const auto& [key, json, expected] : rows) EXPECT_EQ(newer(key, json), expected) << key << ": " << json;
}

// Arguments that older Keras lacks and that are None, and no others.
TEST(LayerSettings, DefaultsOfNewerKerasAreLeftOut) {
  const auto left = [](std::string_view key, const std::string& json) {
    Value value = *parse_json(json, {}, "");
    const Value before = value;
    const bool has = has_newer_defaults(key, value);
    drop_newer_defaults(key, value);
    EXPECT_EQ(has, value != before) << json;
    const Value* const config = value.find("config");
    return config == nullptr ? "" : print_json(*config);
  };
  const auto glorot = [](const std::string& config) { return object("initializers", "GlorotUniform", config); };
  const std::string key = "kernel_initializer";
  EXPECT_EQ(left(key, glorot(R"({"seed": null, "input_axes": null, "output_axes": 1})")),
            print_json(Value(Value::Object{{"seed", nullptr}, {"output_axes", 1}})));
  EXPECT_EQ(left(key, glorot(R"({"input_axes": null, "output_axes": null})")), print_json(Value(Value::Object{})));
  EXPECT_EQ(left(key, glorot(R"({"seed": null})")), print_json(Value(Value::Object{{"seed", nullptr}})));
  EXPECT_EQ(left(key, glorot("[]")), print_json(Value(Value::Array{})));
  EXPECT_EQ(left(key, glorot("null")), "null");
  const Value::Object axes = {{"input_axes", nullptr}};
  EXPECT_EQ(left(key, object("initializers", "Zeros", R"({"input_axes": null})")), print_json(Value(axes)));
  EXPECT_EQ(left("kernel", glorot(R"({"input_axes": null})")), print_json(Value(axes)));
}

}  // namespace
}  // namespace revive
