#include "revive/model/ops/einsum.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/model/ops/axes.h"
#include "revive/model/tensor/broadcast.h"

namespace revive::ops {
namespace {

constexpr std::string_view kEllipsis = "...";
constexpr std::string_view kArrow = "->";
// A term has at most a letter for each axis and "...", and there are three terms.
constexpr std::size_t kMostBytes = 4 * kMaxGraphRank;

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}
// Lower-case letters, then capitals.
std::size_t number_of(char letter) {
  constexpr std::size_t kLetters = 26;
  return is_capital(letter) ? kLetters + static_cast<std::size_t>(letter - 'A')
                            : static_cast<std::size_t>(letter - 'a');
}

Result<Subscripts::Term> parse_term(std::string_view text, Letters letters) {
  const std::size_t dots = text.find(kEllipsis);
  Subscripts::Term term;
  term.ellipsis = dots != std::string_view::npos;
  term.head = text.substr(0, dots);
  if (term.ellipsis) term.tail = text.substr(dots + kEllipsis.size());
  const auto is_letter = [letters](char c) { return is_lower(c) || (letters == Letters::any && is_capital(c)); };
  if (!std::ranges::all_of(term.head, is_letter) || !std::ranges::all_of(term.tail, is_letter)) {
    return bad_argument(fmt::format("einsum subscripts are {}letters, `...`, `,` and `->`, found {}",
                                    letters == Letters::any ? "" : "lower-case ", Value(text).brief()));
  }
  return term;
}

std::string letters_of(const Subscripts::Term& term) {
  return term.head + term.tail;
}

// What the result is when the subscripts do not say it.
Subscripts::Term implied_output(const std::vector<Subscripts::Term>& operands) {
  Subscripts::Term output;
  std::string all;
  for (const auto& term : operands) {
    all += letters_of(term);
    output.ellipsis |= term.ellipsis;
  }
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    if (std::ranges::count(all, letter) == 1) (output.ellipsis ? output.tail : output.head) += letter;
  }
  return output;
}

Status check_output(const Subscripts& subscripts) {
  std::string all;
  bool ellipsis = false;
  for (const auto& term : subscripts.operands) {
    all += letters_of(term);
    ellipsis |= term.ellipsis;
  }
  const std::string output = letters_of(subscripts.output);
  for (const char letter : output) {
    if (!all.contains(letter)) return bad_argument(fmt::format("no operand of the einsum has the axis `{}`", letter));
    if (std::ranges::count(output, letter) > 1) {
      return bad_argument(fmt::format("the result of the einsum has the axis `{}` twice", letter));
    }
  }
  if (ellipsis != subscripts.output.ellipsis) {
    return bad_argument("the result of an einsum has to have `...` where an operand has, and only there");
  }
  return {};
}

}  // namespace

Result<Subscripts> parse_subscripts(std::string_view text, Letters letters) {
  if (text.size() > kMostBytes) {
    return bad_argument(fmt::format("einsum subscripts have at most {} bytes, found {}", kMostBytes, text.size()));
  }
  const std::size_t arrow = text.find(kArrow);
  std::string_view inputs = text.substr(0, arrow);
  Subscripts subscripts;
  for (;;) {
    const std::size_t comma = inputs.find(',');
    REVIVE_ASSIGN_OR_RETURN(auto term, parse_term(inputs.substr(0, comma), letters));
    subscripts.operands.push_back(std::move(term));
    if (comma == std::string_view::npos) break;
    inputs.remove_prefix(comma + 1);
  }
  if (subscripts.operands.size() > 2) {
    return bad_argument(
        fmt::format("an einsum of {} operands; write it as einsums of two", subscripts.operands.size()));
  }
  if (arrow == std::string_view::npos) {
    subscripts.output = implied_output(subscripts.operands);
  } else {
    REVIVE_ASSIGN_OR_RETURN(auto term, parse_term(text.substr(arrow + kArrow.size()), letters));
    subscripts.output = std::move(term);
  }
  if (const Status output = check_output(subscripts); !output) return std::unexpected(output.error());
  return subscripts;
}

Result<Contraction> Subscripts::labels(std::span<const Shape> shapes) const {
  // Axes under "..." come first among the labels, aligned at their last.
  std::vector<std::size_t> hidden(operands.size(), 0);
  std::size_t most_hidden = 0;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const std::size_t named = operands[i].head.size() + operands[i].tail.size();
    const std::size_t rank = shapes[i].rank();
    if (rank < named || (rank > named && !operands[i].ellipsis)) {
      return bad_argument(
          fmt::format("einsum subscripts name {} axes of an operand of shape {}", named, to_string(shapes[i])));
    }
    hidden[i] = rank - named;
    most_hidden = std::max(most_hidden, hidden[i]);
  }
  const bool leads = output.ellipsis && output.head.empty();
  Contraction contraction;
  contraction.broadcasting = most_hidden;
  const auto labels_of = [&](const Term& term, std::size_t hidden_axes) {
    Contraction::Labels labels;
    for (const char letter : term.head) labels.push_back(most_hidden + number_of(letter));
    for (std::size_t i = most_hidden - hidden_axes; i < most_hidden; ++i) labels.push_back(i);
    for (const char letter : term.tail) labels.push_back(most_hidden + number_of(letter));
    return labels;
  };
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (operands[i].ellipsis && hidden[i] != most_hidden && !leads) {
      return bad_argument("the `...` of an einsum stands for differently many axes in its operands");
    }
    contraction.operands.push_back(labels_of(operands[i], hidden[i]));
  }
  contraction.output = labels_of(output, most_hidden);
  return contraction;
}

}  // namespace revive::ops
