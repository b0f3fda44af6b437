// Property runs: RapidCheck chooses seeds and sizes, counts cases and stops at the first failure.
//
// RapidCheck neither generates nor shrinks here: cases come from a Choices seeded by it, and what failed is handed
// back as a recording for the shrinker that every engine shares (shrink.h). Nothing is printed, no environment
// variable is read, and the same configuration gives the same result. Several threads may run at once, and may share
// the cases of one configuration among them: `turn` says who makes which.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "revive/properties/choices/choices.h"

namespace revive::properties {

struct CaseSequence {
  std::uint64_t seed = 0;
  // Seeds and sizes follow from all three: a case is known by its number only beside the count.
  int cases = 100;
  // Sizes from the one to the other come in turns, small and large ones mixed.
  int max_size = Choices::kFullSize;
  int min_size = 0;
};

enum class Turn : std::uint8_t { make, pass, stop };
// Asked for each case by its number, before it is made. What is passed costs a millionth of a second.
using TakeTurns = std::function<Turn(std::uint64_t number)>;

struct CaseOutcome {
  bool failed = false;
  // What was expected and what was found, where it failed.
  std::string message = {};
};

struct RunFailure {
  std::uint64_t number = 0;
  Recording recording;
  std::string message;
};

struct RunResult {
  // Cases made, the failing one among them.
  std::uint64_t cases = 0;
  std::optional<RunFailure> failure;
};

// What is said of the exception that is being handled. REQUIRES: one is.
std::string exception_text();

// `run` generates a case from the choices and tests it. An exception that leaves it is a failure of that case.
RunResult run_cases(const CaseSequence& sequence, const std::function<CaseOutcome(Choices&)>& run,
                    const TakeTurns& turn = {});

}  // namespace revive::properties
