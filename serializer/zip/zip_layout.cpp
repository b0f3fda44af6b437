#include "revive/serializer/zip/zip_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "revive/model/base/value.h"
#include "revive/serializer/zip/member_name.h"

namespace revive {
namespace {

constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kZip64LocatorSignature = 0x07064b50;
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kZip64LocatorSize = 20;
constexpr std::size_t kLongestComment = 0xFFFF;
constexpr std::uint32_t kZip64Mark16 = 0xFFFF;
constexpr std::uint32_t kZip64Mark32 = 0xFFFFFFFF;

constexpr std::uint32_t kFlagEncrypted = 1 << 0;
constexpr std::uint32_t kFlagDescriptor = 1 << 3;
constexpr std::uint32_t kFlagUtf8 = 1 << 11;
// Deflate and folders came with version 2.0; everything later is a feature that Keras does not use.
constexpr std::uint32_t kNewestVersion = 20;

constexpr std::string_view kLocalBytes = "PK\3\4";
constexpr std::string_view kEndBytes = "PK\5\6";
constexpr std::string_view kHdf5Signature = "\x89HDF\r\n\x1a\n";

// The fields that a local header repeats, at their local offsets; the central header has each two bytes later.
struct RepeatedField {
  std::string_view name;
  std::size_t offset;
  std::size_t width;
};
constexpr std::array kRepeatedFields = {
    RepeatedField{"version needed", 4, 2}, RepeatedField{"flags", 6, 2}, RepeatedField{"method", 8, 2},
    RepeatedField{"time", 10, 2},          RepeatedField{"date", 12, 2}, RepeatedField{"CRC", 14, 4},
    RepeatedField{"stored size", 18, 4},   RepeatedField{"size", 22, 4}, RepeatedField{"name length", 26, 2},
    RepeatedField{"extra length", 28, 2},
};
constexpr std::size_t kCentralShift = 2;

// REQUIRES: the field lies inside the file; every caller has checked the record as a whole.
std::uint32_t load(std::span<const std::byte> file, std::size_t offset, std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = (value << 8) | std::to_integer<std::uint32_t>(file[offset + i]);
  return value;
}
std::uint32_t load16(std::span<const std::byte> file, std::size_t offset) {
  return load(file, offset, 2);
}
std::uint32_t load32(std::span<const std::byte> file, std::size_t offset) {
  return load(file, offset, 4);
}

std::string_view text_at(std::span<const std::byte> file, std::size_t offset, std::size_t size) {
  return {reinterpret_cast<const char*>(file.data()) + offset, size};
}

bool starts_with(std::span<const std::byte> file, std::string_view prefix) {
  return file.size() >= prefix.size() && text_at(file, 0, prefix.size()) == prefix;
}

// The end record and what it says about the central directory.
struct EndRecord {
  std::size_t offset = 0;
  std::size_t entries = 0;
  std::size_t directory_size = 0;
  std::size_t directory_offset = 0;
};

EndRecord read_end_record(std::span<const std::byte> file, std::size_t offset) {
  return {offset, load16(file, offset + 10), load32(file, offset + 12), load32(file, offset + 16)};
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

std::unexpected<Error> no_end_record(std::span<const std::byte> file) {
  if (file.empty()) return fail(ErrorCode::archive_not_zip, "archive", "expected a zip archive, found an empty file");
  if (starts_with(file, kHdf5Signature)) {
    return fail(ErrorCode::archive_not_zip, "archive",
                "this is an HDF5 file (the legacy whole-model format or bare weights), not a .keras zip archive; load "
                "it in Keras and save it with the suffix .keras");
  }
  const std::string_view head = kLocalBytes.substr(0, std::min(file.size(), kLocalBytes.size()));
  if (!starts_with(file, head)) {
    return fail(
        ErrorCode::archive_not_zip, "archive",
        fmt::format("expected a zip archive that starts with \"PK\\3\\4\" and ends with an end record, found {}",
                    Value(text_at(file, 0, std::min<std::size_t>(file.size(), 8))).brief()));
  }
  const auto whole = last_end_record(file, file.size(), [](std::size_t) { return true; });
  if (!whole) {
    return fail(
        ErrorCode::archive_truncated, "archive",
        fmt::format("expected an end record in the last {} bytes, found none in {} bytes", kEndSize, file.size()));
  }
  if (*whole + kEndSize + load16(file, *whole + 20) == file.size()) {
    return fail(ErrorCode::archive_unsupported, "end record", "expected no archive comment, found one");
  }
  return fail(ErrorCode::archive_ambiguous, "end record",
              fmt::format("expected the file to end with it, found {} more bytes", file.size() - *whole - kEndSize));
}

Result<EndRecord> find_end_record(std::span<const std::byte> file) {
  if (file.size() < kEndSize || load32(file, file.size() - kEndSize) != kEndSignature) return no_end_record(file);
  const std::string place = "end record";
  const EndRecord end = read_end_record(file, file.size() - kEndSize);
  const std::uint32_t comment = load16(file, end.offset + 20);
  if (comment != 0) {
    return fail(ErrorCode::archive_truncated, place,
                fmt::format("expected no comment, found one of {} bytes that is not in the file", comment));
  }
  if (end.entries == kZip64Mark16 || end.directory_size == kZip64Mark32 || end.directory_offset == kZip64Mark32 ||
      (end.offset >= kZip64LocatorSize && load32(file, end.offset - kZip64LocatorSize) == kZip64LocatorSignature)) {
    return fail(ErrorCode::archive_unsupported, place, "expected an archive under 4 GiB without zip64 records");
  }
  if (load16(file, end.offset + 4) != 0 || load16(file, end.offset + 6) != 0 ||
      load16(file, end.offset + 8) != end.entries) {
    return fail(ErrorCode::archive_unsupported, place, "expected a single disk, found disk numbers of a split archive");
  }
  if (end.directory_offset + end.directory_size != end.offset) {
    return fail(ErrorCode::archive_ambiguous, place,
                fmt::format("expected the central directory to end where the end record starts, at {}, found that it "
                            "spans {} to {}",
                            end.offset, end.directory_offset, end.directory_offset + end.directory_size));
  }
  return end;
}

// A reader that searches forwards may take an earlier end record for the real one and its neighbours for a comment.
// The bare signature is no proof: weights may contain any four bytes. A record whose directory can be read is.
Status check_single_end_record(std::span<const std::byte> file, const EndRecord& end) {
  const auto second = last_end_record(file, end.offset, [&](std::size_t at) {
    const EndRecord other = read_end_record(file, at);
    const std::size_t comment_end = at + kEndSize + load16(file, at + 20);
    if (comment_end > file.size()) return false;
    const bool has_directory = other.directory_size >= kCentralSize &&
                               other.directory_offset + other.directory_size <= at &&
                               load32(file, other.directory_offset) == kCentralSignature;
    const bool has_zip64 = at >= kZip64LocatorSize && load32(file, at - kZip64LocatorSize) == kZip64LocatorSignature;
    const bool is_empty_archive = other.entries == 0 && other.directory_size == 0 && comment_end == file.size();
    return has_directory || has_zip64 || is_empty_archive;
  });
  if (!second) return {};
  return fail(ErrorCode::archive_ambiguous, "end record",
              fmt::format("expected one, at {}, found a second at {}", end.offset, *second));
}

// What the central header says, apart from its name, must be something that Keras could have written.
Status check_features(std::span<const std::byte> file, std::size_t at, const std::string& place) {
  const auto unsupported = [&](std::string message) {
    return fail(ErrorCode::archive_unsupported, place, std::move(message));
  };
  constexpr std::uint32_t kUnixSystem = 3;
  constexpr std::uint32_t kFileTypeMask = 0170000;
  constexpr std::uint32_t kRegularFile = 0100000;

  const std::uint32_t flags = load16(file, at + 8);
  if (flags & kFlagEncrypted) return unsupported("expected a plain member, found an encrypted one");
  if (flags & kFlagDescriptor) return unsupported("expected sizes in the header, found a data descriptor flag");
  if (flags & ~kFlagUtf8) return unsupported(fmt::format("expected flags 0 or {:#x}, found {:#x}", kFlagUtf8, flags));
  if (const std::uint32_t version = load16(file, at + 6); version > kNewestVersion) {
    return unsupported(fmt::format("expected version needed at most {}, found {}", kNewestVersion, version));
  }
  if (const std::uint32_t method = load16(file, at + 10); method != static_cast<std::uint32_t>(ZipMethod::stored) &&
                                                          method != static_cast<std::uint32_t>(ZipMethod::deflated)) {
    return unsupported(fmt::format("expected method 0 (stored) or 8 (deflated), found {}", method));
  }
  for (const std::size_t field : {20u, 24u, 42u}) {
    if (load32(file, at + field) == kZip64Mark32) return unsupported("expected sizes under 4 GiB, found a zip64 mark");
  }
  if (load16(file, at + 30) != 0) return unsupported("expected no extra field, found one");
  if (load16(file, at + 32) != 0) return unsupported("expected no member comment, found one");
  if (load16(file, at + 34) != 0) return unsupported("expected disk 0, found a split archive");
  const std::uint32_t type = (load32(file, at + 38) >> 16) & kFileTypeMask;
  if ((load16(file, at + 4) >> 8) == kUnixSystem && type != 0 && type != kRegularFile) {
    return unsupported("expected a regular file, found a link, a folder or a device");
  }
  return {};
}

Result<ZipMember> read_central_header(std::span<const std::byte> file, std::size_t at, std::size_t end,
                                      const Limits& limits, const std::string& entry_place) {
  if (end - at < kCentralSize || load32(file, at) != kCentralSignature) {
    return fail(ErrorCode::archive_ambiguous, entry_place,
                fmt::format("expected a central header at {}, found something else", at));
  }
  const std::size_t name_size = load16(file, at + 28);
  if (end - at - kCentralSize < name_size) {
    return fail(ErrorCode::archive_ambiguous, entry_place, "expected a name inside the central directory");
  }
  ZipMember member;
  member.name = text_at(file, at + kCentralSize, name_size);
  const bool marked_utf8 = (load16(file, at + 8) & kFlagUtf8) != 0;
  if (auto status = check_member_name(member.name, marked_utf8, limits, entry_place); !status) {
    return std::unexpected(std::move(status.error()));
  }
  if (auto status = check_features(file, at, member.name); !status) return std::unexpected(std::move(status.error()));
  member.method = static_cast<ZipMethod>(load16(file, at + 10));
  member.crc = load32(file, at + 16);
  member.stored_size = load32(file, at + 20);
  member.size = load32(file, at + 24);
  member.header_offset = load32(file, at + 42);
  member.data_offset = member.header_offset + kLocalSize + name_size;
  if (member.method == ZipMethod::stored && member.stored_size != member.size) {
    return fail(
        ErrorCode::archive_ambiguous, member.name,
        fmt::format("expected a stored member to have one size, found {} and {}", member.stored_size, member.size));
  }
  return member;
}

// A member with the place of its central header, for the walk in file order.
struct Placed {
  const ZipMember* member;
  std::size_t central;
};

Status check_local_header(std::span<const std::byte> file, const Placed& placed, std::size_t expected_offset,
                          std::size_t directory_offset) {
  const ZipMember& member = *placed.member;
  if (member.header_offset != expected_offset) {
    return fail(
        ErrorCode::archive_ambiguous, member.name,
        fmt::format("expected its local header at {}, where the member before it ends, found {} ({})", expected_offset,
                    member.header_offset, member.header_offset > expected_offset ? "a gap" : "an overlap"));
  }
  const std::size_t at = member.header_offset;
  if (member.data_offset > directory_offset || member.stored_size > directory_offset - member.data_offset) {
    return fail(ErrorCode::archive_ambiguous, member.name,
                fmt::format("expected it to end before the central directory at {}, found an end at {}",
                            directory_offset, member.data_offset + member.stored_size));
  }
  if (load32(file, at) != kLocalSignature) {
    return fail(ErrorCode::archive_ambiguous, member.name,
                fmt::format("expected a local header at {}, found something else", at));
  }
  for (const RepeatedField& field : kRepeatedFields) {
    const std::uint32_t local = load(file, at + field.offset, field.width);
    const std::uint32_t central = load(file, placed.central + field.offset + kCentralShift, field.width);
    if (local == central) continue;
    return fail(ErrorCode::archive_ambiguous, member.name,
                fmt::format("expected the {} of the local header to be {:#x} as in the central directory, found {:#x}",
                            field.name, central, local));
  }
  if (text_at(file, at + kLocalSize, member.name.size()) != member.name) {
    return fail(ErrorCode::archive_ambiguous, member.name,
                fmt::format("expected the same name in the local header, found {}",
                            Value(text_at(file, at + kLocalSize, member.name.size())).brief()));
  }
  return {};
}

Status check_tiling(std::span<const std::byte> file, std::vector<Placed> placed, std::size_t directory_offset) {
  std::ranges::sort(placed, {}, [](const Placed& p) { return p.member->header_offset; });
  std::size_t cursor = 0;
  for (const Placed& one : placed) {
    if (auto status = check_local_header(file, one, cursor, directory_offset); !status) return status;
    cursor = one.member->data_offset + one.member->stored_size;
  }
  if (cursor != directory_offset) {
    return fail(ErrorCode::archive_ambiguous, "central directory",
                fmt::format("expected it at {}, where the last member ends, found it at {}", cursor, directory_offset));
  }
  return {};
}

Status check_unique_names(const std::vector<ZipMember>& members) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::vector<std::string> folded;
  folded.reserve(members.size());
  for (const ZipMember& member : members) {
    std::ranges::transform(member.name, std::back_inserter(folded.emplace_back()), lower);
  }
  std::ranges::sort(folded);
  const auto twice = std::ranges::adjacent_find(folded);
  if (twice == folded.end()) return {};
  return fail(ErrorCode::archive_member_duplicate, *twice,
              "expected each name once (upper and lower case taken as one), found it twice");
}

}  // namespace

std::vector<std::size_t> ZipLayout::boundaries() const {
  std::vector<std::size_t> offsets = {0, directory_offset, end_offset, end_offset + kEndSize};
  std::size_t central = directory_offset;
  for (const ZipMember& member : members) {
    central += kCentralSize + member.name.size();
    offsets.insert(offsets.end(),
                   {member.header_offset, member.data_offset, member.data_offset + member.stored_size, central});
  }
  std::ranges::sort(offsets);
  const auto repeated = std::ranges::unique(offsets);
  offsets.erase(repeated.begin(), repeated.end());
  return offsets;
}

Result<ZipLayout> check_zip_layout(std::span<const std::byte> file, const Limits& limits) {
  if (file.size() > limits.archive_bytes) {
    return fail(
        ErrorCode::limit_exceeded, "archive",
        fmt::format("expected at most {} bytes (Limits::archive_bytes), found {}", limits.archive_bytes, file.size()));
  }
  REVIVE_ASSIGN_OR_RETURN(const auto end, find_end_record(file));
  if (end.entries > limits.archive_members) {
    return fail(ErrorCode::limit_exceeded, "end record",
                fmt::format("expected at most {} members (Limits::archive_members), found {}", limits.archive_members,
                            end.entries));
  }

  ZipLayout envelope;
  envelope.directory_offset = end.directory_offset;
  envelope.end_offset = end.offset;
  std::vector<std::size_t> centrals;
  std::size_t at = end.directory_offset;
  for (std::size_t i = 0; i < end.entries; ++i) {
    REVIVE_ASSIGN_OR_RETURN(
        auto member, read_central_header(file, at, end.offset, limits, fmt::format("central directory: entry {}", i)));
    centrals.push_back(at);
    at += kCentralSize + member.name.size();
    envelope.members.push_back(std::move(member));
  }
  if (at != end.offset) {
    return fail(
        ErrorCode::archive_ambiguous, "central directory",
        fmt::format("expected {} entries to fill it up to {}, found that they end at {}", end.entries, end.offset, at));
  }

  std::vector<Placed> placed;
  placed.reserve(centrals.size());
  for (std::size_t i = 0; i < centrals.size(); ++i) placed.push_back({&envelope.members[i], centrals[i]});
  if (auto status = check_unique_names(envelope.members); !status) return std::unexpected(std::move(status.error()));
  if (auto status = check_tiling(file, std::move(placed), end.directory_offset); !status) {
    return std::unexpected(std::move(status.error()));
  }
  if (auto status = check_single_end_record(file, end); !status) return std::unexpected(std::move(status.error()));
  return envelope;
}

}  // namespace revive
