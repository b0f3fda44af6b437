// What both ways of reading JSON count and refuse.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "revive/model/base/value.h"

namespace revive {

// A key that occurs twice, or nothing.
std::optional<std::string> duplicate_key(const Value::Object& object);

// What the allocator keeps beside a block.
inline constexpr std::uint64_t kBlockOverhead = 16;

// What a string takes beside its own bytes.
inline std::uint64_t heap_bytes(const std::string& text) {
  constexpr std::size_t kInPlace = 15;
  return text.capacity() > kInPlace ? text.capacity() + 1 + kBlockOverhead : 0;
}

}  // namespace revive
