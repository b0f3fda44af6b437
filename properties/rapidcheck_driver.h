// Property runs: RapidCheck chooses seeds and sizes, counts cases and stops at the first failure.
//
// RapidCheck neither generates nor shrinks here: cases come from a Choices seeded by it, and what failed is handed
// back as a recording for the shrinker that every engine shares (shrink.h). Nothing is printed, no environment
// variable is read, and the same configuration gives the same result.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "properties/choices.h"

namespace revive::properties {

struct RunConfig {
  std::uint64_t seed = 0;
  int cases = 100;
  // Sizes go from 0 to this and start again.
  int max_size = Choices::kFullSize;
};

struct CaseOutcome {
  bool failed = false;
  // What was expected and what was found, where it failed.
  std::string message;
  // What kind of case it was. A label counts once a case, however often it is named.
  std::vector<std::string> labels;
};

struct RunFailure {
  Recording recording;
  std::string message;
};

struct RunResult {
  // Cases run, the failing one among them.
  std::uint64_t cases = 0;
  std::map<std::string, std::uint64_t, std::less<>> labels;
  std::optional<RunFailure> failure;
};

// `run` generates a case from the choices and tests it. An exception that leaves it is a failure of that case.
RunResult run_cases(const RunConfig& config, const std::function<CaseOutcome(Choices&)>& run);

}  // namespace revive::properties
