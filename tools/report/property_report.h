// What a session of properties says: lines for people, a value for --json, tables of the kinds of cases.
#pragma once

#include <string>

#include "revive/model/base/value.h"
#include "revive/tools/run/property_session.h"

namespace revive::tools {

// "outputs_survive: held, 1,000 cases", what became of stored cases, and the failure in full.
std::string outcome_text(const PropertyOutcome& outcome, const Console& console);
Value outcome_to_value(const PropertyOutcome& outcome);

// Labels with their shares and what was asked for, and the commonest values of every facet that was counted.
std::string distribution_text(const properties::Distribution& distribution);
// All cases of a session, whatever they were made for.
properties::Distribution all_cases(const SessionReport& report, bool with_facets);

}  // namespace revive::tools
