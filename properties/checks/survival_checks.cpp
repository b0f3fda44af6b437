#include <algorithm>

#include "revive/properties/checks/survival_legs.h"

namespace revive::properties {
namespace {

// REQUIRES: a property of this name is among survival_properties().
Verdict check(std::string_view name, const Case& the_case, const Subject& subject) {
  const SurvivalProperty& property = *std::ranges::find(survival_properties(), name, &SurvivalProperty::name);
  auto objection = first_objection(property, property.legs, the_case, subject);
  if (!objection) return std::nullopt;
  return std::move(objection->violation);
}

}  // namespace

Verdict outputs_survive(const Case& the_case, const Subject& subject) {
  return check("outputs_survive", the_case, subject);
}

Verdict weights_survive(const Case& the_case, const Subject& subject) {
  return check("weights_survive", the_case, subject);
}

Verdict config_survives(const Case& the_case, const Subject& subject) {
  return check("config_survives", the_case, subject);
}

Verdict bytes_are_stable(const Case& the_case, const Subject& subject) {
  return check("bytes_are_stable", the_case, subject);
}

Verdict captures_are_values(const Case& the_case, const Subject& subject) {
  return check("captures_are_values", the_case, subject);
}

}  // namespace revive::properties
