// Work with a time of its own: what is passed on of the process that does it, and what is said of how it ended.
#include "revive/tools/run/timed.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <sstream>
#include <thread>

namespace revive::tools {
namespace {

using Work = std::function<Result<bool>(Console&)>;

// What timed() gives and prints, as one text.
std::string told(std::uint64_t seconds, const Work& work) {
  std::ostringstream out;
  std::ostringstream err;
  Console console{.out = out, .err = err};
  // What the tests have said and not printed yet would be printed by the other process, too.
  std::fflush(stdout);
  const auto held = timed(seconds, "a.keras", console, work);
  std::string text = "out: " + out.str() + "; err: " + err.str() + "; ";
  if (!held) return text + held.error().text();
  return text + (*held ? "held" : "not held");
}

Work prints(Result<bool> result) {
  return [result = std::move(result)](Console& console) {
    console.out << "what it is";
    console.err << "how far it is, ";
    return result;
  };
}

// With a limit and without one.
TEST(Timed, WorkSaysTheSameInAProcessOfItsOwn) {
  for (const std::uint64_t seconds : {0U, 60U}) {
    EXPECT_EQ(told(seconds, prints(true)), "out: what it is; err: how far it is, ; held");
    EXPECT_EQ(told(seconds, prints(false)), "out: what it is; err: how far it is, ; not held");
  }
}

// An Error of the process is printed by it, as the caller would have done.
TEST(Timed, AnErrorIsSaidOnce) {
  const auto refuses = prints(fail(ErrorCode::archive_member_missing, "b.keras", "there is no config"));
  EXPECT_EQ(told(0, refuses), "out: what it is; err: how far it is, ; b.keras: there is no config");
  EXPECT_EQ(told(60, refuses), "out: what it is; err: how far it is, b.keras: there is no config\n; not held");
}

TEST(Timed, TheEndOfTheTimeIsALimit) {
  const Work sleeps = [](Console&) -> Result<bool> {
    std::this_thread::sleep_for(std::chrono::seconds(60));
    return true;
  };
  std::ostringstream text;
  Console console{.out = text, .err = text};
  const auto held = timed(1, "a.keras", console, sleeps);
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(held.error().text(), "a.keras: expected an answer within 1 seconds (--seconds), found none");
}

TEST(Timed, AProcessThatEndsOtherwiseHasFailed) {
  std::ostringstream text;
  Console console{.out = text, .err = text};
  const auto held = timed(60, "a.keras", console, [](Console&) -> Result<bool> {
    std::raise(SIGKILL);
    return true;
  });
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, ErrorCode::subject_failed);
  EXPECT_EQ(held.error().text(), "a.keras: the process was killed by signal 9 (Killed)");
}

}  // namespace
}  // namespace revive::tools
