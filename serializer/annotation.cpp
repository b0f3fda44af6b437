#include "serializer/annotation.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/op.h"
#include "serializer/captures.h"
#include "serializer/digest.h"
#include "serializer/functional.h"
#include "serializer/json.h"

namespace revive {
namespace {

Value canonical_argument(const Argument& argument) {
  if (const NodeRef* const ref = argument.get<NodeRef>()) {
    return Value(Value::Object{{"node", Value(static_cast<std::int64_t>(ref->index))}});
  }
  const auto* const list = argument.get<Argument::List>();
  if (list == nullptr) return constant_to_value(argument);
  Value::Array items;
  for (const Argument& item : *list) items.push_back(canonical_argument(item));
  return Value(std::move(items));
}

// The input that a text was lowered for: {"shape": [null, 4], "dtype": "float32"}.
Value input_to_value(const TensorType& input) {
  Value::Array shape;
  for (const std::int64_t length : input.shape.axes()) shape.push_back(length == kUnknown ? Value() : Value(length));
  return Value(Value::Object{{"shape", Value(std::move(shape))}, {"dtype", Value(name_of(input.dtype))}});
}

Result<TensorType> input_from(const Value& value, const std::string& place) {
  const Value* const shape = value.find("shape");
  const Value* const name = value.find("dtype");
  const auto dtype = name != nullptr && name->is_string() ? dtype_from_name(name->as_string()) : std::nullopt;
  const auto is_length = [](const Value& axis) { return axis.is_null() || (axis.is_int() && axis.as_int() >= 0); };
  if (shape == nullptr || !shape->is_array() || !std::ranges::all_of(shape->as_array(), is_length) || !dtype) {
    return fail(ErrorCode::graph_annotation, place, "expected a shape and a dtype, found " + value.brief());
  }
  TensorType input{*dtype, {}};
  for (const Value& axis : shape->as_array()) input.shape.push_back(axis.is_null() ? kUnknown : axis.as_int());
  return input;
}

}  // namespace

std::string graph_digest(const Graph& graph) {
  Value::Array nodes;
  for (const Node& node : graph.nodes()) {
    Value::Array arguments;
    for (const Argument& argument : node.arguments) arguments.push_back(canonical_argument(argument));
    nodes.push_back(Value(Value::Object{{"module", Value(node.op->module)},
                                        {"class_name", Value(node.op->class_name)},
                                        {"settings", Value(Value::Array(node.settings))},
                                        {"arguments", Value(std::move(arguments))}}));
  }
  return sha256_hex(print_json(Value(std::move(nodes))));
}

Value annotation_to_value(const Expression& expression) {
  Value::Object annotation = {{"text", Value(expression.annotation->text)},
                              {"captures", captures_to_value(expression.annotation->captures)},
                              {"lowering", Value(kLoweringVersion)},
                              {"digest", Value(graph_digest(expression.graph))}};
  if (const auto& input = expression.annotation->input) annotation.emplace_back("input", input_to_value(*input));
  return Value(std::move(annotation));
}

Result<Expression> annotate(Graph graph, const Value& annotation, const std::string& place, const Limits& limits) {
  const Value* const text = annotation.find("text");
  const Value* const captures = annotation.find("captures");
  const Value* const lowering = annotation.find("lowering");
  const Value* const digest = annotation.find("digest");
  const bool complete = text != nullptr && text->is_string() && captures != nullptr && captures->is_object() &&
                        lowering != nullptr && lowering->is_int() && digest != nullptr && digest->is_string();
  if (!complete) {
    return fail(ErrorCode::graph_annotation, place,
                "expected `text`, `captures`, `lowering` and `digest`, found " + annotation.brief());
  }
  if (lowering->as_int() != kLoweringVersion) return Expression{std::move(graph), std::nullopt};
  if (digest->as_string() != graph_digest(graph)) {
    return fail(ErrorCode::graph_annotation, place + "/digest", "the text was written for another graph");
  }
  const auto values = captures_from_value(*captures, place + "/captures", limits);
  if (!values) return std::unexpected(values.error());
  LoweringOptions options{.input = std::nullopt, .limits = limits};
  if (const Value* const input = annotation.find("input")) {
    auto type = input_from(*input, place + "/input");
    if (!type) return std::unexpected(std::move(type.error()));
    options.input = *std::move(type);
  }
  auto made = make_expression(text->as_string(), *values, options);
  if (!made) {
    return fail(ErrorCode::graph_annotation, place + "/text",
                "the text does not give the graph beside it: " + made.error().text());
  }
  if (made->graph != graph) {
    return fail(ErrorCode::graph_annotation, place + "/text", "the text does not give the graph beside it");
  }
  return made;
}

}  // namespace revive
