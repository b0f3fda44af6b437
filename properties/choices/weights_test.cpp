// What weights of alternatives mean, to the single one.
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "revive/properties/choices/choices.h"

namespace revive::properties {
namespace {

using Counts = std::map<std::size_t, int>;

Counts sampled(std::span<const std::uint32_t> weights, std::span<const std::size_t> ids) {
  constexpr int kDraws = 6000;
  Random chance(7);
  Counts counts;
  for (int i = 0; i < kDraws; ++i) ++counts[Choices::sample_by_weight(chance, weights, ids)];
  return counts;
}

TEST(Weights, OfZeroAreDrawnWhereAllAreZeroAlone) {
  constexpr std::array<std::size_t, 3> kIds = {0, 1, 2};
  EXPECT_EQ(sampled(std::array<std::uint32_t, 3>{0, 1, 0}, kIds), (Counts{{1, 6000}}));
  EXPECT_EQ(sampled(std::array<std::uint32_t, 3>{0, 0, 1}, kIds), (Counts{{2, 6000}}));
  EXPECT_EQ(sampled(std::array<std::uint32_t, 3>{1, 0, 0}, kIds), (Counts{{0, 6000}}));
  Counts even = sampled(std::array<std::uint32_t, 3>{0, 0, 0}, kIds);
  for (const std::size_t id : kIds) EXPECT_NEAR(even[id], 2000, 200) << id;
}

TEST(Weights, AreSharesOfTheIdsThatAreThere) {
  constexpr std::array<std::uint32_t, 5> kWeights = {1, 50, 2, 0, 3};
  constexpr std::array<std::size_t, 4> kIds = {0, 2, 3, 4};
  Counts counts = sampled(kWeights, kIds);
  EXPECT_NEAR(counts[0], 1000, 150);
  EXPECT_NEAR(counts[2], 2000, 150);
  EXPECT_NEAR(counts[4], 3000, 150);
  EXPECT_FALSE(counts.contains(1));
  EXPECT_FALSE(counts.contains(3));
}

// Which of the ids a seed draws is what stored seeds mean.
TEST(Weights, AreTakenFromTheFirstOn) {
  constexpr std::array<std::uint32_t, 3> kWeights = {2, 3, 1};
  constexpr std::array<std::size_t, 3> kIds = {0, 1, 2};
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random chance(seed);
    Random same(seed);
    const std::uint64_t number = same.up_to(5);
    EXPECT_EQ(Choices::sample_by_weight(chance, kWeights, kIds), number < 2 ? 0U : number < 5 ? 1U : 2U) << seed;
  }
}

}  // namespace
}  // namespace revive::properties
