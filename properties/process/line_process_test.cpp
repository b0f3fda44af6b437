#include "revive/properties/process/line_process.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

namespace revive::properties {
namespace {

TEST(LineProcess, AnswersALineWithALine) {
  const auto process = LineProcess::start("cat");
  ASSERT_TRUE(process);
  EXPECT_EQ((*process)->exchange("one", {}).value(), "one");
  EXPECT_EQ((*process)->exchange("", {}).value(), "");
}

// A wrapper that does not say exec is what people write first.
TEST(LineProcess, AHangBehindAShellEndsWithItsTime) {
  const auto process = LineProcess::start("sh -c 'sleep 100 & echo $!; wait; :'");
  ASSERT_TRUE(process);
  const auto below = (*process)->exchange("", {});
  ASSERT_TRUE(below) << below.error().text();
  const auto late = (*process)->exchange("", {.seconds = 0.3});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().message, "gave no answer within 0.3 s");
  EXPECT_EQ(kill(std::stoi(*below), 0), -1) << "the sleep goes on";
}

TEST(LineProcess, WhatIsSaidBesideTheAnswersIsShownUpToItsLimit) {
  testing::internal::CaptureStderr();
  {
    const auto process = LineProcess::start("sh -c 'head -c 50000000 /dev/zero >&2; cat'", {.output_bytes = 10});
    ASSERT_TRUE(process);
    EXPECT_EQ((*process)->exchange("one", {}).value(), "one");
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), std::string(10, '\0') + "\n[further output is not shown]\n");
}

TEST(LineProcess, AWaitThatFailsIsAnErrorAndNoLoop) {
  const auto process = LineProcess::start("cat");
  ASSERT_TRUE(process);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  // poll() refuses more files than the process may have.
  const rlimit none = {0, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto answer = (*process)->exchange("one", {.seconds = 20});
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::subject_failed);
  EXPECT_EQ(answer.error().message, "cannot be waited for: Invalid argument");
  EXPECT_FALSE((*process)->running());
}

}  // namespace
}  // namespace revive::properties
