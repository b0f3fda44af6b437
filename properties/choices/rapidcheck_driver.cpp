#include "revive/properties/choices/rapidcheck_driver.h"

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

CaseOutcome outcome_of(const std::function<CaseOutcome(Choices&)>& run, Choices& choices) {
  try {
    return run(choices);
  } catch (...) {
    return {.failed = true, .message = exception_text()};
  }
}

// RapidCheck's sizes rise by one a case, so that the first few dozen cases would all be small. This goes through the
// same sizes with large steps.
int spread(int size, int max_size) {
  constexpr int kStep = 37;
  return size * kStep % (max_size + 1);
}

}  // namespace

std::string exception_text() {
  try {
    throw;
  } catch (const std::exception& exception) {
    return std::string("an exception left the property: ") + exception.what();
  } catch (...) {
    return "an exception of unknown type left the property";
  }
}

RunResult run_cases(const CaseSequence& sequence, const std::function<CaseOutcome(Choices&)>& run,
                    const TakeTurns& turn) {
  rcd::TestParams params;
  params.seed = sequence.seed;
  params.maxSuccess = std::max(sequence.cases, 0);
  const int max_size = std::clamp(sequence.max_size, 0, Choices::kFullSize);
  const int min_size = std::clamp(sequence.min_size, 0, max_size);
  params.maxSize = max_size - min_size;
  // No case is ever discarded, and a ratio times the cases must not overflow.
  params.maxDiscardRatio = 0;
  RunResult result;
  std::uint64_t next = 0;
  const auto one_case = [&](rc::Random random, int size) {
    rcd::CaseDescription description;
    description.result.type = rcd::CaseResult::Type::Success;
    description.example = [] { return rcd::Example{}; };
    const std::uint64_t number = next++;
    const Turn said = turn ? turn(number) : Turn::make;
    if (said == Turn::make) {
      Choices choices = Choices::random(random.next(), min_size + spread(size, params.maxSize));
      CaseOutcome outcome = outcome_of(run, choices);
      ++result.cases;
      if (outcome.failed) result.failure = RunFailure{number, choices.take_recording(), std::move(outcome.message)};
    }
    // RapidCheck ends at a failure and at nothing else.
    if (said == Turn::stop || result.failure) description.result.type = rcd::CaseResult::Type::Failure;
    // A value alone: RapidCheck finds nothing to shrink.
    return rc::shrinkable::just(std::move(description));
  };
  SilentListener listener;
  // Without a map of its own RapidCheck reads RC_PARAMS, draws a random seed and prints it.
  const std::unordered_map<std::string, rcd::Reproduce> nothing_to_reproduce;
  rcd::checkProperty(rcd::Property(one_case), rcd::TestMetadata(), params, listener, nothing_to_reproduce);
  return result;
}

}  // namespace revive::properties
