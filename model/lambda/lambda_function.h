// A lambda written as text, with the values that it captured.
//
//   make_expression("lambda x: x[:, -CONV_WIDTH:, :] * scale + bias", {{"CONV_WIDTH", 3}, {"scale", 0.5}, {"bias", b}})
//
// The text is a subset of Python: arithmetic, comparisons, indexing, conditionals on static values, calls of functions
// by the names that people use for them (ops.*, K.*, tf.*, np.*, ...; see model/lambda/function_table.h) and of
// builtins on static values. A bare body has the parameter x. Further parameters and free names are captured: bound by
// value here, once and for all, so that nothing outside can change the lambda later. A dotted name such as self.width
// is bound whole. Whatever does not depend on x is computed here with Python's rules (int64, checked); the rest becomes
// the nodes of a Graph, which *is* the lambda. A literal and a captured value of the same number give the same graph,
// and captured NaNs are rewritten to the one NaN that JSON can spell.
//
// x.shape and the like are static, so they need the type of the input (LoweringOptions::input); axes of unknown length
// are None there, as in Keras. The graph is then made for that input, and every op is checked against it at once.
//
// Arrays, captured or computed, are such as an archive can hold: one that is empty is so along its last axis alone.
//
// Errors: expression_syntax (with the column), expression_free_name (all unbound names at once), expression_type,
// limit_exceeded, and those of Graph::make and, where the input is known, of Graph::infer; the place is "lambda".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/capture.h"
#include "revive/model/graph/graph.h"
#include "revive/model/lambda/syntax_tree.h"

namespace revive {

// Changes whenever the same text and captures would give another graph than before.
inline constexpr std::int64_t kLoweringVersion = 5;

// What a lambda was written as. Kept for people; the graph does not need it.
struct Annotation {
  std::string text;
  // The names that the text reads, in the order in which they were given, NaNs canonical.
  Captures captures;
  // The input that the graph was made for, where the text asked for its shape or dtype.
  std::optional<TensorType> input;
  // The version that makes the graph of it.
  std::int64_t lowering = kLoweringVersion;
};

struct LambdaFunction {
  Graph graph;
  std::optional<Annotation> annotation;
  // How it is stored, where that can be chosen: in a Functional, its ops may be nodes of that very Functional. Nothing
  // that a model computes depends on it.
  bool stored_inline = false;

  friend bool operator==(const LambdaFunction& a, const LambdaFunction& b) { return a.graph == b.graph; }
};

struct LoweringOptions {
  std::optional<TensorType> input;
  Limits limits;
  // The lambda was written for a Keras whose backend is not known, unless it names functions of TensorFlow: an operator
  // that backends disagree on is refused. Otherwise operators are those of keras.ops.
  bool of_any_backend = false;
};

// Captures that the text does not read are dropped. REQUIRES: no name is given twice.
Result<LambdaFunction> make_expression(std::string_view text, const Captures& captures,
                                       const LoweringOptions& options = {});
Result<LambdaFunction> make_expression(std::string_view text, const Captures& captures, const Limits& limits);
// The same for a tree from elsewhere, which may share nodes; the annotation is its printed text, and is left out where
// the tree has none. Errors: also expression_syntax for nodes that no parser makes.
Result<LambdaFunction> make_expression(const Tree& tree, const Captures& captures, const LoweringOptions& options = {});

// The names that the text reads and `bound` does not give, in order of appearance; syntax errors as above.
Result<std::vector<std::string>> free_names(std::string_view text, const Captures& bound, const Limits& limits = {});
Result<std::vector<std::string>> free_names(const Tree& tree, const Captures& bound, const Limits& limits = {});

}  // namespace revive
