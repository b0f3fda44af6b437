// What every function of the expression language is called with by those who draw calls of it. functions.txt and
// builtins.txt have a line for each, rewritten with REVIVE_WRITE_SENTENCES=1.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "revive/model/lambda/builtins.h"
#include "revive/model/lambda/function_signature.h"
#include "revive/model/testing/recorded.h"

namespace revive {
namespace {

std::string told(const FunctionParameter& parameter) {
  std::string text = parameter.name;
  if (!parameter.required) text += "?";
  if (parameter.variadic) text += "*";
  if (parameter.gone) text += " gone";
  if (parameter.without_effect) text += " without effect";
  return fmt::format("{}: {}", text, fmt::join(parameter.examples, " | "));
}

std::string told(const ExampleInput& input) {
  return fmt::format("{}{}", static_cast<char>(input.kind), input.shape);
}

TEST(RecordedFunctions, EveryExampleIsAsItWas) {
  Recorded said;
  for (const FunctionSignature& signature : function_signatures()) {
    std::vector<std::string> parts;
    for (const FunctionParameter& parameter : signature.parameters) parts.push_back(told(parameter));
    std::vector<std::string> inputs;
    for (const ExampleInput& input : signature.inputs) inputs.push_back(told(input));
    said[signature.path] = fmt::format("{} on {}", fmt::join(parts, "; "), fmt::join(inputs, " "));
  }
  expect_recorded_if_there("model/lambda/functions.txt", std::move(said));
}

TEST(RecordedFunctions, BuiltinsTakeAsManyArgumentsAsTheyDid) {
  Recorded said;
  for (const auto& table : {python_builtins(), tensor_builtins(), shaping_builtins(), length_builtins(),
                            iteration_builtins(), placing_builtins(), resize_builtins()}) {
    for (const Builtin& each : table) {
      said[std::string(each.name)] = fmt::format("{} to {}{}{}", each.least, each.most,
                                                 each.keyword.empty() ? "" : fmt::format(", {}", each.keyword),
                                                 each.named_only ? " by its name alone" : "");
    }
  }
  expect_recorded_if_there("model/lambda/builtins.txt", std::move(said));
}

}  // namespace
}  // namespace revive
