// A hunt on one installed Keras: programs from a seed, each judged, what fails shrunk and run alone.
//
// Case i of a seed is the same program whoever runs it, so several jobs share the cases. A finding is kept only when
// its printed program, alone, in a new interpreter, fails twice as the worker said. At most 30 % of the time goes to
// shrinking; a site met when that is spent waits for its turn.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/properties/hunt/catalogue.h"
#include "revive/properties/hunt/finding.h"
#include "revive/properties/hunt/worker.h"
#include "revive/tools/run/jobs.h"

namespace revive::tools {

struct HuntOptions {
  properties::hunt::WorkerPlan worker;
  // Loads what `worker` saves; nothing: no second version.
  std::optional<properties::hunt::WorkerPlan> other;
  std::string parameters;
  std::vector<std::string> modules;
  std::uint64_t seed = 1;
  // The first case, and how many; 0: no limit.
  std::uint64_t from = 0;
  std::uint64_t cases = 0;
  int seconds = 0;
  int jobs = jobs_of_machine();
  // Ends with the first finding whose key or sites hold this; empty: goes on.
  std::string until;
  // Told what the worker says of itself, before anything else is asked.
  std::function<void(const Value& hello)> started = {};
  // What the project knows: site -> reason.
  std::function<bool(const std::string& site)> is_known = {};
  std::function<bool(const properties::hunt::Feature& feature)> avoid = {};
  // Asked between programs: whether to end at once, with what was found.
  std::function<bool()> interrupted = {};
  // Judges, and shrinks nothing: to see how fast programs are judged.
  bool shrinks = true;
  // Keeps the programs that Keras took (HuntReport::programs).
  bool keep_programs = false;
};

struct HuntReport {
  Value hello;
  Value other;
  std::uint64_t seed = 0;
  std::uint64_t cases = 0;
  std::uint64_t refused = 0;
  std::uint64_t objects = 0;
  std::uint64_t unconfirmed = 0;
  std::vector<properties::hunt::Finding> findings;
  // Known site -> how often it was met.
  std::map<std::string, std::uint64_t> known;
  // Listed as known, and the program of it holds.
  std::vector<std::string> gone;
  // Why Keras refused, and how often.
  std::map<std::string, std::uint64_t> refusals;
  // "keras.layers.Dense.units": what was given, of what could be.
  std::set<std::string> exercised;
  std::set<std::string> not_exercised;
  // Of those that were tried and never taken: what Keras said.
  std::map<std::string, std::string> refused_parameters;
  std::map<std::string, std::string> skipped;
  // The sites whose program did not fail alone.
  std::set<std::string> unconfirmed_sites;
  // What the worker said instead of an answer, and how often: cases that nobody judged.
  std::map<std::string, std::uint64_t> not_judged;
  // Sites that were met and not shrunk when time was up.
  std::vector<std::string> waiting;
  std::vector<std::string> programs;
  // The key of the finding that `until` waited for.
  std::string until;
  // The signal that ended it early; 0: none.
  int interrupted_by = 0;
  int jobs = 1;
  double seconds = 0;
  // Of all jobs together, as is what follows.
  double shrink_seconds = 0;
  // Running programs alone, in new interpreters.
  double confirm_seconds = 0;
};

// `done` is told of each finding as it is confirmed. Errors: usage where there is no Keras 3, case_format for
// parameters.json.
Result<HuntReport> run_hunt(const HuntOptions& options,
                            const std::function<void(const properties::hunt::Finding&)>& done);

// Runs a standalone program in a new interpreter and a folder of its own: whether it fails, and what it said last.
struct AloneOutcome {
  bool failed = false;
  // The last line of what it printed to standard error, and the type of the exception in it.
  std::string said;
  std::string exception;
};
Result<AloneOutcome> run_alone(const properties::hunt::WorkerPlan& plan, const std::string& text,
                               const std::string& folder);

}  // namespace revive::tools
