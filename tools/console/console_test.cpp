#include "revive/tools/console/console.h"

#include <gmock/gmock.h>

#include <chrono>
#include <sstream>
#include <thread>

namespace revive::tools {
namespace {

using testing::MatchesRegex;

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

void wait(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

TEST(Progress, OfAShortJobSaysNothing) {
  std::ostringstream err;
  Console console{.out = err, .err = err, .err_is_terminal = true};
  {
    Progress progress(console, "job", 2);
    progress.step();
    progress.tell("far");
    progress.step();
  }
  EXPECT_EQ(err.str(), "");
}

// Of the jobs on a terminal and in a log, both at the same time: from the second second on, each half second there, and
// each fifteen seconds here.
TEST(Progress, OfALongJobSaysHowFarItIsAndHowLongItTook) {
  std::ostringstream seen;
  std::ostringstream logged;
  std::ostringstream counted;
  Console terminal{.out = seen, .err = seen, .err_is_terminal = true};
  Console log{.out = logged, .err = logged};
  Console uncounted{.out = counted, .err = counted};
  {
    Progress first(terminal, "job", 3);
    Progress second(log, "job", 3);
    Progress third(uncounted, "job", 0);
    Progress silent(uncounted, "silent", 2);
    wait(1000);
    first.step();
    second.step();
    EXPECT_EQ(seen.str() + logged.str(), "") << "not before the second second is over";
    wait(1100);
    for (Progress* const each : {&first, &second, &third}) each->step();
    EXPECT_EQ(seen.str(), "\r\x1b[Kjob: 2 of 3");
    EXPECT_EQ(logged.str(), "job: 2 of 3\n");
    EXPECT_EQ(counted.str(), "job: 1\n");
    first.tell("so far");
    EXPECT_EQ(seen.str(), "\r\x1b[Kjob: 2 of 3") << "at most twice a second";
    wait(600);
    first.tell("further");
    second.step();
    EXPECT_EQ(seen.str(), "\r\x1b[Kjob: 2 of 3\r\x1b[Kjob: further");
    EXPECT_EQ(logged.str(), "job: 2 of 3\n");
  }
  EXPECT_THAT(seen.str(),
              MatchesRegex("\r\x1b\\[Kjob: 2 of 3\r\x1b\\[Kjob: further\r\x1b\\[Kjob: further in [2-9]\\.[0-9] s\n"));
  EXPECT_THAT(logged.str(), MatchesRegex("job: 2 of 3\njob: 3 in [2-9]\\.[0-9] s\n"));
  EXPECT_THAT(counted.str(), MatchesRegex("job: 1\nsilent: 0 of 2 in [2-9]\\.[0-9] s\njob: 1 in [2-9]\\.[0-9] s\n"));
}

}  // namespace
}  // namespace revive::tools
