#include "serializer/annotation.h"

#include <fmt/format.h>

#include <algorithm>

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

constexpr std::string_view kFunctionClass = "__function__";

// The text of a captured function; nullptr for another capture.
const Value* function_text(const Value& value) {
  const Value* const class_name = value.find("class_name");
  const Value* const config = value.find("config");
  const bool is_function = class_name != nullptr && *class_name == Value(kFunctionClass);
  return is_function && config != nullptr && config->is_string() ? config : nullptr;
}

Value capture_to_value(const Capture& capture) {
  if (const Value* const value = std::get_if<Value>(&capture)) return *value;
  if (const Function* const function = std::get_if<Function>(&capture)) {
    return Value(Value::Object{{"class_name", Value(kFunctionClass)}, {"config", Value(function->text)}});
  }
  return constant_to_value(Argument(std::get<Tensor>(capture)));
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

Result<Captures> captures_from(const Value::Object& object, const std::string& place, const Limits& limits) {
  Captures captures;
  for (const auto& [name, value] : object) {
    std::string here = place;
    append_json_pointer(here, name);
    if (const Value* const text = function_text(value)) {
      captures.emplace_back(name, Function{text->as_string()});
      continue;
    }
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
    captures.emplace_back(name, capture_to_value(capture));
  }
  Value::Object annotation = {{"text", Value(expression.annotation->text)},
                              {"captures", Value(std::move(captures))},
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
  const auto values = captures_from(captures->as_object(), place + "/captures", limits);
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
