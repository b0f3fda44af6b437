// The members of an archive whose changes get past its checksums: config.json, metadata.json and model.weights.h5.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "revive/properties/archive/archive_parts.h"
#include "revive/properties/subject.h"

namespace revive::properties {

class RepackedMembers {
 public:
  // Nothing when read_archive() refuses the bytes.
  static std::optional<RepackedMembers> open(std::span<const std::byte> archive);

  // Those of the three that the archive has.
  const std::vector<std::string_view>& names() const { return names_; }
  // As the member is read, so inflated. REQUIRES: `name` is one of names().
  std::span<const std::byte> bytes(std::string_view name) const;
  // Where its structures begin and end, ascending: those of the HDF5 file, none of JSON.
  std::vector<std::size_t> boundaries(std::string_view name) const;
  // The archive with these bytes for the member, every member stored, sizes and CRCs right.
  Bytes sealed(std::string_view name, std::span<const std::byte> changed) const;

 private:
  ArchiveParts parts_;
  std::vector<std::string_view> names_;
};

}  // namespace revive::properties
