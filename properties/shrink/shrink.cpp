#include "revive/properties/shrink/shrink.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "revive/properties/shrink/shrink_search.h"

namespace revive::properties {
namespace {

// Siblings deleted at once, and flat values deleted at once, the most first.
constexpr std::array<std::size_t, 5> kRunLengths = {16, 8, 4, 2, 1};
constexpr std::size_t kLongestBlock = 8;
// Values below this are tried one by one before the search halves its interval: alternatives and special numbers
// are not ordered by what makes a case fail.
constexpr std::uint64_t kTriedSingly = 16;
// How far after a deleted span a number is looked for that counted it, and how many values may go with a lowered one.
constexpr std::size_t kReach = 16;
constexpr std::size_t kDeletedWithPartialValue = 3;
constexpr std::size_t kKeptZeros = 3;

using Offset = Tokens::difference_type;

template <typename Sequence>
Sequence without(Sequence from, std::size_t first, std::size_t last) {
  from.erase(from.begin() + static_cast<Offset>(first), from.begin() + static_cast<Offset>(last));
  return from;
}

// Every pass walks the current case and goes on where it stands after each success; a pass that comes by again is
// cheap, because what was proposed before is not run again.
class Shrinker : private ShrinkSearch {
 public:
  using ShrinkSearch::ShrinkSearch;

  ShrinkResult run(std::span<const std::uint64_t> start) {
    const bool reproduced = begin(start);
    while (reproduced && searching()) {
      const std::size_t before = accepted_;
      delete_siblings();
      hoist_descendants();
      unwrap_containers();
      move_out_descendants();
      empty_spans();
      lower_values();
      lower_equal_values();
      move_amounts();
      swap_siblings();
      delete_and_decrement();
      if (accepted_ == before) {
        delete_blocks();
        lower_and_delete();
      }
      if (accepted_ == before) {
        take_other_alternatives();
        lower_and_take_another();
        delete_and_change();
        delete_and_take_another_input();
      }
      if (accepted_ == before) break;
    }
    return take_result();
  }

 private:
  void delete_siblings() {
    for (const std::size_t length : kRunLengths) {
      for (std::size_t i = tokens_.size(); i-- > 0 && searching();) {
        // Backwards: what comes last depends on most and is depended on least.
        i = std::min(i, tokens_.size() - 1);
        std::size_t end = i;
        std::size_t found = 0;
        for (; found < length && alike(i, end); ++found) end = closes_[end] + 1;
        if (found == length) propose(without(tokens_, i, end));
      }
    }
  }

  // The innermost first: when it will do, everything around it goes at once.
  void hoist_descendants() {
    for (std::size_t i = 0; i < tokens_.size() && searching(); ++i) {
      if (!opens(i)) continue;
      for (std::size_t j = closes_[i]; --j > i;) {
        if (!alike(i, j) || !propose(with_span_replaced(i, {j}))) continue;
        if (!opens(i)) break;
        j = closes_[i];
      }
    }
  }

  // The elements within an element take its place: all of them, or all but the last, which in a list says that there
  // are no more.
  void unwrap_containers() {
    for (std::size_t i = 0; i < tokens_.size() && searching(); ++i) {
      if (!opens(i)) continue;
      std::vector<std::size_t> inner;
      for (std::size_t j = i + 1; j < closes_[i]; ++j) {
        if (!alike(i, j)) continue;
        inner.push_back(j);
        j = closes_[j];
      }
      if (inner.size() < 2 || propose(with_span_replaced(i, inner))) continue;
      inner.pop_back();
      propose(with_span_replaced(i, inner));
    }
  }

  // An element within an element stands behind it instead.
  void move_out_descendants() {
    for (std::size_t i = 0; i < tokens_.size() && searching(); ++i) {
      if (!opens(i)) continue;
      for (std::size_t j = closes_[i]; --j > i;) {
        if (!alike(i, j)) continue;
        Tokens tokens = tokens_;
        const auto at = [&](std::size_t k) { return tokens.begin() + static_cast<Offset>(k); };
        std::rotate(at(j), at(closes_[j] + 1), at(closes_[i] + 1));
        if (!propose(std::move(tokens))) continue;
        if (!opens(i)) break;
        j = closes_[i];
      }
    }
  }

  Tokens with_span_replaced(std::size_t i, const std::vector<std::size_t>& by) const {
    const auto at = [&](std::size_t k) { return tokens_.begin() + static_cast<Offset>(k); };
    Tokens tokens(at(0), at(i));
    for (const std::size_t j : by) tokens.insert(tokens.end(), at(j), at(closes_[j] + 1));
    tokens.insert(tokens.end(), at(closes_[i] + 1), tokens_.end());
    return tokens;
  }

  void empty_spans() {
    for (std::size_t i = 0; i < tokens_.size() && searching(); ++i) {
      if (opens(i) && closes_[i] > i + 1) propose(without(tokens_, i + 1, closes_[i]));
    }
  }

  void lower_values() {
    for (std::size_t ordinal = 0; ordinal < values_.size() && searching(); ++ordinal) {
      if (lowerable(ordinal)) lower({ordinal});
    }
  }

  void lower_equal_values() {
    for (const auto& [value_and_max, ordinals] : equal_values()) {
      if (all_equal(ordinals, value_and_max.first) && value_and_max.first > 0) lower(ordinals);
    }
  }

  // Where the same value was drawn from the same range more than once, by value and range.
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<std::size_t>> equal_values() const {
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<std::size_t>> groups;
    for (std::size_t ordinal = 0; ordinal < values_.size(); ++ordinal) {
      if (drawn(ordinal)) groups[{values_[ordinal], max_of(ordinal)}].push_back(ordinal);
    }
    std::erase_if(groups, [](const auto& group) { return group.second.size() < 2; });
    return groups;
  }

  bool all_equal(const std::vector<std::size_t>& ordinals, std::uint64_t value) const {
    return std::ranges::all_of(ordinals, [&](std::size_t o) { return drawn(o) && values_[o] == value; });
  }

  bool propose_at(const std::vector<std::size_t>& ordinals, std::uint64_t value) {
    Tokens tokens = tokens_;
    for (const std::size_t ordinal : ordinals) tokens[places_[ordinal]].value = value;
    return propose(std::move(tokens));
  }

  // Gives these values, which are equal, the least common value found that still fails.
  void lower(const std::vector<std::size_t>& ordinals) {
    std::uint64_t failing = values_[ordinals.front()];
    for (std::uint64_t value = 0; value < std::min(failing, kTriedSingly); ++value) {
      if (propose_at(ordinals, value)) return;
    }
    for (std::uint64_t passing = kTriedSingly - 1; failing > passing + 1;) {
      const std::uint64_t middle = passing + (failing - passing) / 2;
      if (!propose_at(ordinals, middle)) {
        passing = middle;
        continue;
      }
      // The generator may have made another number of it, or drawn something else in its place.
      failing = ordinals.front() < values_.size() ? values_[ordinals.front()] : 0;
      if (!all_equal(ordinals, failing)) return;
    }
  }

  // A larger number may name an alternative that takes fewer draws: another class, another op. Those that are equal
  // also change together, as classes do that have to be the same.
  void take_other_alternatives() {
    for (std::size_t ordinal = 0; ordinal < values_.size() && searching(); ++ordinal) {
      if (drawn(ordinal)) take_another({ordinal});
    }
    for (const auto& [value_and_max, ordinals] : equal_values()) {
      if (all_equal(ordinals, value_and_max.first)) take_another(ordinals);
    }
  }

  void take_another(const std::vector<std::size_t>& ordinals) {
    if (!is_alternative(ordinals.front())) return;
    const std::uint64_t max = max_of(ordinals.front());
    for (std::uint64_t value = 0; value <= max; ++value) {
      if (propose_at(ordinals, value)) return;
    }
    // What one alternative draws may be what another draws after something else.
    if (ordinals.size() > 1) return;
    const std::size_t at = ordinals.front();
    // What stands behind a run of zeros may be what a simpler one draws behind fewer of them.
    std::size_t next = at + 1;
    while (next < values_.size() && values_[next] == 0) ++next;
    for (std::uint64_t value = 0; value < values_[at] && next < values_.size(); ++value) {
      for (std::size_t kept = 0; kept < kKeptZeros && at + 1 + kept < next; ++kept) {
        Values values = without(values_, at + 1 + kept, next);
        values[at] = value;
        if (propose(std::move(values))) return;
      }
    }
    for (std::uint64_t value = values_[at] + 1; value <= max; ++value) {
      for (std::size_t length = 1; length <= kDeletedWithPartialValue && at + 1 + length <= values_.size(); ++length) {
        Values values = without(values_, at + 1, at + 1 + length);
        values[at] = value;
        if (propose(std::move(values))) return;
      }
    }
  }

  bool is_alternative(std::size_t ordinal) const {
    return drawn(ordinal) && tokens_[places_[ordinal]].kind == Token::Kind::alternative;
  }
  // What is drawn in front of all elements is what the first of them has to fit: the kind of an input and its sizes.
  bool leads(std::size_t ordinal) const {
    return drawn(ordinal) && std::ranges::find(tokens_, Token::Kind::open, &Token::kind) >
                                 tokens_.begin() + static_cast<Offset>(places_[ordinal]);
  }

  // A simpler input, and another class for it, or another number that fits it.
  void lower_and_take_another() {
    for (std::size_t first = 0; leads(first) && searching(); ++first) {
      for (std::size_t second = first + 1; second <= first + kReach && leads(first); ++second) {
        if (!drawn(second)) continue;
        for (std::uint64_t lower = 0; lower < values_[first]; ++lower) {
          if (take_another_with(first, lower, second)) break;
        }
      }
    }
  }

  bool take_another_with(std::size_t first, std::uint64_t lower, std::size_t second) {
    const std::uint64_t last = is_alternative(second) ? max_of(second) : std::min(max_of(second), kTriedSingly);
    for (std::uint64_t value = 0; value <= last; ++value) {
      Tokens tokens = tokens_;
      tokens[places_[first]].value = lower;
      tokens[places_[second]].value = value;
      if (propose(std::move(tokens))) return true;
    }
    return false;
  }

  // Moves as much as possible of a value to the next one of the same range: of all equal sums the last part is largest.
  void move_amounts() {
    for (std::size_t from = 0; from < values_.size() && searching(); ++from) {
      if (!lowerable(from)) continue;
      const std::uint64_t max = tokens_[places_[from]].max;
      std::size_t to = from + 1;
      while (to < values_.size() &&
             (tokens_[places_[to]].kind != Token::Kind::value || tokens_[places_[to]].max != max)) {
        ++to;
      }
      if (to == values_.size() || max == 1) continue;
      for (std::uint64_t amount = std::min(values_[from], max - values_[to]); amount > 0; amount /= 2) {
        Tokens tokens = tokens_;
        tokens[places_[from]].value -= amount;
        tokens[places_[to]].value += amount;
        if (!propose(std::move(tokens))) continue;
        if (to >= values_.size()) break;
        amount = std::min({amount, values_[from], tokens_[places_[to]].max - values_[to]});
        if (amount == 0) break;
      }
    }
  }

  void swap_siblings() {
    for (std::size_t i = 0; i < tokens_.size() && searching(); ++i) {
      if (!opens(i) || !alike(i, closes_[i] + 1)) continue;
      const std::size_t second = closes_[i] + 1;
      Tokens tokens = tokens_;
      std::rotate(tokens.begin() + static_cast<Offset>(i), tokens.begin() + static_cast<Offset>(second),
                  tokens.begin() + static_cast<Offset>(closes_[second] + 1));
      propose(std::move(tokens));
    }
  }

  // For numbers that count or point past spans: one span less, one less in the number.
  void delete_and_decrement() {
    for (std::size_t i = tokens_.size(); i-- > 0 && searching();) {
      i = std::min(i, tokens_.size() - 1);
      if (!opens(i)) continue;
      const auto after = std::ranges::upper_bound(places_, closes_[i]);
      auto ordinal = static_cast<std::size_t>(after - places_.begin());
      const std::size_t last = std::min(ordinal + kReach, values_.size());
      for (; ordinal < last; ++ordinal) {
        if (!lowerable(ordinal)) continue;
        Tokens tokens = tokens_;
        --tokens[places_[ordinal]].value;
        if (propose(without(std::move(tokens), i, closes_[i] + 1))) break;
      }
    }
  }

  // What stood between two elements may have made the first fit the second, and the second may have been a variant of
  // the first; another value in the first may do that, too.
  void delete_and_change() {
    for (std::size_t i = 0; i < tokens_.size() && searching(); ++i) {
      while (opens(i) && alike(i, closes_[i] + 1) && change_for(i, closes_[i] + 1)) continue;
    }
  }

  // Changes one value in the span at `first`, without the span at `second`, which follows it: to a smaller one, or to
  // the next larger.
  bool change_for(std::size_t first, std::size_t second) {
    const Tokens shorter = without(tokens_, second, closes_[second] + 1);
    for (std::size_t at = first + 1; at < closes_[first]; ++at) {
      const Token token = tokens_[at];
      if (!token.is_drawn()) continue;
      const std::uint64_t last = std::min(token.value + 1, token.max);
      for (std::uint64_t value = last - std::min<std::uint64_t>(last, kReach); value <= last; ++value) {
        if (value == token.value) continue;
        Tokens tokens = shorter;
        tokens[at].value = value;
        if (propose(tokens)) return true;
        if (token.kind != Token::Kind::alternative) continue;
        tokens.insert(tokens.begin() + static_cast<Offset>(at + 1), {.value = 1, .max = 1});
        if (propose(std::move(tokens))) return true;
      }
    }
    return false;
  }

  // What stood in front, an element or two, may have made the input fit what follows; another kind of input may do
  // that, too.
  void delete_and_take_another_input() {
    for (std::size_t i = 0; i < tokens_.size() && searching(); ++i) {
      if (!opens(i)) continue;
      const std::size_t next = closes_[i] + 1;
      const bool has_next = alike(i, next);
      for (std::size_t input = 0; leads(input); ++input) {
        if (!is_alternative(input)) continue;
        if (take_another_without(i, next, input)) break;
        if (has_next && take_another_without(i, closes_[next] + 1, input)) break;
      }
    }
  }

  // Its sizes as they are, and then all of them one above the least: much shows in no axis of one.
  bool take_another_without(std::size_t begin, std::size_t end, std::size_t input) {
    for (std::uint64_t value = 0; value <= max_of(input); ++value) {
      Tokens tokens = tokens_;
      tokens[places_[input]].value = value;
      if (propose(without(tokens, begin, end))) return true;
      for (std::size_t size = 0; leads(size); ++size) {
        Token& token = tokens[places_[size]];
        if (!is_alternative(size)) token.value = std::min<std::uint64_t>(1, token.max);
      }
      if (propose(without(std::move(tokens), begin, end))) return true;
    }
    return false;
  }

  void delete_blocks() {
    for (std::size_t length = kLongestBlock; length > 0; --length) {
      for (std::size_t i = values_.size(); i-- > 0 && searching();) {
        if (i + length <= values_.size()) propose(without(values_, i, i + length));
      }
    }
  }

  void lower_and_delete() {
    for (std::size_t i = 0; i < values_.size() && searching(); ++i) {
      for (std::size_t length = 1; length <= kDeletedWithPartialValue; ++length) {
        for (const bool to_zero : {true, false}) {
          if (!lowerable(i) || i + 1 + length > values_.size()) continue;
          Values values = without(values_, i + 1, i + 1 + length);
          values[i] = to_zero ? 0 : values[i] - 1;
          propose(std::move(values));
        }
      }
    }
  }
};

}  // namespace

ShrinkResult shrink_prepared(std::span<const std::uint64_t> start, const PrepareCase& prepare, ShrinkBudget budget) {
  return Shrinker(prepare, std::move(budget)).run(start);
}

}  // namespace revive::properties
