#include "revive/properties/process/child_process.h"

#include <gtest/gtest.h>

namespace revive::properties {
namespace {

ChildEnd shell(const std::string& script, const ChildLimits& limits = {}) {
  const auto end = run_child({"/bin/sh", "-c", script}, limits);
  EXPECT_TRUE(end.has_value());
  return end.value_or(ChildEnd{});
}

TEST(ChildProcess, KeepsBothStreamsAndTheExitCode) {
  const ChildEnd end = shell("echo said; echo complained >&2; exit 3");
  EXPECT_TRUE(end.exited_with(3));
  EXPECT_EQ(end.out, "said\n");
  EXPECT_EQ(end.err, "complained\n");
}

TEST(ChildProcess, ReadsMoreThanAPipeHolds) {
  const ChildEnd end = shell("head -c 300000 /dev/zero; exit 0");
  EXPECT_TRUE(end.exited_with(0));
  EXPECT_EQ(end.out.size(), 300'000U);
}

TEST(ChildProcess, ALongOutputIsCutAndSaysSo) {
  const ChildEnd end = shell("head -c 50000000 /dev/zero >&2; echo done", {.output_bytes = 100});
  EXPECT_TRUE(end.exited_with(0));
  EXPECT_EQ(end.out, "done\n");
  EXPECT_EQ(end.err, std::string(100, '\0') + "\n[49999900 more bytes are not kept]\n");
}

TEST(ChildProcess, ACrashIsAnEnd) {
  const ChildEnd end = shell("kill -SEGV $$");
  EXPECT_EQ(end.how, ChildEnd::How::signalled);
  EXPECT_EQ(to_string(end), "was killed by signal 11 (Segmentation fault)");
}

TEST(ChildProcess, AHangIsKilled) {
  const ChildEnd end = shell("exec sleep 60", {.wall_seconds = 0.2});
  EXPECT_EQ(end.how, ChildEnd::How::timed_out);
  EXPECT_EQ(to_string(end), "ran out of time");
}

TEST(ChildProcess, ABusyLoopIsStoppedByItsCpuTime) {
  const ChildEnd end = shell("while :; do :; done", {.wall_seconds = 30, .cpu_seconds = 1});
  EXPECT_EQ(end.how, ChildEnd::How::timed_out) << to_string(end);
}

TEST(ChildProcess, AFileBeyondItsLimitCannotBeWritten) {
  const ChildEnd end = shell(
      "trap '' XFSZ; head -c 9000 /dev/zero > \"${TMPDIR:-/tmp}/revive_child_$$\"; code=$?; "
      "rm -f \"${TMPDIR:-/tmp}/revive_child_$$\"; exit $code",
      {.file_bytes = 4096});
  EXPECT_TRUE(end.exited_with(1)) << to_string(end);
}

TEST(ChildProcess, AProgramThatIsNotThereIsAnError) {
  const auto end = run_child({"/no/such/program"}, {});
  ASSERT_FALSE(end.has_value());
  EXPECT_EQ(end.error().text(), "/no/such/program: cannot start: No such file or directory");
}

}  // namespace
}  // namespace revive::properties
