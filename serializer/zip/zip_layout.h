// The container, checked before any zip library sees it: proof that there is only one way to read the archive.
//
// Zip readers disagree about archives that contradict themselves (which of two directories counts, whether the
// local or the central header is right, what lies between the members). Whatever uses that freedom is refused; what
// other zip writers than Keras' add without using it is a closed list, and is remarked on. An accepted archive has
//   - one end record, on one disk; behind it nothing, or the one comment that it declares, or at most 65,535 bytes that
//     hold no end record's signature; before it, perhaps, zip64 records that say the same;
//   - members that tile the file from byte 0 to the central directory, each followed by its data descriptor where its
//     flags say so, and a directory that ends where the records of the end begin;
//   - local headers and data descriptors that agree with the central headers field by field;
//   - methods 0 (stored) and 8 (deflated), no flags but 1 and 2 (how hard DEFLATE tried), 3 (data descriptor) and 11
//     (the name is UTF-8), no encryption, no member comments, no links or other special files;
//   - extra fields that have no effect on reading (extra_fields.h), and zip64's where a header holds its mark, for
//     members under 4 GiB all the same;
//   - names that are relative paths in UTF-8, each once, also when the case of ASCII letters is ignored; one that ends
//     in '/' is a folder and holds nothing.
// The bytes of the members are not looked at: archive.h checks their CRCs.
//
// Errors: archive_not_zip, archive_truncated, archive_ambiguous, archive_unsupported, archive_member_name,
// archive_member_duplicate, limit_exceeded. The place names the record or the member, the sentence a way out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"

namespace revive {

enum class ZipMethod : std::uint16_t { stored = 0, deflated = 8 };

// What a member is by its name: a file, a folder's entry, or what the Finder leaves beside the files of people
// ("__MACOSX/...", ".DS_Store").
enum class ZipEntryKind : std::uint8_t { file, folder, finder };

struct ZipMember {
  std::string name;
  ZipEntryKind kind = ZipEntryKind::file;
  ZipMethod method = ZipMethod::stored;
  std::uint32_t crc = 0;
  // Bytes in the file, and bytes of the member once inflated; equal when it is stored.
  std::size_t stored_size = 0;
  std::size_t size = 0;
  std::size_t header_offset = 0;
  std::size_t data_offset = 0;
  // Where its header in the central directory ends.
  std::size_t central_end = 0;
};

struct ZipLayout {
  // In the order of the central directory.
  std::vector<ZipMember> members;
  std::size_t directory_offset = 0;
  std::size_t directory_end = 0;
  std::size_t end_offset = 0;
  // Of the end record and the comment it declares: what a reader sees that knows of no bytes behind it.
  std::size_t archive_size = 0;
  // One phrase for each kind of thing that Keras does not write: "extra fields in 3 headers".
  std::vector<std::string> remarks;

  // Every offset where one structure ends and the next begins (local headers, member data, the central directory,
  // the records of the end), ascending, each once: where truncation and mutation hurt most.
  std::vector<std::size_t> boundaries() const;
};

Result<ZipLayout> check_zip_layout(std::span<const std::byte> file, const Limits& limits);

}  // namespace revive
