// A program of the hunt as one that stands alone: it builds, saves, loads and compares, and fails where the site says.
//
// It needs Keras and NumPy and writes into the folder that it is started in. Run with the argument "load" it is the
// fresh process. Exit code 0: nothing is wrong; 1, with an AssertionError or what Keras raised: the finding.
#pragma once

#include <string>

#include "revive/properties/hunt/judge.h"
#include "revive/properties/hunt/program.h"

namespace revive::properties::hunt {

std::string standalone_text(const Program& program, const Site& site);

}  // namespace revive::properties::hunt
