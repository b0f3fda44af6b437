// An archive taken apart into its members, and put together again with lengths, CRCs and offsets that are right.
//
// Parts own their bytes. Sealing asks neither what the members are nor what they hold: it is how a change deep inside
// gets past the outer checks, and how an archive is spelled in another way.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/limits.h"
#include "revive/model/base/value.h"

namespace revive::properties {

struct Part {
  std::string name;
  // As the member is read, so inflated.
  std::string bytes;
  bool deflated = false;

  friend bool operator==(const Part&, const Part&) = default;
};

struct ArchiveParts {
  // In the order of the archive.
  std::vector<Part> parts;

  // Nullptr when there is no such member.
  Part* find(std::string_view name);
  const Part* find(std::string_view name) const;
};

// Nothing when read_archive() refuses the bytes; so config.json and model.weights.h5 are there.
std::optional<ArchiveParts> open_archive(std::span<const std::byte> bytes, const Limits& limits);

// The parts in their order, dated 1980-01-01 as our own save dates them: what save_bytes() wrote, opened and sealed, is
// the same bytes.
std::string repack_archive(const ArchiveParts& parts);

// The JSON of a member; nothing when it has none or it is not JSON.
std::optional<Value> read_json_part(const ArchiveParts& parts, std::string_view name, const Limits& limits);

}  // namespace revive::properties
