// What is said of layers, configs, weights and graphs that are refused, word by word: one for each way that no other
// test has. sentences.txt has a line for each, rewritten with REVIVE_WRITE_SENTENCES=1.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "revive/model/dtype_value.h"
#include "revive/model/layers/testing.h"
#include "revive/model/ops/testing.h"
#include "revive/model/registry.h"
#include "revive/model/sequential.h"
#include "revive/model/testing/made_layer.h"
#include "revive/model/testing/recorded.h"

namespace revive {

using testing::layer;

namespace {

constexpr const char* kFile = "model/sentences.txt";

template <typename T>
void expect_refused(std::string_view what, const Result<T>& result) {
  if (result) ADD_FAILURE() << what << " is accepted";
  if (!result) {
    expect_recorded(kFile, std::string(what), std::string(name_of(result.error().code)) + " " + result.error().text());
  }
}

void expect_refused(std::string_view what, const Status& status) {
  expect_refused(what, status ? Result<int>(0) : Result<int>(std::unexpected(status.error())));
}

void expect_not_built(std::string_view what, Layer made, const Shape& shape, const Limits& limits = {},
                      DType dtype = DType::float32) {
  expect_refused(what, made.build(shape, dtype, limits));
}

TEST(Sentences, OfConfigs) {
  const auto size = Value::Array{nullptr, "3"};
  expect_refused("no class", make_layer("Dens", {}));
  expect_refused("a text for a size", make_layer("InputLayer", {{"batch_shape", size}}));
  expect_refused("a size of -1", make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, -1}}}));
  expect_refused("three in place of two", make_layer("MaxPooling2D", {{"pool_size", Value::Array{1, 2, 3}}}));
  expect_refused("no list of two", make_layer("MaxPooling2D", {{"pool_size", "2"}}));
  expect_refused("two pairs", make_layer("ZeroPadding3D", {{"padding", Value::Array{1, 2}}}));
  expect_refused("three numbers",
                 make_layer("RandomContrast", {{"factor", 0.5}, {"value_range", Value::Array{0, 1, 2}}}));
  expect_refused("a layer as a value", make_layer("TimeDistributed", {{"layer", Value::Object{}}}));
  expect_refused("null for a layer", make_layer("TimeDistributed", {{"layer", nullptr}}));
  expect_refused("a lambda as a value", make_layer("Lambda", {{"function", Value::Object{}}}));
  expect_refused("a rate of 2", make_layer("Dropout", {{"rate", 2}}));
  expect_refused("a rate that is text", make_layer("Dropout", {{"rate", "a"}}));
  expect_refused("a format", make_layer("Flatten", {{"data_format", "channels"}}));
  expect_refused("a mode of encoding", make_layer("CategoryEncoding", {{"num_tokens", 2}, {"output_mode", "int"}}));
  expect_refused("a mode of bins",
                 make_layer("Discretization", {{"bin_boundaries", Value::Array{1}}, {"output_mode", "a"}}));
  expect_refused("a way to flip", make_layer("RandomFlip", {{"mode", "up"}}));
  expect_refused("a way to fill", make_layer("RandomRotation", {{"factor", 0.5}, {"fill_mode", "up"}}));
  for (const Value& dtype : {Value(), Value(3), Value("string"), Value("float31")}) {
    expect_refused("dtype " + dtype.brief(), dtype_from_value(dtype, "here"));
  }
}

TEST(Sentences, OfLayersThatAreBuilt) {
  constexpr std::int64_t kLong = std::int64_t{1} << 40;
  expect_not_built("too many elements to count", layer("ReLU", {}), {kUnknown, kLong, kLong});
  expect_not_built("too many weights", layer("Dense", {{"units", 7}}), {kUnknown, 3}, {.weight_elements = 20});
  expect_not_built("no steps", layer("LSTM", {{"units", 2}}), {kUnknown, 0, 2});
  expect_not_built("an unknown number of steps", layer("LSTM", {{"units", 2}, {"unroll", true}}),
                   {kUnknown, kUnknown, 2});
  expect_not_built("a state of an unknown batch", layer("LSTM", {{"units", 2}, {"stateful", true}}), {kUnknown, 3, 2});
  expect_not_built("ints that are blended", layer("UpSampling2D", {{"interpolation", "bilinear"}}), {kUnknown, 2, 2, 1},
                   {}, DType::int32);
  expect_not_built(
      "an activation of another shape",
      layer("EinsumDense", {{"equation", "ab,bc->ac"}, {"output_shape", Value::Array{3}}, {"activation", "glu"}}),
      {kUnknown, 2});
  const auto around = [](std::string_view class_name, const char* key, Layer inside) {
    std::vector<Children> children;
    children.push_back({key, {std::move(inside)}});
    return make_layer(class_name, {}, std::move(children)).value();
  };
  expect_not_built("variables of another dtype",
                   around("SpectralNormalization", "layer", layer("Dense", {{"units", 2}, {"dtype", "float64"}})),
                   {kUnknown, 2});
  Layer both = around("Bidirectional", "layer", layer("LSTM", {{"units", 2}}));
  ASSERT_TRUE(both.set_children("backward_layer", {layer("ReLU", {})}));
  expect_not_built("a half that does not walk", both, {kUnknown, 3, 2});
  ASSERT_TRUE(both.set_children("layer", {layer("ReLU", {})}));
  expect_not_built("no half that walks", both, {kUnknown, 3, 2});
  Layer cells = around("StackedRNNCells", "cells", layer("LSTMCell", {{"units", 2}, {"dtype", "float16"}}));
  expect_not_built("a cell of another dtype", cells, {kUnknown, 2});
  ASSERT_TRUE(cells.set_children("cells", {}));
  expect_not_built("no cells", cells, {kUnknown, 2});
  expect_refused("two in place of one", both.set_children("layer", {layer("ReLU", {}), layer("ReLU", {})}));
  expect_refused("one where none may be", layer("ReLU", {}).set_children("layer", {layer("ReLU", {})}));
  const auto input = layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}});
  expect_refused("an InputLayer behind another", Sequential::make("m", {input, input}));
  Layer named = layer("ReLU", {});
  named.set_name("a/b");
  expect_refused("a name with a slash", check_name(named, {}));
  named.set_name("\xFF");
  expect_refused("a name of bytes", check_name(named, {}));
  named.set_name("abcd");
  expect_refused("a long name", check_name(named, {.layer_name_bytes = 3}));
  EXPECT_TRUE(check_name(named, {.layer_name_bytes = 4}));
}

TEST(Sentences, OfWeightsAndCalls) {
  Layer dense = layer("Dense", {{"units", 2}, {"name", "d"}});
  ASSERT_TRUE(dense.build({kUnknown, 3}, DType::float32, {}));
  expect_refused("too few weights", dense.set_weights({Tensor(DType::float32, {3, 2})}));
  expect_refused("weights of another shape",
                 dense.set_weights({Tensor(DType::float32, {3, 2}), Tensor(DType::float32, {3})}));
  expect_refused("weights of another dtype",
                 dense.set_weights({Tensor(DType::float32, {3, 2}), Tensor(DType::float64, {2})}));
  ASSERT_TRUE(dense.set_weights({Tensor(DType::float32, {3, 2}), Tensor(DType::float32, {2})}));
  expect_refused("another input", dense.call({Tensor(DType::float32, {1, 4})}, {}, {}));
  expect_refused("more than may be held", dense.call({Tensor(DType::float32, {1, 3})}, {}, {.activation_elements = 1}));
  Random random(1);
  const Layer open = testing::ready_layer("LSTM", {{"units", 2}}, {kUnknown, kUnknown, 2}, random);
  expect_refused("steps of which there are none", open.call({Tensor(DType::float32, {1, 0, 2})}, {}, {}));
  const Layer lstm = testing::ready_layer("LSTM", {{"units", 2}}, {kUnknown, 3, 2}, random);
  // Four gates of two units, for three steps.
  expect_refused("gates", lstm.call({Tensor(DType::float32, {1, 3, 2})}, {}, {.activation_elements = 23}));
  EXPECT_TRUE(lstm.call({Tensor(DType::float32, {1, 3, 2})}, {}, {.activation_elements = 24}));
  const Tensor mask(DType::boolean, {1, 2});
  expect_refused("a mask of other steps", lstm.call({Tensor(DType::float32, {1, 3, 2}), mask}, {}, {}));
  expect_refused("a mask of floats",
                 lstm.call({Tensor(DType::float32, {1, 3, 2}), Tensor(DType::float32, {1, 3})}, {}, {}));
  const Layer mean = testing::ready_layer("GlobalAveragePooling1D", {}, {kUnknown, 3, 2}, random);
  expect_refused("a mask of other cells", mean.call({Tensor(DType::float32, {1, 3, 2}), mask}, {}, {}));
  const Tensor x(DType::float32, {1, 2});
  expect_refused("no input shape", Sequential::make("m", {layer("ReLU", {})})->predict(x));
  const auto input = layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}});
  expect_refused("no weights", Sequential::make("m", {input, layer("Dense", {{"units", 1}})})->predict(x));
}

TEST(Sentences, OfGraphs) {
  const NodeRef x{0};
  const auto node = [](std::string_view function, std::vector<Argument> arguments) {
    return testing::op_node(function, std::move(arguments));
  };
  expect_refused("no op", Graph::make({Node{}}, {1}));
  expect_refused("too many settings", Graph::make({Node{find_op_function("negative"), {x}, {Value(1)}}}, {1}));
  expect_refused("too many arguments", Graph::make({node("negative", {x, x})}, {1}));
  expect_refused("a constant of uint64", Graph::make({node("add", {x, Tensor(DType::uint64, {2})})}, {1}));
  expect_refused("nothing of x", Graph::make({node("add", {Value(1), Value(2)})}, {1}));
  expect_refused("a node that is not there", Graph::make({node("negative", {NodeRef{3}})}, {1}));
  expect_refused("an output that is not there", Graph::make({node("negative", {x})}, {2}));
  expect_refused("a cycle", Graph::make({node("negative", {NodeRef{1}})}, {1}));
  expect_refused("too many ops", Graph::make({node("negative", {x}), node("abs", {x})}, {2}, {.graph_nodes = 1}));
  expect_refused("no list of an index", Graph::make({node("get_item", {x, Value(1)})}, {1}));
  expect_refused("an index of a number", Graph::make({node("get_item", {x, Argument::List{Value(0.5)}})}, {1}));
  expect_refused("two times ...", Graph::make({node("get_item", {x, Argument::List{Ellipsis{}, Ellipsis{}}})}, {1}));
  expect_refused("an index of no tensor", Graph::make({node("get_item", {Value(1), Argument::List{x}})}, {1}));
  const auto negative = testing::one_op("negative", {x});
  ASSERT_TRUE(negative);
  expect_refused("an input of uint64", negative->infer({DType::uint64, {kUnknown, 2}}));
  expect_refused("an input of no axes", negative->infer({DType::float32, {}}));
  expect_refused("too many axes", negative->infer({DType::float32, {kUnknown, 2, 2}}, {.tensor_rank = 2}));
  const Tensor three(DType::float32, {1, 3});
  expect_refused("a value too large", negative->evaluate(three, {.activation_elements = 2}));
  expect_refused("too much work", negative->evaluate(three, {.multiply_adds = 1}));
}

TEST(Sentences, OfClassesThatAreRegistered) {
  for (const char* const name : {"Dense", ">Dense", "own>"}) {
    LayerClass own;
    own.name = name;
    expect_refused(std::string("the class ") + name, register_layer_class(std::move(own)));
  }
}

// In a process of its own, whose classes no other test sees.
TEST(Sentences, OfAClassThatIsRegisteredTwice) {
  const auto register_twice = [] {
    const auto made = [] {
      LayerClass own;
      own.name = "own>Dense";
      return own;
    };
    const Status first = register_layer_class(made());
    const Status second = register_layer_class(made());
    std::cerr << (first ? "taken, then " : "not taken, then ") << (second ? "taken" : second.error().text());
    std::exit(0);
  };
  EXPECT_EXIT(register_twice(), ::testing::ExitedWithCode(0),
              "^taken, then own>Dense: this layer class is registered already$");
}

}  // namespace
}  // namespace revive
