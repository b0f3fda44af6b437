// An archive taken apart for mutation, and put together again with lengths, CRCs and offsets that are right.
//
// Parts own their bytes. Sealing does not ask what the members are or what they hold: it is how a mutation deep inside
// gets past the outer checks.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/value.h"

namespace revive::fuzz {

struct Part {
  std::string name;
  std::string bytes;
};

struct ArchiveParts {
  std::vector<Part> parts;

  // Nullptr when there is no such member.
  Part* find(std::string_view name);
  const Part* find(std::string_view name) const;
};

// Nothing when read_archive() refuses the bytes; so config.json and model.weights.h5 are there.
std::optional<ArchiveParts> open_archive(std::span<const std::uint8_t> bytes);

// The parts in their order, stored, as Keras would lay them out.
std::string seal_archive(const ArchiveParts& parts);

// The JSON of a member; nothing when it has none or it is not JSON.
std::optional<Value> read_json_part(const ArchiveParts& parts, std::string_view name);

}  // namespace revive::fuzz
