// How much memory refusing an archive may take: what refusals_are_early asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "properties/subject.h"

namespace revive::properties {

// For each byte of the archive: twice that of any text or tensor, with room for a JSON text of short values, which grow
// to a Value of 40 bytes each. Refusals of the corpus take at most half.
inline constexpr std::uint64_t kRefusalBytesPerByte = 16;
// For what does not depend on the archive: an Error, tables made on first use.
inline constexpr std::uint64_t kRefusalBytes = 64 << 10;

constexpr std::uint64_t allowed_for_refusal(std::size_t archive_size) {
  return kRefusalBytes + kRefusalBytesPerByte * archive_size;
}

// How the subject refuses these bytes too late; nothing when it loads them. REQUIRES: allocation_meter() != nullptr.
std::optional<std::string> refused_late(const Subject& subject, std::span<const std::byte> archive,
                                        const Environment& environment);

}  // namespace revive::properties
