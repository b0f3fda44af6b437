#include "revive/properties/process/background_child.h"

#include <fcntl.h>

#include <cerrno>
#include <system_error>

#include "revive/properties/process/descriptor.h"

namespace revive::properties {

Result<BackgroundChild> BackgroundChild::start(const ChildProgram& program, const std::string& log,
                                               const ChildLimits& limits) {
  constexpr int kMode = 0644;
  const Descriptor file =
      Descriptor::own(open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, kMode));
  if (!file.valid()) {
    return fail(ErrorCode::file_unwritable, log, "cannot write: " + std::generic_category().message(errno));
  }
  REVIVE_ASSIGN_OR_RETURN(auto process, Process::start({.command = program.command,
                                                        .environment = program.environment,
                                                        .folder = program.folder,
                                                        .out = file.number(),
                                                        .err = file.number(),
                                                        .limits = limits}));
  return BackgroundChild(std::move(process));
}

}  // namespace revive::properties
