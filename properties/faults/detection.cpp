#include "revive/properties/faults/detection.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "revive/model/registry.h"

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
    detection.own_cases = 1;
    detection.layers = count_layers(simplest->model);
    return;
  }
}

// Names that are of no class are left out.
std::vector<const LayerClass*> classes_of(std::string_view names) {
  std::vector<const LayerClass*> classes;
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    if (const LayerClass* const found = find_layer_class(names.substr(0, comma))) classes.push_back(found);
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return classes;
}

void try_properties(const Subject& subject, std::uint64_t seed, int cases, const GenerateOptions& options,
                    Detection& detection) {
  for (const Property& property : all_properties()) {
    if (!applies(property, subject)) continue;
    PropertyReport report =
        run_property(property, subject, {.seed = seed, .cases = cases, .min_size = kDetectionSize}, options);
    detection.cases += report.distribution.cases();
    if (!report.counterexample) continue;
    detection.property = &property;
    detection.own_cases = report.distribution.cases();
    const auto& varied = report.counterexample->violation.varied;
    detection.layers = count_layers(varied ? *varied : report.counterexample->minimal.model);
    detection.counterexample = std::move(report.counterexample);
    return;
  }
}

// The place of a property or scenario in the order in which detect() asks them; past the end for a name that is none.
std::size_t turn_of(std::string_view name) {
  const auto properties = all_properties();
  const auto property = std::ranges::find(properties, name, &Property::name);
  if (property != properties.end()) return static_cast<std::size_t>(property - properties.begin());
  const auto scenarios = all_scenarios();
  const auto scenario = std::ranges::find(scenarios, name, &Scenario::name);
  return properties.size() + static_cast<std::size_t>(scenario - scenarios.begin());
}

}  // namespace

std::optional<std::string> broken_promise(const Expectation& expected, const Detection& found) {
  const std::size_t turn = found.found() ? turn_of(found.found_by()) : 0;
  const std::size_t promised = turn_of(expected.found_by);
  const bool in_time =
      found.at_first_sight || turn < promised || (turn == promised && found.own_cases <= expected.cases);
  const std::size_t layers = turn == promised ? expected.layers : std::max(expected.layers, kFirstSightLayers);
  const bool kept = found.found() && in_time && found.layers <= layers;
  if (kept) return std::nullopt;
  const std::string what = found.found() ? fmt::format("{} after {} cases, shrunk to {} layers", found.found_by(),
                                                       found.own_cases, found.layers)
                                         : "nothing";
  return fmt::format("expected {} within {} cases, shrunk to {} layers at most, found {}", expected.found_by,
                     expected.cases, expected.layers, what);
}

std::string_view Detection::found_by() const {
  if (property != nullptr) return property->name;
  return scenario != nullptr ? scenario->name : std::string_view();
}

Detection detect(const Subject& subject, std::uint64_t seed, const std::string& folder, std::string_view classes) {
  Detection result;
  const GenerateOptions options{
      .most_layers = kDetectionLayers, .least_layers = kDetectionLeastLayers, .only = classes_of(classes)};
  try_properties(subject, seed, 1, options, result);
  if (!result.found()) try_scenarios(subject, folder, result);
  result.at_first_sight = result.found() && result.layers <= kFirstSightLayers;
  if (result.at_first_sight) return result;
  const std::uint64_t cases = std::exchange(result, Detection()).cases;
  result.cases = cases;
  try_properties(subject, seed, kDetectionCases, options, result);
  return result;
}

}  // namespace revive::properties
