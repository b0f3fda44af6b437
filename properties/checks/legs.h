// The legs of the properties that vary a case before they ask what becomes of it, and of those about changed bytes.
// Their checks (checks.h) ask Legs by these names; each leg has a fault that passes without it (each_leg_test.cpp).
// Those of the other properties are in survival_legs.h.
#pragma once

#include <span>
#include <string_view>

#include "revive/properties/checks/checks.h"

namespace revive::properties {

struct Leg {
  std::string_view name;
  // What has to hold, as a sentence.
  std::string_view promise;
};

struct PropertyOnLegs {
  std::string_view name;
  // In the order in which they are asked.
  std::span<const Leg> legs;
  Verdict (*check)(const Case& the_case, const Subject& subject, const Legs& legs);
};

std::span<const PropertyOnLegs> properties_on_legs();

}  // namespace revive::properties
