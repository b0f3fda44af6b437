#include "revive/properties/process/line_process.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace revive::properties {
namespace {

TEST(LineProcess, AnswersALineWithALine) {
  const auto process = LineProcess::start("cat");
  ASSERT_TRUE(process);
  EXPECT_EQ((*process)->exchange("one", {}).value(), "one");
  EXPECT_EQ((*process)->exchange("", {}).value(), "");
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
