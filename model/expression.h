// A lambda written as text, with the values that it captured.
//
//   make_expression("lambda x: x[:, -CONV_WIDTH:, :] * scale + bias", {{"CONV_WIDTH", 3}, {"scale", 0.5}, {"bias", b}})
//
// The text is a subset of Python: arithmetic, comparisons, indexing, conditionals on static values, calls of keras.ops
// by their keyword names (ops.f or keras.ops.f) and of a few builtins on static values. A bare body has the parameter
// x. Further parameters and free names are captured: bound by value here, once and for all, so that nothing outside
// can change the lambda later. Whatever does not depend on x is computed here with Python's rules (int64, checked);
// the rest becomes the nodes of a Graph, which *is* the lambda. A literal and a captured value of the same number
// give the same graph.
//
// Errors: expression_syntax (with the column), expression_free_name (all unbound names at once), expression_type,
// limit_exceeded, and those of Graph::make; the place is "lambda".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/error.h"
#include "model/graph.h"
#include "model/limits.h"
#include "model/tensor.h"
#include "model/value.h"

namespace revive {

// A captured value: a number, string, None or (nested) tuple of them, or an array of float32, int32 or bool.
using Capture = std::variant<Value, Tensor>;
using Captures = std::vector<std::pair<std::string, Capture>>;

// What a lambda was written as. Kept for people; the graph does not need it.
struct Annotation {
  std::string text;
  // The names that the text reads, in the order in which they were given, NaNs canonical.
  Captures captures;
};

struct Expression {
  Graph graph;
  std::optional<Annotation> annotation;

  friend bool operator==(const Expression& a, const Expression& b) { return a.graph == b.graph; }
};

// Changes whenever the same text and captures would give another graph than before.
inline constexpr std::int64_t kLoweringVersion = 2;

// Captures that the text does not read are dropped. REQUIRES: no name is given twice.
Result<Expression> make_expression(std::string_view text, const Captures& captures, const Limits& limits = {});

// The names that the text reads and `bound` does not give, in order of appearance; syntax errors as above.
Result<std::vector<std::string>> free_names(std::string_view text, const Captures& bound, const Limits& limits = {});

}  // namespace revive
