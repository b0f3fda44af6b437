#include "properties/run.h"

#include <fmt/format.h>

#include <cmath>

namespace revive::properties {
namespace {

// The upper end of the Wilson score interval for `hits` of `n`.
double upper_share(std::uint64_t hits, std::uint64_t n) {
  constexpr double kZ = 3.29;  // 99.9 %, two-sided
  const auto count = static_cast<double>(n);
  const double share = static_cast<double>(hits) / count;
  const double z2 = kZ * kZ;
  const double spread = kZ * std::sqrt(share * (1 - share) / count + z2 / (4 * count * count));
  return (share + z2 / (2 * count) + spread) / (1 + z2 / count);
}

std::optional<Violation> test_case(const Property& property, const Subject& subject, const Result<Case>& made) {
  if (!made) return Violation{"the generator made what is not a model: " + made.error().text()};
  return property.check(*made, subject);
}

}  // namespace

std::optional<std::string> Distribution::missed() const {
  if (cases < kLeastCasesToJudge) return std::nullopt;
  for (const LabelShare& share : kLabelShares) {
    const auto found = labels.find(share.label);
    const std::uint64_t hits = found == labels.end() ? 0 : found->second;
    if (upper_share(hits, cases) < share.least) {
      return fmt::format("at least {:.0f} % of the cases should be \"{}\", found {} of {}", share.least * 100,
                         share.label, hits, cases);
    }
  }
  // The spread of the number of layers is about its average, so a tenth is far outside chance from 200 cases on.
  if (average_layers < kLeastAverageLayers * 0.9) {
    return fmt::format("the cases should have {} layers on average, found {:.2f}", kLeastAverageLayers, average_layers);
  }
  return std::nullopt;
}

std::optional<Counterexample> shrink_case(const Property& property, const Subject& subject, const Recording& failing,
                                          const GenerateOptions& options) {
  const auto generate = [&](Choices& choices) { return generate_case(choices, options); };
  const auto fails = [&](const Result<Case>& made) { return test_case(property, subject, made).has_value(); };
  ShrinkResult shrunk = shrink(failing.values(), generate, fails);
  Choices choices = Choices::replay(shrunk.recording.values());
  auto made = generate(choices);
  const auto violation = test_case(property, subject, made);
  if (!violation) return std::nullopt;
  const bool generator_failed = !made;
  if (!made) {
    Choices simplest = Choices::replay(std::vector<std::uint64_t>{});
    made = generate(simplest);
    // Without even the simplest case there is nothing to show but the sentence.
    if (!made) return std::nullopt;
  }
  return Counterexample{.recording = std::move(shrunk.recording),
                        .minimal = std::move(*made),
                        .violation = *violation,
                        .shrink_tries = shrunk.tries,
                        .budget_spent = shrunk.budget_spent,
                        .generator_failed = generator_failed};
}

PropertyReport run_property(const Property& property, const Subject& subject, const RunConfig& config,
                            const GenerateOptions& options) {
  std::uint64_t layers = 0;
  const RunResult result = run_cases(config, [&](Choices& choices) {
    const auto made = generate_case(choices, options);
    CaseOutcome outcome;
    if (made) {
      outcome.labels = made->labels;
      layers += count_layers(made->model);
    }
    if (const auto violation = test_case(property, subject, made)) {
      outcome.failed = true;
      outcome.message = violation->message;
    }
    return outcome;
  });
  PropertyReport report{.property = &property, .distribution = {}, .counterexample = {}};
  report.distribution.cases = result.cases;
  report.distribution.labels = result.labels;
  if (result.cases > 0)
    report.distribution.average_layers = static_cast<double>(layers) / static_cast<double>(result.cases);
  if (result.failure) report.counterexample = shrink_case(property, subject, result.failure->recording, options);
  return report;
}

}  // namespace revive::properties
