// Whole configs as they are written, letter by letter, of what has more than one way to be written; and metadata that
// does not fit the model.
#include <gtest/gtest.h>

#include "revive/model/lambda.h"
#include "revive/model/testing/recorded.h"
#include "revive/serializer/json/constants.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras/metadata.h"

namespace revive {
namespace {

constexpr const char* kFile = "serializer/sentences.txt";

// i of integers, e of floats, two ops, and a Dense layer of this name.
Sequential graph(const std::string& last) {
  const auto tensor = [](const std::string& name, const std::string& shape, const std::string& dtype) {
    return R"({"class_name": "__keras_tensor__", "config": {"shape": )" + shape + R"(, "dtype": ")" + dtype +
           R"(", "keras_history": [")" + name + R"(", 0, 0]}})";
  };
  const auto node = [](const std::string& module, const std::string& kind, const std::string& name,
                       const std::string& config, const std::string& args) {
    return R"(, {"module": ")" + module + R"(", "class_name": ")" + kind + R"(", "config": {"name": ")" + name + "\"" +
           config + R"(}, "name": ")" + name + R"(", "inbound_nodes": [{"args": [)" + args + R"(], "kwargs": {}}]})";
  };
  const std::string wide = "[null, 3, 2]";
  const std::string text =
      R"({"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "f",
      "trainable": true, "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config":
      {"batch_shape": [null, 3], "dtype": "int32", "name": "i"}, "name": "i", "inbound_nodes": []})" +
      node("keras.layers", "Embedding", "e", R"(, "input_dim": 5, "output_dim": 2)",
           tensor("i", "[null, 3]", "int32")) +
      node("keras.src.ops.numpy", "Multiply", "a", "", tensor("e", wide, "float32") + ", 2.0") +
      node("keras.src.ops.numpy", "Add", "b", "", tensor("a", wide, "float32") + ", 1.0") +
      node("keras.layers", "Dense", last, R"(, "units": 1)", tensor("b", wide, "float32")) +
      R"(], "input_layers": ["i", 0, 0], "output_layers": [")" + last +
      R"(", 0, 0]}, "registered_name": "Functional"})";
  auto model = model_from_config(*parse_json(text, {}, "graph"));
  if (!model) ADD_FAILURE() << model.error().text();
  model->initialize(1);
  return *std::move(model);
}

std::string written(const Sequential& model, const ConfigOptions& options = {}) {
  const auto config = model_to_config(model, options);
  return config ? print_json(*config) : config.error().text();
}

TEST(WrittenConfig, OpsBetweenLayersAreWrittenAsThey) {
  const auto record = [](const std::string& name, const std::string& text) {
    expect_recorded(kFile, "WrittenConfig " + name, text);
  };
  Sequential model = graph("d");
  record("ops of a graph", written(model));
  record("ops of a graph, an entry for each layer", written(model, {.entry_for_each_layer = true}));
  // The name of the first of the ops is another layer's.
  record("ops beside their name", written(graph("b_multiply")));
  for (Layer& layer : model.layers()) {
    if (layer.lambda() != nullptr) layer.set_trainable(false);
  }
  record("ops that do not train", written(model));
}

TEST(WrittenConfig, ArgumentsThatAreNoneAreLeftOut) {
  for (const std::string text : {"ops.pad(x, [[0, 0], [1, 1]])", "ops.pad(x, [[0, 0], [1, 1]], 'constant', 2.0)",
                                 "ops.nan_to_num(x)", "ops.nan_to_num(x, 1.0)", "ops.nan_to_num(x, 1.0, posinf=2.0)"}) {
    const auto lambda = make_lambda(text, {}, "l");
    ASSERT_TRUE(lambda) << lambda.error().text();
    const auto model = Sequential::make(
        "m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}, {"name", "i"}}), *lambda});
    ASSERT_TRUE(model) << model.error().text();
    expect_recorded(kFile, "WrittenConfig " + text, written(*model));
  }
}

TEST(WrittenConfig, MetadataIsOfTheLambdasThatAreThere) {
  const auto made = [] {
    return Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}}),
                                  *make_lambda("-x", {}, "l"), *make_lambda("x * 2", {}, "n")});
  };
  const auto model = made();
  ASSERT_TRUE(model) << model.error().text();
  const auto said = [&](const std::function<void(Value::Object & lambdas)>& change) {
    Value metadata = model_to_metadata(*model);
    change(metadata.find("revive")->find("lambdas")->as_object());
    Sequential other = *made();
    const Status status = metadata_to_model(metadata, other, {}, {});
    return status ? std::string() : status.error().text();
  };
  EXPECT_EQ(said([](Value::Object&) {}), "");
  EXPECT_EQ(said([](Value::Object& lambdas) { lambdas[0].first = "/layers/0"; }),
            "metadata.json: /revive/lambdas: expected texts of lambdas only, 1 of 2 belong to no lambda");
  EXPECT_EQ(said([](Value::Object& lambdas) { lambdas.emplace_back("/layers/7", lambdas[0].second); }),
            "metadata.json: /revive/lambdas: expected texts of lambdas only, 1 of 3 belong to no lambda");
  // Of two that are wrong the first is said.
  EXPECT_EQ(said([](Value::Object& lambdas) {
              for (auto& [path, annotation] : lambdas) *annotation.find("digest") = Value("0");
            }),
            "metadata.json: /revive/lambdas/layers/1/digest: the text was written for another graph");
}

TEST(WrittenConfig, AnElementThatDoesNotFitIsToldFromOneOfAnotherKind) {
  const auto code = [](std::string_view value, std::string_view dtype) {
    const std::string text = R"({"class_name": "__numpy__", "config": {"value": )" + std::string(value) +
                             R"(, "dtype": ")" + std::string(dtype) + "\"}}";
    const auto constant = constant_from_value(*parse_json(text, {}, "array"), "p", {});
    return constant ? std::string("read") : std::string(name_of(constant.error().code));
  };
  EXPECT_EQ(code("[7]", "int32"), "read");
  EXPECT_EQ(code("[4294967296]", "int32"), "config_value");
  EXPECT_EQ(code("[1.5]", "int32"), "config_type");
  EXPECT_EQ(code("[7]", "bool"), "config_type");
  EXPECT_EQ(code("[true]", "bool"), "read");
}

}  // namespace
}  // namespace revive
