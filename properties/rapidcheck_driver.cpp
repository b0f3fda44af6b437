#include "properties/rapidcheck_driver.h"

#include <rapidcheck.h>

#include <algorithm>
#include <exception>
#include <unordered_map>
#include <utility>

namespace revive::properties {
namespace {

namespace rcd = rc::detail;

class SilentListener final : public rcd::TestListener {
 public:
  void onTestCaseFinished(const rcd::CaseDescription&) override {}
  void onShrinkTried(const rcd::CaseDescription&, bool) override {}
  void onTestFinished(const rcd::TestMetadata&, const rcd::TestResult&) override {}
};

// RapidCheck's own tags keep every combination of labels seen; counting labels one by one is cheaper by far.
class LabelCounts {
 public:
  void add(const std::vector<std::string>& labels, std::uint64_t case_number) {
    for (const std::string& label : labels) {
      auto at = counts_.find(label);
      if (at == counts_.end()) at = counts_.emplace(label, Count{}).first;
      if (at->second.last_case == case_number) continue;
      at->second.last_case = case_number;
      ++at->second.cases;
    }
  }
  void write_to(RunResult& result) const {
    for (const auto& [label, count] : counts_) result.labels.emplace(label, count.cases);
  }

 private:
  struct Count {
    std::uint64_t cases = 0;
    std::uint64_t last_case = 0;
  };
  std::map<std::string, Count, std::less<>> counts_;
};

CaseOutcome outcome_of(const std::function<CaseOutcome(Choices&)>& run, Choices& choices) {
  try {
    return run(choices);
  } catch (const std::exception& e) {
    return {.failed = true, .message = std::string("an exception left the property: ") + e.what(), .labels = {}};
  } catch (...) {
    return {.failed = true, .message = "an exception of unknown type left the property", .labels = {}};
  }
}

}  // namespace

RunResult run_cases(const RunConfig& config, const std::function<CaseOutcome(Choices&)>& run) {
  RunResult result;
  LabelCounts labels;
  const auto one_case = [&](rc::Random random, int size) {
    Choices choices = Choices::random(random.next(), size);
    CaseOutcome outcome = outcome_of(run, choices);
    labels.add(outcome.labels, ++result.cases);
    rcd::CaseDescription description;
    description.result.type = outcome.failed ? rcd::CaseResult::Type::Failure : rcd::CaseResult::Type::Success;
    description.example = [] { return rcd::Example{}; };
    if (outcome.failed) result.failure = RunFailure{choices.take_recording(), std::move(outcome.message)};
    // A value alone: RapidCheck finds nothing to shrink.
    return rc::shrinkable::just(std::move(description));
  };
  rcd::TestParams params;
  params.seed = config.seed;
  params.maxSuccess = std::max(config.cases, 0);
  params.maxSize = std::clamp(config.max_size, 0, Choices::kFullSize);
  // No case is ever discarded, and a ratio times the cases must not overflow.
  params.maxDiscardRatio = 0;
  SilentListener listener;
  // Without a map of its own RapidCheck reads RC_PARAMS, draws a random seed and prints it.
  const std::unordered_map<std::string, rcd::Reproduce> nothing_to_reproduce;
  rcd::checkProperty(rcd::Property(one_case), rcd::TestMetadata(), params, listener, nothing_to_reproduce);
  labels.write_to(result);
  return result;
}

}  // namespace revive::properties
