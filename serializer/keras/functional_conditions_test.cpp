// A lambda stored as a Functional with one member changed at a time: what is still taken, and what is said.
#include <gtest/gtest.h>

#include "revive/serializer/keras/testing.h"

namespace revive {
namespace {

constexpr std::string_view kLambda =
    R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [{"module":
"keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "i"}}, {"module":
"keras.src.models.functional", "class_name": "Functional", "config": {"name": "g", "trainable": true,
"layers": [{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4],
"dtype": "float32", "sparse": false, "name": "in0"}, "name": "in0", "inbound_nodes": []}, {"module":
"keras.src.ops.numpy", "class_name": "Square", "config": {"name": "s"}, "name": "s", "inbound_nodes":
[{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32",
"keras_history": ["in0", 0, 0]}}], "kwargs": {}}]}, {"module": "keras.src.ops.numpy", "class_name": "Add",
"config": {"name": "p"}, "name": "p", "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__",
"config": {"shape": [null, 3], "dtype": "float32", "keras_history": ["s", 0, 0]}}, {"class_name":
"__numpy__", "config": {"value": [1.0, 2.0, 3.0, 4.0], "dtype": "float32"}}], "kwargs": {}}]}, {"module":
"keras.src.ops.numpy", "class_name": "GetItem", "config": {"name": "q"}, "name": "q", "inbound_nodes":
[{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32",
"keras_history": ["p", 0, 0]}}, [{"class_name": "__slice__", "config": {"start": null, "stop": null, "step":
null}}, {"class_name": "__slice__", "config": {"start": 1, "stop": null, "step": null}}]], "kwargs": {}}]}],
"input_layers": ["in0", 0, 0], "output_layers": ["q", 0, 0]}}, {"module": "keras.layers", "class_name":
"Dense", "config": {"name": "e", "units": 2}}]}})";

using Row = testing::PatchCase;

TEST(FunctionalConditions, TheFunctionalOfALambda) {
  const Row rows[] = {
      {"/config/layers/1/config/name", "3",
       R"(config.json: /config/layers/1/config: expected the key "name", not empty)"},
      {"/config/layers/1/config/name", R"("")",
       R"(config.json: /config/layers/1/config: expected the key "name", not empty)"},
      {"/config/layers/1/config/name", "",
       R"(config.json: /config/layers/1/config: expected the key "name", not empty)"},
      {"/config/layers/1/config/trainable", "null", "i g e"},
      {"/config/layers/1/config/layers/0/config/batch_input_shape", "[null, 4]", "i g e"},
      {"/config/layers/1/config/layers/0/config/batch_input_shape", "[null, null]", "i g e"},
      {"/config/layers/1/config/layers/0/config/batch_input_shape", "3",
       "config.json: /config/layers/1/config/layers/0/config/batch_input_shape: expected a list, found 3"},
      {"/config/layers/1/config/trainable", "false", "i g e"},
      {"/config/layers/1/config/trainable", "", "i g e"},
      {"/config/layers/1/class_name", R"("Model")", "i g e"},
      {"/config/layers/1/class_name", R"("Sequential")",
       "config.json: /config/layers/1/module: expected Sequential in the module 'keras', found "
       "'keras.src.models.functional'"},
      {"/config/layers/1/config/layers/1/module", R"("keras.layers")",
       "config.json: /config/layers/1/config/layers/1/class_name: no layer class 'Square' is known"},
      {"/config/layers/1/config/layers/1/module", "3",
       "config.json: /config/layers/1/config/layers/1/module: expected a string, found 3"},
      {"/config/layers/1/config/layers/1/class_name", R"("Nope")",
       "config.json: /config/layers/1/config/layers/1: the op keras.src.ops.numpy.Nope is not supported"},
      {"/config/layers/1/config/layers/1/class_name", "3",
       "config.json: /config/layers/1/config/layers/1/class_name: expected a string, found 3"},
      {"/config/layers/1/config/layers/1/name", R"("in0")",
       R"(config.json: /config/layers/1/config/layers/1: the name "in0" is taken already)"},
      {"/config/layers/1/config/layers/2/name", R"("s")",
       R"(config.json: /config/layers/1/config/layers/2: the name "s" is taken already)"},
      {"/config/layers/1/config/layers/2/name", "", "i g e"},
      {"/config/layers/1/config/layers/2/config", "[]",
       "config.json: /config/layers/1/config/layers/2/config: expected an object, found []"},
      {"/config/layers/1/config/layers/2/config/other", "3",
       "config.json: /config/layers/1/config/layers/2/config/other: Add has no such key"},
      {"/config/layers/1/config/layers/0/class_name", "3",
       "config.json: /config/layers/1/config/layers/0/class_name: expected a string, found 3"},
      {"/config/layers/1/config/layers/0/config/sparse", "true",
       "config.json: /config/layers/1/config/layers/0/config/sparse: expected false, found true"},
      {"/config/layers/1/config/layers/0/config/sparse", "null", "i g e"},
      {"/config/layers/1/config/layers/0/config/sparse", "3",
       "config.json: /config/layers/1/config/layers/0/config/sparse: expected false, found 3"},
      {"/config/layers/1/config/layers/0/config/ragged", "false", "i g e"},
      {"/config/layers/1/config/layers/0/config/dtype", "null", "i g e"},
      {"/config/layers/1/config/layers/0/config/dtype", "", "i g e"},
      {"/config/layers/1/config/layers/0/config/dtype", R"("nope")",
       R"(config.json: /config/layers/1/config/layers/0/config/dtype: expected the name of a dtype, found "nope")"},
      {"/config/layers/1/config/layers/0/config/batch_shape", "",
       "config.json: /config/layers/1/config/layers/0/config: expected a key `batch_shape`"},
      {"/config/layers/1/config/layers/0/config/batch_shape", R"([null, "a"])",
       R"(config.json: /config/layers/1/config/layers/0/config/batch_shape/1: expected a size or null, found a string "a")"},
      {"/config/layers/1/config/layers/-",
       R"({"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "in1"}, "name": "in1", "inbound_nodes": []})",
       "config.json: /config/layers/1/config/layers/4: expected one input, found a second InputLayer"},
      {"/config/layers/1/config/input_layers", R"([["in0", 0, 0]])", "i g e"},
      {"/config/layers/1/config/input_layers", R"([["in0", 0, 0], ["in0", 0, 0]])",
       "config.json: /config/layers/1/config/input_layers: expected one tensor, found 2"},
      {"/config/layers/1/config/input_layers", "[]",
       "config.json: /config/layers/1/config/input_layers: expected [name, call, output], found []"},
      {"/config/layers/1/config/input_layers", R"(["s", 0, 0])",
       R"(config.json: /config/layers/1/config/input_layers: expected the InputLayer among the layers, found "s")"},
      {"/config/layers/1/config/input_layers", R"(["in0", 1, 0])",
       R"(config.json: /config/layers/1/config/input_layers: expected the InputLayer among the layers, found "in0")"},
      {"/config/layers/1/config/output_layers", R"(["q", 0, 1])",
       R"(config.json: /config/layers/1/config/output_layers: an op has output 0 alone, found ["q", 0, 1])"},
      {"/config/layers/1/config/output_layers", R"(["q", -1, 0])",
       R"(config.json: /config/layers/1/config/output_layers: "q" is called 1 times, found a reference to call -1)"},
      {"/config/layers/1/config/output_layers", R"(["q", 1, 0])",
       R"(config.json: /config/layers/1/config/output_layers: "q" is called 1 times, found a reference to call 1)"},
      {"/config/layers/1/config/output_layers", R"(["q", 0])",
       R"(config.json: /config/layers/1/config/output_layers: expected [name, call, output], found ["q", 0])"},
      {"/config/layers/1/config/output_layers", "[1, 0, 0]",
       "config.json: /config/layers/1/config/output_layers: expected [name, call, output], found [1, 0, 0]"},
      {"/config/layers/1/config/output_layers", R"(["q", "0", 0])",
       R"(config.json: /config/layers/1/config/output_layers: expected [name, call, output], found ["q", "0", 0])"},
      {"/config/layers/1/config/output_layers", R"(["q", 0, "0"])",
       R"(config.json: /config/layers/1/config/output_layers: expected [name, call, output], found ["q", 0, "0"])"},
      {"/config/layers/1/config/output_layers", R"(["z", 0, 0])",
       R"(config.json: /config/layers/1/config/output_layers: nothing is named "z")"},
      {"/config/layers/1/config/output_layers", R"(["p", 0, 0])",
       "config.json: /config/layers/1/config/layers: expected every op to serve the output, found 1 that do not"},
      {"/config/layers/1/config/layers/1/inbound_nodes/0/args/-", "3",
       "config.json: /config/layers/1/config/layers/1/inbound_nodes/0/args: Square takes 1 arguments, found 2"},
      {"/config/layers/1/config/layers/1/inbound_nodes/0/args/0", "",
       "config.json: /config/layers/1/config/layers/1/inbound_nodes/0: expected an argument `x`"},
      {"/config/layers/1/config/layers/1/inbound_nodes/0/kwargs/x", "3",
       "config.json: /config/layers/1/config/layers/1/inbound_nodes/0/kwargs/x: the argument is given by position "
       "already"},
      {"/config/layers/1/config/layers/1/inbound_nodes/0/kwargs/y", "3",
       "config.json: /config/layers/1/config/layers/1/inbound_nodes/0/kwargs/y: Square has no such argument"},
      {"/config/layers/1/config/layers/1/inbound_nodes/0/args/0/class_name", R"("other")",
       R"(config.json: /config/layers/1/config/layers/1/inbound_nodes/0/args/0: expected a number, a slice, ... or an array, found {"class_name": "other", "config": {"shape": [null, 3], "dtyp...)"},
  };
  testing::expect_each(kLambda, rows);
}

TEST(FunctionalConditions, ConstantsOfALambda) {
  const Row rows[] = {
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1", "2.5", "i g e"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1", "{}",
       "config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1: expected a number, a slice, ... or an "
       "array, found {}"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/class_name", "3",
       R"(config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1: expected a number, a slice, ... or an array, found {"class_name": 3, "config": {"value": [1.0, 2.0, 3.0, 4.0], ...)"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/class_name", R"("__other__")",
       R"(config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1: expected a number, a slice, ... or an array, found {"class_name": "__other__", "config": {"value": [1.0, 2.0, 3...)"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/class_name", R"("__tensor__")", "i g e"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config", "",
       R"(config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1: expected a number, a slice, ... or an array, found {"class_name": "__numpy__"})"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config", "3",
       R"(config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1: expected a number, a slice, ... or an array, found {"class_name": "__numpy__", "config": 3})"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/value", "",
       "config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1/config: expected an array's `value` and "
       "`dtype`"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/dtype", "",
       "config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1/config: expected an array's `value` and "
       "`dtype`"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/dtype", "3",
       "config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1/config: expected an array's `value` and "
       "`dtype`"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/dtype", R"("nope")",
       R"(config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/dtype: expected a constant of a dtype other than uint64, found "nope")"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/dtype", R"("uint64")",
       R"(config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/dtype: expected a constant of a dtype other than uint64, found "uint64")"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/dtype", R"("int32")",
       "config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/value: expected an element of "
       "int32, found 1.0"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/value", "[[1.0, 2.0], [3.0]]",
       "config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/value: expected a rectangular "
       "array with 2 items here, found [3.0]"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/value", "[[1.0, 2.0], 3.0]",
       "config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/value: expected a rectangular "
       "array with 2 items here, found 3.0"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/value", R"([1.0, 2.0, 3.0, "a"])",
       R"(config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/value: expected an element of float32, found "a")"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config",
       R"({"value": [1, 2, 3, 2147483648], "dtype": "int32"})",
       "config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/value: expected an element of "
       "int32, found 2147483648"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config",
       R"({"value": [1, 2, 3, 2.5], "dtype": "int32"})",
       "config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/value: expected an element of "
       "int32, found 2.5"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config",
       R"({"value": [1, 2, 3, true], "dtype": "int32"})",
       "config.json: /config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/value: expected an element of "
       "int32, found true"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/value", "2.0", "i g e"},
      {"/config/layers/1/config/layers/2/inbound_nodes/0/args/1/config/value", "[]",
       "config.json: /config/layers/1: node 2 (Add): the shapes (None, 4) and (0,) do not broadcast"},
      {"/config/layers/1/config/layers/3/inbound_nodes/0/args/1/1/config/start", "null", "i g e"},
      {"/config/layers/1/config/layers/3/inbound_nodes/0/args/1/1/config/start", "", "i g e"},
      {"/config/layers/1/config/layers/3/inbound_nodes/0/args/1/1/config/start", R"("a")",
       R"(config.json: /config/layers/1/config/layers/3/inbound_nodes/0/args/1/1/config/start: expected an int or null, found "a")"},
      {"/config/layers/1/config/layers/3/inbound_nodes/0/args/1/1/config/step", "0",
       "config.json: /config/layers/1/config/layers/3/inbound_nodes/0: the step of a slice must not be zero"},
  };
  testing::expect_each(kLambda, rows);
}

}  // namespace
}  // namespace revive
