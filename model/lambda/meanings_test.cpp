// What a call of every function of the expression language becomes: the nodes, their settings, constants and types, for
// every example of every parameter, and on every input. meanings.txt has a line for each function and each way in which
// its calls are refused, rewritten with REVIVE_WRITE_SENTENCES=1. Whether this is what the real function does,
// functions_*_test.cpp and the comparison with stock Keras say; this tells that it has changed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "revive/model/lambda/calls_testing.h"
#include "revive/model/lambda/graph_testing.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/testing/said.h"

namespace revive::testing {
namespace {

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
