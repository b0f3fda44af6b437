#include "revive/tools/console/console.h"

#include <gtest/gtest.h>

#include <chrono>
#include <sstream>

namespace revive::tools {
namespace {

TEST(Console, ColourIsForTerminals) {
  std::ostringstream out;
  Console console{.out = out, .err = out, .out_is_terminal = true};
  EXPECT_EQ(console.good("held"), "\x1b[32mheld\x1b[0m");
  EXPECT_EQ(console.bad("failed"), "\x1b[31mfailed\x1b[0m");
  console.out_is_terminal = false;
  console.err_is_terminal = true;
  EXPECT_EQ(console.good("held"), "held");
  EXPECT_EQ(console.bad("failed"), "failed");
}

TEST(Console, AComplaintIsOneLineOfErr) {
  std::ostringstream out;
  std::ostringstream err;
  Console console{.out = out, .err = err};
  console.complain("a\nb");
  console.complain(std::string(20'000, 'x'));
  EXPECT_EQ(out.str(), "");
  EXPECT_TRUE(err.str().starts_with("a\\x0ab\nxxx")) << err.str().substr(0, 20);
  EXPECT_LT(err.str().size(), 17'000U);
}

// The time, as the test has it.
std::chrono::steady_clock::time_point& clock_of_the_test() {
  static std::chrono::steady_clock::time_point now;
  return now;
}

void wait(int milliseconds) {
  clock_of_the_test() += std::chrono::milliseconds(milliseconds);
}

class Progresses : public testing::Test {
 protected:
  std::ostringstream seen_;
  std::ostringstream logged_;
  Console terminal_{.out = seen_, .err = seen_, .err_is_terminal = true, .now = [] { return clock_of_the_test(); }};
  // Colour of its output is no matter of what is told on the other stream.
  Console log_{.out = logged_, .err = logged_, .out_is_terminal = true, .now = [] { return clock_of_the_test(); }};
};

TEST_F(Progresses, OfAShortJobSayNothing) {
  {
    Progress progress(terminal_, "job", 2);
    progress.step();
    progress.tell("far");
    wait(1999);
    progress.step();
  }
  EXPECT_EQ(seen_.str(), "");
}

TEST_F(Progresses, OnATerminalAreOneLineThatChangesTwiceASecond) {
  {
    Progress progress(terminal_, "job", 3);
    wait(1999);
    progress.step();
    EXPECT_EQ(seen_.str(), "");
    wait(1);
    progress.step();
    EXPECT_EQ(seen_.str(), "\r\x1b[Kjob: 2 of 3");
    wait(499);
    progress.tell("so far");
    EXPECT_EQ(seen_.str(), "\r\x1b[Kjob: 2 of 3");
    wait(1);
    progress.tell("further");
    wait(500);
    progress.step();
    wait(250);
  }
  EXPECT_EQ(seen_.str(), "\r\x1b[Kjob: 2 of 3\r\x1b[Kjob: further\r\x1b[Kjob: 3\r\x1b[Kjob: further in 3.2 s\n");
}

TEST_F(Progresses, OfALogAreALineInFifteenSeconds) {
  {
    Progress progress(log_, "job", 3);
    wait(2000);
    progress.step();
    wait(14'999);
    progress.step();
    EXPECT_EQ(logged_.str(), "job: 1 of 3\n");
    wait(1);
    progress.step();
    wait(100);
  }
  EXPECT_EQ(logged_.str(), "job: 1 of 3\njob: 3\njob: 3 in 17.1 s\n");
}

TEST_F(Progresses, WithoutALineSayOnlyHowLongItTook) {
  {
    const Progress counted(log_, "counted", 2);
    const Progress uncounted(log_, "uncounted");
    const Progress seen(terminal_, "seen");
    wait(2000);
  }
  EXPECT_EQ(logged_.str(), "uncounted: 0 in 2.0 s\ncounted: 0 of 2 in 2.0 s\n");
  EXPECT_EQ(seen_.str(), "seen: 0 in 2.0 s\n") << "there is no line to clear";
}

TEST_F(Progresses, OfWhatNobodyCountedSayHowMany) {
  {
    Progress progress(log_, "job");
    wait(2000);
    progress.step();
  }
  EXPECT_EQ(logged_.str(), "job: 1\njob: 1 in 2.0 s\n");
}

}  // namespace
}  // namespace revive::tools
