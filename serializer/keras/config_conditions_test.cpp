// A Sequential with one member changed at a time: what is still taken, and what is said.
#include <gtest/gtest.h>

#include "revive/serializer/keras/testing.h"

namespace revive {
namespace {

constexpr std::string_view kSeq =
    R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [{"module":
"keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "i"}}, {"module":
"keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 3, "activation": {"module":
"keras.layers", "class_name": "LeakyReLU", "config": {"name": "lr"}}}, "registered_name": null,
"build_config": {"input_shape": [null, 4]}, "shared_object_id": 7}]}, "compile_config": {"optimizer":
"adam"}})";

using Row = testing::PatchCase;

TEST(ConfigConditions, TheObjectOfALayer) {
  const Row rows[] = {
      {"/config/layers/1/module", "null",
       "config.json: /config/layers/1/class_name: no layer class 'Dense' is known: it is one of the program that saved "
       "the model"},
      {"/config/layers/1/module", "3", "config.json: /config/layers/1/module: expected a string, found 3"},
      {"/config/layers/1/module", "", R"(config.json: /config/layers/1: expected the key "module")"},
      {"/config/layers/1/module", R"("keras.src.layers")", "i d lr"},
      {"/config/layers/1/module", R"("keras.src.layers.core.dense")", "i d lr"},
      {"/config/layers/1/module", R"("tf_keras.src.layers.core.dense")", "i d lr"},
      {"/config/layers/1/module", R"("keras.src.layersx")",
       "config.json: /config/layers/1/module: expected Dense in the module 'keras.layers', found 'keras.src.layersx'"},
      {"/config/layers/1/class_name", "null",
       "config.json: /config/layers/1/class_name: expected a string, found null"},
      {"/config/layers/1/class_name", "", R"(config.json: /config/layers/1: expected the key "class_name")"},
      {"/config/layers/1/class_name", R"("Nope")",
       "config.json: /config/layers/1/class_name: no layer class 'Nope' is known"},
      {"/config/layers/1/class_name", R"("__lambda__")",
       "config.json: /config/layers/1: a Python lambda stands where a layer should, and is never run"},
      {"/config/layers/1/class_name", "3", "config.json: /config/layers/1/class_name: expected a string, found 3"},
      {"/config/layers/1/config", "null", "config.json: /config/layers/1/config: expected an object, found null"},
      {"/config/layers/1/config", "", R"(config.json: /config/layers/1: expected the key "config")"},
      {"/config/layers/1/registered_name", "3",
       "config.json: /config/layers/1/registered_name: expected a string or null, found 3"},
      {"/config/layers/1/registered_name", "null", "i d lr"},
      {"/config/layers/1/registered_name", R"("")", "i d lr"},
      {"/config/layers/1/registered_name", R"("Dense")", "i d lr"},
      {"/config/layers/1/registered_name", R"("ReLU")", "i d lr"},
      {"/config/layers/1/class_name", R"("Dence")",
       "config.json: /config/layers/1/class_name: no layer class 'Dence' is known"},
      {"/config/layers/1/registered_name", R"("my>Dense")",
       "config.json: /config/layers/1/registered_name: no layer class 'my>Dense' is registered"},
      {"/config/layers/1/compile_config", "3",
       "config.json: /config/layers/1/compile_config: expected an object or null, found 3"},
      {"/config/layers/1/compile_config", "null", "i d lr"},
      {"/config/layers/1/build_config", "3",
       "config.json: /config/layers/1/build_config: expected an object or null, found 3"},
      {"/config/layers/1/build_config", "null", "i d lr"},
      {"/config/layers/1/build_config", "{}", "i d lr"},
      {"/config/layers/1/shared_object_id", R"("a")",
       R"(config.json: /config/layers/1/shared_object_id: expected an int or null, found "a")"},
      {"/config/layers/1/shared_object_id", "null", "i d lr"},
      {"/config/layers/1/shared_object_id", "7", "i d lr"},
      {"/config/layers/1/name", R"("d")", "config.json: /config/layers/1/name: an object of a class has no such key"},
      {"/config/layers/1/inbound_nodes", "[]",
       "config.json: /config/layers/1/inbound_nodes: an object of a class has no such key"},
      {"/config/layers/1/other", "3", "config.json: /config/layers/1/other: an object of a class has no such key"},
      {"/config/layers/1", "3", "config.json: /config/layers/1: expected an object, found an int"},
  };
  testing::expect_each(kSeq, rows);
}

TEST(ConfigConditions, TheModel) {
  const Row rows[] = {
      {"/compile_config", "null", "i d lr"},
      {"/compile_config", "{}", "i d lr"},
      {"/compile_config", "3", "config.json: /compile_config: expected an object or null, found 3"},
      {"/class_name", R"("Dense")", "config.json: /module: expected Dense in the module 'keras.layers', found 'keras'"},
      {"/class_name", R"("Functional")", R"(config.json: /config/layers/0: expected the key "inbound_nodes")"},
      {"/class_name", R"("Model")", R"(config.json: /config/layers/0: expected the key "inbound_nodes")"},
      {"/module", R"("keras.src.models.sequential")", "i d lr"},
      {"/module", R"("keras.models")", "i d lr"},
      {"/module", R"("keras.layers")",
       "config.json: /module: expected Sequential in the module 'keras', found 'keras.layers'"},
      {"/registered_name", R"("my>Sequential")",
       "config.json: /registered_name: no layer class 'my>Sequential' is registered"},
      {"/config/layers", "[]", ""},
      {"/config/layers/0", "", "d lr"},
      {"/config/layers/1", "", "i"},
      {"/config/build_input_shape", "[null, 4]", "i d lr"},
      {"/config/layers/1/config/build_input_shape", "[null, 4]",
       "config.json: /config/layers/1/config/build_input_shape: Dense has no such field"},
      {"/config/build_input_shape", "[null, 5]", "i d lr"},
      {"/config/build_input_shape", "3",
       "config.json: /config/build_input_shape: expected a shape: a list of sizes and nulls, found an int 3"},
      {"/config/layers/1/config/batch_input_shape", "[null, 4]", "i d lr"},
      {"/config/layers/1/config/batch_input_shape", "[2, 4]", "i d lr"},
      {"/config/layers/1/config/batch_input_shape", "[null, null]", "i d lr"},
      {"/config/layers/1/config/batch_input_shape", "[null, 5]",
       "config.json: /config/layers/1/config/batch_input_shape: expected the shape of what comes in, (None, 4), found "
       "(None, 5)"},
      {"/config/layers/1/config/batch_input_shape", "[null, 4, 4]",
       "config.json: /config/layers/1/config/batch_input_shape: expected the shape of what comes in, (None, 4), found "
       "(None, 4, 4)"},
      {"/config/layers/1/config/batch_input_shape", "null", "i d lr"},
      {"/config/layers/1/config/batch_input_shape", "3",
       "config.json: /config/layers/1/config/batch_input_shape: expected a shape: a list of sizes and nulls, found an "
       "int 3"},
  };
  testing::expect_each(kSeq, rows);
}

TEST(ConfigConditions, AnActivationThatIsALayer) {
  const Row rows[] = {
      {"/config/layers/1/config/activation", R"("relu")", "i d"},
      {"/config/layers/1/config/activation", "null", "i d"},
      {"/config/layers/1/config/activation/module", "null",
       R"(config.json: /config/layers/1/config/activation/config/function: expected a Python function, found {"module": null, "class_name": "LeakyReLU", "config": {"name...; a text can stand in for it: --lambda d_activation='lambda x: ...')"},
      {"/config/layers/1/config/activation/module", "",
       R"(config.json: /config/layers/1/config/activation/config/function: expected a Python function, found {"class_name": "LeakyReLU", "config": {"name": "lr"}}; a text can stand in for it: --lambda d_activation='lambda x: ...')"},
      {"/config/layers/1/config/activation/module", "3",
       R"(config.json: /config/layers/1/config/activation/config/function: expected a Python function, found {"module": 3, "class_name": "LeakyReLU", "config": {"name": ...; a text can stand in for it: --lambda d_activation='lambda x: ...')"},
      {"/config/layers/1/config/activation/module", R"("keras.activations")",
       R"(config.json: /config/layers/1/config/activation/config/function: expected a Python function, found {"module": "keras.activations", "class_name": "LeakyReLU", "...; a text can stand in for it: --lambda d_activation='lambda x: ...')"},
      {"/config/layers/1/config/activation/class_name", R"("Nope")",
       "config.json: /config/layers/1/config/activation/class_name: no layer class 'Nope' is known"},
      {"/config/layers/1/config/activation/config/name", R"("")",
       R"(config.json: /config/layers/1/config/activation/config: expected the key "name", not empty)"},
      {"/config/layers/1/config/name", "",
       R"(config.json: /config/layers/1/config/activation: expected the name of an activation, found an object {"module": "keras.layers", "class_name": "LeakyReLU", "confi...)"},
      {"/config/layers/1/config/name", "3",
       "config.json: /config/layers/1/config/name: expected a name, found an int 3"},
      {"/config/layers/1/config/name", R"("")",
       R"(config.json: /config/layers/1/config: expected the key "name", not empty)"},
      {"/config/layers/1/class_name", R"("Flatten")",
       "config.json: /config/layers/1/config/units: Flatten has no such field"},
      {"/config/layers/1/class_name", R"("LSTM")",
       R"(config.json: /config/layers/1/config/activation: expected the name of an activation, found an object {"module": "keras.layers", "class_name": "LeakyReLU", "confi...)"},
  };
  testing::expect_each(kSeq, rows);
}

}  // namespace
}  // namespace revive
