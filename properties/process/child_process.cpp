#include "revive/properties/process/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "revive/properties/process/descriptor.h"

namespace revive::properties {
namespace {

// One stream of a child, as far as it is kept.
class Captured {
 public:
  explicit Captured(std::size_t most) : most_(most) {}

  int writing() const { return pipe_.writing.number(); }
  int reading() const { return pipe_.reading.number(); }
  bool valid() const { return pipe_.valid(); }
  bool open() const { return pipe_.reading.valid(); }
  void close_writing() { pipe_.writing.close(); }

  // Reads what there is; closes the pipe at its end.
  void drain() {
    std::array<char, 1 << 16> buffer{};
    const ssize_t count = TEMP_FAILURE_RETRY(read(reading(), buffer.data(), buffer.size()));
    if (count <= 0) return pipe_.reading.close();
    const auto size = static_cast<std::size_t>(count);
    const std::size_t kept = std::min(size, most_ - text_.size());
    text_.append(buffer.data(), kept);
    dropped_ += size - kept;
  }

  std::string take() {
    if (dropped_ > 0) text_ += fmt::format("\n[{} more bytes are not kept]\n", dropped_);
    return std::move(text_);
  }

 private:
  Pipe pipe_;
  std::size_t most_;
  std::string text_;
  std::size_t dropped_ = 0;
};

// What a child reads. A socket, because writing to a pipe that nobody reads any more is a signal.
class Fed {
 public:
  explicit Fed(std::string_view text) : rest_(text) {
    if (rest_.empty()) return;
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
    ours_ = Descriptor::own(ends[0]);
    theirs_ = Descriptor::own(ends[1]);
  }

  bool valid() const { return rest_.empty() || theirs_.valid(); }
  int theirs() const { return theirs_.valid() ? theirs_.number() : ProcessPlan::kNoFile; }
  int ours() const { return ours_.number(); }
  void close_theirs() { theirs_.close(); }

  void feed() {
    const ssize_t count = TEMP_FAILURE_RETRY(send(ours(), rest_.data(), rest_.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
    if (count < 0 && errno == EAGAIN) return;
    if (count > 0) rest_.remove_prefix(static_cast<std::size_t>(count));
    if (count <= 0 || rest_.empty()) ours_.close();
  }

 private:
  std::string_view rest_;
  Descriptor ours_;
  Descriptor theirs_;
};

Result<ChildEnd> run(ProcessPlan plan, std::string_view input) {
  Fed in(input);
  Captured out(plan.limits.output_bytes);
  Captured err(plan.limits.output_bytes);
  if (!in.valid() || !out.valid() || !err.valid()) {
    return fail(ErrorCode::file_unreadable, "child process", "cannot start: " + std::generic_category().message(errno));
  }
  plan.in = in.theirs();
  plan.out = out.writing();
  plan.err = err.writing();
  REVIVE_ASSIGN_OR_RETURN(auto process, Process::start(plan));
  in.close_theirs();
  out.close_writing();
  err.close_writing();
  // When all have ended, what they said is in the pipes, and then come their ends.
  bool ended = false;
  while (!ended || out.open() || err.open()) {
    std::array<pollfd, 4> waiting = {pollfd{out.reading(), POLLIN, 0}, pollfd{err.reading(), POLLIN, 0},
                                     pollfd{in.ours(), POLLOUT, 0}, pollfd{ended ? -1 : process.channel(), POLLIN, 0}};
    const auto ready = TEMP_FAILURE_RETRY(poll(waiting.data(), waiting.size(), ended ? 0 : -1));
    if (ready < 0) process.end(0);
    if (ready <= 0) break;
    if (waiting[0].revents != 0) out.drain();
    if (waiting[1].revents != 0) err.drain();
    if (waiting[2].revents != 0) in.feed();
    ended = ended || waiting[3].revents != 0;
  }
  ChildEnd end = process.wait();
  end.out = out.take();
  end.err = err.take();
  return end;
}

}  // namespace

Result<ChildEnd> run_child(const ChildProgram& program, const ChildLimits& limits) {
  return run(
      {.command = program.command, .environment = program.environment, .folder = program.folder, .limits = limits},
      program.input);
}

Result<ChildEnd> run_child(const std::vector<std::string>& command, const ChildLimits& limits) {
  return run_child(ChildProgram{.command = command}, limits);
}

Result<ChildEnd> run_in_child(const std::function<int()>& body, const ChildLimits& limits) {
  return run({.body = body, .limits = limits}, {});
}

std::string own_program() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).string();
}

}  // namespace revive::properties
