#include "revive/properties/archive/archive_parts.h"

#include <algorithm>

#include "revive/serializer/json/json.h"
#include "revive/serializer/zip/archive.h"
#include "revive/serializer/zip/zip_builder.h"
#include "revive/serializer/zip/zip_layout.h"

namespace revive::properties {
namespace {

// As libzip writes headers, and so our own save.
constexpr std::uint16_t kFlagUtf8 = 1 << 11;
constexpr std::uint16_t kMadeBy = 0x033F;
constexpr std::uint16_t kStoredVersion = 10;

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

zip::ZipEntry sealed(const Part& part) {
  zip::ZipEntry entry =
      part.deflated ? zip::deflated_entry(part.name, part.bytes, Z_BEST_SPEED) : zip::zip_entry(part.name, part.bytes);
  entry.made_by = kMadeBy;
  entry.change([&](zip::ZipHeader& header) {
    if (!part.deflated) header.version = kStoredVersion;
    if (!is_ascii(part.name)) header.flags = kFlagUtf8;
  });
  return entry;
}

}  // namespace

Part* ArchiveParts::find(std::string_view name) {
  const auto found = std::ranges::find(parts, name, &Part::name);
  return found == parts.end() ? nullptr : &*found;
}

const Part* ArchiveParts::find(std::string_view name) const {
  const auto found = std::ranges::find(parts, name, &Part::name);
  return found == parts.end() ? nullptr : &*found;
}

std::optional<ArchiveParts> open_archive(std::span<const std::byte> bytes, const Limits& limits) {
  const auto archive = read_archive(bytes, limits);
  const auto envelope = check_zip_layout(bytes, limits);
  if (!archive || !envelope) return std::nullopt;
  ArchiveParts parts;
  for (std::size_t i = 0; i < archive->members().size(); ++i) {
    const ArchiveMember& member = archive->members()[i];
    parts.parts.push_back(
        {member.name, std::string(zip::text_of(member.bytes)), envelope->members[i].method == ZipMethod::deflated});
  }
  return parts;
}

std::string repack_archive(const ArchiveParts& parts) {
  zip::ZipBuilder zip;
  for (const Part& part : parts.parts) zip.entries.push_back(sealed(part));
  return zip.build();
}

std::optional<Value> read_json_part(const ArchiveParts& parts, std::string_view name, const Limits& limits) {
  const Part* part = parts.find(name);
  if (part == nullptr) return std::nullopt;
  auto value = parse_json(part->bytes, limits, name);
  if (!value) return std::nullopt;
  return std::move(*value);
}

}  // namespace revive::properties
