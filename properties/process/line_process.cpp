#include "revive/properties/process/line_process.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

namespace revive::properties {
namespace {

using Clock = std::chrono::steady_clock;

// What a shell answers for a program that it cannot find.
constexpr int kNotFound = 127;

std::string ending(const ChildEnd& end) {
  return to_string(end) + (end.exited_with(kNotFound) ? ", as a shell does that finds no such program" : "");
}

Clock::time_point deadline_of(double seconds) {
  if (seconds <= 0) return Clock::time_point::max();
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

// For poll(): -1 waits for ever.
int milliseconds_until(Clock::time_point deadline) {
  if (deadline == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  constexpr std::int64_t kMost = 1'000'000;
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, kMost));
}

}  // namespace

Result<std::unique_ptr<LineProcess>> LineProcess::start(const std::string& command, const ChildLimits& limits) {
  // A socket and not two pipes: a write to a child that has ended is then an error and no signal.
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail(ErrorCode::subject_failed, command, "cannot start: " + std::generic_category().message(errno));
  }
  Descriptor ours = Descriptor::own(ends[0]);
  const Descriptor theirs = Descriptor::own(ends[1]);
  // exec: the program takes the shell's place, so that its end is the one we see.
  auto process = Process::start({.command = {"/bin/sh", "-c", "exec " + command},
                                 .in = theirs.number(),
                                 .out = theirs.number(),
                                 .shows_err = true,
                                 .limits = limits});
  if (!process) return fail(ErrorCode::subject_failed, command, process.error().message);
  return std::unique_ptr<LineProcess>(new LineProcess(*std::move(process), std::move(ours)));
}

LineProcess::~LineProcess() {
  end();
}

std::string LineProcess::end() {
  if (!running()) return "has ended";
  stream_.close();
  // A child in good order ends with its input. One second is ample for that, and short for whoever waits.
  constexpr int kPatience = 1000;
  pollfd channel = {process_.channel(), POLLIN, 0};
  const bool stayed = poll(&channel, 1, kPatience) == 0;
  if (stayed) process_.end(0);
  const ChildEnd end = process_.wait();
  return stayed ? "closed its standard output and went on" : ending(end);
}

std::unexpected<Error> LineProcess::give_up(std::string what) {
  if (running()) {
    stream_.close();
    process_.end(0);
    process_.wait();
  }
  return fail(ErrorCode::subject_failed, "", std::move(what));
}

Result<std::string> LineProcess::exchange(std::string_view line, const LineLimits& limits) {
  if (!running()) return give_up("has ended");
  const Clock::time_point deadline = deadline_of(limits.seconds);
  std::string request(line);
  request += '\n';
  std::string_view unsent = request;
  std::string answer;
  while (!answer.ends_with('\n')) {
    pollfd stream = {stream_.number(), static_cast<short>(unsent.empty() ? POLLIN : POLLIN | POLLOUT), 0};
    const auto ready = TEMP_FAILURE_RETRY(poll(&stream, 1, milliseconds_until(deadline)));
    if (ready < 0) return give_up("cannot be waited for: " + std::generic_category().message(errno));
    if (ready == 0) return give_up(fmt::format("gave no answer within {} s", limits.seconds));
    if ((stream.revents & POLLOUT) != 0 && !unsent.empty()) {
      const ssize_t sent = send(stream_.number(), unsent.data(), unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) unsent.remove_prefix(static_cast<std::size_t>(sent));
    }
    if ((stream.revents & ~POLLOUT) == 0) continue;
    std::array<char, 1 << 14> buffer{};
    const ssize_t count = TEMP_FAILURE_RETRY(recv(stream_.number(), buffer.data(), buffer.size(), MSG_DONTWAIT));
    if (count < 0 && errno == EAGAIN) continue;
    if (count <= 0) return give_up(end());
    answer.append(buffer.data(), static_cast<std::size_t>(count));
    if (answer.size() > limits.answer_bytes) {
      return give_up(fmt::format("gave an answer of more than {} bytes", limits.answer_bytes));
    }
  }
  answer.pop_back();
  if (!unsent.empty()) return give_up("answered before it had read the whole request");
  if (answer.find('\n') != std::string::npos) return give_up("gave more than one line for an answer");
  return answer;
}

}  // namespace revive::properties
