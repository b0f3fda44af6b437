#include "revive/serializer/keras/annotation.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/model/base/random.h"
#include "revive/model/graph/op.h"
#include "revive/serializer/io/digest.h"
#include "revive/serializer/json/captures.h"
#include "revive/serializer/json/constants.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/json/members.h"
#include "revive/serializer/keras/functional.h"

namespace revive {
namespace {

template <typename Items, typename Append>
void append_items(const Items& items, Append append, std::string& out) {
  std::string_view separator = "[";
  for (const auto& item : items) {
    out += separator;
    append(item);
    separator = ", ";
  }
  out += items.empty() ? "[]" : "]";
}

// As JSON: constants as they are, {"node": 2} for a node, a list for a list.
void append_argument(const Argument& argument, std::string& out) {
  if (const NodeRef* const ref = argument.get<NodeRef>()) {
    fmt::format_to(std::back_inserter(out), "{{\"node\": {}}}", ref->index);
    return;
  }
  const auto* const list = argument.get<Argument::List>();
  if (list == nullptr) {
    append_json(constant_to_value(argument), out);
    return;
  }
  append_items(*list, [&](const Argument& item) { append_argument(item, out); }, out);
}

// The input that a text was lowered for: {"shape": [null, 4], "dtype": "float32"}.
Value input_to_value(const TensorType& input) {
  Value::Array shape;
  for (const std::int64_t length : input.shape.axes()) shape.push_back(length == kUnknown ? Value() : Value(length));
  return object_of({{"shape", std::move(shape)}, {"dtype", name_of(input.dtype)}});
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

// What a probe may cost: enough for the lambdas that people write, little enough to run at every load.
constexpr std::uint64_t kProbeElements = 1 << 14;
constexpr std::uint64_t kProbeMultiplyAdds = 1 << 16;
constexpr std::int64_t kProbeBatch = 2;
constexpr std::int64_t kProbeUnknownAxis = 5;

// Multiples of 1/8 on both sides of zero, whole where the dtype is, the same in every process.
Tensor probe_of(const TensorType& input) {
  Random random(0);
  Tensor probe(DType::float32, input.shape.concrete(kProbeBatch, kProbeUnknownAxis));
  for (float& value : probe.data<float>()) value = static_cast<float>(random.below(64)) / 8 - 4;
  return cast(probe, input.dtype);
}

// Whether two graphs give the same bits for the probe; no where it is too large to be run here.
bool equal_on_probe(const Graph& a, const Graph& b, const TensorType& input, Limits limits) {
  limits.activation_elements = std::min(limits.activation_elements, kProbeElements);
  limits.multiply_adds = std::min(limits.multiply_adds, kProbeMultiplyAdds);
  const auto elements = element_count(input.shape.concrete(kProbeBatch, kProbeUnknownAxis));
  if (!elements || static_cast<std::uint64_t>(*elements) > kProbeElements) return false;
  const Tensor probe = probe_of(input);
  const auto left = a.evaluate(probe, limits);
  const auto right = b.evaluate(probe, limits);
  return left && right && same_bits(*left, *right);
}

// What the text and captures of an annotation say under this version of the lowering.
Result<LambdaFunction> lower(const Value& annotation, const std::string& place, const Limits& limits) {
  REVIVE_ASSIGN_OR_RETURN(const auto values,
                          captures_from_value(*annotation.find("captures"), place + "/captures", limits));
  LoweringOptions options{.input = std::nullopt, .limits = limits};
  if (const Value* const input = annotation.find("input")) {
    REVIVE_ASSIGN_OR_RETURN(auto type, input_from(*input, place + "/input"));
    options.input = std::move(type);
  }
  auto made = make_expression(annotation.find("text")->as_string(), values, options);
  if (!made) {
    return fail(ErrorCode::graph_annotation, place + "/text",
                "the text does not give the graph beside it: " + made.error().text());
  }
  return made;
}

// The graph with the text of an older version where that still says the same, the graph alone where it does not.
LambdaFunction keep_if_equal(Graph graph, LambdaFunction made, std::int64_t lowering,
                             const std::optional<TensorType>& input, const Limits& limits) {
  if (made.graph == graph) return made;
  if (!input || !equal_on_probe(made.graph, graph, *input, limits)) return {std::move(graph), std::nullopt};
  made.annotation->lowering = lowering;
  return {std::move(graph), std::move(made.annotation)};
}

}  // namespace

// Of the graph as a JSON text, which is written as it goes: every load and every save of a lambda makes one.
std::string graph_digest(const Graph& graph) {
  std::string text;
  std::string_view separator = "[";
  for (const Node& node : graph.nodes()) {
    // Names of ops need no escapes.
    fmt::format_to(std::back_inserter(text),
                   "{}{{\"module\": \"{}\", \"class_name\": \"{}\", \"settings\": ", separator, node.op->module,
                   node.op->class_name);
    append_items(node.settings, [&](const Value& setting) { append_json(setting, text); }, text);
    text += ", \"arguments\": ";
    append_items(node.arguments, [&](const Argument& each) { append_argument(each, text); }, text);
    text += '}';
    separator = ", ";
  }
  text += graph.nodes().empty() ? "[]" : "]";
  return sha256_hex(text);
}

Value annotation_to_value(const LambdaFunction& expression) {
  Value::Object annotation = object_of({{"text", expression.annotation->text},
                                        {"captures", captures_to_value(expression.annotation->captures)},
                                        {"lowering", expression.annotation->lowering},
                                        {"digest", graph_digest(expression.graph)}});
  if (const auto& input = expression.annotation->input) annotation.emplace_back("input", input_to_value(*input));
  return Value(std::move(annotation));
}

Result<LambdaFunction> annotate(Graph graph, const Value& annotation, const std::string& place, const Limits& limits,
                                const std::optional<TensorType>& input) {
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
  if (lowering->as_int() > kLoweringVersion) return LambdaFunction{std::move(graph), std::nullopt};
  const bool is_older = lowering->as_int() < kLoweringVersion;
  if (!is_older && digest->as_string() != graph_digest(graph)) {
    return fail(ErrorCode::graph_annotation, place + "/digest", "the text was written for another graph");
  }
  auto made = lower(annotation, place, limits);
  if (is_older) {
    if (!made) return LambdaFunction{std::move(graph), std::nullopt};
    return keep_if_equal(std::move(graph), *std::move(made), lowering->as_int(), input, limits);
  }
  if (made && made->graph != graph) {
    return fail(ErrorCode::graph_annotation, place + "/text", "the text does not give the graph beside it");
  }
  return made;
}

}  // namespace revive
