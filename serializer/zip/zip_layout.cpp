#include "revive/serializer/zip/zip_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "revive/model/base/value.h"
#include "revive/serializer/zip/end_record.h"
#include "revive/serializer/zip/extra_fields.h"
#include "revive/serializer/zip/member_name.h"
#include "revive/serializer/zip/not_zip.h"
#include "revive/serializer/zip/zip_records.h"

namespace revive {
namespace {

using namespace zip;

constexpr std::uint32_t kFlagEncrypted = 1 << 0;
constexpr std::uint32_t kFlagsLevel = 3 << 1;
constexpr std::uint32_t kFlagDescriptor = 1 << 3;
constexpr std::uint32_t kFlagUtf8 = 1 << 11;

// The systems whose external attributes are a file mode.
constexpr std::uint32_t kUnixSystem = 3;
constexpr std::uint32_t kDarwinSystem = 19;
constexpr std::uint32_t kFileTypeMask = 0170000;
constexpr std::uint32_t kRegularFile = 0100000;
constexpr std::uint32_t kFolder = 0040000;

constexpr std::string_view kFinderFolder = "__MACOSX/";
constexpr std::string_view kFinderFile = ".DS_Store";

// The fields that a local header repeats as they are, at their local offsets; the central header has each two bytes
// later.
struct RepeatedField {
  std::string_view name;
  std::size_t offset;
};
constexpr std::array kRepeatedFields = {
    RepeatedField{"version needed", 4}, RepeatedField{"flags", 6}, RepeatedField{"method", 8},
    RepeatedField{"time", 10},          RepeatedField{"date", 12}, RepeatedField{"name length", 26},
};
constexpr std::size_t kCentralShift = 2;

// How often the archive has what Keras does not write.
struct Additions {
  std::size_t extra_fields = 0;
  std::size_t levels = 0;
  std::size_t descriptors = 0;
  std::size_t zip64_fields = 0;
};

// What a local header, a central header and a data descriptor each say of the member's bytes.
struct Sizes {
  std::uint64_t crc = 0;
  std::uint64_t stored = 0;
  std::uint64_t whole = 0;
};

ZipEntryKind kind_of(std::string_view name) {
  if (name.ends_with('/')) return ZipEntryKind::folder;
  const bool finder = name.starts_with(kFinderFolder) || name.substr(name.rfind('/') + 1) == kFinderFile;
  return finder ? ZipEntryKind::finder : ZipEntryKind::file;
}

std::string_view without_slash(std::string_view name) {
  return name.ends_with('/') ? name.substr(0, name.size() - 1) : name;
}

// Takes what a field with zip64's mark means from the extra field: one number after the other, for the marked ones.
class Zip64Field {
 public:
  Zip64Field(const ExtraFields& extra, const std::string& place) : extra_(extra), place_(place) {}

  Status take(std::uint64_t& value) {
    if (value != kZip64Mark32) return {};
    if (!extra_.zip64 || extra_.zip64->size() - at_ < 8) {
      return fail(ErrorCode::archive_unsupported, place_,
                  "expected zip64's extra field to say what a marked size or offset is, found that it does not");
    }
    value = load64(*extra_.zip64, at_);
    at_ += 8;
    return {};
  }
  // Numbers that nothing asks for would be read by some and overlooked by others.
  Status finish() const {
    if (!extra_.zip64 || at_ == extra_.zip64->size()) return {};
    return fail(ErrorCode::archive_ambiguous, place_,
                fmt::format("expected zip64's extra field to hold what is marked, in {} bytes, found {}", at_,
                            extra_.zip64->size()));
  }

 private:
  const ExtraFields& extra_;
  const std::string& place_;
  std::size_t at_ = 0;
};

// What the central header says, apart from its name and sizes.
Status check_features(std::span<const std::byte> file, std::size_t at, const ZipMember& member) {
  const auto unsupported = [&](std::string message) {
    return fail(ErrorCode::archive_unsupported, member.name, std::move(message));
  };
  const std::uint32_t flags = load16(file, at + 8);
  if (flags & kFlagEncrypted) return unsupported("expected a plain member, found an encrypted one");
  if (const std::uint32_t others = flags & ~(kFlagsLevel | kFlagDescriptor | kFlagUtf8)) {
    return unsupported(fmt::format("expected no flags but 1, 2, 3 and 11, found {:#x}", others));
  }
  if (const std::uint32_t version = load16(file, at + 6); version > kNewestVersion) {
    return unsupported(fmt::format("expected version needed at most {}, found {}", kNewestVersion, version));
  }
  if (const std::uint32_t method = load16(file, at + 10); method != static_cast<std::uint32_t>(ZipMethod::stored) &&
                                                          method != static_cast<std::uint32_t>(ZipMethod::deflated)) {
    return unsupported(fmt::format("expected method 0 (stored) or 8 (deflated), found {}", method));
  }
  if (load16(file, at + 32) != 0) return unsupported("expected no member comment, found one");
  if (load16(file, at + 34) != 0) return unsupported("expected disk 0, found a split archive");
  const std::uint32_t type = (load32(file, at + 38) >> 16) & kFileTypeMask;
  const std::uint32_t expected = member.kind == ZipEntryKind::folder ? kFolder : kRegularFile;
  const std::uint32_t system = load16(file, at + 4) >> 8;
  if ((system == kUnixSystem || system == kDarwinSystem) && type != 0 && type != expected) {
    return unsupported(expected == kFolder ? "expected a folder, as its name ends in '/', found something else"
                                           : "expected a regular file, found a link, a folder or a device");
  }
  return {};
}

Status check_sizes(const ZipMember& member) {
  if (member.stored_size >= kZip64Mark32 || member.size >= kZip64Mark32) {
    return fail(ErrorCode::archive_unsupported, member.name, "expected a member under 4 GiB, found a larger one");
  }
  if (member.method == ZipMethod::stored && member.stored_size != member.size) {
    return fail(
        ErrorCode::archive_ambiguous, member.name,
        fmt::format("expected a stored member to have one size, found {} and {}", member.stored_size, member.size));
  }
  if (member.kind == ZipEntryKind::folder && member.size != 0) {
    return fail(ErrorCode::archive_ambiguous, member.name,
                fmt::format("expected nothing in a folder's entry, found {} bytes", member.size));
  }
  return {};
}

Result<ZipMember> read_central_header(std::span<const std::byte> file, std::size_t at, std::size_t end,
                                      const Limits& limits, const std::string& entry_place, Additions& additions) {
  if (end - at < kCentralSize || load32(file, at) != kCentralSignature) {
    return fail(ErrorCode::archive_ambiguous, entry_place,
                fmt::format("expected a central header at {}, found something else", at));
  }
  const std::size_t name_size = load16(file, at + 28);
  const std::size_t extra_size = load16(file, at + 30);
  if (end - at - kCentralSize < name_size + extra_size) {
    return fail(ErrorCode::archive_ambiguous, entry_place,
                "expected a name and extra fields inside the central directory");
  }
  ZipMember member;
  member.name = text_at(file, at + kCentralSize, name_size);
  member.kind = kind_of(member.name);
  member.central_end = at + kCentralSize + name_size + extra_size;
  const bool marked_utf8 = (load16(file, at + 8) & kFlagUtf8) != 0;
  REVIVE_RETURN_IF_ERROR(check_member_name(without_slash(member.name), marked_utf8, limits, entry_place));
  REVIVE_RETURN_IF_ERROR(check_features(file, at, member));
  REVIVE_ASSIGN_OR_RETURN(const auto extra, read_extra_fields(file.subspan(at + kCentralSize + name_size, extra_size),
                                                              member.name, member.name));
  Zip64Field zip64(extra, member.name);
  std::uint64_t size = load32(file, at + 24);
  std::uint64_t stored_size = load32(file, at + 20);
  std::uint64_t offset = load32(file, at + 42);
  for (std::uint64_t* const value : {&size, &stored_size, &offset}) REVIVE_RETURN_IF_ERROR(zip64.take(*value));
  REVIVE_RETURN_IF_ERROR(zip64.finish());
  member.method = static_cast<ZipMethod>(load16(file, at + 10));
  member.crc = load32(file, at + 16);
  member.stored_size = stored_size;
  member.size = size;
  member.header_offset = offset;
  REVIVE_RETURN_IF_ERROR(check_sizes(member));
  additions.extra_fields += extra_size > 0 ? 1 : 0;
  additions.levels += (load16(file, at + 8) & kFlagsLevel) != 0 ? 1 : 0;
  additions.zip64_fields += extra.zip64 ? 1 : 0;
  return member;
}

// A member with the place of its central header, for the walk in file order.
struct Placed {
  ZipMember* member;
  std::size_t central;
};

std::unexpected<Error> contradicts(const ZipMember& member, std::string_view record, std::string_view field,
                                   std::uint64_t expected, std::uint64_t found) {
  return fail(ErrorCode::archive_ambiguous, member.name,
              fmt::format("expected the {} of the {} to be {:#x} as in the central directory, found {:#x}", field,
                          record, expected, found));
}

Status check_same(const ZipMember& member, std::string_view record, const Sizes& expected, const Sizes& found) {
  if (found.crc != expected.crc) return contradicts(member, record, "CRC", expected.crc, found.crc);
  if (found.stored != expected.stored) {
    return contradicts(member, record, "stored size", expected.stored, found.stored);
  }
  if (found.whole != expected.whole) return contradicts(member, record, "size", expected.whole, found.whole);
  return {};
}

Sizes sizes_of(const ZipMember& member) {
  return {member.crc, member.stored_size, member.size};
}

// What a header says that may leave any number to the data descriptor, as zero.
Sizes completed(const Sizes& local, const Sizes& central) {
  return {local.crc == 0 ? central.crc : local.crc, local.stored == 0 ? central.stored : local.stored,
          local.whole == 0 ? central.whole : local.whole};
}

// Finds out where the member's data begins, and that the local header says what the central one says; a header that is
// followed by a data descriptor may leave CRC and sizes to that.
Status check_local_header(std::span<const std::byte> file, const Placed& placed, std::size_t expected_offset,
                          std::size_t directory_offset, Additions& additions) {
  ZipMember& member = *placed.member;
  const auto ambiguous = [&](std::string message) {
    return fail(ErrorCode::archive_ambiguous, member.name, std::move(message));
  };
  const std::size_t at = member.header_offset;
  if (at != expected_offset) {
    return ambiguous(fmt::format("expected its local header at {}, where the member before it ends, found {} ({})",
                                 expected_offset, at, at > expected_offset ? "a gap" : "an overlap"));
  }
  const auto ends_too_late = [&](std::uint64_t end) {
    return ambiguous(fmt::format("expected it to end before the central directory at {}, found an end at {}",
                                 directory_offset, end));
  };
  if (directory_offset - at < kLocalSize) return ends_too_late(at + kLocalSize);
  if (load32(file, at) != kLocalSignature) {
    return ambiguous(fmt::format("expected a local header at {}, found something else", at));
  }
  for (const RepeatedField& field : kRepeatedFields) {
    const std::uint64_t local = load16(file, at + field.offset);
    const std::uint64_t central = load16(file, placed.central + field.offset + kCentralShift);
    if (local != central) return contradicts(member, "local header", field.name, central, local);
  }
  const std::size_t extra_size = load16(file, at + 28);
  const std::size_t extra_offset = at + kLocalSize + member.name.size();
  member.data_offset = extra_offset + extra_size;
  if (member.data_offset > directory_offset || member.stored_size > directory_offset - member.data_offset) {
    return ends_too_late(member.data_offset + member.stored_size);
  }
  if (const std::string_view name = text_at(file, at + kLocalSize, member.name.size()); name != member.name) {
    return ambiguous(fmt::format("expected the same name in the local header, found {}", Value(name).brief()));
  }
  REVIVE_ASSIGN_OR_RETURN(const auto extra,
                          read_extra_fields(file.subspan(extra_offset, extra_size), member.name, member.name));
  Sizes local{load32(file, at + 14), load32(file, at + 18), load32(file, at + 22)};
  Zip64Field zip64(extra, member.name);
  REVIVE_RETURN_IF_ERROR(zip64.take(local.whole));
  REVIVE_RETURN_IF_ERROR(zip64.take(local.stored));
  REVIVE_RETURN_IF_ERROR(zip64.finish());
  additions.extra_fields += extra_size > 0 ? 1 : 0;
  additions.zip64_fields += extra.zip64 ? 1 : 0;
  if ((load16(file, at + 6) & kFlagDescriptor) != 0) local = completed(local, sizes_of(member));
  return check_same(member, "local header", sizes_of(member), local);
}

// What lies between the member's data and the next structure: CRC and both sizes, in four or eight bytes each, with or
// without a signature. Its length says which.
Status check_descriptor(std::span<const std::byte> file, const ZipMember& member, std::size_t next) {
  constexpr std::size_t kShort = 12;
  constexpr std::size_t kLong = 20;
  constexpr std::size_t kSignature = 4;
  std::size_t at = member.data_offset + member.stored_size;
  const std::size_t size = next - at;
  const bool has_signature = size == kSignature + kShort || size == kSignature + kLong;
  if (has_signature && load32(file, at) == kDescriptorSignature) at += kSignature;
  const std::size_t rest = next - at;
  if (rest != kShort && rest != kLong) {
    return fail(ErrorCode::archive_ambiguous, member.name,
                fmt::format("expected a data descriptor between {} and {}, found something else", at, next));
  }
  const std::size_t width = (rest - 4) / 2;
  return check_same(member, "data descriptor", sizes_of(member),
                    {load32(file, at), load(file, at + 4, width), load(file, at + 4 + width, width)});
}

Status check_tiling(std::span<const std::byte> file, std::vector<Placed> placed, std::size_t directory_offset,
                    Additions& additions) {
  std::ranges::sort(placed, {}, [](const Placed& p) { return p.member->header_offset; });
  std::size_t cursor = 0;
  for (std::size_t i = 0; i < placed.size(); ++i) {
    const ZipMember& member = *placed[i].member;
    REVIVE_RETURN_IF_ERROR(check_local_header(file, placed[i], cursor, directory_offset, additions));
    cursor = member.data_offset + member.stored_size;
    if ((load16(file, member.header_offset + 6) & kFlagDescriptor) == 0) continue;
    const std::size_t next = i + 1 < placed.size() ? placed[i + 1].member->header_offset : directory_offset;
    if (next < cursor || next > directory_offset) continue;  // The next member is refused as overlapping or outside.
    REVIVE_RETURN_IF_ERROR(check_descriptor(file, member, next));
    cursor = next;
    ++additions.descriptors;
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
    std::ranges::transform(without_slash(member.name), std::back_inserter(folded.emplace_back()), lower);
  }
  std::ranges::sort(folded);
  const auto twice = std::ranges::adjacent_find(folded);
  if (twice == folded.end()) return {};
  return fail(ErrorCode::archive_member_duplicate, *twice,
              "expected each name once (upper and lower case taken as one), found it twice");
}

std::vector<std::string> remarks_of(const Additions& additions, const EndRecord& end) {
  std::vector<std::string> remarks;
  const auto counted = [](std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
  };
  if (additions.extra_fields > 0) {
    remarks.push_back("extra fields in " + counted(additions.extra_fields, "header"));
  }
  if (additions.levels > 0) remarks.push_back("how hard DEFLATE tried at " + counted(additions.levels, "member"));
  if (additions.descriptors > 0) {
    remarks.push_back("data descriptors behind " + counted(additions.descriptors, "member"));
  }
  if (additions.zip64_fields > 0) remarks.push_back("zip64 sizes in " + counted(additions.zip64_fields, "header"));
  if (end.zip64) remarks.emplace_back("a zip64 end record");
  if (end.comment_size > 0) remarks.push_back("an archive comment of " + counted(end.comment_size, "byte"));
  if (end.bytes_behind > 0) remarks.push_back(counted(end.bytes_behind, "byte") + " behind the end record");
  return remarks;
}

Result<ZipLayout> read_layout(std::span<const std::byte> file, const Limits& limits) {
  REVIVE_ASSIGN_OR_RETURN(const auto end, find_end_record(file));
  if (end.entries > limits.archive_members) {
    return fail(ErrorCode::limit_exceeded, "end record",
                fmt::format("expected at most {} members (Limits::archive_members), found {}", limits.archive_members,
                            end.entries));
  }
  ZipLayout layout;
  layout.directory_offset = end.directory_offset;
  layout.directory_end = end.directory_end;
  layout.end_offset = end.offset;
  layout.archive_size = end.offset + kEndSize + end.comment_size;
  Additions additions;
  std::vector<std::size_t> centrals;
  std::size_t at = end.directory_offset;
  for (std::size_t i = 0; i < end.entries; ++i) {
    REVIVE_ASSIGN_OR_RETURN(auto member, read_central_header(file, at, end.directory_end, limits,
                                                             fmt::format("central directory: entry {}", i), additions));
    centrals.push_back(at);
    at = member.central_end;
    layout.members.push_back(std::move(member));
  }
  if (at != end.directory_end) {
    return fail(ErrorCode::archive_ambiguous, "central directory",
                fmt::format("expected {} entries to fill it up to {}, found that they end at {}", end.entries,
                            end.directory_end, at));
  }
  REVIVE_RETURN_IF_ERROR(check_unique_names(layout.members));
  std::vector<Placed> placed;
  placed.reserve(centrals.size());
  for (std::size_t i = 0; i < centrals.size(); ++i) placed.push_back({&layout.members[i], centrals[i]});
  REVIVE_RETURN_IF_ERROR(check_tiling(file, std::move(placed), end.directory_offset, additions));
  layout.remarks = remarks_of(additions, end);
  return layout;
}

}  // namespace

std::vector<std::size_t> ZipLayout::boundaries() const {
  std::vector<std::size_t> offsets = {0,          directory_offset,      directory_end,
                                      end_offset, end_offset + kEndSize, archive_size};
  for (const ZipMember& member : members) {
    offsets.insert(offsets.end(), {member.header_offset, member.data_offset, member.data_offset + member.stored_size,
                                   member.central_end});
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
  auto layout = read_layout(file, limits);
  if (!layout) return std::unexpected(with_way_out(std::move(layout.error())));
  return layout;
}

}  // namespace revive
