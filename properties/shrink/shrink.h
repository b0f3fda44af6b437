// From a failing case to the simplest one that still fails, for every generator and every engine.
//
// The shrinker edits the recorded choices, runs the generator on them, and accepts only what both fails and has a
// simpler recording (recording.h), so it always ends and every result is a case the generator can make. A case whose
// recording is not simpler, or was tried before, is never put to the test. The same start gives the same end, unless
// the caller sets a limit of time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

#include "revive/properties/choices/choices.h"

namespace revive::properties {

struct ShrinkBudget {
  // Cases put to the test.
  std::size_t tries = 2'000;
  // Cases generated, tested or not.
  std::size_t runs = 20'000;
  // Asked before each case: true ends the search. Where it looks at a clock, two searches may end differently.
  std::function<bool()> out_of_time = {};
};

struct ShrinkResult {
  // The simplest failing case found; the start itself where nothing simpler failed.
  Recording recording;
  // False when the start did not fail: the property or the generator depends on more than its choices.
  bool reproduced = false;
  // Whether the search ended for want of budget rather than of ideas.
  bool budget_spent = false;
  // Whether that budget was time, so that another search may find a simpler case.
  bool out_of_time = false;
  std::size_t tries = 0;
  std::size_t runs = 0;
};

// Generates a case and returns the test of it: true when it fails.
using PrepareCase = std::function<std::move_only_function<bool()>(Choices&)>;

ShrinkResult shrink_prepared(std::span<const std::uint64_t> start, const PrepareCase& prepare, ShrinkBudget budget);

// `generate(Choices&)` returns the case, `fails(const Case&)` tests it. Both are called with the same case at most
// once, must give the same answer for the same choices, and must not throw.
template <typename Generate, typename Fails>
ShrinkResult shrink(std::span<const std::uint64_t> start, Generate generate, Fails fails, ShrinkBudget budget = {}) {
  const PrepareCase prepare = [&](Choices& choices) -> std::move_only_function<bool()> {
    return [&fails, made = generate(choices)]() -> bool { return fails(made); };
  };
  return shrink_prepared(start, prepare, std::move(budget));
}

}  // namespace revive::properties
