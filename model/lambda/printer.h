// The text of a lambda's tree: the other way of parse_lambda.
//
// parse_lambda(*tree_to_text(t)) gives t again, positions and the sharing of nodes aside, for every tree that
// parse_lambda or the bytecode reader makes. Brackets stand where Python needs them; numbers and strings are spelled as
// Python's repr() spells them.
//
// A tree may be a DAG whose text is exponentially longer than itself, so nothing is returned past kMostTextBytes; nor
// where the text nests deeper than Limits::expression_depth, or a node has no spelling (a negative or infinite
// literal, a slice outside a subscript). Time and memory are in proportion to the text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/limits.h"
#include "revive/model/lambda/syntax_tree.h"

namespace revive {

inline constexpr std::size_t kMostTextBytes = 2000;

std::optional<std::string> tree_to_text(const Tree& tree, const Limits& limits = {});

struct PlacedText {
  std::string text;
  // For every node the byte at which parse_lambda would place it where it first stands; 0 for one that is not reached.
  std::vector<std::size_t> positions;
};
std::optional<PlacedText> tree_to_placed_text(const Tree& tree, const Limits& limits = {});

// 'it', "it's", 'a\\b': as repr() does, but everything beyond ASCII stands as it is.
std::string python_string(std::string_view text);
// 0.1, 1e+16, -inf, nan: as repr() does.
std::string python_number(double number);

}  // namespace revive
