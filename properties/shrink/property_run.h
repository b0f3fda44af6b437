// Running a property over generated cases, and shrinking what fails.
//
// A run is a sequence of cases that follows from the seed and the count. Machines share it as shards (case k belongs to
// shard k modulo their count, so the shards together are the whole run), threads as blocks of neighbouring cases. What
// is reported is what one thread would have seen: the cases up to the first that fails. So everything here is a pure
// function of seed, count and shard; the same seed prints the same report with any compiler and any number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "revive/properties/choices/rapidcheck_driver.h"
#include "revive/properties/generate/distribution.h"
#include "revive/properties/generate/generate.h"
#include "revive/properties/property.h"
#include "revive/properties/shrink/shrink.h"

namespace revive::properties {

// Part `index` (from 0) of `count`.
struct Shard {
  std::uint64_t index = 0;
  std::uint64_t count = 1;
};

struct RunConfig {
  std::uint64_t seed = 0;
  // Of all shards together.
  int cases = 100;
  Shard shard = {};
  // As in CaseSequence.
  int min_size = 0;
  // Whether to count the facets of cases, too.
  bool facets = false;
  // Called after each case, from any of the threads.
  std::function<void()> after_case = {};
  // Whether a failure is known: then it is counted by its site, and the run goes on. Called from any of the threads.
  std::function<bool(const Violation&)> is_known = {};
  // What shrinking may cost. A limit of time makes what is reported depend on the machine.
  ShrinkBudget shrink = {};
};

// A failing case, shrunk.
struct Counterexample {
  Recording recording;
  // The simplest case there is where `violation` says that the generator made what is not a model.
  Case minimal;
  Violation violation;
  // Cases put to the test while shrinking, and whether the budget ended it.
  std::size_t shrink_tries = 0;
  bool budget_spent = false;
  // That budget was time: another run may end in a simpler case.
  bool out_of_time = false;
  // False for a case that failed and then, tried again, held, as one does that met a race or a subject that remembers:
  // it is shown as it was generated, with what it violated that once.
  bool repeats = true;
};

// Of ten cases one must say something, as QuickCheck has it; with fewer, a run that holds would mean little.
inline constexpr double kMostDiscarded = 0.9;

struct PropertyReport {
  const Property* property = nullptr;
  Distribution distribution;
  std::optional<Counterexample> counterexample;
  // Why a run that found no counterexample did not hold: a share that was missed, a generator that made no model, or a
  // subject that knew too few of the cases (kMostDiscarded).
  std::optional<std::string> trouble;
  // Cases that failed as is known, by failure_site().
  std::map<std::string, std::uint64_t> known = {};
  // Cases that said nothing, by what of them the subject does not know.
  std::map<std::string, std::uint64_t> discarded = {};
  // Why no case said anything, of a subject that lists its layers: the property is about one that it does not know.
  std::optional<std::string> skipped = {};

  bool held() const { return !counterexample && !trouble; }
};

// With GenerateOptions::only of what the subject says that it knows (Subject::layers), unless `options` has its own.
GenerateOptions options_for(const Subject& subject, GenerateOptions options = {});

PropertyReport run_property(const Property& property, const Subject& subject, const RunConfig& config,
                            const GenerateOptions& options = {});
// One thread for each of `subjects`, which are the same thing under test and share no state. At least one.
PropertyReport run_property(const Property& property, std::span<const Subject> subjects, const RunConfig& config,
                            const GenerateOptions& options = {});

// Shrinks a failing recording and tests the result once more. Nothing when the recording does not fail, or as is known.
std::optional<Counterexample> shrink_case(const Property& property, const Subject& subject, const Recording& failing,
                                          const GenerateOptions& options = {}, const ShrinkBudget& budget = {},
                                          const std::function<bool(const Violation&)>& is_known = {});

}  // namespace revive::properties
