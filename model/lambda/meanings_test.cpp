// What a call of every function of the expression language becomes: the nodes, their settings, constants and types, for
// every example of every parameter, and on every input. meanings.txt has a line for each function and each way in which
// its calls are refused, rewritten with REVIVE_WRITE_SENTENCES=1. Whether this is what the real function does,
// functions_*_test.cpp and the comparison with stock Keras say; this tells that it has changed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "revive/model/graph/op.h"
#include "revive/model/lambda/calls_testing.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/ops/operand.h"
#include "revive/model/testing/said.h"

namespace revive::testing {
namespace {

// Few digits: the last ones of a window or a weight are the library's.
std::string told(const Tensor& array) {
  const Tensor numbers = cast(array, carrier_of(array.dtype()));
  std::string text = fmt::format("{}{}", name_of(array.dtype()), to_string(array.dims()));
  ops::with_element_type(numbers.dtype(), [&]<typename T>(T) {
    for (const T element : numbers.data<T>()) text += fmt::format(" {:.4g}", static_cast<double>(element) + 0.0);
  });
  return text;
}

std::string told(const Slice& slice) {
  constexpr std::int64_t kNone = 99;
  return fmt::format("{}:{}:{}", slice.start.value_or(kNone), slice.stop.value_or(kNone), slice.step.value_or(kNone));
}

std::string told(const Argument& argument) {
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

std::string told(const Graph& graph, const TensorType& x) {
  const auto types = graph.infer(x);
  if (!types) return types.error().text();
  std::string text;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    text += node.op->class_name;
    for (const Argument& argument : node.arguments) text += " " + told(argument);
    for (const Value& setting : node.settings) text += " " + setting.brief();
    const TensorType& type = (*types)[i + 1];
    text += fmt::format(" -> {} {}\n", name_of(type.dtype), to_string(type.shape));
  }
  return text;
}

// As it stands, or as the first of the ways in which it gives a tensor that depends on x; else the sentence.
void add(Said& said, const std::string& call, const TensorType& x) {
  std::optional<Error> first;
  for (const std::string_view result : kResults) {
    const auto made =
        make_expression(fmt::format(fmt::runtime(result), call), {}, LoweringOptions{.input = x, .limits = {}});
    if (made) return said.add_to_sum(told(made->graph, x));
    if (!first) first = made.error();
  }
  said.add(*first);
}

TEST(Meanings, OfEveryFunctionAreAsRecorded) {
  Recorded recorded;
  for (const FunctionSignature& function : function_signatures()) {
    std::set<std::string> calls;
    for (const FunctionParameter& parameter : function.parameters) {
      for (const std::string& example : parameter.examples) {
        const Given given{parameter.name, example};
        calls.insert(call_with(function, {&given, 1}));
      }
    }
    Said said;
    for (const ExampleInput& input : function.inputs) add(said, call_with(function, {}), type_of(input));
    for (const std::string& call : calls) add(said, call, type_of(function.inputs.front()));
    recorded.merge(said.lines(function.path));
  }
  expect_recorded_if_there("model/lambda/meanings.txt", std::move(recorded));
}

}  // namespace
}  // namespace revive::testing
