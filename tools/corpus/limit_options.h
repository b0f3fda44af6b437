// The limits that a command line may raise, by one table: every command that loads an archive takes them, and an Error
// of one of them names its option.
#pragma once

#include <string>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/tools/arguments.h"

namespace revive::tools {

// Declares --max-inflated-bytes and its like; `limits` has to live as long as the app.
void add_limit_options(Arguments& app, Limits& limits);

// The same error; where a limit with an option is exceeded, the sentence says which option raises it.
Error with_option(Error error);

// The limits for the file at `path`: what it may ask for grows with its size.
Limits limits_for(const std::string& path, const Limits& limits);

}  // namespace revive::tools
