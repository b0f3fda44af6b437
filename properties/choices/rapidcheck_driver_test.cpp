#include "revive/properties/choices/rapidcheck_driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "revive/properties/shrink/shrink.h"
#include "revive/properties/testing/toy.h"

namespace revive::properties {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

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
  return {.failed = planted_bug(items), .message = toy::to_string(items)};
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

TEST(RapidCheckDriver, SizesBeginAtTheSmallestAsked) {
  std::set<int> sizes;
  run_cases({.cases = 300, .max_size = 90, .min_size = 60}, [&](Choices& choices) {
    sizes.insert(choices.size());
    return CaseOutcome{};
  });
  EXPECT_EQ(sizes.size(), 31u);
  EXPECT_EQ(*sizes.begin(), 60);
  EXPECT_EQ(*sizes.rbegin(), 90);
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

// Two runs that share the cases make together what one makes alone.
TEST(RapidCheckDriver, CasesAreTheSameWhoeverMakesThem) {
  const auto run = [](const TakeTurns& turn) {
    std::vector<Recording> recordings;
    const RunResult result = run_cases(
        {.seed = 5, .cases = 20},
        [&](Choices& choices) {
          toy::generate(choices);
          recordings.push_back(choices.recording());
          return CaseOutcome{};
        },
        turn);
    EXPECT_EQ(result.cases, recordings.size());
    EXPECT_FALSE(result.failure);
    return recordings;
  };
  const auto all = run({});
  const auto even = run([](std::uint64_t number) { return number % 2 == 0 ? Turn::make : Turn::pass; });
  const auto some = run([](std::uint64_t number) { return number < 3 ? Turn::make : Turn::stop; });
  ASSERT_EQ(all.size(), 20U);
  ASSERT_EQ(even.size(), 10U);
  for (std::size_t i = 0; i < even.size(); ++i) EXPECT_EQ(even[i], all[2 * i]) << i;
  EXPECT_EQ(some, std::vector<Recording>(all.begin(), all.begin() + 3));
}

TEST(RapidCheckDriver, TheFirstFailureEndsTheRunAndIsNotRunAgain) {
  int calls = 0;
  const RunResult result = run_cases({.seed = 1, .cases = 100}, [&](Choices& choices) {
    choices.draw(1000);
    ++calls;
    return CaseOutcome{.failed = calls == 7, .message = "seven"};
  });
  EXPECT_EQ(calls, 7);
  EXPECT_EQ(result.cases, 7u);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->number, 6U);
  EXPECT_EQ(result.failure->message, "seven");
  EXPECT_EQ(result.failure->recording.values().size(), 1u);
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
  run_cases({.cases = 10}, [](Choices&) { return CaseOutcome{.failed = true, .message = {}}; });
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
