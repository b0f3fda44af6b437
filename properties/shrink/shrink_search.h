// The state of a shrinking search: the simplest failing case so far, and proposals to put another in its place.
//
// A proposal is a sequence of tokens or values. The generator makes a case of it; only where that is simpler than the
// current one, was not tested before and fails does it become the current one. What to propose is the business of the
// passes (shrink.cpp), which derive from this and read the case as it stands.
#pragma once

#include <unordered_set>
#include <vector>

#include "revive/properties/shrink/shrink.h"

namespace revive::properties {

using Tokens = std::vector<Token>;
using Values = std::vector<std::uint64_t>;

class ShrinkSearch {
 public:
  // `prepare` must outlive the search.
  ShrinkSearch(const PrepareCase& prepare, ShrinkBudget budget) : prepare_(prepare), budget_(std::move(budget)) {}

 protected:
  // Makes the start the current case; whether it fails.
  bool begin(std::span<const std::uint64_t> start);
  // The current case and what it took to find it; the search is then over.
  ShrinkResult take_result();

  // True when the proposal is now the current case; false once the budget is spent.
  bool propose(Tokens tokens);
  bool propose(Values values);
  bool searching() const { return !result_.budget_spent; }

  bool opens(std::size_t i) const { return i < tokens_.size() && tokens_[i].kind == Token::Kind::open; }
  // Two spans that may stand in for each other.
  bool alike(std::size_t i, std::size_t j) const {
    return opens(i) && opens(j) && tokens_[i].label == tokens_[j].label;
  }
  bool drawn(std::size_t ordinal) const { return ordinal < values_.size() && tokens_[places_[ordinal]].is_drawn(); }
  bool lowerable(std::size_t ordinal) const { return drawn(ordinal) && values_[ordinal] > 0; }
  std::uint64_t max_of(std::size_t ordinal) const { return tokens_[places_[ordinal]].max; }

  // The current case: its tokens, where their spans end, its flat values, and at which token each value is.
  Tokens tokens_;
  std::vector<std::size_t> closes_;
  Values values_;
  std::vector<std::size_t> places_;
  // How many proposals became the current case.
  std::size_t accepted_ = 0;

 private:
  bool propose(Choices choices, std::uint64_t hash);
  void adopt(Recording recording);

  const PrepareCase& prepare_;
  const ShrinkBudget budget_;
  // Hashes of what was proposed, and of the recordings that came of it and were tested.
  std::unordered_set<std::uint64_t> proposed_;
  std::unordered_set<std::uint64_t> tested_;
  ShrinkResult result_;
};

}  // namespace revive::properties
