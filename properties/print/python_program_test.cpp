#include "revive/properties/print/python_program.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "revive/model/lambda.h"
#include "revive/properties/print/python_text.h"

namespace revive::properties {
namespace {

Layer input_layer(Value::Array shape) {
  return *make_layer("InputLayer", {{"batch_shape", std::move(shape)}, {"name", "in"}});
}

TEST(PythonProgram, ReadsLikeWhatAPersonWouldWrite) {
  auto model = Sequential::make("m", {input_layer({nullptr, 2}), *make_layer("Dense", {{"units", 1}, {"name", "d"}})});
  ASSERT_TRUE(model.has_value());
  const auto kernel = Tensor::from<float>({2, 1}, {0.5F, -1.0F});
  const auto bias = Tensor::from<float>({1}, {0.1F});
  ASSERT_TRUE(model->layers()[1].set_weights({kernel, bias}).has_value());
  model->layers()[1].set_trainable(false);
  const auto input = Tensor::from<float>({1, 2}, {1.0F, 2.0F});
  EXPECT_EQ(python_program(*model, &input),
            R"py(import keras
import numpy as np

layer_0 = keras.layers.InputLayer(batch_shape=(None, 2), dtype="float32", name="in")
layer_1 = keras.layers.Dense(units=1, activation="linear", use_bias=True, name="d", trainable=False)
model = keras.Sequential(layers=[layer_0, layer_1], name="m")

layer_1.set_weights([
    np.array([0.5, -1.0], dtype="float32").reshape((2, 1)),
    np.array([0.10000000149011612], dtype="float32"),
])

x = np.array([1.0, 2.0], dtype="float32").reshape((1, 2))
print(np.asarray(model(x, training=False)))
)py");
}

TEST(PythonProgram, LambdasOfOneTextKeepTheirOwnCaptures) {
  const std::string text = "lambda x: x[:, -WIDTH:]";
  auto model = Sequential::make("m", {input_layer({nullptr, 5}), *make_lambda(text, {{"WIDTH", Value(3)}}, "a"),
                                      *make_lambda(text, {{"WIDTH", Value(2)}}, "b")});
  ASSERT_TRUE(model.has_value());
  EXPECT_EQ(python_program(*model),
            R"py(import keras


def make_layer_1(WIDTH):
    return (lambda x: x[:, -WIDTH:])


def make_layer_2(WIDTH):
    return (lambda x: x[:, -WIDTH:])


layer_0 = keras.layers.InputLayer(batch_shape=(None, 5), dtype="float32", name="in")
layer_1 = keras.layers.Lambda(function=make_layer_1(WIDTH=3), name="a")
layer_2 = keras.layers.Lambda(function=make_layer_2(WIDTH=2), name="b")
model = keras.Sequential(layers=[layer_0, layer_1, layer_2], name="m")
)py");
}

TEST(PythonProgram, ALambdaWithoutTextIsWrittenAsItsOps) {
  Layer lambda = *make_lambda("x[:, 1:] * 2.0", {}, "l");
  lambda.lambda()->annotation.reset();
  EXPECT_EQ(python_lambda_definition("make", *lambda.lambda()),
            "def make():\n"
            "    def call(x):\n"
            "        get_item = ops.get_item(x, (slice(None, None, None), slice(1, None, None)))\n"
            "        multiply = ops.multiply(get_item, 2.0)\n"
            "        return multiply\n"
            "    return call\n");
  EXPECT_EQ(python_lambda_call("make", *lambda.lambda()), "make()");
}

// A program imports keras and NumPy: what a text reads of other modules, and functions that it captured, are written as
// the ops that they came to.
TEST(PythonProgram, WhatKerasAloneCannotSayIsWrittenAsOps) {
  struct Row {
    std::string_view text;
    Captures captures;
    std::string_view call;
  };
  const Row rows[] = {
      {"lambda x: K.sum(x, axis=-1, keepdims=True)", {}, "ops.sum(x, axis=-1, keepdims=True)"},
      {"lambda x: tf.nn.relu(x)", {}, "ops.relu(x)"},
      {"lambda x: f(x)", {{"f", Function{"tf.nn.relu"}}}, "ops.relu(x)"},
      {"lambda x: f(x)", {{"f", Function{"lambda t: t * k"}}, {"k", Value(2)}}, "ops.multiply(x, 2)"},
      {"lambda x: x * self.scale", {{"self.scale", Value(2)}}, "ops.multiply(x, 2)"},
      {"lambda x: x * math.pi", {}, "ops.multiply(x, 3.141592653589793)"},
  };
  for (const Row& row : rows) {
    const auto lambda = make_lambda(row.text, row.captures, "l");
    ASSERT_TRUE(lambda) << row.text << ": " << lambda.error().text();
    const std::string definition = python_lambda_definition("make", *lambda->lambda());
    EXPECT_NE(definition.find(fmt::format("= {}\n", row.call)), std::string::npos) << definition;
    EXPECT_EQ(python_lambda_call("make", *lambda->lambda()), "make()");
  }
}

TEST(PythonProgram, FurtherParametersAreBoundBeforeKerasCallsTheLambda) {
  const Layer lambda = *make_lambda("lambda x, k, b=2: x * k + b", {{"k", Value(3)}}, "l");
  EXPECT_EQ(python_lambda_definition("make", *lambda.lambda()),
            "def make(k):\n    return functools.partial((lambda x, k, b=2: x * k + b), k=k)\n");
}

TEST(PythonProgram, NestedStacksHaveNamesOfTheirOwn) {
  Layer inner = (*Sequential::make("inner", {*make_layer("Flatten", {{"name", "f"}})})).root();
  auto model = Sequential::make("m", {input_layer({nullptr, 2}), std::move(inner)});
  ASSERT_TRUE(model.has_value());
  const std::string program = python_program(*model);
  EXPECT_NE(program.find("layer_1_1 = keras.layers.Flatten("), std::string::npos) << program;
  EXPECT_NE(program.find("layer_1 = keras.Sequential(layers=[layer_1_0, layer_1_1], name=\"inner\")"),
            std::string::npos)
      << program;
}

// Bidirectional makes its halves anew, and the wrapper of a layer has variables of its own.
TEST(PythonProgram, WeightsGoToWhereKerasKeepsTheLayers) {
  auto model = Sequential::make(
      "m", {input_layer({nullptr, 2, 1}),
            *make_layer("Bidirectional", {}, {{"layer", {*make_layer("SimpleRNN", {{"units", 1}, {"name", "rnn"}})}}}),
            *make_layer("SpectralNormalization", {}, {{"layer", {*make_layer("Dense", {{"units", 1}})}}})});
  ASSERT_TRUE(model.has_value()) << model.error().text();
  model->initialize(1);
  const std::string program = python_program(*model, nullptr);
  EXPECT_NE(program.find("layer_1 = keras.layers.Bidirectional(merge_mode=\"concat\", layer=layer_1_0, "
                         "backward_layer=layer_1_1, name=\"bidirectional\")\n"),
            std::string::npos)
      << program;
  for (const char* line : {"\nlayer_1.forward_layer.set_weights([", "\nlayer_1.backward_layer.set_weights([",
                           "\nlayer_2_0.set_weights([", "\nlayer_2.vector_u.assign(np.array(["}) {
    EXPECT_NE(program.find(line), std::string::npos) << line << program;
  }
  EXPECT_EQ(program.find("layer_1_0.set_weights"), std::string::npos);
}

TEST(PythonText, ArraysComeBackBitForBit) {
  const float nan = std::bit_cast<float>(0x7fc00001U);
  EXPECT_EQ(python_array(Tensor::from<float>({2}, {nan, -0.0F})), R"(array("float32", (2,), "AQDAfwAAAIA="))");
  EXPECT_EQ(python_array(Tensor::from<float>({2}, {1e-45F, -0.0F})),
            R"(np.array([1.401298464324817e-45, -0.0], dtype="float32"))");
  EXPECT_EQ(python_array(Tensor::from<std::int32_t>({1, 2}, {-1, 7})),
            R"(np.array([-1, 7], dtype="int32").reshape((1, 2)))");
}

TEST(PythonText, LiteralsKeepTheirKind) {
  EXPECT_EQ(python_literal(Value::Array{2, 2.0, true, nullptr}), "(2, 2.0, True, None)");
  EXPECT_EQ(python_literal(Value::Array{1}), "(1,)");
  EXPECT_EQ(python_literal(1e300), "1e+300");
  EXPECT_EQ(python_literal(-std::numeric_limits<double>::infinity()), "float(\"-inf\")");
  EXPECT_EQ(python_literal("a\"b\\\n\xc3\xa9"), "\"a\\\"b\\\\\\x0a\xc3\xa9\"");
}

}  // namespace
}  // namespace revive::properties
