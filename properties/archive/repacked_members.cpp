#include "revive/properties/archive/repacked_members.h"

#include "revive/serializer/hdf5/structure.h"
#include "revive/serializer/zip/archive.h"

namespace revive::properties {

std::optional<RepackedMembers> RepackedMembers::open(std::span<const std::byte> archive) {
  auto parts = open_archive(archive, {});
  if (!parts) return std::nullopt;
  RepackedMembers members;
  for (const std::string_view name : {kConfigMember, kMetadataMember, kWeightsMember}) {
    if (parts->find(name) != nullptr) members.names_.push_back(name);
  }
  // What is inside matters here, not how it is packed, and deflating it again would take most of the time.
  for (Part& part : parts->parts) part.deflated = false;
  members.parts_ = std::move(*parts);
  return members;
}

std::span<const std::byte> RepackedMembers::bytes(std::string_view name) const {
  return std::as_bytes(std::span(parts_.find(name)->bytes));
}

std::vector<std::size_t> RepackedMembers::boundaries(std::string_view name) const {
  if (name != kWeightsMember) return {};
  return hdf5::structure_boundaries(bytes(name));
}

Bytes RepackedMembers::sealed(std::string_view name, std::span<const std::byte> changed) const {
  ArchiveParts parts = parts_;
  parts.find(name)->bytes.assign(reinterpret_cast<const char*>(changed.data()), changed.size());
  const std::string archive = repack_archive(parts);
  const auto bytes = std::as_bytes(std::span(archive));
  return {bytes.begin(), bytes.end()};
}

}  // namespace revive::properties
