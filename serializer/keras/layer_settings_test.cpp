#include "revive/serializer/keras/layer_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace revive
