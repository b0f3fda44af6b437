#include "revive/serializer/zip/end_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "revive/serializer/zip/not_zip.h"
#include "revive/serializer/zip/zip_records.h"

namespace revive::zip {
namespace {

constexpr std::size_t kLongestComment = 0xFFFF;
constexpr std::string_view kEndBytes = "PK\5\6";
constexpr std::string_view kPlace = "end record";

std::unexpected<Error> refuse(ErrorCode code, std::string message) {
  return fail(code, std::string(kPlace), std::move(message));
}

// The last offset below `before`, within reach of a reader that allows for a comment, where there is room for an end
// record, its signature, and what `accept` asks for.
template <typename Accept>
std::optional<std::size_t> last_end_record(std::span<const std::byte> file, std::size_t before, Accept accept) {
  if (file.size() < kEndSize) return std::nullopt;
  const std::size_t reach = kEndSize + kLongestComment;
  const std::size_t first = file.size() > reach ? file.size() - reach : 0;
  const std::size_t last = std::min(before, file.size() - kEndSize + 1);
  const std::string_view text = text_at(file, 0, file.size());
  std::optional<std::size_t> found;
  for (std::size_t at = text.find(kEndBytes, first); at < last; at = text.find(kEndBytes, at + 1)) {
    if (accept(at)) found = at;
  }
  return found;
}

struct EndFields {
  std::uint64_t entries = 0;
  std::uint64_t directory_size = 0;
  std::uint64_t directory_offset = 0;
};

EndFields read_fields(std::span<const std::byte> file, std::size_t at) {
  return {load16(file, at + 10), load32(file, at + 12), load32(file, at + 16)};
}

bool has_locator(std::span<const std::byte> file, std::size_t at) {
  return at >= kZip64LocatorSize && load32(file, at - kZip64LocatorSize) == kZip64LocatorSignature;
}

// Where the record begins. What ends the file without anything behind it is the record for every reader; else it is the
// last signature.
Result<std::size_t> locate(std::span<const std::byte> file) {
  if (file.size() >= kEndSize && load32(file, file.size() - kEndSize) == kEndSignature) return file.size() - kEndSize;
  const auto last = last_end_record(file, file.size(), [](std::size_t) { return true; });
  if (!last) return no_zip(file);
  return *last;
}

// What zip64's record says, whose place is right before its locator. A reader may go by it or by the end record alone,
// so whatever the end record says itself is the same.
Result<EndFields> read_zip64(std::span<const std::byte> file, const EndFields& plain, EndRecord& end) {
  const std::size_t locator = end.offset - kZip64LocatorSize;
  if (locator < kZip64EndSize || load64(file, locator + 8) != locator - kZip64EndSize) {
    return refuse(ErrorCode::archive_ambiguous,
                  "expected zip64's record right before its locator, found that the locator points elsewhere");
  }
  const std::size_t at = locator - kZip64EndSize;
  constexpr std::uint64_t kSizeBehindItself = kZip64EndSize - 12;
  if (load32(file, at) != kZip64EndSignature || load64(file, at + 4) != kSizeBehindItself) {
    return refuse(ErrorCode::archive_ambiguous,
                  fmt::format("expected zip64's record of {} bytes at {}, found something else", kZip64EndSize, at));
  }
  const bool split = load32(file, locator + 4) != 0 || load32(file, locator + 16) != 1 || load32(file, at + 16) != 0 ||
                     load32(file, at + 20) != 0 || load64(file, at + 24) != load64(file, at + 32);
  if (split) {
    return refuse(ErrorCode::archive_unsupported, "expected a single disk, found disk numbers of a split archive");
  }
  if (const std::uint32_t version = load16(file, at + 14); version > kNewestVersion) {
    return refuse(ErrorCode::archive_unsupported,
                  fmt::format("expected version needed at most {}, found {}", kNewestVersion, version));
  }
  const EndFields wide{load64(file, at + 32), load64(file, at + 40), load64(file, at + 48)};
  const auto agrees = [](std::uint64_t narrow, std::uint64_t mark, std::uint64_t value) {
    return narrow == mark || narrow == value;
  };
  if (!agrees(plain.entries, kZip64Mark16, wide.entries) ||
      !agrees(plain.directory_size, kZip64Mark32, wide.directory_size) ||
      !agrees(plain.directory_offset, kZip64Mark32, wide.directory_offset)) {
    return refuse(ErrorCode::archive_ambiguous, "expected zip64's record to say the same, found another directory");
  }
  end.zip64 = true;
  end.directory_end = at;
  return wide;
}

// A reader that searches forwards may take an earlier end record for the real one and its neighbours for a comment.
// The bare signature is no proof: weights may contain any four bytes. A record whose directory can be read is.
Status check_single(std::span<const std::byte> file, const EndRecord& end) {
  const auto second = last_end_record(file, end.offset, [&](std::size_t at) {
    const EndFields other = read_fields(file, at);
    const std::size_t comment_end = at + kEndSize + load16(file, at + 20);
    if (comment_end > file.size()) return false;
    const bool has_directory = other.directory_size >= kCentralSize &&
                               other.directory_offset + other.directory_size <= at &&
                               load32(file, other.directory_offset) == kCentralSignature;
    const bool is_empty_archive = other.entries == 0 && other.directory_size == 0 && comment_end == file.size();
    return has_directory || has_locator(file, at) || is_empty_archive;
  });
  if (!second) return {};
  return refuse(ErrorCode::archive_ambiguous,
                fmt::format("expected one, at {}, found a second at {}", end.offset, *second));
}

}  // namespace

Result<EndRecord> find_end_record(std::span<const std::byte> file) {
  EndRecord end;
  REVIVE_ASSIGN_OR_RETURN(end.offset, locate(file));
  const std::size_t behind = file.size() - end.offset - kEndSize;
  end.comment_size = load16(file, end.offset + 20);
  if (end.comment_size > behind) {
    return refuse(ErrorCode::archive_truncated,
                  fmt::format("expected a comment of {} bytes, found {} in the file", end.comment_size, behind));
  }
  end.bytes_behind = behind - end.comment_size;
  if (end.comment_size > 0 && end.bytes_behind > 0) {
    return refuse(ErrorCode::archive_ambiguous,
                  fmt::format("expected the file to end with its comment, found {} more bytes", end.bytes_behind));
  }

  // Some readers take the last signature for the record, whether or not there is room for one.
  if (behind > 0 && text_at(file, 0, file.size()).find(kEndBytes, end.offset + 1) != std::string_view::npos) {
    return refuse(ErrorCode::archive_ambiguous,
                  fmt::format("expected no other signature of one behind it, at {}, found one", end.offset));
  }

  EndFields fields = read_fields(file, end.offset);
  if (load16(file, end.offset + 4) != 0 || load16(file, end.offset + 6) != 0 ||
      load16(file, end.offset + 8) != fields.entries) {
    return refuse(ErrorCode::archive_unsupported, "expected a single disk, found disk numbers of a split archive");
  }
  end.directory_end = end.offset;
  if (has_locator(file, end.offset)) {
    REVIVE_ASSIGN_OR_RETURN(fields, read_zip64(file, fields, end));
  } else if (fields.entries == kZip64Mark16 || fields.directory_size == kZip64Mark32 ||
             fields.directory_offset == kZip64Mark32) {
    return refuse(ErrorCode::archive_unsupported, "expected a zip64 record, as a field holds its mark, found none");
  }
  if (fields.directory_offset > end.directory_end ||
      fields.directory_size != end.directory_end - fields.directory_offset) {
    return refuse(ErrorCode::archive_ambiguous,
                  fmt::format("expected the central directory to end where the {} starts, at {}, found {} bytes at {}",
                              end.zip64 ? "zip64 record" : "end record", end.directory_end, fields.directory_size,
                              fields.directory_offset));
  }
  end.entries = fields.entries;
  end.directory_offset = fields.directory_offset;
  REVIVE_RETURN_IF_ERROR(check_single(file, end));
  return end;
}

}  // namespace revive::zip
