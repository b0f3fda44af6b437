// Running a property over generated cases, and shrinking what fails.
//
// Everything here is a pure function of its arguments: the same seed prints the same report with any compiler.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "properties/generate.h"
#include "properties/property.h"
#include "properties/rapidcheck_driver.h"
#include "properties/shrink.h"

namespace revive::properties {

// A failing case, shrunk.
struct Counterexample {
  Recording recording;
  Case minimal;
  Violation violation;
  // Cases put to the test while shrinking, and whether the budget ended it.
  std::size_t shrink_tries = 0;
  bool budget_spent = false;
  // The generator made a model that is not valid; `minimal` is then empty of meaning and `violation` says why.
  bool generator_failed = false;
};

// What kinds of cases a run made.
struct Distribution {
  std::uint64_t cases = 0;
  double average_layers = 0;
  std::map<std::string, std::uint64_t, std::less<>> labels;

  // Which required share (kLabelShares, kLeastAverageLayers) the run misses for sure: judged only from
  // kLeastCasesToJudge on, with the upper end of a 99.9 % Wilson interval, so that chance alone does not fail a run.
  std::optional<std::string> missed() const;
};

inline constexpr std::uint64_t kLeastCasesToJudge = 200;

struct PropertyReport {
  const Property* property = nullptr;
  Distribution distribution;
  std::optional<Counterexample> counterexample;

  bool held() const { return !counterexample && !distribution.missed(); }
};

PropertyReport run_property(const Property& property, const Subject& subject, const RunConfig& config,
                            const GenerateOptions& options = {});

// Shrinks a failing recording and tests the result once more. Nothing when the recording does not fail.
std::optional<Counterexample> shrink_case(const Property& property, const Subject& subject, const Recording& failing,
                                          const GenerateOptions& options = {});

}  // namespace revive::properties
