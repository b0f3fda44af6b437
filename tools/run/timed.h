// Work that a command may not spend more than so many seconds on, in a child process that ends with its time.
#pragma once

#include <functional>
#include <optional>

#include "revive/model/base/error.h"
#include "revive/tools/arguments.h"
#include "revive/tools/console/console.h"

namespace revive::tools {

// Declares --seconds: how long `what` ("a FILE") may take. `seconds` has to live as long as the app; 0 is no limit.
void add_seconds_option(Arguments& app, std::uint64_t& seconds, const std::string& what);

// What work(console) prints and says. With a limit it runs in a child whose prints are passed on. Errors: those of
// `work`, and limit_exceeded at `place` when the time is up.
Result<bool> timed(std::uint64_t seconds, const std::string& place, Console& console,
                   const std::function<Result<bool>(Console&)>& work);

}  // namespace revive::tools
