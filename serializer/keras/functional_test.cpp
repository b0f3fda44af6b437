#include "revive/serializer/keras/functional.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "revive/model/graph/op.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/ops/random_draw.h"
#include "revive/model/testing/recorded.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/annotation.h"

namespace revive {
namespace {

using ::testing::HasSubstr;

const TensorType kInput{DType::float32, {kUnknown, 10, 4}};
constexpr std::string_view kPlace = "config.json: /config/layers/1";

Value json(std::string_view text) {
  auto value = parse_json(text, {}, "test");
  if (!value) ADD_FAILURE() << value.error().text();
  return value ? *std::move(value) : Value();
}

Result<Functional> read(const Value& entry, const Limits& limits = {}) {
  return read_functional(entry, std::string(kPlace), limits);
}

Graph graph_of(std::string_view text, const Captures& captures = {}) {
  return make_expression(text, captures).value().graph;
}

Value entry_of(const Graph& graph, const TensorType& input = kInput) {
  return functional_config(graph, "lambda", input).value();
}

// A Functional over x of (None, 4) with these ops, each by name, class, module and args.
std::string functional(std::string_view ops, std::string_view output = R"(["a", 0, 0])",
                       std::string_view input = R"(["in0", 0, 0])") {
  return std::string(R"({"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "f",
      "trainable": true, "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config":
      {"batch_shape": [null, 4], "dtype": "float32", "sparse": false, "name": "in0"}, "name": "in0",
      "inbound_nodes": []})") +
         (ops.empty() ? "" : ", ") + std::string(ops) + R"(], "input_layers": )" + std::string(input) +
         R"(, "output_layers": )" + std::string(output) + "}}";
}

std::string tensor(std::string_view name) {
  return R"({"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": [")" +
         std::string(name) + R"(", 0, 0]}})";
}

std::string op(std::string_view name, std::string_view class_name, std::string_view args,
               std::string_view kwargs = "{}", std::string_view module = "keras.src.ops.numpy",
               std::string_view config = "{}") {
  return R"({"module": ")" + std::string(module) + R"(", "class_name": ")" + std::string(class_name) +
         R"(", "config": )" + std::string(config) + R"(, "name": ")" + std::string(name) +
         R"(", "inbound_nodes": [{"args": [)" + std::string(args) + R"(], "kwargs": )" + std::string(kwargs) + "}]}";
}

Error error_of(const std::string& text, const Limits& limits = {}) {
  const auto result = read(json(text), limits);
  if (result) ADD_FAILURE() << text << " gives " << result->graph.to_text();
  return result ? Error{} : result.error();
}

// But for the names in the configs of ops, which most take from Keras 3.11 on.
TEST(FunctionalWrite, IsWhatKerasWrites) {
  const auto graph = graph_of("x[:, -W:, :] * 0.5 + b", {{"W", 3}, {"b", Tensor::from<float>({2, 1}, {0.1f, NAN})}});
  // The leading axis of b would stand beside the steps; it is two steps long here.
  const auto refused = functional_config(graph, "expr", kInput);
  EXPECT_EQ(refused.error().code, ErrorCode::graph_argument);
  const auto entry = functional_config(graph, "expr", {DType::float32, {kUnknown, kUnknown, 4}});
  EXPECT_EQ(
      print_json(*entry),
      R"({"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "expr", "trainable": true, "layers": [)"
      R"({"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, null, 4], "dtype": "float32", "sparse": false, "name": "input_layer"}, "name": "input_layer", "inbound_nodes": []}, )"
      R"({"module": "keras.src.ops.numpy", "class_name": "GetItem", "config": {}, "name": "get_item", "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, null, 4], "dtype": "float32", "keras_history": ["input_layer", 0, 0]}}, [{"class_name": "__slice__", "config": {"start": null, "stop": null, "step": null}}, {"class_name": "__slice__", "config": {"start": -3, "stop": null, "step": null}}, {"class_name": "__slice__", "config": {"start": null, "stop": null, "step": null}}]], "kwargs": {}}]}, )"
      R"({"module": "keras.src.ops.numpy", "class_name": "Multiply", "config": {}, "name": "multiply", "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, null, 4], "dtype": "float32", "keras_history": ["get_item", 0, 0]}}, 0.5], "kwargs": {}}]}, )"
      R"({"module": "keras.src.ops.numpy", "class_name": "Add", "config": {}, "name": "add", "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, null, 4], "dtype": "float32", "keras_history": ["multiply", 0, 0]}}, {"class_name": "__numpy__", "config": {"value": [[0.10000000149011612], [NaN]], "dtype": "float32"}}], "kwargs": {}}]}], )"
      R"("input_layers": ["input_layer", 0, 0], "output_layers": ["add", 0, 0]}, "registered_name": "Functional"})");
}

TEST(FunctionalRoundTrip, EveryOpComesBack) {
  constexpr int kCases = 40;
  std::mt19937 random(3);
  for (const OpClass* op_class : all_ops()) {
    for (int found = 0; found < kCases;) {
      const DrawnValue x = testing::random_input(random);
      if (op_class->applies != nullptr && !op_class->applies(x)) continue;
      ++found;
      testing::RandomDraw draw(random, x, {&x, 1}, false);
      const Node node = testing::drawn_node(*op_class, draw);
      const auto graph = Graph::make({node}, {1});
      ASSERT_TRUE(graph) << graph.error().text();
      const auto back = read(json(print_json(entry_of(*graph, x.type))));
      ASSERT_TRUE(back) << graph->to_text() << ": " << back.error().text();
      EXPECT_EQ(back->graph, *graph) << graph->to_text();
      EXPECT_EQ(back->input, x.type);
    }
  }
}

TEST(FunctionalRoundTrip, OperandsOfEveryKindComeBack) {
  const NodeRef x{0};
  const std::vector<Argument> operands = {Value(2),
                                          Value(-0.0),
                                          Value(true),
                                          Value(NAN),
                                          Value(INFINITY),
                                          Tensor::from<float>({1, 4}, {1, -0.0f, NAN, INFINITY}),
                                          Tensor::from<std::int32_t>({4}, {1, -2, 3, 4}),
                                          Tensor(DType::boolean, {4}),
                                          Tensor::from<float>({}, {0.1f})};
  const OpClass* const add = find_op_function("add");
  for (const Argument& operand : operands) {
    for (const auto& arguments : {std::vector<Argument>{x, operand}, {operand, x}}) {
      const auto graph = Graph::make({{add, arguments, {}}}, {1});
      const auto back = read(json(print_json(entry_of(*graph))));
      ASSERT_TRUE(back) << back.error().text();
      EXPECT_EQ(back->graph, *graph) << graph->to_text();
    }
  }
}

TEST(FunctionalRoundTrip, SharingAndOrderSurvive) {
  for (const std::string_view text :
       {"x", "x + x", "(x[:, 1:] - x[:, :-1]) ** 2", "abs(x - 1) * (x > 0) - (x // 3) % 2"}) {
    const Graph graph = graph_of(text);
    EXPECT_EQ(read(entry_of(graph))->graph, graph) << text;
  }
  const OpClass* const square = find_op_function("square");
  const OpClass* const add = find_op_function("add");
  const auto shared = Graph::make({{square, {NodeRef{0}}, {}}, {add, {NodeRef{1}, NodeRef{1}}, {}}}, {2});
  const auto apart =
      Graph::make({{square, {NodeRef{0}}, {}}, {square, {NodeRef{0}}, {}}, {add, {NodeRef{1}, NodeRef{2}}, {}}}, {3});
  EXPECT_EQ(read(entry_of(*shared))->graph, *shared);
  EXPECT_EQ(read(entry_of(*apart))->graph, *shared);
}

TEST(FunctionalRead, WhatStockKerasWrites) {
  // Full entries with registered_name and build_config, a __tensor__ constant and list-wrapped ends, out of order.
  const auto entry = json(R"({"module": "keras.src.models.functional", "class_name": "Functional", "config": {
    "name": "expr", "trainable": true, "layers": [
    {"module": "keras.src.ops.numpy", "class_name": "Add", "config": {"name": "add"}, "registered_name": "Add",
     "name": "add", "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 3, 4],
     "dtype": "float32", "keras_history": ["get_item", 0, 0]}}], "kwargs": {"x2": {"class_name": "__tensor__", "config":
     {"value": [1.0, 2.0, 3.0, 4.0], "dtype": "float32"}}}}]},
    {"module": "keras.src.ops.numpy", "class_name": "GetItem", "config": {"name": "get_item"}, "registered_name":
     "GetItem", "name": "get_item", "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape":
     [null, 10, 4], "dtype": "float32", "keras_history": ["input_layer_2", 0, 0]}}, [{"class_name": "__ellipsis__",
     "config": {}}, {"class_name": "__slice__", "config": {"start": -3, "stop": null, "step": null}}, {"class_name":
     "__slice__", "config": {"start": null, "stop": null, "step": null}}]], "kwargs": {}}]},
    {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 10, 4], "dtype": "float32",
     "sparse": false, "ragged": false, "name": "input_layer_2", "optional": false}, "registered_name": null, "name":
     "input_layer_2", "inbound_nodes": []}],
    "input_layers": [["input_layer_2", 0, 0]], "output_layers": [["add", 0, 0]]}, "registered_name": "Functional",
    "build_config": {"input_shape": null}, "compile_config": {}})");
  const auto functional_read = read(entry);
  ASSERT_TRUE(functional_read) << functional_read.error().text();
  EXPECT_EQ(functional_read->graph, graph_of("x[..., -3:, :] + [1.0, 2, 3, 4]"));
  EXPECT_EQ(functional_read->input, kInput);
  EXPECT_TRUE(is_functional(entry));
}

TEST(FunctionalRead, BareIndicesAndRepeatedCalls) {
  const std::string slice = R"({"class_name": "__slice__", "config": {"start": null, "stop": null, "step": null}})";
  EXPECT_EQ(read(json(functional(op("a", "GetItem", tensor("in0") + ", " + slice))))->graph, graph_of("x[:]"));
  // One op object called twice: its second call reads its first.
  std::string twice = op("a", "Negative", tensor("in0"));
  const std::string second = R"({"args": [)" + tensor("a") + R"(], "kwargs": {}})";
  twice.insert(twice.size() - 2, ", " + second);
  EXPECT_EQ(read(json(functional(twice, R"(["a", 1, 0])")))->graph, graph_of("-(-x)"));
}

TEST(FunctionalRead, RefusalsNameThePlace) {
  const std::string in = tensor("in0");
  struct Case {
    std::string text;
    ErrorCode code;
    std::string_view place;
    std::string_view message;
  };
  const Case cases[] = {
      {functional(op("a", "MultiHot", in, "{}", "keras.src.ops.nn")), ErrorCode::graph_unknown_op, "/config/layers/1",
       "the op keras.src.ops.nn.MultiHot is not supported"},
      {functional(op("d", "Dense", in, "{}", "keras.layers")), ErrorCode::config_unsupported, "/config/layers/1",
       R"(found the layer "d" of class "Dense")"},
      {functional(op("a", "Negative", tensor("b")) + ", " + op("b", "Negative", tensor("a"))),
       ErrorCode::graph_structure, "/config: node 1 (Negative)", "depends on its own result"},
      {functional(op("a", "Negative", tensor("gone"))), ErrorCode::graph_structure,
       "/config/layers/1/inbound_nodes/0/args/0/config/keras_history", R"(nothing is named "gone")"},
      {functional(op("a", "Negative", in) + ", " + op("b", "Negative", in)), ErrorCode::graph_structure,
       "/config/layers", "found 1 that do not"},
      {functional(op("a", "Negative", in) + ", " + op("a", "Negative", in)), ErrorCode::config_duplicate_name,
       "/config/layers/2", "taken already"},
      {functional(op("a", "Negative", in, "{}", "keras.src.ops.numpy", R"({"axis": 1})")),
       ErrorCode::config_unknown_key, "/config/layers/1/config/axis", "Negative has no such key"},
      {functional(op("a", "Add", in)), ErrorCode::graph_argument, "/config/layers/1/inbound_nodes/0",
       "expected an argument `x2`"},
      {functional(op("a", "Add", in + ", 1, 2")), ErrorCode::graph_argument, "/config/layers/1/inbound_nodes/0/args",
       "Add takes 2 arguments, found 3"},
      {functional(op("a", "Add", in + ", 1", R"({"x2": 1})")), ErrorCode::graph_argument,
       "/config/layers/1/inbound_nodes/0/kwargs/x2", "given by position already"},
      {functional(op("a", "Add", in + ", 1", R"({"y": 1})")), ErrorCode::graph_argument,
       "/config/layers/1/inbound_nodes/0/kwargs/y", "no such argument"},
      {functional(op("a", "Add", in + ", [1, 2]")), ErrorCode::graph_argument, "/config/layers/1/inbound_nodes/0",
       "found a list"},
      {functional(op("a", "Add", "1, 2")), ErrorCode::graph_structure, "/config: node 1 (Add)", "does not depend on x"},
      {functional(op("a", "GetItem", in + ", [0]")), ErrorCode::graph_argument, "/config/layers/1/inbound_nodes/0",
       "batch axis"},
      {functional(op("a", "Add", in + R"(, {"class_name": "__numpy__", "config": {"value": [1], "dtype": "uint64"}})")),
       ErrorCode::config_unsupported, "/config/layers/1/inbound_nodes/0/args/1/config/dtype", "uint64"},
      {functional(op("a", "Add",
                     in + R"(, {"class_name": "__numpy__", "config": {"value": [[1.0], 2.0], "dtype": "float32"}})")),
       ErrorCode::config_value, "/config/layers/1/inbound_nodes/0/args/1/config/value", "rectangular"},
      {functional(
           op("a", "Add", in + R"(, {"class_name": "__numpy__", "config": {"value": [1.5], "dtype": "int32"}})")),
       ErrorCode::config_type, "/config/layers/1/inbound_nodes/0/args/1/config/value", "an element of int32"},
      {functional(op("a", "Add", in + R"(, {"class_name": "__lambda__", "config": {"value": ["x", null, null]}})")),
       ErrorCode::config_unsupported, "/config/layers/1/inbound_nodes/0/args/1", "__lambda__"},
      {functional(op("a", "Negative", in), R"([["a", 0, 0], ["a", 0, 0]])"), ErrorCode::config_unsupported,
       "/config/output_layers", "expected one tensor, found 2"},
      {functional(op("a", "Negative", in), R"(["a", 1, 0])"), ErrorCode::graph_structure, "/config/output_layers",
       "called 1 times"},
      {functional(op("a", "Negative", in), R"(["a", 0, 1])"), ErrorCode::graph_structure, "/config/output_layers",
       "output 0 alone"},
      {functional(op("a", "Negative", in), R"(["a", 0, 0])", R"(["a", 0, 0])"), ErrorCode::graph_structure,
       "/config/input_layers", "expected the InputLayer"},
      {functional(op("a", "Negative", in), R"({"y": ["a", 0, 0]})"), ErrorCode::config_type, "/config/output_layers",
       "expected a list"},
  };
  for (const Case& test : cases) {
    const Error error = error_of(test.text);
    EXPECT_EQ(error.code, test.code) << error.text();
    EXPECT_EQ(error.place, std::string(kPlace) + std::string(test.place)) << error.message;
    EXPECT_THAT(error.message, HasSubstr(std::string(test.message)));
    expect_recorded("serializer/sentences.txt", error.text());
  }
}

TEST(FunctionalRead, LimitsHold) {
  Limits limits;
  limits.graph_nodes = 1;
  const std::string two = functional(op("b", "Negative", tensor("in0")) + ", " + op("a", "Negative", tensor("b")));
  EXPECT_EQ(error_of(two, limits).code, ErrorCode::limit_exceeded);
  limits = {};
  limits.constant_elements = 2;
  const std::string array = R"({"class_name": "__numpy__", "config": {"value": [1.0, 2.0, 3.0], "dtype": "float32"}})";
  EXPECT_EQ(error_of(functional(op("a", "Add", tensor("in0") + ", " + array)), limits).code, ErrorCode::limit_exceeded);
  limits.tensor_rank = 2;
  const std::string deep = R"({"class_name": "__numpy__", "config": {"value": [[[1.0]]], "dtype": "float32"}})";
  EXPECT_EQ(error_of(functional(op("a", "Add", tensor("in0") + ", " + deep)), limits).code, ErrorCode::limit_exceeded);
}

TEST(Annotation, BringsTextAndCapturesBack) {
  const auto made = make_expression(
      "lambda x: x[:, -W:, :] * s + t[0] + b",
      {{"W", 3}, {"s", 0.5}, {"t", Value::Array{1, 2}}, {"b", Tensor::from<float>({4}, {1, 2, 3, NAN})}});
  const Value stored = json(print_json(annotation_to_value(*made)));
  const auto back = annotate(read(entry_of(made->graph))->graph, stored, "metadata.json: /revive/lambdas/a");
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(*back, *made);
  EXPECT_EQ(back->annotation->text, made->annotation->text);
  ASSERT_EQ(back->annotation->captures.size(), 4u);
  EXPECT_EQ(std::get<Value>(back->annotation->captures[2].second), (Value::Array{1, 2}));
  EXPECT_TRUE(same_bits(std::get<Tensor>(back->annotation->captures[3].second),
                        std::get<Tensor>(made->annotation->captures[3].second)));
}

TEST(Annotation, ThatBelongsToAnotherGraphIsRefused) {
  const auto made = make_expression("x * a", {{"a", 2}});
  const Value stored = annotation_to_value(*made);
  const auto refusal = [](const Graph& graph, const Value& annotation) {
    const auto result = annotate(graph, annotation, "p");
    return result ? Error{} : result.error();
  };
  EXPECT_EQ(refusal(graph_of("x * 3"), stored).code, ErrorCode::graph_annotation);
  EXPECT_EQ(refusal(graph_of("x * 2.0"), stored).place, "p/digest");
  Value altered = stored;
  *altered.find("captures")->find("a") = Value(3);
  EXPECT_EQ(refusal(made->graph, altered).place, "p/text");
  altered = stored;
  *altered.find("text") = Value("x * b");
  EXPECT_THAT(refusal(made->graph, altered).message, HasSubstr("reads b without a captured value"));
  altered = stored;
  *altered.find("captures") = Value(Value::Array{});
  EXPECT_EQ(refusal(made->graph, altered).code, ErrorCode::graph_annotation);
}

// The annotation of `text`, as `lowering` would have written it for a lambda of `graph` on rows of four.
Result<LambdaFunction> annotated(std::string_view graph, std::string_view text, std::int64_t lowering,
                                 const Shape& input = {kUnknown, 4}) {
  Value stored = annotation_to_value(*make_expression(text, Captures{}));
  *stored.find("lowering") = Value(lowering);
  return annotate(graph_of(graph), stored, "p", {}, TensorType{DType::float32, input});
}

TEST(Annotation, OfAnOlderVersionIsKeptWhereItSaysTheSame) {
  const auto same_graph = annotated("x * 2.0", "x * 2.0", kLoweringVersion - 1);
  ASSERT_TRUE(same_graph && same_graph->annotation);
  EXPECT_EQ(same_graph->annotation->lowering, kLoweringVersion);

  const auto same_bits_given = annotated("x * 2.0", "x + x", kLoweringVersion - 1);
  ASSERT_TRUE(same_bits_given && same_bits_given->annotation);
  EXPECT_EQ(same_bits_given->graph, graph_of("x * 2.0"));
  EXPECT_EQ(same_bits_given->annotation->text, "x + x");
  const Value again = annotation_to_value(*same_bits_given);
  const auto kept = annotate(graph_of("x * 2.0"), again, "p", {}, TensorType{DType::float32, {kUnknown, 4}});
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_TRUE(kept->annotation);
}

TEST(Annotation, OfAnOlderVersionIsDroppedWhereItSaysAnotherThing) {
  constexpr std::int64_t kHugeAxis = 1 << 20;
  const std::pair<const char*, Result<LambdaFunction>> rows[] = {
      {"other bits", annotated("x * 2.0", "x * 3.0", kLoweringVersion - 1)},
      {"too large to try", annotated("x * 2.0", "x + x", kLoweringVersion - 1, {kUnknown, kHugeAxis})},
      {"no text of the language",
       [] {
         Value stored = annotation_to_value(*make_expression("x * 2.0", Captures{}));
         *stored.find("lowering") = Value(kLoweringVersion - 1);
         *stored.find("text") = Value("x ** ** 2");
         return annotate(graph_of("x * 2.0"), stored, "p");
       }()},
      {"of a newer version", annotated("x * 2.0", "x * 2.0", kLoweringVersion + 1)},
  };
  for (const auto& [what, result] : rows) {
    ASSERT_TRUE(result) << what;
    EXPECT_FALSE(result->annotation) << what;
    EXPECT_EQ(result->graph, graph_of("x * 2.0")) << what;
  }
}

TEST(Annotation, DigestsTellGraphsApart) {
  EXPECT_EQ(graph_digest(graph_of("x * 2")), graph_digest(graph_of("x * a", {{"a", 2}})));
  const std::vector<std::string_view> texts = {"x * 2", "x * 2.0", "2 * x",    "x + 2",
                                               "x",     "x * 0.0", "x * -0.0", "x * [2]"};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_NE(graph_digest(graph_of(texts[i])), graph_digest(graph_of(texts[j]))) << texts[i] << " and " << texts[j];
    }
  }
}

}  // namespace
}  // namespace revive
