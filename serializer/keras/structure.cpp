#include "revive/serializer/keras/structure.h"

#include <algorithm>

#include "revive/serializer/hdf5/structure.h"
#include "revive/serializer/zip/archive.h"
#include "revive/serializer/zip/zip_layout.h"

namespace revive {

std::vector<std::size_t> structure_boundaries(std::span<const std::byte> archive) {
  const auto envelope = check_zip_layout(archive, {});
  if (!envelope) return {};
  std::vector<std::size_t> boundaries = envelope->boundaries();
  for (const ZipMember& member : envelope->members) {
    if (member.name != kWeightsMember || member.method != ZipMethod::stored) continue;
    for (const std::size_t at : hdf5::structure_boundaries(archive.subspan(member.data_offset, member.size))) {
      boundaries.push_back(member.data_offset + at);
    }
  }
  std::ranges::sort(boundaries);
  const auto repeated = std::ranges::unique(boundaries);
  boundaries.erase(repeated.begin(), repeated.end());
  return boundaries;
}

}  // namespace revive
