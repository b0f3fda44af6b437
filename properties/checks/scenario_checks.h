// The checks behind the scenarios; scenario.cpp names each and gives its sentence.
#pragma once

#include "revive/properties/checks/checks.h"
#include "revive/properties/scenario.h"

namespace revive::properties {

// disturbed_saves.cpp
Verdict saves_do_not_disturb(const Scene& scene);

// folder_checks.cpp
Verdict only_the_target_is_touched(const Scene& scene);

}  // namespace revive::properties
