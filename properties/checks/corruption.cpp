#include "revive/properties/checks/corruption.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace revive::properties {
namespace {

struct BlockKind {
  CorruptionKind kind;
  std::string_view what;
};
constexpr std::array kBlockKinds = {
    BlockKind{CorruptionKind::zeroed, "zeroed"}, BlockKind{CorruptionKind::removed, "removed"},
    BlockKind{CorruptionKind::duplicated, "duplicated"}, BlockKind{CorruptionKind::swapped, "swapped with the next"}};
constexpr int kByteValues = 256;

// A span of at most a block from `offset` on.
std::size_t block_size(std::span<const std::byte> bytes, std::size_t offset) {
  return std::min(kCorruptionBlock, bytes.size() - std::min(offset, bytes.size()));
}

std::size_t draw_offset(std::size_t size, std::span<const std::size_t> boundaries, Random& random) {
  constexpr std::uint64_t kAnywhereOneIn = 4;
  constexpr std::uint64_t kReach = 16;  // most fields of a header lie that close to its ends
  if (boundaries.empty() || random.below(kAnywhereOneIn) == 0) return static_cast<std::size_t>(random.below(size));
  const std::size_t boundary = boundaries[static_cast<std::size_t>(random.below(boundaries.size()))];
  const auto shift = static_cast<std::size_t>(random.below(2 * kReach));
  const std::size_t offset = boundary + shift;
  return offset < kReach ? 0 : std::min<std::size_t>(offset - kReach, size - 1);
}

// One flipped bit, a neighbouring number, or any other value.
std::byte draw_value(std::byte old, Random& random) {
  const auto number = std::to_integer<unsigned>(old);
  switch (random.below(4)) {
    case 0: return static_cast<std::byte>(number + 1);
    case 1: return static_cast<std::byte>(number + 1 + random.below(kByteValues - 1));
    default: return old ^ static_cast<std::byte>(1U << random.below(8));
  }
}

}  // namespace

std::string to_string(const Corruption& corruption, std::span<const std::byte> bytes) {
  if (corruption.kind == CorruptionKind::byte) {
    return fmt::format("byte {} from {:#04x} to {:#04x}", corruption.offset,
                       std::to_integer<unsigned>(bytes[corruption.offset]),
                       std::to_integer<unsigned>(corruption.value));
  }
  return fmt::format("{} bytes at {} {}", block_size(bytes, corruption.offset), corruption.offset,
                     std::ranges::find(kBlockKinds, corruption.kind, &BlockKind::kind)->what);
}

std::vector<std::byte> corrupted(std::span<const std::byte> bytes, const Corruption& corruption) {
  std::vector<std::byte> changed(bytes.begin(), bytes.end());
  const auto first = changed.begin() + static_cast<std::ptrdiff_t>(corruption.offset);
  const auto last = first + static_cast<std::ptrdiff_t>(block_size(bytes, corruption.offset));
  switch (corruption.kind) {
    case CorruptionKind::byte: *first = corruption.value; break;
    case CorruptionKind::zeroed: std::fill(first, last, std::byte{0}); break;
    case CorruptionKind::removed: changed.erase(first, last); break;
    case CorruptionKind::duplicated: {
      const auto block = bytes.subspan(corruption.offset, block_size(bytes, corruption.offset));
      changed.insert(last, block.begin(), block.end());
      break;
    }
    case CorruptionKind::swapped: {
      const std::size_t next = corruption.offset + block_size(bytes, corruption.offset);
      std::rotate(first, last, last + static_cast<std::ptrdiff_t>(block_size(bytes, next)));
      break;
    }
  }
  return changed;
}

void for_each_corruption(std::span<const std::byte> bytes, std::size_t stride,
                         const std::function<void(const Corruption&, std::span<const std::byte>)>& visit) {
  std::vector<std::byte> changed(bytes.begin(), bytes.end());
  for (std::size_t offset = 0; offset < bytes.size(); offset += std::min(stride, bytes.size())) {
    const auto old = std::to_integer<int>(bytes[offset]);
    for (int step = 1; step < kByteValues; ++step) {
      changed[offset] = static_cast<std::byte>(old + step);
      visit({CorruptionKind::byte, offset, changed[offset]}, changed);
    }
    changed[offset] = bytes[offset];
  }
  const std::size_t blocks = (bytes.size() + kCorruptionBlock - 1) / kCorruptionBlock;
  for (std::size_t block = 0; block < blocks; block += std::min(stride, blocks)) {
    const std::size_t offset = block * kCorruptionBlock;
    for (const auto& [kind, what] : kBlockKinds) {
      const Corruption corruption{kind, offset, {}};
      const std::vector<std::byte> result = corrupted(bytes, corruption);
      if (!std::ranges::equal(bytes, result)) visit(corruption, result);
    }
  }
}

std::vector<Corruption> sample_corruptions(std::span<const std::byte> bytes, std::span<const std::size_t> boundaries,
                                           std::size_t count, Random& random) {
  std::vector<Corruption> sample;
  if (bytes.empty()) return sample;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t offset = draw_offset(bytes.size(), boundaries, random);
    sample.push_back({CorruptionKind::byte, offset, draw_value(bytes[offset], random)});
  }
  const CorruptionKind kind = kBlockKinds[static_cast<std::size_t>(random.below(kBlockKinds.size()))].kind;
  const Corruption block{kind, draw_offset(bytes.size(), boundaries, random), {}};
  if (!std::ranges::equal(bytes, corrupted(bytes, block))) sample.push_back(block);
  return sample;
}

}  // namespace revive::properties
