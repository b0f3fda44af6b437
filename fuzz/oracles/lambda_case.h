// What the bytes of lambda_fuzzer mean: two choices, then the text of a lambda.
//
// The first byte picks the type of the input, the second whether the lambda is told of it. The captures are always the
// same, one of each kind, so that a text needs nothing but their names.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/fuzz/oracles/leg.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/lambda/printer.h"
#include "revive/serializer/keras/functional.h"

namespace revive::fuzz {

struct LambdaCase {
  TensorType input;
  // Whether make_expression() is given the input.
  bool typed = false;
  std::string text;
};

// Any bytes are a case.
LambdaCase lambda_case(std::span<const std::uint8_t> bytes);
// Bytes that are the case of this text with input number `input`, typed.
std::vector<std::uint8_t> lambda_bytes(std::size_t input, std::string_view text);
// n, s, t, a, i, f, self.width, nan, word: an int, a float, a tuple, arrays, functions and so on.
const Captures& lambda_captures();

// What is tried: revive's own, unless somebody looks what the oracle makes of another.
struct LambdaCalls {
  std::function<Result<LambdaFunction>(std::string_view, const Captures&, const LoweringOptions&)> make;
  std::function<Result<LambdaFunction>(const Tree&, const Captures&, const LoweringOptions&)> make_of_tree;
  std::function<Result<Tree>(std::string_view, const Limits&)> parse = parse_lambda;
  std::function<std::optional<std::string>(const Tree&, const Limits&)> print = tree_to_text;
  std::function<Result<std::vector<TensorType>>(const Graph&, const TensorType&, const Limits&)> infer;
  std::function<Result<Tensor>(const Graph&, const Tensor&, const Limits&)> evaluate;
  std::function<Result<Value>(const Graph&, const TensorType&, const Limits&)> write;
  std::function<Result<Functional>(const Value&, const Limits&)> read;

  LambdaCalls();
};

// A text made into an expression, its tree made into one, printed and parsed again; the graph run and stored. Each step
// is there if the one before it succeeded.
struct LambdaTrial {
  bool typed = false;
  Result<LambdaFunction> made = fail(ErrorCode::expression_syntax, "lambda", "not tried");
  Result<Tree> tree = fail(ErrorCode::expression_syntax, "lambda", "not tried");
  std::optional<Result<LambdaFunction>> of_tree = {};
  std::optional<std::string> printed = {};
  std::optional<Result<Tree>> parsed = {};
  // Of the annotation of what was made.
  std::optional<Result<LambdaFunction>> again = {};
  std::optional<Result<std::vector<TensorType>>> types = {};
  std::optional<Result<Value>> written = {};
  std::optional<Result<Functional>> read = {};
  // Lengths that were unknown may not fit after all.
  std::optional<Result<Tensor>> output = {};
};

using LambdaLeg = Leg<LambdaTrial>;
// In the order in which they are asked.
std::span<const LambdaLeg> lambda_legs();

// What is wrong with revive, as far as this case shows it.
std::optional<Finding> lambda_violation(const LambdaCase& drawn, const Limits& limits, const LambdaCalls& calls = {},
                                        std::span<const LambdaLeg> legs = lambda_legs());

}  // namespace revive::fuzz
