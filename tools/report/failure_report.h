// A failing case for people: the sentence that does not hold, where it first differs, the smallest model as programs in
// C++ and in Keras, and the commands that bring it back.
#pragma once

#include <string>

#include "revive/tools/run/property_session.h"

namespace revive::tools {

// REQUIRES: outcome.failure.
std::string failure_text(const PropertyOutcome& outcome);

}  // namespace revive::tools
