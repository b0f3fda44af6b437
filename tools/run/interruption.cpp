#include "revive/tools/run/interruption.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace revive::tools {
namespace {

// What a handler may touch: it is given nothing else.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<int> came = 0;
std::atomic<int> pipe_to_write = -1;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)
static_assert(std::atomic<int>::is_always_lock_free);

void note(int signal) {
  const int error = errno;
  came = signal;
  const char byte = 0;
  (void)!write(pipe_to_write, &byte, 1);
  errno = error;
}

}  // namespace

Interruption::Interruption() {
  if (pipe2(pipe_.data(), O_CLOEXEC | O_NONBLOCK) != 0) pipe_ = {-1, -1};
  came = 0;
  pipe_to_write = pipe_[1];
  struct sigaction handler{};
  handler.sa_handler = note;
  handler.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &before_[i]);
    if (kSignals[i] == SIGHUP && before_[i].sa_handler == SIG_IGN) continue;
    sigaction(kSignals[i], &handler, nullptr);
  }
}

Interruption::~Interruption() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
  for (const int end : pipe_) {
    if (end >= 0) close(end);
  }
}

int Interruption::signal() const {
  return came;
}

}  // namespace revive::tools
