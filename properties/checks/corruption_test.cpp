#include "revive/properties/checks/corruption.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

namespace revive::properties {
namespace {

using ::testing::ElementsAre;

std::vector<std::byte> counting(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i + 1);
  return bytes;
}

// The bytes as numbers; a run of neighbours would make long lists.
std::vector<int> numbers(std::span<const std::byte> bytes) {
  std::vector<int> result;
  for (const std::byte byte : bytes) result.push_back(std::to_integer<int>(byte));
  return result;
}

TEST(Corruption, BlocksAreZeroedRemovedDuplicatedAndSwappedWithTheNext) {
  const auto bytes = counting(18);
  EXPECT_EQ(numbers(corrupted(bytes, {CorruptionKind::removed, 0, {}})), (std::vector{17, 18}));
  EXPECT_EQ(numbers(corrupted(bytes, {CorruptionKind::zeroed, 16, {}})).back(), 0);
  EXPECT_EQ(numbers(corrupted(bytes, {CorruptionKind::duplicated, 16, {}})).size(), 20U);
  const auto swapped = numbers(corrupted(bytes, {CorruptionKind::swapped, 0, {}}));
  EXPECT_THAT(std::vector(swapped.begin(), swapped.begin() + 3), ElementsAre(17, 18, 1));
  EXPECT_EQ(swapped.size(), 18U);
}

TEST(Corruption, SaysWhereAndWhat) {
  const auto bytes = counting(18);
  EXPECT_EQ(to_string({CorruptionKind::byte, 2, std::byte{0xAB}}, bytes), "byte 2 from 0x03 to 0xab");
  EXPECT_EQ(to_string({CorruptionKind::removed, 0, {}}, bytes), "16 bytes at 0 removed");
  EXPECT_EQ(to_string({CorruptionKind::swapped, 16, {}}, bytes), "2 bytes at 16 swapped with the next");
}

TEST(Corruption, AllOfThemAreEveryOtherByteAndEveryBlock) {
  const auto bytes = counting(33);
  std::map<CorruptionKind, int> count;
  std::set<std::vector<int>> different;
  for_each_corruption(bytes, 1, [&](const Corruption& corruption, std::span<const std::byte> changed) {
    ++count[corruption.kind];
    different.insert(numbers(changed));
    EXPECT_EQ(numbers(changed), numbers(corrupted(bytes, corruption))) << to_string(corruption, bytes);
  });
  EXPECT_EQ(count[CorruptionKind::byte], 33 * 255);
  EXPECT_EQ(count[CorruptionKind::zeroed], 3);
  EXPECT_EQ(count[CorruptionKind::removed], 3);
  EXPECT_EQ(count[CorruptionKind::duplicated], 3);
  // The last block has no next one.
  EXPECT_EQ(count[CorruptionKind::swapped], 2);
  EXPECT_FALSE(different.contains(numbers(bytes)));
}

TEST(Corruption, WhatChangesNothingIsLeftOut) {
  const std::vector<std::byte> zeros(64);
  int blocks = 0;
  for_each_corruption(zeros, 1, [&](const Corruption& corruption, std::span<const std::byte>) {
    blocks += corruption.kind == CorruptionKind::zeroed || corruption.kind == CorruptionKind::swapped ? 1 : 0;
  });
  EXPECT_EQ(blocks, 0);
}

TEST(Corruption, AStrideLeavesOutOffsetsAndNoValues) {
  const auto bytes = counting(64);
  std::map<std::size_t, int> values;
  for_each_corruption(bytes, 10, [&](const Corruption& corruption, std::span<const std::byte>) {
    if (corruption.kind == CorruptionKind::byte) ++values[corruption.offset];
  });
  EXPECT_EQ(values.size(), 7U);
  for (const auto& [offset, count] : values) {
    EXPECT_EQ(offset % 10, 0U);
    EXPECT_EQ(count, 255) << offset;
  }
}

TEST(Corruption, AStrideBeyondTheEndLeavesTheFirstByteAndBlock) {
  const auto bytes = counting(40);
  std::set<std::size_t> offsets;
  for_each_corruption(bytes, SIZE_MAX,
                      [&](const Corruption& change, std::span<const std::byte>) { offsets.insert(change.offset); });
  EXPECT_THAT(offsets, ElementsAre(0));
}

TEST(Corruption, SamplesAreTheSameForTheSameNumbersAndGatherNearBoundaries) {
  constexpr std::size_t kCount = 400;
  const auto bytes = counting(4000);
  const std::vector<std::size_t> boundaries = {1000, 3000};
  Random random(1);
  Random same(1);
  const auto sample = sample_corruptions(bytes, boundaries, kCount, random);
  const auto again = sample_corruptions(bytes, boundaries, kCount, same);
  ASSERT_EQ(sample.size(), again.size());
  std::size_t near = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    EXPECT_EQ(to_string(sample[i], bytes), to_string(again[i], bytes));
    EXPECT_NE(numbers(corrupted(bytes, sample[i])), numbers(bytes)) << to_string(sample[i], bytes);
    const std::size_t offset = sample[i].offset;
    if ((offset >= 984 && offset < 1016) || (offset >= 2984 && offset < 3016)) ++near;
  }
  EXPECT_GT(near, kCount / 2);
  EXPECT_TRUE(sample_corruptions({}, {}, kCount, random).empty());
}

}  // namespace
}  // namespace revive::properties
