#include "properties/rapidcheck_driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "properties/shrink.h"
#include "properties/testing/toy.h"

namespace revive::properties {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

// A number above 200 somewhere behind a group.
bool planted_bug(const toy::Items& items) {
  bool group = false;
  for (const toy::Item& item : items) {
    if (group && item.kind == toy::Kind::number && item.a > 200) return true;
    group |= item.kind == toy::Kind::group;
  }
  return false;
}

CaseOutcome run_toy(Choices& choices) {
  const toy::Items items = toy::generate(choices);
  return {.failed = planted_bug(items), .message = toy::to_string(items), .labels = {}};
}

TEST(RapidCheckDriver, RunsAsManyCasesAsAskedWithSizesFromNothingToTheLargest) {
  std::set<int> sizes;
  std::set<std::uint64_t> first_numbers;
  const RunResult result = run_cases({.seed = 1, .cases = 303, .max_size = 50}, [&](Choices& choices) {
    sizes.insert(choices.size());
    first_numbers.insert(choices.draw(UINT64_MAX));
    return CaseOutcome{};
  });
  EXPECT_EQ(result.cases, 303u);
  EXPECT_FALSE(result.failure);
  EXPECT_EQ(sizes.size(), 51u);
  EXPECT_EQ(*sizes.rbegin(), 50);
  EXPECT_EQ(first_numbers.size(), 303u);
}

TEST(RapidCheckDriver, TheSameSeedGivesTheSameRun) {
  const auto run = [](std::uint64_t seed) {
    std::vector<Recording> recordings;
    run_cases({.seed = seed, .cases = 50}, [&](Choices& choices) {
      toy::generate(choices);
      recordings.push_back(choices.recording());
      return CaseOutcome{};
    });
    return recordings;
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
}

TEST(RapidCheckDriver, ALabelCountsOnceACase) {
  int cases = 0;
  const RunResult result = run_cases({.cases = 10}, [&](Choices&) {
    CaseOutcome outcome{.failed = false, .message = {}, .labels = {"dense", "dense", "lambda"}};
    if (++cases > 4) outcome.labels.pop_back();
    return outcome;
  });
  EXPECT_THAT(result.labels, ElementsAre(Pair("dense", 10), Pair("lambda", 4)));
}

TEST(RapidCheckDriver, TheFirstFailureEndsTheRunAndIsNotRunAgain) {
  int calls = 0;
  const RunResult result = run_cases({.seed = 1, .cases = 100}, [&](Choices& choices) {
    choices.draw(1000);
    ++calls;
    return CaseOutcome{.failed = calls == 7, .message = "seven", .labels = {"seen"}};
  });
  EXPECT_EQ(calls, 7);
  EXPECT_EQ(result.cases, 7u);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->message, "seven");
  EXPECT_EQ(result.failure->recording.values().size(), 1u);
  EXPECT_THAT(result.labels, ElementsAre(Pair("seen", 7)));
}

TEST(RapidCheckDriver, AnExceptionIsAFailureOfItsCase) {
  const RunResult result = run_cases({.cases = 10}, [](Choices& choices) -> CaseOutcome {
    choices.draw(3);
    throw std::runtime_error("out of luck");
  });
  ASSERT_TRUE(result.failure);
  EXPECT_THAT(result.failure->message, HasSubstr("out of luck"));
  EXPECT_EQ(result.failure->recording.values().size(), 1u);
}

TEST(RapidCheckDriver, PrintsNothing) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  run_cases({.cases = 100}, run_toy);
  run_cases({.cases = 10}, [](Choices&) { return CaseOutcome{.failed = true, .message = {}, .labels = {}}; });
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

// One bug, found by a property run and by random fuzz inputs, ends as one case.
TEST(RapidCheckDriver, EveryEngineEndsInTheSameCase) {
  const auto simplest = [](const Recording& found) {
    return to_hex(shrink(found.values(), toy::generate, planted_bug).recording.values());
  };
  std::set<std::string> ends;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const RunResult result = run_cases({.seed = seed, .cases = 10'000}, run_toy);
    ASSERT_TRUE(result.failure);
    ends.insert(simplest(result.failure->recording));
  }
  Random random(4);
  for (int found = 0; found < 10;) {
    std::vector<std::uint8_t> bytes(random.up_to(30));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
    Choices choices = Choices::from_fuzz(bytes);
    if (!planted_bug(toy::generate(choices))) continue;
    ends.insert(simplest(choices.recording()));
    ++found;
  }
  // Two elements, a group without any and the number 201: {1, group, {0}}, {1, number, 201}, {0}.
  EXPECT_THAT(ends, ElementsAre(to_hex(std::vector<std::uint64_t>{1, 3, 0, 1, 0, 201, 0})));
}

}  // namespace
}  // namespace revive::properties
