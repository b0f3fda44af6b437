#include "revive/serializer/keras/training_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/serializer/json/json.h"

namespace revive {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string unsafe(const std::string& json) {
  const auto value = parse_json(json, {}, "");
  EXPECT_TRUE(value) << value.error().text();
  return unsafe_part(*value);
}

TEST(TrainingCode, WhatIsKerasOwnIsSafe) {
  for (const char* json : {
           R"("mse")",
           R"(null)",
           R"({"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": null}})",
           R"({"module": "keras.regularizers", "class_name": "L2", "config": {"l2": 0.1}, "registered_name": "L2"})",
           R"({"module": "builtins", "class_name": "function", "config": "mean_squared_error"})",
           R"({"module": "keras.optimizers", "class_name": "Adam", "config": {"learning_rate": {"module":
               "keras.optimizers.schedules", "class_name": "CosineDecay", "config": {}}}})",
           R"({"class_name": "__numpy__", "config": {"value": [1], "dtype": "int32"}})",
           R"([{"config": {"a": 1}}])",
       }) {
    EXPECT_EQ(unsafe(json), "") << json;
  }
}

TEST(TrainingCode, CodeAndForeignNamesAreFoundHoweverDeep) {
  EXPECT_EQ(unsafe(R"({"class_name": "__lambda__", "config": {"value": []}})"), "a Python lambda");
  EXPECT_THAT(unsafe(R"({"module": "os", "class_name": "system", "config": {"command": "id"}})"),
              HasSubstr("'system' of 'os'"));
  EXPECT_THAT(unsafe(R"({"module": null, "class_name": "L2", "config": {}})"), HasSubstr("'L2' of '__main__'"));
  EXPECT_THAT(
      unsafe(R"({"module": "keras.regularizers", "class_name": "L2", "config": {}, "registered_name": "my>L2"})"),
      HasSubstr("'my>L2'"));
  EXPECT_THAT(unsafe(R"({"module": "builtins", "class_name": "function", "config": "exec"})"), HasSubstr("'exec'"));
  EXPECT_EQ(unsafe(R"([{"a": [{"module": "keras.losses", "class_name": "Huber", "config": {"x":
                       {"class_name": "__lambda__"}}}]}])"),
            "a Python lambda");
}

Sequential compiled(const char* compile_config) {
  auto model = Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{Value(), 2}}}),
                                      *make_layer("Dense", {{"units", 1}, {"name", "d"}})});
  model->set_compile_config(*parse_json(compile_config, {}, ""));
  model->layers()[1].training_only() = {{"kernel_initializer", "zeros"},
                                        {"kernel_regularizer", Value::Object{{"class_name", "__lambda__"}}}};
  return *model;
}

TEST(TrainingCode, IsTakenOutAloneAndNamed) {
  const Sequential model =
      compiled(R"({"optimizer": "adam", "loss": {"class_name": "__lambda__"}, "metrics": ["mae"]})");
  EXPECT_THAT(training_code(model), ElementsAre("compile_config: loss: a Python lambda",
                                                "/layers/1 (Dense 'd'): kernel_regularizer: a Python lambda"));
  const Sequential safe = without_training_code(model);
  EXPECT_THAT(training_code(safe), ElementsAre());
  EXPECT_EQ(print_json(safe.compile_config()), R"({"optimizer": "adam", "metrics": ["mae"]})");
  EXPECT_EQ(safe.layers()[1].training_only(), (Value::Object{{"kernel_initializer", "zeros"}}));
}

TEST(TrainingCode, AnOptimizerTakesTheWholeCompileConfigWithIt) {
  const Sequential model = compiled(R"({"optimizer": "Mine", "loss": "mse"})");
  EXPECT_THAT(training_code(model)[0], "compile_config: optimizer: 'Mine', which is not Keras' own");
  EXPECT_TRUE(without_training_code(model).compile_config().is_null());
}

TEST(TrainingCode, AnOptimizerIsANameOrAnObjectOfKeras) {
  for (const auto& [json, said] : std::initializer_list<std::pair<std::string, std::string>>{
           {"null", "null"}, {"3", "3"}, {"true", "true"}, {R"("adamm")", "'adamm'"}, {R"(["adam"])", R"(["adam"])"}}) {
    EXPECT_THAT(training_code(compiled((R"({"optimizer": )" + json + "}").c_str()))[0],
                "compile_config: optimizer: " + said + ", which is not Keras' own");
  }
  for (const std::string json : {R"("sgd")", R"({"module": "keras.optimizers", "class_name": "Adam", "config": {}})"}) {
    EXPECT_THAT(training_code(compiled((R"({"optimizer": )" + json + "}").c_str()))[0],
                "/layers/1 (Dense 'd'): kernel_regularizer: a Python lambda");
  }
}

TEST(TrainingCode, WhatKerasWouldNotOpenIsTakenOutLikeCode) {
  Sequential model = compiled(R"({"optimizer": "adam", "loss": "mse", "clip": 1})");
  model.layers()[1].training_only() = {{"kernel_initializer", "my_own"}, {"bias_initializer", "zeros"}};
  EXPECT_THAT(
      training_code(model),
      ElementsAre("compile_config: clip: which Keras' compile() does not take",
                  "/layers/1 (Dense 'd'): kernel_initializer: \"my_own\", which is not an initializer of Keras"));
  const Sequential safe = without_training_code(model);
  EXPECT_EQ(print_json(safe.compile_config()), R"({"optimizer": "adam", "loss": "mse"})");
  EXPECT_EQ(safe.layers()[1].training_only(), (Value::Object{{"bias_initializer", "zeros"}}));
  EXPECT_TRUE(without_training_code(compiled(R"({"optimizer": null, "loss": "mse"})")).compile_config().is_null());
}

}  // namespace
}  // namespace revive
