#include "revive/fuzz/mutators/choice_mutator.h"

#include <gtest/gtest.h>

#include <set>

#include "revive/fuzz/seeds/seeds.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/compare.h"

namespace revive::fuzz {
namespace {

using Input = std::vector<std::uint8_t>;

constexpr std::size_t kMost = 4096;

std::size_t leave(std::uint8_t*, std::size_t size, std::size_t) {
  return size;
}

Input mutate(const Input& input, std::size_t max, std::uint32_t seed) {
  Input buffer = input;
  buffer.resize(std::max(max, input.size()));
  const std::size_t size = mutate_choices(buffer.data(), input.size(), max, seed, leave);
  EXPECT_LE(size, max);
  buffer.resize(size);
  return buffer;
}

TEST(ChoiceMutator, TheSameSeedGivesTheSameMutant) {
  const Input input = choice_seeds().back();
  for (std::uint32_t seed = 0; seed < 50; ++seed) EXPECT_EQ(mutate(input, kMost, seed), mutate(input, kMost, seed));
}

TEST(ChoiceMutator, MutantsAreOtherModels) {
  constexpr std::uint32_t kMutants = 20;
  const auto inputs = choice_seeds();
  std::set<std::string> models;
  for (const Input& input : inputs) {
    for (std::uint32_t seed = 0; seed < kMutants; ++seed) {
      auto choices = properties::Choices::from_fuzz(mutate(input, kMost, seed));
      const auto drawn = properties::generate_case(choices);
      ASSERT_TRUE(drawn) << drawn.error().text();
      models.insert(digest(drawn->model));
    }
  }
  EXPECT_GT(3 * models.size(), kMutants * inputs.size());
}

TEST(ChoiceMutator, UnderALimitBelowTheSizeMutantsAreSmaller) {
  for (const Input& input : choice_seeds()) {
    for (std::uint32_t seed = 0; seed < 10; ++seed) {
      EXPECT_LT(mutate(input, input.size() - 1, seed).size(), input.size());
    }
  }
}

}  // namespace
}  // namespace revive::fuzz
