#include "serializer/annotation.h"

#include <fmt/format.h>

#include "model/op.h"
#include "serializer/digest.h"
#include "serializer/functional.h"
#include "serializer/json.h"
#include "serializer/json_pointer.h"

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

Result<Value> static_value(const Argument& argument, const std::string& place) {
  if (const Value* const value = argument.get<Value>()) return *value;
  const auto* const list = argument.get<Argument::List>();
  if (list == nullptr) {
    return fail(ErrorCode::graph_annotation, place,
                fmt::format("expected a number, a string, a list or an array, found {}", argument.kind_name()));
  }
  Value::Array items;
  for (const Argument& item : *list) {
    auto value = static_value(item, place);
    if (!value) return value;
    items.push_back(*std::move(value));
  }
  return Value(std::move(items));
}

Result<Captures> captures_from(const Value::Object& object, const std::string& place, const Limits& limits) {
  Captures captures;
  for (const auto& [name, value] : object) {
    std::string here = place;
    append_json_pointer(here, name);
    const auto constant = constant_from_value(value, here, limits);
    if (!constant) return std::unexpected(constant.error());
    if (const Tensor* const array = constant->get<Tensor>()) {
      captures.emplace_back(name, *array);
      continue;
    }
    auto plain = static_value(*constant, here);
    if (!plain) return std::unexpected(std::move(plain.error()));
    captures.emplace_back(name, *std::move(plain));
  }
  return captures;
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
  Value::Object captures;
  for (const auto& [name, capture] : expression.annotation->captures) {
    const Value* const value = std::get_if<Value>(&capture);
    captures.emplace_back(name, value != nullptr ? *value : constant_to_value(Argument(std::get<Tensor>(capture))));
  }
  return Value(Value::Object{{"text", Value(expression.annotation->text)},
                             {"captures", Value(std::move(captures))},
                             {"lowering", Value(kLoweringVersion)},
                             {"digest", Value(graph_digest(expression.graph))}});
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
  const auto values = captures_from(captures->as_object(), place + "/captures", limits);
  if (!values) return std::unexpected(values.error());
  auto made = make_expression(text->as_string(), *values, limits);
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
