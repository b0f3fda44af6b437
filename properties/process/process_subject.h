// A Subject that is a program, driven by the line protocol of PROTOCOL.md.
//
// The program runs for as long as the Subject, a copy of it, or a model that it loaded. One that ends, hangs or does
// not keep to the protocol is an Error (subject_failed) and is started anew for the next request; models loaded before
// are then gone. What the program says that it cannot do is subject_refused. A Subject may be used from several
// threads; requests wait for each other.
#pragma once

#include <string>

#include "revive/properties/process/line_process.h"
#include "revive/properties/subject.h"

namespace revive::properties {

// Starts the program and asks what it can do. Errors: subject_failed, subject_refused.
Result<Subject> process_subject(const std::string& command, const LineLimits& limits = {});

}  // namespace revive::properties
