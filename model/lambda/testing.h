// For tests of what a lambda becomes: tables of texts, each with the graph or the sentence that refuses it.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <span>
#include <string_view>

#include "revive/model/lambda/lambda_function.h"

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

inline void expect_each(std::span<const LambdaCase> cases, const Captures& captures) {
  for (const LambdaCase& each : cases) {
    const auto made = make_expression(each.text, captures,
                                      {.input = each.input, .limits = {}, .of_any_backend = each.of_any_backend});
    EXPECT_EQ(made ? made->graph.to_text() : made.error().text(), each.expected) << each.text;
  }
}

inline void expect_each(std::span<const TextCase> cases, const Captures& captures) {
  for (const TextCase& each : cases) {
    const LambdaCase whole[] = {{{}, each.text, each.expected}};
    expect_each(whole, captures);
  }
}

}  // namespace revive::testing
