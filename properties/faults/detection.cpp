#include "revive/properties/faults/detection.h"

#include <utility>

namespace revive::properties {
namespace {

Result<Case> simplest_case() {
  Choices choices = Choices::replay(std::vector<std::uint64_t>{});
  return generate_case(choices);
}

void try_scenarios(const Subject& subject, const std::string& folder, Detection& detection) {
  const auto simplest = simplest_case();
  if (!subject.save_to || folder.empty() || !simplest) return;
  for (const Scenario& scenario : all_scenarios()) {
    ++detection.cases;
    if (!scenario.check({simplest->model, subject, folder})) continue;
    detection.scenario = &scenario;
    detection.layers = count_layers(simplest->model);
    return;
  }
}

}  // namespace

std::string_view Detection::found_by() const {
  if (property != nullptr) return property->name;
  return scenario != nullptr ? scenario->name : std::string_view();
}

Detection detect(const Subject& subject, std::uint64_t seed, const std::string& folder) {
  Detection result;
  for (const Property& property : all_properties()) {
    if (!applies(property, subject)) continue;
    PropertyReport report =
        run_property(property, subject, {.seed = seed, .cases = kDetectionCases}, {.most_layers = kDetectionLayers});
    result.cases += report.distribution.cases();
    if (!report.counterexample) continue;
    result.property = &property;
    const auto& varied = report.counterexample->violation.varied;
    result.layers = count_layers(varied ? *varied : report.counterexample->minimal.model);
    result.counterexample = std::move(report.counterexample);
    return result;
  }
  try_scenarios(subject, folder, result);
  return result;
}

}  // namespace revive::properties
