#include "revive/properties/process/background_child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace revive::properties {

Result<BackgroundChild> BackgroundChild::start(const std::vector<std::string>& command, const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  constexpr int kMode = 0644;
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode);
  if (file < 0) {
    return fail(ErrorCode::file_unwritable, log, "cannot write: " + std::generic_category().message(errno));
  }
  const pid_t process = fork();
  if (process == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(kCannotStart);
  }
  const int reason = errno;
  close(file);
  if (process < 0) {
    return fail(ErrorCode::file_unreadable, command[0], "cannot start: " + std::generic_category().message(reason));
  }
  return BackgroundChild(process);
}

BackgroundChild::~BackgroundChild() {
  if (process_ == kNone) return;
  stop();
  waitpid(process_, nullptr, 0);
}

std::optional<ChildEnd> BackgroundChild::ended() {
  int status = 0;
  if (process_ == kNone || waitpid(process_, &status, WNOHANG) != process_) return std::nullopt;
  process_ = kNone;
  return end_from_status(status);
}

void BackgroundChild::stop() const {
  if (process_ != kNone) kill(process_, SIGKILL);
}

}  // namespace revive::properties
