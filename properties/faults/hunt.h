// How soon the harness finds what is wrong with a subject, and how small it makes the counterexample.
#pragma once

#include <cstdint>
#include <optional>

#include "properties/run.h"

namespace revive::properties {

// The cases each property gets. Few, so that a fault which only the last property sees is still found soon; enough for
// one that shows in one case of a hundred.
inline constexpr int kHuntCases = 200;

struct Hunt {
  // The first property that failed, in the order of all_properties(); nullptr when none did.
  const Property* property = nullptr;
  // The cases generated until then, over all properties that apply, the failing one among them.
  std::uint64_t cases = 0;
  std::optional<Counterexample> counterexample;
};

Hunt hunt(const Subject& subject, std::uint64_t seed);

}  // namespace revive::properties
