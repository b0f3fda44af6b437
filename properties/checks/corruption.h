// Changes to bytes as storage and transfer make them: one byte, or one block of 16.
//
// A change is a value, so that a property samples the same changes that an exhaustive run goes through. Positions and
// values are a pure function of the bytes and the random numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "revive/model/base/random.h"

namespace revive::properties {

// Another byte; a block that is zeroed, removed, duplicated or swapped with the next.
enum class CorruptionKind : std::uint8_t { byte, zeroed, removed, duplicated, swapped };

inline constexpr std::size_t kCorruptionBlock = 16;

struct Corruption {
  CorruptionKind kind = CorruptionKind::byte;
  // Of the byte or the first byte of the block; the last block may be shorter.
  std::size_t offset = 0;
  // What the byte becomes.
  std::byte value{};
};

// "byte 17 from 0x50 to 0x51", "16 bytes at 32 removed". REQUIRES: the offset lies inside `bytes`.
std::string to_string(const Corruption& corruption, std::span<const std::byte> bytes);

// `bytes` with the change. REQUIRES: the offset lies inside `bytes`.
std::vector<std::byte> corrupted(std::span<const std::byte> bytes, const Corruption& corruption);

// Calls visit(corruption, changed bytes) for every byte at a multiple of `stride` with all 255 other values, and for
// every aligned block, every `stride`th of them, with what can happen to one; changes that change nothing are left out.
// REQUIRES: stride > 0.
void for_each_corruption(std::span<const std::byte> bytes, std::size_t stride,
                         const std::function<void(const Corruption&, std::span<const std::byte>)>& visit);

// `count` changed bytes and one block, anywhere but most of them near `boundaries` (offsets; may be empty). A block
// that would not change is left out. Empty for no bytes.
std::vector<Corruption> sample_corruptions(std::span<const std::byte> bytes, std::span<const std::size_t> boundaries,
                                           std::size_t count, Random& random);

}  // namespace revive::properties
