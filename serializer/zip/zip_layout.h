// The container, checked before any zip library sees it: proof that there is only one way to read the archive.
//
// Zip readers disagree about archives that contradict themselves (which of two directories counts, whether the
// local or the central header is right, what lies between the members). Keras writes none of that freedom, so
// anything that uses it is refused. An accepted archive has
//   - one end record, in the last 22 bytes, without comment, on one disk, without zip64 (so under 4 GiB);
//   - members that tile the file from byte 0 to the central directory, which ends where the end record starts;
//   - local headers that agree with the central ones field by field;
//   - methods 0 (stored) and 8 (deflated), no flag but bit 11 (the name is UTF-8), no encryption, no data
//     descriptor, no extra field, no comment, no links or other special files;
//   - names that are relative paths in UTF-8, each once, also when the case of ASCII letters is ignored.
// The bytes of the members are not looked at: archive.h checks their CRCs.
//
// Errors: archive_not_zip, archive_truncated, archive_ambiguous, archive_unsupported, archive_member_name,
// archive_member_duplicate, limit_exceeded. The place names the record or the member.
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

struct ZipMember {
  std::string name;
  ZipMethod method = ZipMethod::stored;
  std::uint32_t crc = 0;
  // Bytes in the file, and bytes of the member once inflated; equal when it is stored.
  std::size_t stored_size = 0;
  std::size_t size = 0;
  std::size_t header_offset = 0;
  std::size_t data_offset = 0;
};

struct ZipLayout {
  // In the order of the central directory.
  std::vector<ZipMember> members;
  std::size_t directory_offset = 0;
  std::size_t end_offset = 0;

  // Every offset where one structure ends and the next begins (local headers, member data, the central directory,
  // the end record, the end of the file), ascending, each once: where truncation and mutation hurt most.
  std::vector<std::size_t> boundaries() const;
};

Result<ZipLayout> check_zip_layout(std::span<const std::byte> file, const Limits& limits);

}  // namespace revive
