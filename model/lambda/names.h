// The names that a lambda reads: which are captured, which belong to the language, which nobody gives a value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "revive/model/lambda/lambda_function.h"
#include "revive/model/lambda/syntax_tree.h"

namespace revive {

// "self.act.width" for a chain of attributes on a name; empty for anything else, and for chains that are longer than
// any that people write.
std::string dotted_name(const Tree& tree, TreeIndex index);

// "rest" of the parameter "*rest", which takes the remaining arguments as a tuple.
std::string_view bound_name(std::string_view parameter);

// The names of "i, j", which a loop gives to its items.
std::vector<std::string> split_targets(std::string_view targets);
// Whether a function inside reads one of the names from outside of itself.
bool function_reads(const Tree& tree, TreeIndex function, const std::vector<std::string>& names);

// Whether a free name means something without being bound: tf, K, np, ops, len, ...
bool is_language_name(std::string_view root);

// expression_type for a name or attribute that starts with two underscores.
Status check_names(const Tree& tree);

struct NamesRead {
  // Which of the captures the tree reads, itself or in a captured lambda.
  std::vector<bool> captures;
  // The names that nobody gives a value, each once, in order of appearance.
  std::vector<std::string> unbound;
};

// Errors: expression_type for a free name that is refused by name (eval, open, ...), and those of parse_lambda for
// captured lambdas.
Result<NamesRead> names_read(const Tree& tree, const Captures& captures, const Limits& limits);

}  // namespace revive
