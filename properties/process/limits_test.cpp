// What a child finds where it starts: limits, signals, files, and the bounds of time and output.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <sstream>

#include "revive/properties/process/background_child.h"
#include "revive/properties/process/child_process.h"
#include "revive/properties/process/supervisor.h"
#include "revive/properties/testing/folder_test.h"

namespace revive::properties {
namespace {

std::string said_by(const std::string& script, const ChildLimits& limits = {}) {
  const auto end = run_child({"/bin/sh", "-c", script}, limits);
  if (!end) return end.error().text();
  return end->exited_with(0) ? end->out : to_string(*end) + ": " + end->err;
}

std::string ulimit(const std::string& flag) {
  return said_by("ulimit " + flag);
}

TEST(Limits, AreThoseThatWereAsked) {
  constexpr std::uint64_t kBytes = std::uint64_t{3} << 30;
  const std::string script = "ulimit -St; ulimit -Ht; ulimit -Sf; ulimit -Hf; ulimit -c; ulimit -v";
  // Of files in blocks of 512 bytes, of memory in kilobytes.
  EXPECT_EQ(
      said_by(script, {.cpu_seconds = 7, .memory_bytes = applies_memory_limits() ? kBytes : 0, .file_bytes = 5 * 512}),
      "7\n8\n5\n5\n0\n" + (applies_memory_limits() ? std::to_string(kBytes / 1024) + "\n" : ulimit("-v")));
}

// To the byte, which a shell, counting in blocks, does not say.
TEST(Limits, LeaveNoCoreAtAll) {
  const auto end = run_child({"grep", "^Max core file size", "/proc/self/limits"}, {});
  ASSERT_TRUE(end) << end.error().text();
  std::istringstream words(end->out);
  std::vector<std::string> found;
  for (std::string word; words >> word;) found.push_back(word);
  EXPECT_EQ(found, (std::vector<std::string>{"Max", "core", "file", "size", "0", "0", "bytes"}));
}

TEST(Limits, AreThoseOfTheirOwnerWhereNoneIsAsked) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_CPU, &before), 0);
  const auto text = [](rlim_t limit) { return (limit == RLIM_INFINITY ? "unlimited" : std::to_string(limit)) + "\n"; };
  EXPECT_EQ(ulimit("-St"), text(before.rlim_cur));
  EXPECT_EQ(ulimit("-Ht"), text(before.rlim_max));
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(ulimit("-f"),
            before.rlim_cur == RLIM_INFINITY ? "unlimited\n" : std::to_string(before.rlim_cur / 512) + "\n");
}

TEST(Limits, OfCpuAreNoMoreThanTheOwners) {
  const auto end = run_in_child(
      [] {
        const rlimit mine = {20, 20};
        if (setrlimit(RLIMIT_CPU, &mine) != 0) return 1;
        return said_by("ulimit -St; ulimit -Ht", {.cpu_seconds = 30}) == "20\n20\n" &&
                       said_by("ulimit -St; ulimit -Ht", {.cpu_seconds = 20}) == "20\n20\n"
                   ? 0
                   : 2;
      },
      {});
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->exited_with(0)) << to_string(*end);
}

TEST(Limits, MillisecondsOfASpan) {
  const std::pair<double, std::int64_t> table[] = {{0, 0},
                                                   {-1, 0},
                                                   {0.2, 200},
                                                   {1, 1000},
                                                   {1.5, 1500},
                                                   {0.0011, 1},
                                                   {1e300, 1'000'000'000'000},
                                                   {1e9, 1'000'000'000'000},
                                                   {9e8, 900'000'000'000}};
  for (const auto& [seconds, milliseconds] : table) EXPECT_EQ(milliseconds_of(seconds), milliseconds) << seconds;
}

// The value of a line of /proc/self/status of a child.
std::string status_of_a_child(const std::string& key) {
  const auto end = run_child({"cat", "/proc/self/status"}, {});
  EXPECT_TRUE(end);
  std::istringstream lines(end ? end->out : "");
  for (std::string word; lines >> word;) {
    if (word != key + ":") continue;
    lines >> word;
    return word;
  }
  return "";
}

TEST(Signals, AreNeitherBlockedNorIgnoredInAChild) {
  const auto end = run_in_child(
      [] {
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, nullptr);
        for (const int signal : {SIGPIPE, SIGXFSZ, SIGCHLD}) std::signal(signal, SIG_IGN);
        return status_of_a_child("SigBlk") == "0000000000000000" && status_of_a_child("SigIgn") == "0000000000000000"
                   ? 0
                   : 1;
      },
      {});
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->exited_with(0)) << to_string(*end);
}

// /proc/PID/stat: PID (name) state parent group session ...
TEST(Signals, OfATerminalReachNoChild) {
  const std::string said = said_by(
      "read -r pid name state parent group session rest < /proc/self/stat; echo $$ $group $session $parent; "
      "cat /proc/$PPID/comm; readlink /proc/$PPID/fd/0 /proc/$PPID/fd/1 /proc/$PPID/fd/2 || echo none");
  std::istringstream words(said);
  pid_t self = 0;
  pid_t group = 0;
  pid_t session = 0;
  pid_t parent = 0;
  std::string name;
  std::string files;
  words >> self >> group >> session >> parent >> name >> files;
  EXPECT_EQ(group, self);
  EXPECT_EQ(session, parent);
  EXPECT_NE(session, getsid(0));
  EXPECT_EQ(name, "supervisor");
  EXPECT_EQ(files, "none");
}

TEST(Streams, AreNothingWhereTheyAreNotGiven) {
  auto process =
      Process::start({.command = {"/bin/sh", "-c",
                                  "for file in 0 1 2; do test \"$(readlink /proc/self/fd/$file)\" = /dev/null "
                                  "|| test $file = 1 || exit 1; done; test /proc/$$/fd/1 -ef /dev/null"}});
  ASSERT_TRUE(process) << process.error().text();
  EXPECT_TRUE(process->running());
  const ChildEnd end = process->wait();
  EXPECT_TRUE(end.exited_with(0)) << to_string(end);
  EXPECT_FALSE(process->running());
}

TEST(Streams, AreKeptToTheLastByteOfTheirLimit) {
  const auto of_limit = [](std::size_t bytes) { return said_by("printf 12345", {.output_bytes = bytes}); };
  EXPECT_EQ(of_limit(6), "12345");
  EXPECT_EQ(of_limit(5), "12345");
  EXPECT_EQ(of_limit(4), "1234\n[1 more bytes are not kept]\n");
  EXPECT_EQ(of_limit(0), "\n[5 more bytes are not kept]\n");
}

TEST(Streams, AreShownToTheLastByteOfTheirLimit) {
  const auto of_limit = [](std::size_t bytes) {
    ::testing::internal::CaptureStderr();
    auto process = Process::start({.command = {"/bin/sh", "-c", "printf 12345 >&2; sleep 0.1; printf 6 >&2"},
                                   .shows_err = true,
                                   .limits = {.output_bytes = bytes}});
    if (process) process->wait();
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(of_limit(7), "123456");
  EXPECT_EQ(of_limit(6), "123456");
  EXPECT_EQ(of_limit(5), "12345\n[further output is not shown]\n");
  EXPECT_EQ(of_limit(2), "12\n[further output is not shown]\n");
}

TEST(Ends, AreSaidInASentence) {
  using How = ChildEnd::How;
  EXPECT_EQ(to_string(ChildEnd{.how = How::exited, .code = 0}), "ended with exit code 0");
  EXPECT_EQ(to_string(ChildEnd{.how = How::signalled, .code = SIGKILL}), "was killed by signal 9 (Killed)");
  EXPECT_EQ(to_string(ChildEnd{.how = How::timed_out, .code = SIGKILL}), "ran out of time");
  EXPECT_TRUE((ChildEnd{.how = How::exited, .code = 3}).exited_with(3));
  EXPECT_FALSE((ChildEnd{.how = How::exited, .code = 3}).exited_with(4));
  EXPECT_FALSE((ChildEnd{.how = How::signalled, .code = 3}).exited_with(3));
}

// One that ends in good order when its time is up has run out of time all the same.
TEST(Ends, OfTimeAreToldByHowTheyCame) {
  const auto end_of = [](const std::string& script, const ChildLimits& limits) {
    return run_child({"/bin/sh", "-c", script}, limits).value();
  };
  const ChildEnd heard =
      end_of("trap 'exit 7' TERM; while :; do sleep 0.02; done", {.wall_seconds = 2, .grace_seconds = 20});
  EXPECT_EQ(heard.how, ChildEnd::How::timed_out);
  EXPECT_EQ(heard.code, 7);
  const ChildEnd asked = end_of("exec sleep 60", {.wall_seconds = 0.1, .grace_seconds = 20});
  EXPECT_EQ(asked.how, ChildEnd::How::timed_out);
  EXPECT_EQ(asked.code, SIGTERM);
  const ChildEnd forced = end_of("exec sleep 60", {.wall_seconds = 0.1, .grace_seconds = 0});
  EXPECT_EQ(forced.how, ChildEnd::How::timed_out);
  EXPECT_EQ(forced.code, SIGKILL);
  const ChildEnd of_cpu = end_of("kill -XCPU $$", {});
  EXPECT_EQ(of_cpu.how, ChildEnd::How::timed_out);
  EXPECT_EQ(of_cpu.code, SIGXCPU);
}

using EndsInFolder = FolderTest;

// The earliest of several orders counts.
TEST_F(EndsInFolder, AreNotPutOff) {
  const std::string file = in_folder("on");
  const std::string script = "trap '' TERM; echo on > '" + file + "'; while :; do sleep 0.02; done";
  auto process = Process::start({.command = {"/bin/sh", "-c", script}});
  ASSERT_TRUE(process);
  while (read_text(file).empty()) usleep(2000);
  const auto start = std::chrono::steady_clock::now();
  process->end(30);
  process->end(0.1);
  process->end(60);
  const ChildEnd end = process->wait();
  EXPECT_EQ(end.how, ChildEnd::How::signalled);
  EXPECT_EQ(end.code, SIGKILL);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(25));
}

TEST(Environments, KeepWhatIsNotReplaced) {
  ASSERT_EQ(setenv("REVIVE_TEST_NAME", "one", 1), 0);
  ASSERT_EQ(setenv("REVIVE_TEST_NAME_2", "two", 1), 0);
  const auto end = run_child(ChildProgram{.command = {"sh", "-c", "env | grep REVIVE_TEST_ | sort"},
                                          .environment = {"REVIVE_TEST_NAME=other", "REVIVE_TEST_=third"}},
                             {});
  unsetenv("REVIVE_TEST_NAME");
  unsetenv("REVIVE_TEST_NAME_2");
  ASSERT_TRUE(end);
  EXPECT_EQ(end->out, "REVIVE_TEST_=third\nREVIVE_TEST_NAME=other\nREVIVE_TEST_NAME_2=two\n");
}

TEST(Processes, ChangePlaces) {
  Process one = Process::start({.command = {"/bin/sh", "-c", "exit 1"}}).value();
  Process two = Process::start({.command = {"/bin/sh", "-c", "exit 2"}}).value();
  Process kept(std::move(one));
  kept = std::move(two);
  // NOLINTNEXTLINE(bugprone-use-after-move): who is moved from runs nothing, or what the other ran.
  EXPECT_FALSE(one.running());
  EXPECT_TRUE(kept.wait().exited_with(2));
  // NOLINTNEXTLINE(bugprone-use-after-move)
  EXPECT_TRUE(two.wait().exited_with(1));
}

std::ptrdiff_t open_files() {
  return std::ranges::distance(std::filesystem::directory_iterator("/proc/self/fd"));
}

// However many files may still be opened: a start that needs more is an error, and none leaves anything open.
TEST(Starts, NeedFilesAndKeepNone) {
  const auto end = run_in_child(
      [] {
        int errors = 0;
        int starts = 0;
        const auto mine = open_files();
        constexpr rlim_t kMost = 40;
        for (rlim_t most = 0; most < kMost; ++most) {
          rlimit limit{};
          if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1;
          limit.rlim_cur = most;
          if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return 2;
          const auto child = run_child(ChildProgram{.command = {"/bin/true"}, .input = "x"}, {});
          const bool started = child && child->exited_with(0);
          const bool refused = !child && child.error().code == ErrorCode::file_unreadable &&
                               (child.error().text() == "child process: cannot start: Too many open files" ||
                                child.error().text() == "/bin/true: cannot start: Too many open files");
          limit.rlim_cur = limit.rlim_max;
          if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return 3;
          if (!started && !refused) return 4;
          if (started) ++starts;
          if (refused && starts > 0) return 5;
          if (refused) ++errors;
          if (open_files() != mine) return 6;
        }
        return errors >= 15 && starts >= 10 ? 0 : 7;
      },
      {.wall_seconds = 60});
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->exited_with(0)) << to_string(*end);
}

using BackgroundTest = FolderTest;

TEST_F(BackgroundTest, WritesBothStreamsToALogOfItsOwn) {
  const std::string log = in_folder("log");
  for (const std::string word : {"first", "next"}) {
    auto child = BackgroundChild::start({.command = {"/bin/sh", "-c", "pwd; echo $WORD >&2; cat; exit 5"},
                                         .environment = {"WORD=" + word},
                                         .folder = "/"},
                                        log);
    ASSERT_TRUE(child) << child.error().text();
    std::optional<ChildEnd> end;
    while (!end) {
      usleep(2000);
      end = child->ended();
    }
    EXPECT_TRUE(end->exited_with(5)) << to_string(*end);
    EXPECT_EQ(read_text(log), "/\n" + word + "\n");
  }
}

TEST_F(BackgroundTest, IsAskedToStopAndHasLimits) {
  auto child = BackgroundChild::start(
      {.command = {"/bin/sh", "-c",
                   "exec 2>/dev/null; trap 'echo asked; exit 6' TERM; echo on; while :; do sleep 0.02; done"}},
      in_folder("log"), {.wall_seconds = 100});
  ASSERT_TRUE(child) << child.error().text();
  while (read_text(in_folder("log")).empty()) usleep(2000);
  EXPECT_FALSE(child->ended());
  child->stop(20);
  std::optional<ChildEnd> end;
  while (!end) {
    usleep(2000);
    end = child->ended();
  }
  EXPECT_TRUE(end->exited_with(6)) << to_string(*end);
  EXPECT_EQ(read_text(in_folder("log")), "on\nasked\n");
  const auto short_of_time =
      BackgroundChild::start({.command = {"sleep", "100"}}, in_folder("log"), {.wall_seconds = 0.1});
  ASSERT_TRUE(short_of_time);
}

TEST_F(BackgroundTest, SaysWhyItDoesNotStart) {
  const auto unwritable = BackgroundChild::start({.command = {"true"}}, "/no/such/folder/log");
  ASSERT_FALSE(unwritable);
  EXPECT_EQ(unwritable.error().code, ErrorCode::file_unwritable);
  EXPECT_EQ(unwritable.error().text(), "/no/such/folder/log: cannot write: No such file or directory");
  const auto nothing = BackgroundChild::start({.command = {"/no/such/program"}}, in_folder("log"));
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, ErrorCode::file_unreadable);
  EXPECT_EQ(nothing.error().text(), "/no/such/program: cannot start: No such file or directory");
}

}  // namespace
}  // namespace revive::properties
