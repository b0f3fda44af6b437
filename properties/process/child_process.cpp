#include "revive/properties/process/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace revive::properties {
namespace {

using Clock = std::chrono::steady_clock;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

struct Pipe {
  std::array<int, 2> ends = {-1, -1};

  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0) ends = {-1, -1};
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  bool open() const { return ends[0] >= 0; }
  void close_end(std::size_t end) {
    if (ends[end] >= 0) close(ends[end]);
    ends[end] = -1;
  }
};

void limit(__rlimit_resource_t resource, std::uint64_t value) {
  if (value == 0) return;
  const rlimit both = {value, value};
  setrlimit(resource, &both);
}

// At the soft limit the child is told (SIGXCPU), and one that does not listen is killed a second later.
void limit_cpu(std::uint64_t seconds) {
  rlimit both{};
  if (seconds == 0 || getrlimit(RLIMIT_CPU, &both) != 0) return;
  both.rlim_cur = std::min<rlim_t>(seconds, both.rlim_max);
  both.rlim_max = std::min<rlim_t>(seconds + 1, both.rlim_max);
  setrlimit(RLIMIT_CPU, &both);
}

// After fork: nothing here may allocate.
[[noreturn]] void become(char* const* arguments, const Pipe& out, const Pipe& err, int empty,
                         const ChildLimits& limits) {
  dup2(empty, STDIN_FILENO);
  dup2(out.ends[1], STDOUT_FILENO);
  dup2(err.ends[1], STDERR_FILENO);
  // A crash is reported as one; its core would only fill the disk.
  const rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  limit_cpu(limits.cpu_seconds);
  limit(RLIMIT_FSIZE, limits.file_bytes);
  if (applies_memory_limits()) limit(RLIMIT_AS, limits.memory_bytes);
  execv(arguments[0], arguments);
  _exit(kCannotStart);
}

// Reads what there is; closes the pipe at its end.
void drain(Pipe& from, std::string& into) {
  std::array<char, 4096> buffer{};
  const ssize_t count = read(from.ends[0], buffer.data(), buffer.size());
  if (count > 0) {
    const std::size_t room = kMostOutput - into.size();
    into.append(buffer.data(), std::min(static_cast<std::size_t>(count), room));
  } else if (count == 0 || errno != EINTR) {
    from.close_end(0);
  }
}

// Milliseconds until `deadline` for poll(), few, because a child that has ended does not wake it.
int patience(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  constexpr long kMost = 2;
  return static_cast<int>(std::clamp<long>(static_cast<long>(left), 0, kMost));
}

ChildEnd supervise(pid_t child, Pipe& out, Pipe& err, const ChildLimits& limits) {
  const bool timed = limits.wall_seconds > 0;
  const auto span = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(limits.wall_seconds));
  const Clock::time_point deadline = timed ? Clock::now() + span : Clock::time_point::max();
  ChildEnd end;
  int status = 0;
  bool killed = false;
  for (bool ended = false; !ended || out.open() || err.open();) {
    if (!ended && timed && Clock::now() >= deadline) {
      kill(child, SIGKILL);
      killed = true;
    }
    if (!ended) ended = waitpid(child, &status, killed ? 0 : WNOHANG) == child;
    std::array<pollfd, 2> waiting = {pollfd{out.ends[0], POLLIN, 0}, pollfd{err.ends[0], POLLIN, 0}};
    // A grandchild may hold the pipes open; what the child said is in them already.
    const int ready = poll(waiting.data(), waiting.size(), ended ? 0 : patience(deadline));
    if (ended && ready <= 0) break;
    if (waiting[0].revents != 0) drain(out, end.out);
    if (waiting[1].revents != 0) drain(err, end.err);
  }
  const ChildEnd how = end_from_status(status);
  end.how = killed ? ChildEnd::How::timed_out : how.how;
  end.code = how.code;
  return end;
}

}  // namespace

bool applies_memory_limits() {
  return !kSanitized;
}

Result<ChildEnd> run_child(const std::vector<std::string>& command, const ChildLimits& limits) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  Pipe out;
  Pipe err;
  const int empty = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const pid_t child = out.open() && err.open() && empty >= 0 ? fork() : -1;
  if (child == 0) become(arguments.data(), out, err, empty, limits);
  const int reason = errno;
  if (empty >= 0) close(empty);
  if (child < 0) {
    return fail(ErrorCode::file_unreadable, command[0], "cannot start: " + std::generic_category().message(reason));
  }
  out.close_end(1);
  err.close_end(1);
  ChildEnd end = supervise(child, out, err, limits);
  if (end.exited_with(kCannotStart) && access(command[0].c_str(), X_OK) != 0) {
    return fail(ErrorCode::file_unreadable, command[0], "cannot start: " + std::generic_category().message(errno));
  }
  return end;
}

ChildEnd end_from_status(int status) {
  if (!WIFSIGNALED(status)) return {.how = ChildEnd::How::exited, .code = WEXITSTATUS(status), .out = "", .err = ""};
  const int signal = WTERMSIG(status);
  const auto how = signal == SIGXCPU ? ChildEnd::How::timed_out : ChildEnd::How::signalled;
  return {.how = how, .code = signal, .out = "", .err = ""};
}

std::string to_string(const ChildEnd& end) {
  switch (end.how) {
    case ChildEnd::How::exited: return fmt::format("ended with exit code {}", end.code);
    case ChildEnd::How::signalled: return fmt::format("was killed by signal {} ({})", end.code, strsignal(end.code));
    case ChildEnd::How::timed_out: break;
  }
  return "ran out of time";
}

std::string own_program() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).string();
}

}  // namespace revive::properties
