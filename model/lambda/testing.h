// For tests of what a lambda becomes: tables of texts, each with the graph or the sentence that refuses it.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "revive/model/lambda/graph_testing.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/testing/said.h"

namespace revive::testing {

// Of a lambda that does not ask for its input.
struct TextCase {
  std::string_view text;
  // The graph, or the sentence that refuses the lambda.
  std::string_view expected;
};

struct LambdaCase {
  std::optional<TensorType> input;
  std::string_view text;
  // The graph, or the sentence that refuses the lambda.
  std::string_view expected;
  bool of_any_backend = false;
};

// What the text of a graph leaves out is recorded: graphs.txt has a line for each case.
inline void expect_each(std::span<const LambdaCase> cases, const Captures& captures) {
  Recorded graphs;
  const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
  for (const LambdaCase& each : cases) {
    const auto made = make_expression(each.text, captures,
                                      {.input = each.input, .limits = {}, .of_any_backend = each.of_any_backend});
    EXPECT_EQ(made ? made->graph.to_text() : made.error().text(), each.expected) << each.text;
    if (!made) continue;
    const std::string type = each.input ? std::string(name_of(each.input->dtype)) + to_string(each.input->shape) : "";
    std::string text(each.text);
    for (char& c : text) c = c < ' ' && c >= 0 ? '_' : c;
    graphs[fmt::format("{}.{} {} {}{}", test->test_suite_name(), test->name(), text, type,
                       each.of_any_backend ? " of any backend" : "")] =
        fmt::format("{:016x}", hash_of(told(made->graph, each.input)));
  }
  if (!graphs.empty()) expect_recorded("model/lambda/graphs.txt", graphs);
}

inline void expect_each(std::span<const TextCase> cases, const Captures& captures) {
  std::vector<LambdaCase> whole;
  for (const TextCase& each : cases) whole.push_back({{}, each.text, each.expected});
  expect_each(whole, captures);
}

}  // namespace revive::testing
