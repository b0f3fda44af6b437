#include "revive/properties/process/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <limits>
#include <string_view>

#include "revive/properties/process/process.h"

namespace revive::properties {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
// A process that dies leaves its children to the supervisor, which no signal tells; so while there are orders to kill,
// the list is looked at again after this long.
constexpr int kSweepMilliseconds = 5;
// As shells say it of a program that cannot be started.
constexpr int kCannotStart = 127;

std::int64_t now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  constexpr std::int64_t kPerSecond = 1000;
  constexpr std::int64_t kNanoseconds = 1'000'000;
  return time.tv_sec * kPerSecond + time.tv_nsec / kNanoseconds;
}

void limit(__rlimit_resource_t resource, std::uint64_t value) {
  if (value == 0) return;
  const rlimit both = {value, value};
  setrlimit(resource, &both);
}

void limit_cpu(std::uint64_t seconds) {
  rlimit both{};
  if (seconds == 0 || getrlimit(RLIMIT_CPU, &both) != 0) return;
  both.rlim_cur = std::min<rlim_t>(seconds, both.rlim_max);
  both.rlim_max = std::min<rlim_t>(seconds + 1, both.rlim_max);
  setrlimit(RLIMIT_CPU, &both);
}

// Closes every file from 3 on but these, so that no copy of a pipe's end is kept open here.
template <std::size_t kCount>
void close_others(std::array<int, kCount> kept) {
  std::ranges::sort(kept);
  unsigned first = STDERR_FILENO + 1;
  for (const int file : kept) {
    if (file < 0) continue;
    const auto number = static_cast<unsigned>(file);
    if (number > first) close_range(first, number - 1, 0);
    first = number + 1;
  }
  close_range(first, std::numeric_limits<unsigned>::max(), 0);
}

[[noreturn]] void cannot_start(const SupervisedChild& child) {
  const int reason = errno;
  (void)!write(child.start_error, &reason, sizeof reason);
  _exit(kCannotStart);
}

[[noreturn]] void become(const SupervisedChild& child, pid_t supervisor) {
  setpgid(0, 0);
  // Nobody could end the child but the supervisor, so without one it must not live.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != supervisor) _exit(kCannotStart);
  sigset_t none;
  sigemptyset(&none);
  for (const int signal : {SIGPIPE, SIGXFSZ, SIGCHLD}) std::signal(signal, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (child.folder != nullptr && chdir(child.folder) != 0) cannot_start(child);
  dup2(child.in, STDIN_FILENO);
  dup2(child.out, STDOUT_FILENO);
  dup2(child.err, STDERR_FILENO);
  // A crash is reported as one; its core would only fill the disk.
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  limit_cpu(child.limits->cpu_seconds);
  limit(RLIMIT_FSIZE, child.limits->file_bytes);
  if (applies_memory_limits()) limit(RLIMIT_AS, child.limits->memory_bytes);
  if (child.body != nullptr) {
    close_others(std::array<int, 0>());
    _exit((*child.body)());
  }
  execvpe(child.command[0], child.command, child.environment);
  cannot_start(child);
}

class Supervisor {
 public:
  Supervisor(const SupervisedChild& child, pid_t leader)
      : child_(child), leader_(leader), left_to_show_(child.limits->output_bytes) {
    if (child.limits->wall_seconds > 0) deadline_ = now() + milliseconds_of(child.limits->wall_seconds);
  }

  Report run() {
    bool timed_out = false;
    for (;;) {
      const std::int64_t time = now();
      if (time >= deadline_) {
        timed_out = true;
        deadline_ = kNever;
        ask_to_end(milliseconds_of(child_.limits->grace_seconds));
      }
      const bool ended = leader_ended();
      if (ended && kill_at_ == kNever) kill_at_ = time;
      const bool killing = time >= kill_at_;
      if (killing) kill(-leader_, SIGKILL);
      const bool others = look_at_others(killing);
      if (ended && !others) break;
      wait(ended || killing ? kSweepMilliseconds : std::min(deadline_, kill_at_) - time);
    }
    kill(-leader_, SIGKILL);
    Report report{.status = 0, .timed_out = timed_out};
    (void)TEMP_FAILURE_RETRY(waitpid(leader_, &report.status, 0));
    show_rest();
    return report;
  }

 private:
  // Looks without taking its number from it, so that the group's is nobody else's until the end.
  bool leader_ended() const {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(leader_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == leader_;
  }

  // What else is the supervisor's child has lost its own parent. True where something of it is left.
  bool look_at_others(bool killing) const {
    std::array<char, 4096> text{};
    const int file = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    const ssize_t count = read(file, text.data(), text.size());
    close(file);
    bool others = false;
    pid_t process = 0;
    // A number is complete once a blank follows, which keeps out one that the buffer cuts.
    for (const char c : std::string_view(text.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)))) {
      if (c >= '0' && c <= '9') {
        process = process * 10 + (c - '0');
        continue;
      }
      if (process > 0 && process != leader_) {
        if (killing) kill(process, SIGKILL);
        if (waitpid(process, nullptr, WNOHANG) != process) others = true;
      }
      process = 0;
    }
    return others;
  }

  void ask_to_end(std::int64_t grace_milliseconds) {
    if (grace_milliseconds > 0 && kill_at_ == kNever) {
      kill(-leader_, SIGTERM);
      // One that is stopped would not hear it.
      kill(-leader_, SIGCONT);
    }
    kill_at_ = std::min(kill_at_, now() + grace_milliseconds);
  }

  // Until something happens: a child ends (SIGCHLD, which is let through here alone), an order or its sender's end, or
  // something to show.
  void wait(std::int64_t milliseconds) {
    constexpr std::int64_t kLongest = 1'000'000;
    const std::int64_t span = std::clamp<std::int64_t>(milliseconds, 0, kLongest);
    const timespec patience = {span / 1000, (span % 1000) * 1'000'000};
    sigset_t mask;
    sigfillset(&mask);
    sigdelset(&mask, SIGCHLD);
    std::array<pollfd, 2> files = {pollfd{channel_open_ ? child_.channel : -1, POLLIN, 0},
                                   pollfd{shown_open_ ? child_.shown_err : -1, POLLIN, 0}};
    if (ppoll(files.data(), files.size(), &patience, &mask) <= 0) return;
    if (files[0].revents != 0) hear();
    if (files[1].revents != 0) shown_open_ = show();
  }

  void hear() {
    Order order;
    const ssize_t count = TEMP_FAILURE_RETRY(recv(child_.channel, &order, sizeof order, MSG_DONTWAIT));
    if (count < 0 && errno == EAGAIN) return;
    if (count == sizeof order) return ask_to_end(order.grace_milliseconds);
    channel_open_ = false;
    kill_at_ = now();
  }

  // Passes on what there is; false at the end of it.
  bool show() {
    std::array<char, 4096> text{};
    const ssize_t count = TEMP_FAILURE_RETRY(read(child_.shown_err, text.data(), text.size()));
    if (count <= 0) return false;
    const auto size = static_cast<std::size_t>(count);
    const std::size_t shown = std::min(size, left_to_show_);
    write_all({text.data(), shown});
    left_to_show_ -= shown;
    if (shown < size && !cut_) {
      cut_ = true;
      write_all("\n[further output is not shown]\n");
    }
    return true;
  }

  // What is in the pipe when all who could write to it are gone.
  void show_rest() {
    pollfd shown = {shown_open_ ? child_.shown_err : -1, POLLIN, 0};
    while (poll(&shown, 1, 0) > 0 && show()) {
    }
  }

  static void write_all(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = TEMP_FAILURE_RETRY(write(STDERR_FILENO, text.data(), text.size()));
      if (count <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  const SupervisedChild& child_;
  const pid_t leader_;
  std::int64_t deadline_ = kNever;
  std::int64_t kill_at_ = kNever;
  bool channel_open_ = true;
  bool shown_open_ = child_.shown_err >= 0;
  std::size_t left_to_show_;
  bool cut_ = false;
};

}  // namespace

std::int64_t milliseconds_of(double seconds) {
  constexpr double kPerSecond = 1000;
  constexpr double kMost = 1e12;
  return static_cast<std::int64_t>(std::clamp(seconds * kPerSecond, 0.0, kMost));
}

void supervise(const SupervisedChild& child) {
  // A session of its own: what a terminal sends reaches it as little as the child.
  setsid();
  prctl(PR_SET_NAME, "supervisor");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  // SIGCHLD interrupts a wait only where it has a handler, and wait() finds what ended only where it is not ignored.
  struct sigaction handler{};
  handler.sa_handler = [](int) {};
  sigaction(SIGCHLD, &handler, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  close_others(std::array{child.in, child.out, child.err, child.shown_err, child.start_error, child.channel});
  const pid_t self = getpid();
  const pid_t leader = fork();
  if (leader == 0) become(child, self);
  if (leader < 0) cannot_start(child);
  // The child does the same; whoever comes first, both may count on the group from here on.
  setpgid(leader, leader);
  close(STDIN_FILENO);
  close(STDOUT_FILENO);
  if (child.shown_err < 0) close(STDERR_FILENO);
  close_others(std::array{child.shown_err, child.channel});
  const Report report = Supervisor(child, leader).run();
  // Nobody may be there to read it.
  send(child.channel, &report, sizeof report, MSG_NOSIGNAL);
  _exit(0);
}

}  // namespace revive::properties
