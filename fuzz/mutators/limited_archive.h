// properties/archive/archive_parts.h as the fuzzer uses it: within kFuzzLimits, and on bytes as an engine gives them.
#pragma once

#include <cstdint>

#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/properties/archive/archive_parts.h"

namespace revive::fuzz {

using properties::ArchiveParts;
using properties::Part;
using properties::repack_archive;

inline std::optional<ArchiveParts> open_archive(std::span<const std::uint8_t> bytes) {
  return properties::open_archive(std::as_bytes(bytes), kFuzzLimits);
}

inline std::optional<Value> read_json_part(const ArchiveParts& parts, std::string_view name) {
  return properties::read_json_part(parts, name, kFuzzLimits);
}

}  // namespace revive::fuzz
