#include "revive/properties/scenario.h"

#include <algorithm>
#include <array>

#include "revive/properties/checks/scenario_checks.h"

namespace revive::properties {
namespace {

constexpr std::array kScenarios = {
    Scenario{"saves_do_not_disturb",
             "Whatever fails while saving, and wherever it is killed or loses power, the old file or the new one "
             "stands, and the model is as it was.",
             saves_do_not_disturb},
    Scenario{"only_the_target_is_touched", "A save changes the file it was asked for and nothing else.",
             only_the_target_is_touched},
};

}  // namespace

std::span<const Scenario> all_scenarios() {
  return kScenarios;
}

const Scenario* find_scenario(std::string_view name) {
  const auto* const found = std::ranges::find(kScenarios, name, &Scenario::name);
  return found == kScenarios.end() ? nullptr : found;
}

}  // namespace revive::properties
