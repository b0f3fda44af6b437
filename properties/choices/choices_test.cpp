#include "revive/properties/choices/choices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "revive/properties/choices/float_order.h"
#include "revive/properties/testing/toy.h"

namespace revive::properties {
namespace {

using ::testing::ElementsAre;
using Values = std::vector<std::uint64_t>;

// What one toy case is, by its recording and by what was made of it.
struct Made {
  Recording recording;
  std::string text;
  friend bool operator==(const Made&, const Made&) = default;
};
Made make(Choices choices) {
  std::string text = toy::to_string(toy::generate(choices));
  return {choices.take_recording(), std::move(text)};
}

TEST(Choices, TheSameSeedMeansTheSameWithEveryCompiler) {
  std::uint64_t hash = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    for (const std::uint64_t value : make(Choices::random(seed, static_cast<int>(seed % 101))).recording.values()) {
      hash = Random(hash ^ value).next();
    }
  }
  EXPECT_EQ(hash, 7218869131310850147u);
}

TEST(Choices, DifferentSeedsDiffer) {
  EXPECT_EQ(make(Choices::random(1)), make(Choices::random(1)));
  EXPECT_NE(make(Choices::random(1)), make(Choices::random(2)));
}

TEST(Choices, EveryWayToReplayGivesTheCaseAgain) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Made made = make(Choices::random(seed));
    const Values values = made.recording.values();
    ASSERT_EQ(make(Choices::replay(values)), made) << seed;
    ASSERT_EQ(make(Choices::replay(made.recording)), made) << seed;
    ASSERT_EQ(make(Choices::from_fuzz(to_fuzz_bytes(values))), made) << seed;
  }
}

TEST(Choices, AFuzzersCaseIsALiteralAgain) {
  Random random(3);
  for (int i = 0; i < 500; ++i) {
    std::vector<std::uint8_t> bytes(random.up_to(60));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
    const Made made = make(Choices::from_fuzz(bytes));
    ASSERT_EQ(make(Choices::from_fuzz(to_fuzz_bytes(made.recording.values()))), made) << i;
  }
}

TEST(Choices, TooFewValuesAreFollowedByZeros) {
  Choices choices = Choices::replay(Values{5});
  EXPECT_EQ(choices.draw(9), 5u);
  EXPECT_EQ(choices.draw(9), 0u);
  EXPECT_THAT(choices.recording().values(), ElementsAre(5, 0));
  EXPECT_EQ(make(Choices::replay(Values{})).text, "[]");
}

TEST(Choices, ReplayClampsWhereAFuzzersValueIsReduced) {
  Choices replay = Choices::replay(Values{12, UINT64_MAX});
  EXPECT_EQ(replay.draw(9), 9u);
  EXPECT_EQ(replay.draw(UINT64_MAX), UINT64_MAX);
  Choices fuzz = Choices::from_fuzz(to_fuzz_bytes(Values{12, UINT64_MAX}));
  EXPECT_EQ(fuzz.draw(9), 2u);
  EXPECT_EQ(fuzz.draw(UINT64_MAX), UINT64_MAX);
}

TEST(Choices, AFuzzInputGoesOnByItsSeed) {
  const auto tail = [](std::uint8_t seed) {
    Choices choices = Choices::from_fuzz(std::vector<std::uint8_t>{seed, 0, 4});
    EXPECT_EQ(choices.draw(1000), 4u);
    return choices.draw(1'000'000);
  };
  EXPECT_EQ(tail(0), 0u);
  EXPECT_NE(tail(1), 0u);
  EXPECT_NE(tail(1), tail(2));
  EXPECT_EQ(tail(1), tail(1));
}

TEST(Choices, IntegersGoOutwardsFromZero) {
  const auto line = [](std::int64_t least, std::int64_t most, std::uint64_t count) {
    std::vector<std::int64_t> numbers;
    for (std::uint64_t index = 0; index < count; ++index) {
      numbers.push_back(Choices::replay(Values{index}).integer(least, most));
    }
    return numbers;
  };
  EXPECT_THAT(line(-2, 4, 7), ElementsAre(0, 1, -1, 2, -2, 3, 4));
  EXPECT_THAT(line(-4, 2, 7), ElementsAre(0, 1, -1, 2, -2, -3, -4));
  EXPECT_THAT(line(3, 5, 3), ElementsAre(3, 4, 5));
  EXPECT_THAT(line(-5, -3, 3), ElementsAre(-3, -4, -5));
  EXPECT_THAT(line(0, 2, 3), ElementsAre(0, 1, 2));
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(Choices::replay(Values{UINT64_MAX}).integer(kLeast, kMost), kLeast);
  EXPECT_EQ(Choices::replay(Values{UINT64_MAX - 1}).integer(kLeast, kMost), -kMost);
}

TEST(Choices, APickKeepsToWhatIsAllowed) {
  constexpr std::array<std::uint32_t, 4> kWeights = {1, 1, 0, 1};
  const auto odd = [](std::size_t id) { return id % 2 == 1; };
  EXPECT_EQ(Choices::replay(Values{3}).pick(kWeights, odd), 3u);
  EXPECT_EQ(Choices::replay(Values{2}).pick(kWeights), 2u);
  for (std::uint64_t value = 0; value < 6; ++value) {
    Choices choices = Choices::replay(Values{value});
    const std::size_t id = choices.pick(kWeights, odd);
    EXPECT_TRUE(odd(id));
    EXPECT_THAT(choices.recording().values(), ElementsAre(id)) << "the recording names what was picked";
  }
  EXPECT_EQ(Choices::random(1).pick(kWeights, [](std::size_t id) { return id == 2; }), 2u) << "weight 0, but alone";
}

TEST(Choices, WeightsAndOddsAreKept) {
  constexpr std::array<std::uint32_t, 3> kWeights = {1, 0, 3};
  constexpr int kDraws = 20'000;
  std::array<int, 3> picks{};
  int flags = 0;
  int small = 0;
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
    Choices choices = Choices::random(seed);
    ++picks[choices.pick(kWeights)];
    flags += choices.flag(1, 5) ? 1 : 0;
    small += choices.draw(1'000'000, Odds::small) < 1024 ? 1 : 0;
  }
  EXPECT_NEAR(picks[0], kDraws / 4.0, 300);
  EXPECT_EQ(picks[1], 0);
  EXPECT_NEAR(flags, kDraws / 5.0, 300);
  // 11 of the 21 bit widths up to a million.
  EXPECT_NEAR(small, kDraws * 11 / 21.0, 400);
}

TEST(Choices, ASamplerChoosesTheOddsAlone) {
  const auto seventh = [](Random&) -> std::uint64_t { return 7; };
  EXPECT_EQ(Choices::random(1).draw(9, seventh), 7u);
  EXPECT_EQ(Choices::random(1).draw(5, seventh), 5u);
  EXPECT_EQ(Choices::replay(Values{3}).draw(9, seventh), 3u);
}

TEST(Choices, ListsAreOftenShortAndSometimesFull) {
  std::array<int, 17> lengths{};
  constexpr std::uint64_t kLists = 6'000;
  for (std::uint64_t seed = 0; seed < kLists; ++seed) {
    Choices choices = Choices::random(seed);
    std::size_t length = 0;
    choices.list("element", 0, 16, [&](std::size_t) { ++length; });
    ++lengths.at(length);
  }
  // Six bit widths are equally likely: that of 0, of 1, of 2 and 3, of 4 to 7, of 8 to 15, and of 16.
  EXPECT_NEAR(lengths[0], 1000, 120);
  EXPECT_NEAR(lengths[2], 500, 90);
  EXPECT_NEAR(lengths[12], 125, 45);
  EXPECT_NEAR(lengths[16], 1000, 120);
}

TEST(Choices, SizeScalesListsAndNothingElse) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Choices none = Choices::random(seed, 0);
    Choices half = Choices::random(seed, 50);
    std::size_t at_none = 0;
    std::size_t at_half = 0;
    none.list("element", 2, 12, [&](std::size_t) { ++at_none; });
    half.list("element", 2, 12, [&](std::size_t) { ++at_half; });
    EXPECT_EQ(at_none, 2u);
    EXPECT_LE(at_half, 7u);
  }
}

TEST(Choices, AListHasItsLeastAndItsMostWhateverTheValues) {
  for (const std::uint64_t value : {0u, 1u}) {
    Choices choices = Choices::replay(Values(50, value));
    std::size_t length = 0;
    choices.list("element", 2, 5, [&](std::size_t i) { EXPECT_EQ(i, length++); });
    EXPECT_EQ(length, value == 0 ? 2u : 5u);
    EXPECT_EQ(choices.recording().values(), value == 0 ? (Values{1, 1, 0}) : (Values{1, 1, 1, 1, 1, 0}));
  }
}

TEST(Choices, HiddenNumbersAreNotRecorded) {
  Choices random = Choices::random(1);
  EXPECT_NE(random.hidden(1'000'000), 0u);
  EXPECT_TRUE(random.recording().tokens.empty());
  EXPECT_EQ(Choices::replay(Values{3}).hidden(9), 0u);
}

TEST(Choices, DrawsWithoutEndBecomeZeros) {
  Choices choices = Choices::random(1);
  std::uint64_t beyond = 0;
  for (std::size_t i = 0; i < Choices::kMostDraws; ++i) choices.draw(9);
  for (int i = 0; i < 100; ++i) beyond += choices.draw(9);
  std::size_t length = 0;
  choices.list("element", 3, SIZE_MAX, [&](std::size_t) { ++length; });
  EXPECT_EQ(beyond, 0u);
  EXPECT_EQ(length, 3u);
  EXPECT_EQ(choices.recording().values().size(), Choices::kMostDraws);
}

TEST(Choices, FloatsHaveSpecialsAndKeepPayloads) {
  int nans = 0;
  int negative_zeros = 0;
  int subnormals = 0;
  int sixteenths = 0;
  constexpr int kDraws = 20'000;
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
    Choices choices = Choices::random(seed);
    const double number = choices.float64();
    nans += std::isnan(number) ? 1 : 0;
    negative_zeros += number == 0 && std::signbit(number) ? 1 : 0;
    subnormals += std::fpclassify(number) == FP_SUBNORMAL ? 1 : 0;
    sixteenths += number * 16 == std::floor(number * 16) && std::abs(number) <= 16 ? 1 : 0;
  }
  EXPECT_GT(nans, kDraws / 15);
  EXPECT_GT(negative_zeros, kDraws / 75);
  EXPECT_GT(subnormals, kDraws / 20);
  EXPECT_GT(sixteenths, kDraws * 2 / 5);

  const auto payload = std::bit_cast<float>(0x7fc12345u);
  const float again = Choices::replay(Values{FloatOrder<float>::index_of(payload)}).float32();
  EXPECT_EQ(std::bit_cast<std::uint32_t>(again), 0x7fc12345u);
}

TEST(Choices, AFloatIsRecordedByTheFirstPlaceOfItsNumber) {
  const auto one = std::rotl(std::bit_cast<std::uint32_t>(1.0F), 1);
  Choices choices = Choices::replay(Values{one});
  EXPECT_EQ(choices.float32(), 1.0F);
  EXPECT_THAT(choices.recording().values(), ElementsAre(1));
}

// Two spans of two values and one value after them.
Recording two_spans() {
  Choices choices = Choices::replay(Values{1, 2, 3, 4, 5});
  for (int i = 0; i < 2; ++i) {
    const Choices::Scope scope(choices, "pair");
    choices.draw(9);
    choices.draw(9);
  }
  choices.draw(9);
  return choices.take_recording();
}

TEST(Choices, SpansThatDrawLessOrMoreLeaveTheOthersInPlace) {
  Choices choices = Choices::replay(two_spans());
  Values drawn;
  {
    const Choices::Scope scope(choices, "pair");
    drawn.push_back(choices.draw(9));
  }
  {
    const Choices::Scope scope(choices, "pair");
    for (int i = 0; i < 3; ++i) drawn.push_back(choices.draw(9));
  }
  drawn.push_back(choices.draw(9));
  EXPECT_THAT(drawn, ElementsAre(1, 3, 4, 0, 5));
}

TEST(Choices, WhatASpanLeftUnusedIsPassedOver) {
  Choices choices = Choices::replay(two_spans());
  for (int i = 0; i < 2; ++i) const Choices::Scope scope(choices, "pair");
  EXPECT_EQ(choices.draw(9), 5u);
}

TEST(Choices, ASpanThatWasNotRecordedIsZerosAndTakesNothing) {
  Choices choices = Choices::replay(two_spans());
  Values drawn;
  {
    const Choices::Scope scope(choices, "other");
    const Choices::Scope within(choices, "pair");
    drawn.push_back(choices.draw(9));
  }
  for (int i = 0; i < 3; ++i) {
    const Choices::Scope scope(choices, "pair");
    drawn.push_back(choices.draw(9));
  }
  drawn.push_back(choices.draw(9));
  EXPECT_THAT(drawn, ElementsAre(0, 1, 3, 0, 5));
}

}  // namespace
}  // namespace revive::properties
