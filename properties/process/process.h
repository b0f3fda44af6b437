// A process that runs beside this one, with all that it starts.
//
// Everything in revive that forks or executes goes through Process. Between this process and the child stands a
// supervisor, a small copy of this process that does nothing but wait: the child leads a process group below it, and
// whatever the child starts belongs to the supervisor when its own parent is gone. So one end means the end of all:
//   - of the child, by itself: what it left running is killed;
//   - of its time (ChildLimits::wall_seconds), or by end(): SIGTERM to the group, and SIGKILL to whatever is left of it
//     after the grace;
//   - of this process, by whatever signal: SIGKILL to all of them.
// Nothing outlives its Process. A child cannot leave by making a session or a group of its own, as daemons do. (Only
// where the kernel lists no children, CONFIG_PROC_CHILDREN, it can.)
//
// A child starts with an empty standard input unless it is given one, no signal blocked, SIGPIPE and SIGXFSZ at their
// defaults, no core dump, and none of this process's files but the three standard streams. It is in no terminal's
// foreground: a Ctrl-C reaches this process alone, which decides.
//
// Needs Linux 5.9. May be used from several threads, one Process from one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "revive/model/base/error.h"

namespace revive::properties {

// 0: no limit. Those of cpu, memory and files hold for each process of the group.
struct ChildLimits {
  double wall_seconds = 0;
  // Beyond it the process is told by SIGXCPU, and killed a second later.
  std::uint64_t cpu_seconds = 0;
  // Of address space. Not applied where a sanitizer reserves terabytes of it for itself (applies_memory_limits()).
  std::uint64_t memory_bytes = 0;
  // Of every file written; beyond it a write fails as on a full disk.
  std::uint64_t file_bytes = 0;
  // Kept of each stream that is captured or shown. What is beyond is read and dropped, so that the child goes on, and a
  // last line says how much that was.
  std::size_t output_bytes = std::size_t{1} << 20;
  // Between SIGTERM and SIGKILL when the time is up.
  double grace_seconds = 1;
};

struct ChildEnd {
  enum class How : std::uint8_t { exited, signalled, timed_out };
  How how = How::exited;
  // The exit code, or the number of the signal.
  int code = 0;
  // What was captured of the streams.
  std::string out = {};
  std::string err = {};

  bool exited_with(int expected) const { return how == How::exited && code == expected; }
};

// "ended with exit code 3", "was killed by signal 11 (Segmentation fault)", "ran out of time".
std::string to_string(const ChildEnd& end);

bool applies_memory_limits();

struct ProcessPlan {
  // A program and its arguments; looked for in PATH where it holds no '/'.
  std::vector<std::string> command = {};
  // Instead of a program: what a copy of this process does, and its exit code. Only for processes of one thread. What
  // it prints through buffers of its own is lost unless it flushes them; destructors and handlers of exit() do not run.
  std::function<int()> body = {};
  // "NAME=VALUE", besides this process's own.
  std::vector<std::string> environment = {};
  // Where it starts; empty: here.
  std::string folder = {};
  // Files of this process that become the child's standard streams; kNoFile: /dev/null, and for `err` with `shows_err`
  // this process's own standard error.
  int in = kNoFile;
  int out = kNoFile;
  int err = kNoFile;
  // Passes on at most ChildLimits::output_bytes of what the child prints to standard error.
  bool shows_err = false;
  ChildLimits limits = {};

  static constexpr int kNoFile = -1;
};

class Process {
 public:
  // Errors: file_unreadable, where the program cannot be started ("cannot start: No such file or directory").
  static Result<Process> start(const ProcessPlan& plan);
  Process(Process&& other) noexcept
      : supervisor_(std::exchange(other.supervisor_, kNone)), channel_(std::exchange(other.channel_, kNone)) {}
  Process& operator=(Process&& other) noexcept {
    std::swap(supervisor_, other.supervisor_);
    std::swap(channel_, other.channel_);
    return *this;
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  // Kills what has not ended.
  ~Process();

  bool running() const { return supervisor_ != kNone; }
  // For poll(): readable once all of it has ended. REQUIRES: running().
  int channel() const { return channel_; }
  // How the child ended; nothing while anything of it runs. REQUIRES: running(), which an end ends.
  std::optional<ChildEnd> ended();
  // Waits. REQUIRES: running().
  ChildEnd wait();
  // Asks for the end and does not wait for it: SIGTERM, and SIGKILL when `grace_seconds` have passed; 0: SIGKILL.
  void end(double grace_seconds) const;

 private:
  static constexpr int kNone = -1;

  Process(int supervisor, int channel) : supervisor_(supervisor), channel_(channel) {}
  ChildEnd take_report();

  int supervisor_ = kNone;
  int channel_ = kNone;
};

}  // namespace revive::properties
