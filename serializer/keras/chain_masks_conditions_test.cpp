// Masks and the calls of Keras 2 in a chain of layers, with one member changed at a time.
#include <gtest/gtest.h>

#include "revive/serializer/keras/testing.h"

namespace revive {
namespace {

constexpr std::string_view kKeras2 =
    R"({"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "f", "trainable":
true, "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 3],
"dtype": "float32", "name": "i"}, "name": "i", "inbound_nodes": []}, {"module": "keras.layers",
"class_name": "Dense", "config": {"name": "a", "units": 3}, "name": "a", "inbound_nodes": [[["i", 0, 0,
{}]]]}, {"module": "keras.layers", "class_name": "Dense", "config": {"name": "b", "units": 3}, "name": "b",
"inbound_nodes": [["a", 0, 0, {"training": null}]]}], "input_layers": ["i", 0, 0], "output_layers": ["b", 0,
0]}, "registered_name": "Functional"})";

constexpr std::string_view kMask =
    R"({"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "f", "trainable":
true, "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 3],
"dtype": "float32", "name": "i"}, "name": "i", "inbound_nodes": []}, {"module": "keras.layers",
"class_name": "Embedding", "config": {"name": "e", "input_dim": 4, "output_dim": 3, "mask_zero": true},
"name": "e", "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 3],
"dtype": "float32", "keras_history": ["i", 0, 0]}}], "kwargs": {}}]}, {"module": "keras.src.ops.numpy",
"class_name": "NotEqual", "config": {"name": "n"}, "name": "n", "inbound_nodes": [{"args": [{"class_name":
"__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32", "keras_history": ["i", 0, 0]}}, 0],
"kwargs": {}}]}, {"module": "keras.layers", "class_name": "LSTM", "config": {"name": "l", "units": 2},
"name": "l", "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 3],
"dtype": "float32", "keras_history": ["e", 0, 0]}}], "kwargs": {"mask": {"class_name": "__keras_tensor__",
"config": {"shape": [null, 3], "dtype": "float32", "keras_history": ["n", 0, 0]}}}}]}], "input_layers":
["i", 0, 0], "output_layers": ["l", 0, 0]}, "registered_name": "Functional"})";

constexpr std::string_view kAny =
    R"({"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "f", "trainable":
true, "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 5,
3], "dtype": "float32", "name": "i"}, "name": "i", "inbound_nodes": []}, {"module": "keras.layers",
"class_name": "Masking", "config": {"name": "m", "mask_value": 0.0}, "name": "m", "inbound_nodes": [{"args":
[{"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32", "keras_history":
["i", 0, 0]}}], "kwargs": {}}]}, {"module": "keras.src.ops.numpy", "class_name": "NotEqual", "config":
{"name": "n"}, "name": "n", "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config":
{"shape": [null, 3], "dtype": "float32", "keras_history": ["i", 0, 0]}}, 0.0], "kwargs": {}}]}, {"module":
"keras.src.ops.numpy", "class_name": "Any", "config": {"name": "y", "axis": -1, "keepdims": false}, "name":
"y", "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype":
"float32", "keras_history": ["n", 0, 0]}}], "kwargs": {}}]}, {"module": "keras.layers", "class_name":
"LSTM", "config": {"name": "l", "units": 2}, "name": "l", "inbound_nodes": [{"args": [{"class_name":
"__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32", "keras_history": ["m", 0, 0]}}],
"kwargs": {"mask": {"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32",
"keras_history": ["y", 0, 0]}}}}]}], "input_layers": ["i", 0, 0], "output_layers": ["l", 0, 0]},
"registered_name": "Functional"})";

using Row = testing::PatchCase;

TEST(ChainMaskConditions, CallsAsKeras2SpeltThem) {
  const Row rows[] = {
      {"/config/layers/1/inbound_nodes/0", "[]",
       R"(config.json: /config/layers/1: "a" is called on 0 tensors; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/1/inbound_nodes/0", R"(["i", 0, 0])", "i a b"},
      {"/config/layers/1/inbound_nodes/0", R"(["i", 0, 0, null])",
       "config.json: /config/layers/1/inbound_nodes/0: expected keywords, found null"},
      {"/config/layers/1/inbound_nodes/0", R"([["i", 0, 0]])", "i a b"},
      {"/config/layers/1/inbound_nodes/0", R"([["i", 0]])",
       R"(config.json: /config/layers/1/inbound_nodes/0: expected [name, call, output], found ["i", 0])"},
      {"/config/layers/1/inbound_nodes/0", R"([["i", 0, 0], ["i", 0, 0]])",
       R"(config.json: /config/layers/1: "a" is called on 2 tensors; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/1/inbound_nodes/0/0/3", R"({"training": false})", "i a b"},
      {"/config/layers/1/inbound_nodes/0/0/3", R"({"mask": false})",
       "config.json: /config/layers/1/inbound_nodes/0/mask: expected a call as in a stack, with null, found false"},
      {"/config/layers/1/inbound_nodes/0/0/3", "3",
       "config.json: /config/layers/1/inbound_nodes/0: expected keywords, found 3"},
  };
  testing::expect_each(kKeras2, rows);
}

TEST(ChainMaskConditions, MasksOfIds) {
  const Row rows[] = {
      {"/config/layers/2/inbound_nodes/0/args/1", "1",
       "config.json: /config/layers/3/inbound_nodes/0/kwargs/mask: expected the mask that comes with the input, found "
       "another; of Functional models a chain of layers is supported alone"},
      {"/config/layers/2/inbound_nodes/0/args/1", "",
       "config.json: /config/layers/3/inbound_nodes/0/kwargs/mask: expected the mask that a layer before makes, found "
       "another tensor; of Functional models a chain of layers is supported alone"},
      {"/config/layers/2/inbound_nodes/0/args/-", "1",
       "config.json: /config/layers/3/inbound_nodes/0/kwargs/mask: expected the mask that a layer before makes, found "
       "another tensor; of Functional models a chain of layers is supported alone"},
      {"/config/layers/2/class_name", R"("Equal")",
       "config.json: /config/layers/3/inbound_nodes/0/kwargs/mask: expected the mask that a layer before makes, found "
       "another tensor; of Functional models a chain of layers is supported alone"},
      {"/config/layers/2/inbound_nodes/0/args/0/config/keras_history", R"(["e", 0, 0])",
       "config.json: /config/layers/3/inbound_nodes/0/kwargs/mask: expected the mask that a layer before makes, found "
       "one of another tensor; of Functional models a chain of layers is supported alone"},
      {"/config/layers/2/inbound_nodes/0/args/1",
       R"({"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32", "keras_history": ["i", 0, 0]}})",
       "config.json: /config/layers/3/inbound_nodes/0/kwargs/mask: expected the mask that a layer before makes, found "
       "another tensor; of Functional models a chain of layers is supported alone"},
      {"/config/layers/3/inbound_nodes/0/kwargs/mask/config/keras_history", R"(["e", 0, 0])",
       "config.json: /config/layers/3/inbound_nodes/0/kwargs/mask: expected the mask that a layer before makes, found "
       "another tensor; of Functional models a chain of layers is supported alone"},
      {"/config/layers/3/inbound_nodes/0/kwargs/mask/config/keras_history", R"(["z", 0, 0])",
       R"(config.json: /config/layers/3/inbound_nodes/0/kwargs/mask: nothing is named "z")"},
      {"/config/layers/3/inbound_nodes/0/kwargs/mask", "null",
       R"(config.json: /config/layers/2: "n" is another use of what "i" gives; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/3/inbound_nodes/0/kwargs/mask", "[]",
       "config.json: /config/layers/3/inbound_nodes/0/kwargs/mask: expected a call as in a stack, with null, found []"},
      {"/config/layers/3/inbound_nodes/0/kwargs/mask",
       R"([{"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32", "keras_history": ["n", 0, 0]}}])",
       "config.json: /config/layers/3/inbound_nodes/0/kwargs/mask: expected a call as in a stack, with null, found "
       R"([{"class_name": "__keras_tensor__", "config": {"shape": [nul...)"},
      {"/config/layers/1/config/mask_zero", "false",
       "config.json: /config/layers/3/inbound_nodes/0/kwargs/mask: expected the mask that comes with the input, found "
       "another; of Functional models a chain of layers is supported alone"},
  };
  testing::expect_each(kMask, rows);
}

TEST(ChainMaskConditions, AMaskIsOfTheLayerThatMadeTheOneThatComesIn) {
  const auto behind = [](std::string_view document, std::string_view layer) {
    const std::string with = print_json(testing::patched(document, "/config/layers/-", layer));
    return testing::outcome(
        testing::patched(with, "/config/layers/4/inbound_nodes/0/args/0/config/keras_history", R"(["k", 0, 0])"));
  };
  // Behind a second layer that makes the same mask of what the first one gave.
  const std::string masking =
      R"({"module": "keras.layers", "class_name": "Masking", "config": {"name": "k", "mask_value": 0.0}, "name": "k",
"inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 5, 3], "dtype": "float32",
"keras_history": ["m", 0, 0]}}], "kwargs": {}}]})";
  EXPECT_EQ(behind(kAny, masking),
            "config.json: /config/layers/4/inbound_nodes/0/kwargs/mask: expected the mask that comes with the input, "
            "found another; of Functional models a chain of layers is supported alone");
  // Behind one that hands on what it is given.
  std::string passing = masking;
  passing.replace(passing.find("Masking"), 7, "ReLU");
  passing.replace(passing.find(", \"mask_value\": 0.0"), 19, "");
  EXPECT_EQ(behind(kAny, passing), "i m k l");
}

TEST(ChainMaskConditions, MasksOfFeatures) {
  const Row rows[] = {
      {"/config/layers/3/config/axis", "1",
       "config.json: /config/layers/4/inbound_nodes/0/kwargs/mask: expected the mask that a layer before makes, found "
       "another tensor; of Functional models a chain of layers is supported alone"},
      {"/config/layers/3/config/axis", "",
       "config.json: /config/layers/4/inbound_nodes/0/kwargs/mask: expected the mask that a layer before makes, found "
       "another tensor; of Functional models a chain of layers is supported alone"},
      {"/config/layers/3/config/keepdims", "true",
       "config.json: /config/layers/4/inbound_nodes/0/kwargs/mask: expected the mask that a layer before makes, found "
       "another tensor; of Functional models a chain of layers is supported alone"},
      {"/config/layers/3/config/keepdims", "", "i m l"},
      {"/config/layers/3/class_name", R"("All")",
       "config.json: /config/layers/4/inbound_nodes/0/kwargs/mask: expected the mask that a layer before makes, found "
       "another tensor; of Functional models a chain of layers is supported alone"},
      {"/config/layers/3/inbound_nodes/0/args", "[]",
       "config.json: /config/layers/4/inbound_nodes/0/kwargs/mask: expected the mask that a layer before makes, found "
       "another tensor; of Functional models a chain of layers is supported alone"},
      {"/config/layers/2/inbound_nodes/0/args/1", "1.0",
       "config.json: /config/layers/4/inbound_nodes/0/kwargs/mask: expected the mask that comes with the input, found "
       "another; of Functional models a chain of layers is supported alone"},
      {"/config/layers/1/config/mask_value", "1.0",
       "config.json: /config/layers/4/inbound_nodes/0/kwargs/mask: expected the mask that comes with the input, found "
       "another; of Functional models a chain of layers is supported alone"},
      {"/config/layers/4/inbound_nodes/0/kwargs/mask/config/keras_history", R"(["n", 0, 0])",
       R"(config.json: /config/layers/3: "y" is another use of what "n" gives; of Functional models a chain of layers is supported alone)"},
  };
  testing::expect_each(kAny, rows);
}

// An op in front of both of them is a lambda, and no layer that takes what the mask is made of.
TEST(ChainMaskConditions, MasksBehindALambda) {
  std::string made(kAny);
  std::ranges::replace(made, '\n', ' ');
  const std::string input = R"("keras_history": ["i", 0, 0])";
  for (std::size_t at = made.find(input); at != std::string::npos; at = made.find(input, at)) {
    made.replace(at, input.size(), R"("keras_history": ["p", 0, 0])");
  }
  const std::size_t at = made.find(R"({"module": "keras.layers", "class_name": "Masking")");
  ASSERT_NE(at, std::string::npos);
  made.insert(at, R"({"module": "keras.src.ops.numpy", "class_name": "Negative", "config": {"name": "p"}, "name": "p",
"inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 5, 3], "dtype": "float32",
"keras_history": ["i", 0, 0]}}], "kwargs": {}}]}, )");
  EXPECT_EQ(testing::outcome(*parse_json(made, {}, "m")), "i p m l");
}

}  // namespace
}  // namespace revive
