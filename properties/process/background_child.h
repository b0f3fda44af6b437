// A program that runs beside this one, its output in a file.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "revive/properties/process/child_process.h"
#include "revive/properties/process/process.h"

namespace revive::properties {

// Owns the process and what it starts: they end with it, and with this program (process.h).
class BackgroundChild {
 public:
  // Both streams go to `log`, which is made anew; ChildProgram::input must be empty. Errors: file_unreadable,
  // file_unwritable for the log.
  static Result<BackgroundChild> start(const ChildProgram& program, const std::string& log,
                                       const ChildLimits& limits = {});

  // How it ended; nothing while it runs. REQUIRES: it has not ended before.
  std::optional<ChildEnd> ended() { return process_.ended(); }
  // Asks it to end: SIGTERM, and SIGKILL after `grace_seconds`.
  void stop(double grace_seconds) const { process_.end(grace_seconds); }
  // For poll(): readable once it has ended.
  int channel() const { return process_.channel(); }

 private:
  explicit BackgroundChild(Process process) : process_(std::move(process)) {}

  Process process_;
};

}  // namespace revive::properties
