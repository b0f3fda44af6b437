// The list of known failures that a command is told of.
#pragma once

#include <string>
#include <string_view>

#include "revive/properties/database/known_failures.h"

namespace revive::tools {

inline constexpr std::string_view kKnownFailures = "corpus/known_failures.json";
inline constexpr std::string_view kKnownFailuresHelp =
    "Failures that are counted and do not fail the run; corpus/known_failures.json where there is one";

// Of `path`; where it is empty, of kKnownFailures, and an empty list where that is not there.
Result<properties::KnownFailures> known_failures(const std::string& path);

}  // namespace revive::tools
