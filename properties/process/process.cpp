#include "revive/properties/process/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

#include "revive/properties/process/descriptor.h"
#include "revive/properties/process/supervisor.h"

namespace revive::properties {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

// Pointers into `words`, with the null that ends them.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// This process's environment with what the plan adds or replaces.
std::vector<std::string> environment_of(const ProcessPlan& plan) {
  std::vector<std::string> all = plan.environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string_view name = text.substr(0, text.find('=') + 1);
    bool replaced = false;
    for (const std::string& own : plan.environment) replaced = replaced || own.starts_with(name);
    if (!replaced) all.emplace_back(text);
  }
  return all;
}

ChildEnd end_from(const Report& report) {
  if (!WIFSIGNALED(report.status)) {
    return {.how = report.timed_out ? ChildEnd::How::timed_out : ChildEnd::How::exited,
            .code = WEXITSTATUS(report.status)};
  }
  const int signal = WTERMSIG(report.status);
  const bool timed_out = report.timed_out || signal == SIGXCPU;
  return {.how = timed_out ? ChildEnd::How::timed_out : ChildEnd::How::signalled, .code = signal};
}

// errno of the child where it could not become its program; 0 where it has.
int start_error(const Descriptor& from) {
  int reason = 0;
  (void)TEMP_FAILURE_RETRY(read(from.number(), &reason, sizeof reason));
  return reason;
}

}  // namespace

std::string to_string(const ChildEnd& end) {
  switch (end.how) {
    case ChildEnd::How::exited: return fmt::format("ended with exit code {}", end.code);
    case ChildEnd::How::signalled: return fmt::format("was killed by signal {} ({})", end.code, strsignal(end.code));
    case ChildEnd::How::timed_out: break;
  }
  return "ran out of time";
}

bool applies_memory_limits() {
  return !kSanitized;
}

Result<Process> Process::start(const ProcessPlan& plan) {
  const std::string name = plan.command.empty() ? "child process" : plan.command.front();
  const auto cannot_start = [&](int reason) {
    return fail(ErrorCode::file_unreadable, name, "cannot start: " + std::generic_category().message(reason));
  };
  std::vector<std::string> words = plan.command;
  std::vector<std::string> settings = environment_of(plan);
  const std::vector<char*> command = pointers_to(words);
  const std::vector<char*> environment = pointers_to(settings);
  std::array<int, 2> sockets{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()) != 0) return cannot_start(errno);
  Process process(kNone, sockets[0]);
  Descriptor channel = Descriptor::own(sockets[1]);
  Pipe started;
  Pipe shown;
  const Descriptor nothing = Descriptor::own(open("/dev/null", O_RDWR | O_CLOEXEC));
  const auto given = [&](int file) {
    return Descriptor::copy_of(file == ProcessPlan::kNoFile ? nothing.number() : file);
  };
  Descriptor in = given(plan.in);
  Descriptor out = given(plan.out);
  Descriptor err = plan.shows_err ? std::move(shown.writing) : given(plan.err);
  if (!channel.valid() || !started.valid() || !in.valid() || !out.valid() || !err.valid()) return cannot_start(errno);
  const SupervisedChild child = {.command = plan.body ? nullptr : command.data(),
                                 .environment = environment.data(),
                                 .body = plan.body ? &plan.body : nullptr,
                                 .folder = plan.folder.empty() ? nullptr : plan.folder.c_str(),
                                 .limits = &plan.limits,
                                 .in = in.number(),
                                 .out = out.number(),
                                 .err = err.number(),
                                 .shown_err = plan.shows_err ? shown.reading.number() : -1,
                                 .start_error = started.writing.number(),
                                 .channel = channel.number()};
  process.supervisor_ = fork();
  if (process.supervisor_ == 0) supervise(child);
  if (process.supervisor_ < 0) return cannot_start(errno);
  // Held here as well, they would never end.
  channel.close();
  started.writing.close();
  if (const int reason = start_error(started.reading); reason != 0) {
    process.take_report();
    return cannot_start(reason);
  }
  return process;
}

Process::~Process() {
  if (running()) {
    end(0);
    take_report();
  } else if (channel_ != kNone) {
    close(channel_);
  }
}

void Process::end(double grace_seconds) const {
  const Order order{static_cast<std::int32_t>(milliseconds_of(grace_seconds))};
  send(channel_, &order, sizeof order, MSG_NOSIGNAL | MSG_DONTWAIT);
}

std::optional<ChildEnd> Process::ended() {
  char byte = 0;
  const ssize_t count = TEMP_FAILURE_RETRY(recv(channel_, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT));
  if (count < 0 && errno == EAGAIN) return std::nullopt;
  return take_report();
}

ChildEnd Process::wait() {
  return take_report();
}

ChildEnd Process::take_report() {
  // A supervisor that was killed says nothing, and its child was killed with it.
  Report report{.status = SIGKILL};
  (void)TEMP_FAILURE_RETRY(recv(channel_, &report, sizeof report, 0));
  (void)TEMP_FAILURE_RETRY(waitpid(supervisor_, nullptr, 0));
  close(channel_);
  supervisor_ = channel_ = kNone;
  return end_from(report);
}

}  // namespace revive::properties
