// What `--subject` names: revive, a fault, or a program that speaks the line protocol (properties/PROTOCOL.md).
#pragma once

#include <string>

#include "revive/properties/process/process_subject.h"
#include "revive/properties/subject.h"

namespace revive::tools {

// A program is told by a '/', a space, or by being found in PATH. It is started here, so `argument` must come from the
// person who runs revive, never out of a file. Errors: usage, with the names there are or
// what the program did instead of saying what it is.
Result<properties::Subject> resolve_subject(const std::string& argument, const properties::LineLimits& limits = {});

}  // namespace revive::tools
