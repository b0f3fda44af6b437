// A scenario: a named sentence over saving one model to real files.
//
// Scenarios are for what a generated case cannot show: what stands on the disk while a save goes wrong, and beside it
// afterwards. Each is a pure function of the model and the subject, but it needs a folder to work in, takes some
// hundred saves, and starts child processes that it kills: run it once per archive, from a process with one thread.
// kScenarios is the one list. Scenarios apply to subjects with save_to().
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "revive/properties/property.h"
#include "revive/properties/subject.h"

namespace revive::properties {

struct Scene {
  const Sequential& model;
  const Subject& subject;
  // An empty folder for one scenario alone. What is left in it is the caller's to remove.
  std::string folder;
};

struct Scenario {
  std::string_view name;
  // "Whatever goes wrong while saving, the old file or the new one stands."
  std::string_view sentence;
  std::optional<Violation> (*check)(const Scene&);
};

std::span<const Scenario> all_scenarios();
const Scenario* find_scenario(std::string_view name);

}  // namespace revive::properties
