// The members of a .keras archive, read from and written to memory.
//
// An archive holds `config.json` and `model.weights.h5`, may hold `metadata.json`, and may hold anything under
// `assets/`, which is carried. Folders' entries and what the Finder leaves are no part of a model: they are checked
// like the others and set apart. What is stored rather than deflated (Keras always stores) is not copied: an Archive
// refers to the bytes it was read from, which must outlive it.
//
// Deflated members are inflated here, all together within Limits::inflated_bytes; one has to end where its DEFLATE
// stream ends, because bytes behind that are read by nobody.
//
// Errors: those of zip_layout.h, and archive_member_missing, archive_member_unexpected, archive_crc,
// archive_inflate, archive_ambiguous, limit_exceeded, out_of_memory. The place is the member's name.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/serializer/io/buffer.h"

namespace revive {

inline constexpr std::string_view kConfigMember = "config.json";
inline constexpr std::string_view kMetadataMember = "metadata.json";
inline constexpr std::string_view kWeightsMember = "model.weights.h5";
inline constexpr std::string_view kAssetsFolder = "assets/";

// A name and a view of bytes that somebody else owns.
struct ArchiveMember {
  std::string name;
  std::span<const std::byte> bytes;
  // A folder's entry, or what the Finder leaves: no part of the model.
  bool is_apart = false;

  std::string_view text() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
};

class Archive {
 public:
  // In the order of the central directory.
  std::span<const ArchiveMember> members() const { return members_; }
  // Nullptr when there is none. `config.json` and `model.weights.h5` are always there.
  const ArchiveMember* find(std::string_view name) const;
  // What the container has that Keras does not write, one phrase for each kind (ZipLayout::remarks).
  std::span<const std::string> remarks() const { return remarks_; }

 private:
  friend Result<Archive> read_archive(std::span<const std::byte> file, const Limits& limits);

  std::vector<ArchiveMember> members_;
  std::vector<Buffer> inflated_;
  std::vector<std::string> remarks_;
};

// What the first bytes of a long file tell: archive_not_zip where no member begins there.
Status check_zip_head(std::span<const std::byte> head);

// Every member with its CRC verified. The archive keeps views of `file`.
Result<Archive> read_archive(std::span<const std::byte> file, const Limits& limits);

// The members, stored, in the order given, dated 1980-01-01: a pure function of names and bytes. Refuses what
// read_archive would refuse as an envelope (names, 4 GiB); asks nothing about which members there are.
Result<Buffer> write_archive(std::span<const ArchiveMember> members);

}  // namespace revive
