// The end of a zip file: the record that says where the directory is, proved to be the only one.
//
// Readers look for it in different ways: in the last 22 bytes, backwards for its signature, forwards for one that makes
// sense, with a zip64 record before it or without. Here all of them find the same, or the file is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "revive/model/base/error.h"

namespace revive::zip {

struct EndRecord {
  std::size_t offset = 0;
  std::uint64_t entries = 0;
  std::size_t directory_offset = 0;
  // Where the directory ends and the records of the end begin, of which zip64's come first.
  std::size_t directory_end = 0;
  bool zip64 = false;
  // What follows the record: a comment that it declares, or bytes that it knows nothing of.
  std::size_t comment_size = 0;
  std::size_t bytes_behind = 0;
};

// Errors: archive_not_zip, archive_truncated, archive_ambiguous, archive_unsupported.
Result<EndRecord> find_end_record(std::span<const std::byte> file);

}  // namespace revive::zip
