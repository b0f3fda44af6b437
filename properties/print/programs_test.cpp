// The programs of models made by hand, in programs.txt, by their number of lines and a digest; and what no class of
// Keras needs: an owner that makes its layers itself, a root that is no Sequential, numbers of every dtype. After a
// change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='Programs.*'
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "revive/model/declare.h"
#include "revive/model/graph/op.h"
#include "revive/model/lambda.h"
#include "revive/model/tensor/element_type.h"
#include "revive/model/testing/recorded.h"
#include "revive/properties/print/cpp_program.h"
#include "revive/properties/print/cpp_text.h"
#include "revive/properties/print/python_program.h"
#include "revive/properties/print/python_text.h"
#include "revive/properties/testing/models_made_by_hand.h"
#include "revive/serializer/io/digest.h"

namespace revive::properties {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kFile = "properties/print/programs.txt";

std::string brief(const std::string& program) {
  return fmt::format("{} lines, {}", std::ranges::count(program, '\n'), sha256_hex(program).substr(0, 12));
}

TEST(Programs, OfModelsMadeByHandAreAsRecorded) {
  for (const std::string_view theme :
       {"captures", "numbers", "weights", "config", "structure", "engines", "wrappers", "images"}) {
    for (const auto& [name, made] : models_of(theme)) {
      expect_recorded(
          kFile, fmt::format("{} {}", theme, name),
          fmt::format("C++ {}; Python {}; without an input C++ {}, Python {}",
                      brief(cpp_program(made.model, &made.input)), brief(python_program(made.model, &made.input)),
                      brief(cpp_program(made.model, nullptr)), brief(python_program(made.model))));
    }
  }
}

// Calls two layers that it makes when it is built: one around another, and one alone.
struct Maker {
  std::vector<Layer> made;
  std::optional<Layer> last;

  Result<Built> build(const Shape& input, const BuildContext& context) {
    const auto dense = [](std::string name) { return *make_layer("Dense", {{"units", 1}, {"name", std::move(name)}}); };
    made = {*make_layer("TimeDistributed", {}, {{"layer", {dense("a")}}}), dense("b")};
    last = dense("c");
    Shape shape = input;
    for (Layer* const each : {&made[0], &made[1], &*last}) {
      REVIVE_RETURN_IF_ERROR(each->build(shape, context.dtype, context.limits));
      shape = each->output_shape();
    }
    return Built{shape, {}, 0, context.dtype};
  }
  Result<Shape> output_shape(const Shape& input) const { return input; }
  static Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext&) { return input; }
};

const LayerClass& maker() {
  static const LayerClass made = declare<Maker>("my>Maker", Family::wrapper)
                                     .module("my.layers")
                                     .child("made", &Maker::made, {.form = ChildForm::derived})
                                     .child("last", &Maker::last, {.form = ChildForm::derived, .weights_key = "final"})
                                     .layer();
  return made;
}

Layer input_of(Value::Array shape) {
  return *make_layer("InputLayer", {{"batch_shape", std::move(shape)}, {"name", "in"}});
}

TEST(Programs, SetTheWeightsOfLayersThatTheirOwnerMakes) {
  Layer layer(maker());
  layer.set_name("m");
  auto model = Sequential::make("stack", {input_of({nullptr, 2, 1}), std::move(layer)});
  ASSERT_TRUE(model) << model.error().text();
  model->initialize(1);
  const std::string cpp = cpp_model(*model);
  EXPECT_THAT(cpp, HasSubstr("  Layer layer_1 = need(make_layer(\"my>Maker\", {{\"name\", \"m\"}}));\n"));
  const std::string python = python_program(*model);
  EXPECT_THAT(python, HasSubstr("import keras\nimport numpy as np\nimport my.layers\n\nlayer_0 = "));
  EXPECT_THAT(python, HasSubstr("\nlayer_1 = my.layers.Maker(name=\"m\")\n"));
  const std::pair<std::string_view, std::string_view> places[] = {
      {R"(children("made")[0].children("layer")[0])", "made[0].layer"},
      {R"(children("made")[1])", "made[1]"},
      {R"(children("last")[0])", "final"}};
  for (const auto& [in_cpp, in_python] : places) {
    EXPECT_THAT(cpp, HasSubstr(fmt::format("  need(model.layers()[1].{}.set_weights({{\n", in_cpp)));
    EXPECT_THAT(python, HasSubstr(fmt::format("\nlayer_1.{}.set_weights([\n", in_python)));
  }
  // And of no other.
  EXPECT_EQ(brief(cpp), "15 lines, f41824e88905");
  EXPECT_EQ(brief(python), "20 lines, 0206f924948d");
}

TEST(Programs, MakeAModelOfAnotherClassThanSequential) {
  auto model = Sequential::from_layer(
      *make_layer("Functional", {{"name", "f"}},
                  {{"layers", {input_of({nullptr, 2}), *make_layer("Flatten", {{"name", "flat"}})}}}));
  ASSERT_TRUE(model) << model.error().text();
  model->set_keras_version("3.0.1");
  EXPECT_EQ(cpp_model(*model),
            R"(Sequential make_model() {
  Layer layer_0 = need(make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}, {"dtype", "float32"}, {"name", "in"}}));
  Layer layer_1 = need(make_layer("Flatten", {{"data_format", "channels_last"}, {"name", "flat"}}));
  Sequential model = need(Sequential::from_layer(need(make_layer("Functional", {{"name", "f"}}, {{"layers", {layer_0, layer_1}}}))));
  model.set_keras_version("3.0.1");
  return model;
}
)");
  const auto input = Tensor::from<float>({2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(python_program(*model, &input), R"py(import keras
import numpy as np


def chain(layers, name, trainable=True):
    x = layers[0].output
    for layer in layers[1:]:
        x = layer(x)
    return keras.Model(layers[0].output, x, name=name, trainable=trainable)


layer_0 = keras.layers.InputLayer(batch_shape=(None, 2), dtype="float32", name="in")
layer_1 = keras.layers.Flatten(data_format="channels_last", name="flat")
model = chain(layers=[layer_0, layer_1], name="f")

x = np.array([1.0, 2.0, 3.0, 4.0], dtype="float32").reshape((2, 2))
print(np.asarray(model(x, training=False)))
)py");
}

TEST(Programs, NameEveryDtypeOfTheirNumbers) {
  const Tensor numbers = Tensor::from<std::int32_t>({2}, {0, 1});
  // More than sixteen are not read by anybody.
  for (const std::int64_t count : {16, 17}) {
    const Tensor tensor = cast(Tensor(DType::int32, {count}), DType::float32);
    expect_recorded(kFile, fmt::format("{} numbers", count), python_array(tensor));
  }
  for (const DType dtype : kDTypes) {
    const Tensor tensor = cast(numbers, dtype);
    expect_recorded(kFile, fmt::format("numbers of {}", name_of(dtype)),
                    fmt::format("{}; {}", cpp_tensor(tensor), python_array(tensor)));
  }
}

TEST(Programs, SpellRealsAsReals) {
  std::string text;
  for (const double value : {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                             std::numeric_limits<double>::quiet_NaN(), 0.0, -0.0, 0.5, -3.0, 1e22, 1e-7}) {
    text += python_literal(Value(value)) + ", " + cpp_value(Value(value)) + "; ";
  }
  expect_recorded(kFile, "reals", text);
}

TEST(Programs, SpellEveryCharacterThatAStringCannotHold) {
  std::string text;
  for (int code = 1; code < 0x100; ++code) text += static_cast<char>(code);
  expect_recorded(kFile, "every byte, in C++", cpp_string(text));
  expect_recorded(kFile, "every byte, in Python", python_literal(Value(text)));
  expect_recorded(kFile, "two to four bytes, in Python",
                  python_literal(Value("\xc2\x80 \xc2\xa0 \xc3\xbf \xc4\x80 \xe2\x80\x8b \xe2\x82\xac \xf0\x9f\x98\x80 "
                                       "\xf3\xa0\x80\x81")));
}

TEST(Programs, CallALambdaWithAllThatItWasMadeOf) {
  const TensorType input{DType::int32, Shape({kUnknown, 2})};
  const Captures captures = {
      {"f", Function{"lambda t: t + 1"}}, {"k", Value(2)}, {"w", Tensor::from<std::int32_t>({2}, {5, 1})}};
  const auto typed = make_lambda("lambda x: f(x) * k * w * x.shape[1]", captures, input, "l");
  ASSERT_TRUE(typed) << typed.error().text();
  LambdaFunction lambda = *typed->lambda();
  expect_recorded(kFile, "a lambda of its input", cpp_lambda(lambda, "l").value());
  expect_recorded(kFile, "ops of a lambda", python_lambda_definition("make", lambda));
  // What is no lambda says nothing, and the graph is all there is.
  lambda.annotation->text = "lambda x: x *";
  expect_recorded(kFile, "the graph of a lambda", cpp_lambda(lambda, "l").value());
  const auto open = make_lambda("lambda x: x[..., None, 1:] * k + b", {{"k", Value(2)}, {"b", Value(0.5)}}, "l");
  ASSERT_TRUE(open) << open.error().text();
  lambda = *open->lambda();
  expect_recorded(kFile, "a call", python_lambda_call("make", lambda));
  lambda.annotation.reset();
  expect_recorded(kFile, "ops of slices", python_lambda_definition("make", lambda));
}

// Past what the text of a lambda may nest, nothing is said that would compile.
TEST(Programs, AGraphThatNoTextSaysIsLeftToTheCompiler) {
  auto deep = make_lambda("ops.relu(x)", {}, "l");
  ASSERT_TRUE(deep) << deep.error().text();
  std::vector<Node> nodes;
  for (std::size_t i = 0; i <= Limits{}.expression_depth; ++i) {
    Node node = deep->lambda()->graph.nodes()[0];
    node.arguments[0] = Argument(NodeRef{i});
    nodes.push_back(std::move(node));
  }
  const NodeRef last{nodes.size()};
  deep->lambda()->graph = Graph::make(std::move(nodes), last).value();
  deep->lambda()->annotation.reset();
  EXPECT_EQ(cpp_lambda(*deep->lambda(), "l"), std::nullopt);
  const auto model = Sequential::make("m", {input_of({nullptr, 2}), *deep});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_THAT(cpp_model(*model),
              HasSubstr("  Layer layer_1 = /* a graph that nests deeper than the text of a lambda may */;\n"));
}

}  // namespace
}  // namespace revive::properties
