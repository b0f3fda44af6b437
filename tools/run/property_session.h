// Properties run on one subject: what earlier runs found is replayed first, then new cases are made, for one round or
// for a while.
//
// A stored case that still fails is the failure of its property, and new cases are made all the same: those that fail
// as it does, or as the list of known failures says, are counted and passed over, so that another failure is found
// behind them, and is then the one that is shown. What is on the list does not fail the property at all, and where an
// entry's failure did not occur, that is said. A stored case that holds is mended: it is reported and its file removed,
// but for one that did not fail again when it was found: that it holds this time says little, so it stays. One whose
// choices no longer decode to its model is replayed from the model, reported as re-encoded, and from then on stored as
// its model alone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "revive/properties/database/case_store.h"
#include "revive/properties/database/known_failures.h"
#include "revive/properties/shrink/property_run.h"
#include "revive/tools/console/console.h"

namespace revive::tools {

struct SessionOptions {
  std::vector<const properties::Property*> chosen;
  std::uint64_t seed = 0;
  int cases = 1000;
  properties::Shard shard = {};
  properties::Profile profile = properties::Profile::wild;
  // The classes that models are made of; any where there is none.
  std::vector<const LayerClass*> only = {};
  // Go on with the next seeds until so many seconds have passed; 0: one round.
  int seconds = 0;
  // How long one failure may be shrunk; 0: as long as it takes.
  int shrink_seconds = 0;
  // Whether to count the facets of cases.
  bool facets = false;
  // Whether to replay what the store holds.
  bool replay = true;
  properties::KnownFailures known = {};
};

struct PropertyFailure {
  // Of what an earlier run stored: the case and what it violates, and nothing of how it was found.
  properties::Counterexample found;
  // Where the case is stored.
  std::string path;
  // The command that replays it.
  std::string replay;
  // The seed that it was found with; nothing where the run that stored it did not say.
  std::optional<std::uint64_t> seed;
  // The command that finds it again; empty for what an earlier run stored.
  std::string again = {};

  bool stored_earlier() const { return again.empty(); }
};

struct PropertyOutcome {
  const properties::Property* property = nullptr;
  // Why it was not tested; nothing else is then set.
  std::optional<std::string> skipped;
  properties::Distribution distribution;
  // Rounds that made cases of it.
  std::uint64_t rounds = 0;
  // What became of stored cases and known failures, a sentence each.
  std::vector<std::string> news;
  // New cases that failed as is known or as a stored one does, by site; and those that said nothing, by why.
  std::map<std::string, std::uint64_t> known = {};
  std::map<std::string, std::uint64_t> discarded = {};
  std::optional<PropertyFailure> failure;
  // Why it did not hold although no case can be shown (PropertyReport::trouble).
  std::optional<std::string> trouble;

  bool held() const { return !skipped && !failure && !trouble; }
  bool failed() const { return failure || trouble; }
  // Whether new cases would say more: nothing new was found.
  bool goes_on() const { return !skipped && !trouble && (!failure || failure->stored_earlier()); }
};

struct SessionReport {
  // In the order of SessionOptions::chosen.
  std::vector<PropertyOutcome> outcomes;
  // Rounds in which every property that had not failed before was run to its end.
  std::uint64_t whole_rounds = 0;
};

// `subjects` as for run_property(): one thread each. `done` is called once for each property: in their order, and where
// there are further rounds, for what fails when it fails. Errors: those of writing to the store.
Result<SessionReport> run_session(const SessionOptions& options, std::span<const properties::Subject> subjects,
                                  const properties::CaseStore& store, Console& console,
                                  const std::function<void(const PropertyOutcome&)>& done);

}  // namespace revive::tools
