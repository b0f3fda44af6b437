// What the bytes of lambda_fuzzer mean: two choices, then the text of a lambda.
//
// The first byte picks the type of the input, the second whether the lambda is told of it. The captures are always the
// same, one of each kind, so that a text needs nothing but their names.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/lambda/lambda_function.h"

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

// The sentence that the case breaks with how, or nothing: a clean error, or an expression that is made twice the same,
// whose graph computes what it infers and comes back from the config of a Functional, and whose tree prints as text
// that parses to the same tree and gives the same graph.
std::optional<std::string> lambda_violation(const LambdaCase& drawn, const Limits& limits);

}  // namespace revive::fuzz
