#include "revive/properties/process/process.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "revive/properties/process/child_process.h"
#include "revive/properties/testing/folder_test.h"

namespace revive::properties {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A process that is gone, or only waits for its parent to notice.
bool is_gone(pid_t process) {
  std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
  std::string number;
  std::string name;
  std::string state;
  return !(stat >> number >> name >> state) || state == "Z" || state == "X";
}

bool gone_within(pid_t process, double seconds) {
  const auto start = Clock::now();
  while (!is_gone(process)) {
    if (seconds_since(start) > seconds) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

class ProcessTest : public FolderTest {
 protected:
  // Waits for a script to write its file of numbers of processes.
  std::vector<pid_t> processes(const std::string& file, std::size_t count) const {
    const auto start = Clock::now();
    std::vector<pid_t> found;
    while (found.size() < count && seconds_since(start) < 20) {
      found.clear();
      std::ifstream stream(in_folder(file));
      for (pid_t process = 0; stream >> process;) found.push_back(process);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_EQ(found.size(), count);
    return found;
  }

  // A wrapper that stays, a child below it, and one that has made a session of its own.
  std::string family() const {
    return "cd '" + in_folder("") + "'; sleep 100 & echo $! >> all; setsid sh -c 'echo $$ >> all; sleep 100; :' & " +
           "echo $$ >> all; wait; :";
  }
};

TEST_F(ProcessTest, TimeEndsTheWholeFamily) {
  const auto end = run_child({"/bin/sh", "-c", family()}, {.wall_seconds = 0.5, .grace_seconds = 0.2});
  ASSERT_TRUE(end) << end.error().text();
  EXPECT_EQ(end->how, ChildEnd::How::timed_out);
  // Nothing to wait for: whoever asks when it is over finds nobody.
  for (const pid_t process : processes("all", 3)) EXPECT_TRUE(is_gone(process)) << process;
}

TEST_F(ProcessTest, WhatAChildLeavesRunningIsEnded) {
  const auto start = Clock::now();
  const auto end = run_child({"/bin/sh", "-c",
                              "cd '" + in_folder("") +
                                  "'; (sleep 100 & echo $! > all); setsid sleep 101 & echo $! >> "
                                  "all; echo left"},
                             {});
  ASSERT_TRUE(end) << end.error().text();
  EXPECT_TRUE(end->exited_with(0));
  EXPECT_EQ(end->out, "left\n");
  EXPECT_LT(seconds_since(start), 10);
  for (const pid_t process : processes("all", 2)) EXPECT_TRUE(is_gone(process)) << process;
}

TEST_F(ProcessTest, TheFamilyEndsWithItsOwner) {
  auto process = Process::start({.command = {"/bin/sh", "-c", family()}});
  ASSERT_TRUE(process) << process.error().text();
  const auto all = processes("all", 3);
  EXPECT_FALSE(process->ended());
  {
    const Process gone = *std::move(process);
  }
  for (const pid_t each : all) EXPECT_TRUE(is_gone(each)) << each;
}

// As when revive is killed: the owner has no time to do anything, and the kernel closes its files. An owner that
// becomes another program closes them too, and goes on, so that nothing else can be what ends the family.
TEST_F(ProcessTest, TheFamilyEndsWithTheFilesOfItsOwner) {
  const auto own_a_family = [&] {
    const auto process = Process::start({.command = {"/bin/sh", "-c", family()}});
    if (!process || processes("all", 3).size() != 3) return 1;
    return execl("/bin/sleep", "sleep", "100", nullptr);
  };
  auto owner = Process::start({.body = own_a_family});
  ASSERT_TRUE(owner);
  for (const pid_t process : processes("all", 3)) EXPECT_TRUE(gone_within(process, 5)) << process;
  EXPECT_FALSE(owner->ended());
}

// Nobody else would end the child, so it goes with its supervisor, and the owner is told of a kill. Whoever asks for an
// end then asks nobody.
TEST_F(ProcessTest, AChildEndsWithItsSupervisor) {
  auto process =
      Process::start({.command = {"/bin/sh", "-c", "echo $PPID $$ > '" + in_folder("all") + "'; exec sleep 100"}});
  ASSERT_TRUE(process) << process.error().text();
  const auto all = processes("all", 2);
  ASSERT_GT(all.at(0), 1);
  ASSERT_NE(all.at(0), getpid());
  ASSERT_EQ(kill(all.at(0), SIGKILL), 0);
  EXPECT_TRUE(gone_within(all.at(1), 5));
  pollfd channel = {process->channel(), POLLIN, 0};
  constexpr int kPatience = 20'000;
  ASSERT_EQ(poll(&channel, 1, kPatience), 1);
  process->end(0.1);
  process->end(0);
  const auto end = process->ended();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->how, ChildEnd::How::signalled);
  EXPECT_EQ(end->code, SIGKILL);
  EXPECT_FALSE(process->running());
}

// Not even an entry in the table of processes.
TEST_F(ProcessTest, NoSupervisorIsLeft) {
  const auto end = run_in_child(
      [&] {
        for (const std::string program : {"/bin/true", "/no/such/program"}) (void)run_child({program}, {});
        {
          const auto dropped = Process::start({.command = {"sleep", "100"}});
          if (!dropped) return 1;
        }
        return waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD ? 0 : 2;
      },
      {.wall_seconds = 60});
  ASSERT_TRUE(end) << end.error().text();
  EXPECT_TRUE(end->exited_with(0)) << to_string(*end);
}

TEST_F(ProcessTest, AnEndIsAskedForBeforeItIsForced) {
  auto process =
      Process::start({.command = {"/bin/sh", "-c",
                                  "trap 'echo asked > \"" + in_folder("said") + "\"; exit 7' TERM; echo $$ > '" +
                                      in_folder("all") + "'; while :; do sleep 0.05; done"}});
  ASSERT_TRUE(process) << process.error().text();
  processes("all", 1);
  process->end(20);
  const ChildEnd end = process->wait();
  EXPECT_TRUE(end.exited_with(7)) << to_string(end);
  EXPECT_EQ(read_text(in_folder("said")), "asked\n");
}

TEST_F(ProcessTest, AnEndIsForcedWhereItIsNotHeard) {
  auto process =
      Process::start({.command = {"/bin/sh", "-c",
                                  "trap '' TERM; echo $$ > '" + in_folder("all") + "'; while :; do sleep 0.05; done"}});
  ASSERT_TRUE(process) << process.error().text();
  processes("all", 1);
  const auto start = Clock::now();
  process->end(0.3);
  const ChildEnd end = process->wait();
  EXPECT_EQ(end.how, ChildEnd::How::signalled);
  EXPECT_EQ(end.code, SIGKILL);
  EXPECT_GE(seconds_since(start), 0.3);
}

// A program that is told by a terminal to stop, say, must not stay for ever.
TEST_F(ProcessTest, AStoppedChildIsEnded) {
  const auto start = Clock::now();
  const auto end = run_child({"/bin/sh", "-c", "kill -STOP $$"}, {.wall_seconds = 0.2, .grace_seconds = 60});
  ASSERT_TRUE(end);
  EXPECT_EQ(end->how, ChildEnd::How::timed_out);
  // It hears that it is asked to end, and need not be forced.
  EXPECT_LT(seconds_since(start), 30);
}

TEST_F(ProcessTest, TheChannelIsReadableAtTheEnd) {
  auto process = Process::start({.command = {"sleep", "0.1"}});
  ASSERT_TRUE(process) << process.error().text();
  EXPECT_FALSE(process->ended());
  pollfd channel = {process->channel(), POLLIN, 0};
  constexpr int kPatience = 20'000;
  EXPECT_EQ(poll(&channel, 1, kPatience), 1);
  const auto end = process->ended();
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->exited_with(0));
  EXPECT_FALSE(process->running());
}

TEST_F(ProcessTest, AChildHasNoFilesButTheStandardStreams) {
  const auto end = run_child({"/bin/sh", "-c", "ls /proc/self/fd"}, {});
  ASSERT_TRUE(end);
  // The fourth is how ls reads the folder.
  EXPECT_EQ(end->out, "0\n1\n2\n3\n");
}

TEST_F(ProcessTest, ASignalThatWeIgnoreIsAtItsDefaultInAChild) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  const auto end = run_child({"/bin/sh", "-c", "kill -PIPE $$"}, {});
  std::signal(SIGPIPE, before);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->how, ChildEnd::How::signalled) << to_string(*end);
}

TEST_F(ProcessTest, EnvironmentFolderAndInputAreWhatWasAsked) {
  const auto end = run_child(ChildProgram{.command = {"sh", "-c", "pwd; echo \"$HOME $GREETING\"; cat"},
                                          .input = "one\ntwo",
                                          .environment = {"GREETING=hello", "HOME=/nowhere"},
                                          .folder = in_folder("")},
                             {});
  ASSERT_TRUE(end) << end.error().text();
  const std::string folder = std::filesystem::canonical(in_folder("")).string();
  EXPECT_EQ(end->out, folder + "\n/nowhere hello\none\ntwo");
}

TEST_F(ProcessTest, InputThatNobodyReadsEndsNothing) {
  const auto end = run_child(ChildProgram{.command = {"true"}, .input = std::string(1 << 22, 'x')}, {});
  ASSERT_TRUE(end) << end.error().text();
  EXPECT_TRUE(end->exited_with(0)) << to_string(*end);
}

TEST_F(ProcessTest, AFolderThatIsNotThereIsAnError) {
  const auto end = run_child(ChildProgram{.command = {"true"}, .folder = "/no/such/folder"}, {});
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().text(), "true: cannot start: No such file or directory");
}

TEST_F(ProcessTest, ABodyRunsInAnotherProcess) {
  const pid_t self = getpid();
  int mine = 1;
  const auto end = run_in_child(
      [&] {
        mine = 2;
        return getpid() == self ? 1 : 42;
      },
      {});
  ASSERT_TRUE(end) << end.error().text();
  EXPECT_TRUE(end->exited_with(42)) << to_string(*end);
  EXPECT_EQ(mine, 1);
}

}  // namespace
}  // namespace revive::properties
