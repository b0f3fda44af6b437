// For tests: all that is in a graph, where Graph::to_text() leaves out the elements of arrays and the types of values.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>

#include "revive/model/graph/graph.h"
#include "revive/model/graph/op.h"
#include "revive/model/ops/operand.h"

namespace revive::testing {

// Few digits: the last ones of a window or a weight are the library's.
inline std::string told(const Tensor& array) {
  const Tensor numbers = cast(array, carrier_of(array.dtype()));
  std::string text = fmt::format("{}{}", name_of(array.dtype()), to_string(array.dims()));
  ops::with_element_type(numbers.dtype(), [&]<typename T>(T) {
    for (const T element : numbers.data<T>()) text += fmt::format(" {:.4g}", static_cast<double>(element));
  });
  return text;
}

inline std::string told(const Slice& slice) {
  constexpr std::int64_t kNone = 99;
  return fmt::format("{}:{}:{}", slice.start.value_or(kNone), slice.stop.value_or(kNone), slice.step.value_or(kNone));
}

inline std::string told(const Argument& argument) {
  if (const auto* const ref = argument.get<NodeRef>()) return fmt::format("#{}", ref->index);
  if (const auto* const slice = argument.get<Slice>()) return told(*slice);
  if (const auto* const array = argument.get<Tensor>()) return told(*array);
  if (const auto* const value = argument.get<Value>()) return value->brief();
  const auto* const list = argument.get<Argument::List>();
  if (list == nullptr) return "...";
  std::string text = "[";
  for (const Argument& item : *list) text += told(item) + ",";
  return text + "]";
}

// A line for each node; with the types where that of x is known.
inline std::string told(const Graph& graph, const std::optional<TensorType>& x) {
  std::vector<TensorType> types;
  if (x) {
    auto inferred = graph.infer(*x);
    if (!inferred) return inferred.error().text();
    types = *std::move(inferred);
  }
  std::string text;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    text += node.op->class_name;
    for (const Argument& argument : node.arguments) text += " " + told(argument);
    for (const Value& setting : node.settings) text += " " + setting.brief();
    if (x) text += fmt::format(" -> {} {}", name_of(types[i + 1].dtype), to_string(types[i + 1].shape));
    text += '\n';
  }
  return text;
}

}  // namespace revive::testing
