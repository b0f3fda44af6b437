// A chain of layers with one member changed at a time: what is still one, and what is said of what is none.
#include <gtest/gtest.h>

#include "revive/serializer/keras/testing.h"

namespace revive {
namespace {

constexpr std::string_view kChain =
    R"({"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "f", "trainable":
true, "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 3],
"dtype": "float32", "name": "i"}, "name": "i", "inbound_nodes": []}, {"module": "keras.layers",
"class_name": "Dense", "config": {"name": "a", "units": 3}, "name": "a", "inbound_nodes": [{"args":
[{"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32", "keras_history":
["i", 0, 0]}}], "kwargs": {}}]}, {"module": "keras.src.ops.numpy", "class_name": "Square", "config":
{"name": "s"}, "name": "s", "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config":
{"shape": [null, 3], "dtype": "float32", "keras_history": ["a", 0, 0]}}], "kwargs": {}}]}, {"module":
"keras.src.ops.numpy", "class_name": "Add", "config": {"name": "p"}, "name": "p", "inbound_nodes": [{"args":
[{"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32", "keras_history":
["s", 0, 0]}}, {"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32",
"keras_history": ["a", 0, 0]}}], "kwargs": {}}]}, {"module": "keras.layers", "class_name": "Dense",
"config": {"name": "b", "units": 3}, "name": "b", "inbound_nodes": [{"args": [{"class_name":
"__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32", "keras_history": ["p", 0, 0]}}],
"kwargs": {}}]}], "input_layers": ["i", 0, 0], "output_layers": ["b", 0, 0]}, "registered_name":
"Functional"})";

using Row = testing::PatchCase;

TEST(ChainConditions, WhatGivesATensor) {
  const Row rows[] = {
      {"/config/output_layers", R"(["b", 0, 0])", "i a p b"},
      {"/config/output_layers", R"([["b", 0, 0]])", "i a p b"},
      {"/config/output_layers", R"(["b", 0, 0, {}])", "i a p b"},
      {"/config/output_layers", R"([["b", 0, 0], ["a", 0, 0]])",
       "config.json: /config/output_layers: expected one tensor, found 2; of Functional models a chain of layers is "
       "supported alone"},
      {"/config/output_layers", "[]", "config.json: /config/output_layers: expected [name, call, output], found []"},
      {"/config/output_layers", R"({"x": ["b", 0, 0]})",
       R"(config.json: /config/output_layers: expected [name, call, output], found {"x": ["b", 0, 0]})"},
      {"/config/output_layers", R"("b")",
       R"(config.json: /config/output_layers: expected [name, call, output], found "b")"},
      {"/config/output_layers", R"(["b", 0])",
       R"(config.json: /config/output_layers: expected [name, call, output], found ["b", 0])"},
      {"/config/output_layers", R"([["b", 0]])",
       R"(config.json: /config/output_layers: expected [name, call, output], found ["b", 0])"},
      {"/config/output_layers", "[[0, 0, 0]]",
       "config.json: /config/output_layers: expected [name, call, output], found [0, 0, 0]"},
      {"/config/output_layers", R"(["b", "0", 0])",
       R"(config.json: /config/output_layers: expected [name, call, output], found ["b", "0", 0])"},
      {"/config/output_layers", R"(["b", 0, "0"])",
       R"(config.json: /config/output_layers: expected [name, call, output], found ["b", 0, "0"])"},
      {"/config/output_layers", R"(["b", 1, 0])",
       R"(config.json: /config/output_layers: expected the one output of the one call of a layer, found ["b", 1, 0]; of Functional models a chain of layers is supported alone)"},
      {"/config/output_layers", R"(["b", 0, 1])",
       R"(config.json: /config/output_layers: expected the one output of the one call of a layer, found ["b", 0, 1]; of Functional models a chain of layers is supported alone)"},
      {"/config/output_layers", R"(["c", 0, 0])", R"(config.json: /config/output_layers: nothing is named "c")"},
      {"/config/output_layers", "", R"(config.json: /config: expected the key "output_layers")"},
      {"/config/input_layers", R"({"x": ["i", 0, 0]})", "i a p b"},
      {"/config/input_layers", R"({"x": ["i", 0, 0], "y": ["i", 0, 0]})",
       "config.json: /config/input_layers: expected one tensor, found 2; of Functional models a chain of layers is "
       "supported alone"},
      {"/config/input_layers", "{}",
       "config.json: /config/input_layers: expected one tensor, found 0; of Functional models a chain of layers is "
       "supported alone"},
      {"/config/input_layers", R"(["a", 0, 0])",
       R"(config.json: /config/input_layers: expected the InputLayer in front, found "a")"},
      {"/config/input_layers", "[1, 0, 0]",
       "config.json: /config/input_layers: expected one tensor, found 3; of Functional models a chain of layers is "
       "supported alone"},
      {"/config/input_layers", "", R"(config.json: /config: expected the key "input_layers")"},
  };
  testing::expect_each(kChain, rows);
}

TEST(ChainConditions, TheObjectOfALayer) {
  const Row rows[] = {
      {"/config/layers", "", R"(config.json: /config: expected the key "layers", which Functional requires)"},
      {"/config/layers", "{}", "config.json: /config/layers: expected a list, found {}"},
      {"/config/layers/1/class_name", "", R"(config.json: /config/layers/1: expected the key "class_name")"},
      {"/config/layers/1/class_name", "3", "config.json: /config/layers/1/class_name: expected a string, found 3"},
      {"/config/layers/1/config", "", R"(config.json: /config/layers/1: expected the key "config")"},
      {"/config/layers/1/config", "[]", "config.json: /config/layers/1/config: expected an object, found []"},
      {"/config/layers/1/inbound_nodes", "", R"(config.json: /config/layers/1: expected the key "inbound_nodes")"},
      {"/config/layers/1/inbound_nodes", "{}",
       "config.json: /config/layers/1/inbound_nodes: expected a list, found {}"},
      {"/config/layers/1/inbound_nodes", "[]",
       R"(config.json: /config/layers/1: "a" is called 0 times; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/1/inbound_nodes/-", R"({"args": [], "kwargs": {}})",
       R"(config.json: /config/layers/1: "a" is called 2 times; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/1/name", "", "i a p b"},
      {"/config/layers/1/name", R"("b")", R"(config.json: /config/layers/4: the name "b" is taken already)"},
      {"/config/layers/1/config/name", "",
       R"(config.json: /config/layers/1/config: expected the key "name", not empty)"},
      {"/config/layers/0/name", "", "i a p b"},
      {"/config/layers/1/module", "", R"(config.json: /config/layers/1: expected the key "module")"},
      {"/config/layers/1/module", "3", "config.json: /config/layers/1/module: expected a string, found 3"},
      {"/config/layers/1/module", R"("keras.src.ops.numpy")",
       "config.json: /config/layers/3/config/layers/1: the op keras.src.ops.numpy.Dense is not supported"},
      {"/config/layers/2/module", "",
       R"(config.json: /config/layers/3: "p" joins what "s" and "a" give; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/2/module", R"("keras.layers")",
       R"(config.json: /config/layers/3: "p" joins what "s" and "a" give; of Functional models a chain of layers is supported alone)"},
  };
  testing::expect_each(kChain, rows);
}

TEST(ChainConditions, TheCallOfALayer) {
  const Row rows[] = {
      {"/config/layers/1/inbound_nodes/0", "{}",
       R"(config.json: /config/layers/1/inbound_nodes/0: expected the key "args")"},
      {"/config/layers/1/inbound_nodes/0/args", "",
       R"(config.json: /config/layers/1/inbound_nodes/0: expected the key "args")"},
      {"/config/layers/1/inbound_nodes/0/args", "[]",
       R"(config.json: /config/layers/1: "a" is called on 0 tensors; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/1/inbound_nodes/0/args/-", "3",
       R"(config.json: /config/layers/1: "a" is called on 2 tensors; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/1/inbound_nodes/0/args/0", "3",
       R"(config.json: /config/layers/1: "a" is called on 1 tensors; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/1/inbound_nodes/0/args/0",
       R"([{"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32", "keras_history": ["i", 0, 0]}}])",
       R"(config.json: /config/layers/1: "a" is called on a list of tensors; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/1/inbound_nodes/0/args/-",
       R"({"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32", "keras_history": ["i", 0, 0]}})",
       R"(config.json: /config/layers/1: "a" is called on 2 tensors; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/1/inbound_nodes/0/args/0/class_name", "",
       R"(config.json: /config/layers/1: "a" is called on 1 tensors; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/1/inbound_nodes/0/args/0/class_name", R"("__numpy__")",
       R"(config.json: /config/layers/1: "a" is called on 1 tensors; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/1/inbound_nodes/0/args/0/config", "",
       R"(config.json: /config/layers/1/inbound_nodes/0/args/0: expected the key "config")"},
      {"/config/layers/1/inbound_nodes/0/args/0/config/keras_history", "",
       R"(config.json: /config/layers/1/inbound_nodes/0/args/0/config: expected the key "keras_history")"},
      {"/config/layers/1/inbound_nodes/0/args/0/config/keras_history", R"(["i", 1, 0])",
       R"(config.json: /config/layers/1/inbound_nodes/0/args/0/config/keras_history: expected the one output of the one call of a layer, found ["i", 1, 0]; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/1/inbound_nodes/0/args/0/config/keras_history", R"(["z", 0, 0])",
       R"(config.json: /config/output_layers: nothing is named "z")"},
      {"/config/layers/1/inbound_nodes/0/kwargs", "",
       R"(config.json: /config/layers/1/inbound_nodes/0: expected the key "kwargs")"},
      {"/config/layers/1/inbound_nodes/0/kwargs/training", "null", "i a p b"},
      {"/config/layers/1/inbound_nodes/0/kwargs/training", "false", "i a p b"},
      {"/config/layers/1/inbound_nodes/0/kwargs/training", "true",
       "config.json: /config/layers/1/inbound_nodes/0/kwargs/training: expected a call as in a stack, with null, found "
       "true"},
      {"/config/layers/1/inbound_nodes/0/kwargs/mask", "null", "i a p b"},
      {"/config/layers/1/inbound_nodes/0/kwargs/mask", "false",
       "config.json: /config/layers/1/inbound_nodes/0/kwargs/mask: expected a call as in a stack, with null, found "
       "false"},
      {"/config/layers/1/inbound_nodes/0/kwargs/other", "false",
       "config.json: /config/layers/1/inbound_nodes/0/kwargs/other: expected a call as in a stack, with null, found "
       "false"},
  };
  testing::expect_each(kChain, rows);
}

TEST(ChainConditions, OpsBetweenLayers) {
  const Row rows[] = {
      {"/config/layers/3/inbound_nodes/0/args/1/config/keras_history", R"(["i", 0, 0])",
       R"(config.json: /config/layers/2: "s" joins what "i" and "a" give; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/3/inbound_nodes/0/args/1/config/keras_history", R"(["z", 0, 0])",
       R"(config.json: /config/layers/3/inbound_nodes/0: nothing is named "z")"},
      {"/config/layers/2/inbound_nodes/0/args", "[]",
       "config.json: /config/layers/3/config/layers/1/inbound_nodes/0: expected an argument `x`"},
      {"/config/layers/3/inbound_nodes/0/args/0/config/keras_history", R"(["a", 0, 0])",
       R"(config.json: /config/layers/2: "s" is another use of what "a" gives; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/4/inbound_nodes/0/args/0/config/keras_history", R"(["a", 0, 0])",
       R"(config.json: /config/layers/2: "s" is another use of what "a" gives; of Functional models a chain of layers is supported alone)"},
      {"/config/layers/4/inbound_nodes/0/args/0/config/keras_history", R"(["b", 0, 0])",
       "config.json: /config/layers/4: expected no layer before itself"},
  };
  testing::expect_each(kChain, rows);
}

}  // namespace
}  // namespace revive
