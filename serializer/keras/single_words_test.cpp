// Keys, limits and places of which each is a row of its own in some table or a branch that few configs come to.
#include <gtest/gtest.h>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras/functional.h"
#include "revive/serializer/keras_archive.h"

namespace revive {
namespace {

constexpr const char* kFile = "serializer/sentences.txt";

Value json(std::string_view text) {
  auto value = parse_json(text, {}, "test");
  if (!value) ADD_FAILURE() << value.error().text();
  return value ? *std::move(value) : Value();
}

std::string model_with(const std::string& layers) {
  return R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [
      {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 2], "name": "in"}})" +
         layers + "]}}";
}

TEST(SingleWords, WhatKerasWritesBesideAFunctionIsTaken) {
  for (const std::string key :
       {"arguments", "mask", "output_shape", "function_type", "output_shape_type", "output_shape_module", "module"}) {
    const std::string text = model_with(
        R"(, {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "l", "function":
        {"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function"}, ")" +
        key + "\": null}}");
    const auto model = model_from_config(json(text));
    EXPECT_TRUE(model) << key << ": " << model.error().text();
  }
  const auto other = model_from_config(json(model_with(
      R"(, {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "l", "function":
        {"module": "builtins", "class_name": "function", "config": "relu"}, "output_shape_modules": null}})")));
  EXPECT_FALSE(other);
}

TEST(SingleWords, AModelHasAsManyLayersAsCanBeSavedAgain) {
  const std::string two = R"(, {"module": "keras.layers", "class_name": "ReLU", "config": {"name": "a"}},
                             {"module": "keras.layers", "class_name": "ReLU", "config": {"name": "b"}})";
  constexpr std::uint64_t kOfALayer = 2'560;
  Limits limits;
  limits.json_memory_bytes = 4 * kOfALayer;
  EXPECT_TRUE(model_from_config(json(model_with(two)), {.limits = limits}));
  limits.json_memory_bytes = 3 * kOfALayer - 1;
  const auto refused = model_from_config(json(model_with(two)), {.limits = limits});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::limit_exceeded);
  expect_recorded(kFile, refused.error().text());
}

TEST(SingleWords, OneTensorIsATripleOrAListOfOne) {
  const std::string layers = R"([{"module": "keras.layers", "class_name": "InputLayer", "config":
      {"batch_shape": [null, 4], "dtype": "float32", "sparse": false, "name": "in0"}, "name": "in0", "inbound_nodes": []},
      {"module": "keras.src.ops.numpy", "class_name": "Negative", "config": {}, "name": "a", "registered_name": "Negative",
       "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32",
       "keras_history": ["in0", 0, 0]}}], "kwargs": {}}]}])";
  for (const std::string output :
       {R"(["a", 0, 0])", R"([["a", 0, 0]])", R"([["a", 0, 0], 3])", R"([3, ["a", 0, 0]])", "[]", R"(["a", 0])",
        R"([["a", 0, 0], ["a", 0, 0], ["a", 0, 0]])", R"([[]])", R"(["a", "0", 0])", R"([0, 0, 0])"}) {
    const auto read = read_functional(
        json(R"({"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "f",
        "trainable": true, "layers": )" +
             layers + R"(, "input_layers": ["in0", 0, 0], "output_layers": )" + output + "}}"),
        "here", Limits{});
    expect_recorded(kFile, "SingleWords output " + output, read ? "it is read" : read.error().text());
  }
}

TEST(SingleWords, WhatASaveWithoutTrainingStateDropsIsSaid) {
  auto model =
      Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}}),
                             *make_layer("Dense", {{"units", 1}, {"name", "d"}, {"kernel_initializer", "zeros"}})});
  ASSERT_TRUE(model) << model.error().text();
  model->initialize(1);
  model->set_compile_config(Value::Object{{"loss", "mse"}});
  model->set_training_tensors({{"optimizer/vars/0", Tensor::from<std::int32_t>({}, {7})}});
  const std::string path = ::testing::TempDir() + "/revive_single_words.keras";
  const auto report = save(*model, path, {.without_training_state = true});
  std::remove(path.c_str());
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->dropped, (std::vector<std::string>{"compile_config", "/layers/1 (Dense 'd'): kernel_initializer",
                                                       "optimizer/vars/0"}));
}

}  // namespace
}  // namespace revive
