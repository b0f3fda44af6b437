#include "fuzz/archive_parts.h"

#include <algorithm>

#include "fuzz/fuzz_limits.h"
#include "serializer/archive.h"
#include "serializer/json.h"
#include "serializer/zip_builder.h"

namespace revive::fuzz {

Part* ArchiveParts::find(std::string_view name) {
  const auto found = std::ranges::find(parts, name, &Part::name);
  return found == parts.end() ? nullptr : &*found;
}

const Part* ArchiveParts::find(std::string_view name) const {
  const auto found = std::ranges::find(parts, name, &Part::name);
  return found == parts.end() ? nullptr : &*found;
}

std::optional<ArchiveParts> open_archive(std::span<const std::uint8_t> bytes) {
  const auto archive = read_archive(std::as_bytes(bytes), kFuzzLimits);
  if (!archive) return std::nullopt;
  ArchiveParts parts;
  for (const ArchiveMember& member : archive->members()) {
    parts.parts.push_back({member.name, std::string(testing::text_of(member.bytes))});
  }
  return parts;
}

std::string seal_archive(const ArchiveParts& parts) {
  testing::ZipBuilder zip;
  for (const Part& part : parts.parts) zip.entries.push_back(testing::zip_entry(part.name, part.bytes));
  return zip.build();
}

std::optional<Value> read_json_part(const ArchiveParts& parts, std::string_view name) {
  const Part* part = parts.find(name);
  if (part == nullptr) return std::nullopt;
  auto value = parse_json(part->bytes, kFuzzLimits, name);
  if (!value) return std::nullopt;
  return std::move(*value);
}

}  // namespace revive::fuzz
