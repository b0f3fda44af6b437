// How soon the harness finds what is wrong with a subject, and how small it makes the counterexample.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "revive/properties/faults/fault.h"
#include "revive/properties/scenario.h"
#include "revive/properties/shrink/property_run.h"

namespace revive::properties {

// The layers of a case at most, nested stacks aside; fewer than the generator's own. A fault that takes a tower of
// layers is for the property that makes do without one, not for a case that nobody could shrink.
inline constexpr std::size_t kDetectionLayers = 10;
// The cases each property gets. Few, so that a fault which only the last property sees is still found soon; enough for
// one that shows in one case of a hundred.
inline constexpr int kDetectionCases = 300;
// The least size of a case, and the least of its layers until it is shrunk. Few cases are no place for small ones,
// which show less; with many classes of layers, most of what goes wrong in one of them alone is in no stack of three.
inline constexpr int kDetectionSize = Choices::kFullSize / 2;
inline constexpr std::size_t kDetectionLeastLayers = 6;

// The layers at most of what is found at first sight, or by another property than the one that is there to find it.
inline constexpr std::size_t kFirstSightLayers = 2;

struct Detection {
  // The property that failed first, or else the scenario; nullptr where none did.
  const Property* property = nullptr;
  const Scenario* scenario = nullptr;
  // The cases generated until then, over all properties that apply, the failing one among them. A scenario is a case.
  std::uint64_t cases = 0;
  // Of them, those of the property or scenario that failed.
  std::uint64_t own_cases = 0;
  // Found by the one case that each property and scenario is given before any gets more.
  bool at_first_sight = false;
  std::optional<Counterexample> counterexample;

  bool found() const { return property != nullptr || scenario != nullptr; }
  // Empty where nothing was found.
  std::string_view found_by() const;
  // Of the model that failed: the shrunken one, or the one that the property made of it.
  std::size_t layers = 0;
};

// In which way `found` is less than what the fault's row promises, as the end of a sentence: "expected ..., found ...".
std::optional<std::string> broken_promise(const Expectation& expected, const Detection& found);

// Asks each property that applies for one case and each scenario, and then each property for kDetectionCases more, in
// the order of all_properties(): what shows in any case is found whichever property it takes. Scenarios work in
// `folder` on the simplest model there is; without a folder they are left out.
// Cases are of any classes, or of `classes` alone, names with commas between them.
Detection detect(const Subject& subject, std::uint64_t seed, const std::string& folder = "",
                 std::string_view classes = {});

}  // namespace revive::properties
