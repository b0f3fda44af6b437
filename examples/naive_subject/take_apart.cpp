#include "revive/examples/naive_subject/take_apart.h"

#include <optional>

#include "revive/properties/shrink/property_run.h"

using namespace revive::properties;

namespace {

struct Failure {
  const Property* property = nullptr;
  Counterexample counterexample;
};

std::optional<Failure> first_failure(const Subject& subject, int cases, std::uint64_t seed) {
  for (const Property& property : all_properties()) {
    if (!applies(property, subject)) continue;
    auto report = run_property(property, subject, {.seed = seed, .cases = cases});
    if (report.counterexample) return Failure{&property, std::move(*report.counterexample)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Finding> find_next(const MakeSubject& make, Mended& mended, int cases, std::uint64_t seed) {
  const auto failure = first_failure(make(mended), cases, seed);
  if (!failure) return std::nullopt;
  Finding finding = {.mistake = "?",
                     .property = std::string(failure->property->name),
                     .layers = count_layers(failure->counterexample.minimal.model),
                     .message = failure->counterexample.violation.message};
  for (const Mistake& mistake : kMistakes) {
    if (mended.*mistake.mended) continue;
    Mended without = mended;
    without.*mistake.mended = true;
    if (check_case(*failure->property, failure->counterexample.minimal, make(without))) continue;
    finding.mistake = mistake.name;
    mended = without;
    break;
  }
  return finding;
}

std::string to_arguments(const Mended& mended) {
  std::string names;
  for (const Mistake& mistake : kMistakes) {
    if (!(mended.*mistake.mended)) continue;
    names += (names.empty() ? " --mended " : ",") + std::string(mistake.name);
  }
  return names;
}
