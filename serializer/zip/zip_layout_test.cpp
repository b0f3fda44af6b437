#include "revive/serializer/zip/zip_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/zip/zip_builder.h"

namespace revive {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using zip::bytes_of;
using zip::deflated_entry;
using zip::small_zip;
using zip::zip_entry;
using zip::ZipBuilder;
using zip::ZipEntry;
using zip::ZipHeader;

Result<ZipLayout> check(const std::string& file, const Limits& limits = {}) {
  return check_zip_layout(bytes_of(file), limits);
}

TEST(ZipLayout, DescribesEveryMember) {
  ZipBuilder zip = small_zip();
  zip.entries.push_back(deflated_entry("assets/a.txt", std::string(1000, 'a')));
  const auto envelope = check(zip.build());
  ASSERT_TRUE(envelope) << envelope.error().text();
  ASSERT_EQ(envelope->members.size(), 3u);
  const ZipMember& config = envelope->members[0];
  EXPECT_EQ(config.name, "config.json");
  EXPECT_EQ(config.method, ZipMethod::stored);
  EXPECT_EQ(config.header_offset, 0u);
  EXPECT_EQ(config.data_offset, 41u);
  EXPECT_EQ(config.size, 28u);
  EXPECT_EQ(config.crc, zip.entries[0].central.crc);
  const ZipMember& asset = envelope->members[2];
  EXPECT_EQ(asset.method, ZipMethod::deflated);
  EXPECT_EQ(asset.size, 1000u);
  EXPECT_EQ(asset.stored_size, zip.entries[2].data.size());
  EXPECT_EQ(envelope->directory_offset, asset.data_offset + asset.stored_size);
  EXPECT_EQ(envelope->directory_end, envelope->end_offset);
  EXPECT_EQ(envelope->archive_size, zip.build().size());
}

TEST(ZipLayout, AcceptsWhatHasOneReadingThoughKerasWritesItOtherwise) {
  const std::vector<std::pair<std::string, std::function<void(ZipBuilder&)>>> cases = {
      {"no members", [](ZipBuilder& zip) { zip.entries.clear(); }},
      {"UTF-8 name",
       [](ZipBuilder& zip) {
         zip.entries[0].change([](ZipHeader& header) { header.name = "assets/\xC3\xA9", header.flags = 1 << 11; });
       }},
      {"an end signature in the weights",
       [](ZipBuilder& zip) { zip.entries[1] = zip_entry("model.weights.h5", "PK\5\6" + std::string(40, 'w')); }},
      {"a whole zip in a member",
       [](ZipBuilder& zip) { zip.entries[1] = zip_entry("assets/inner.zip", small_zip().build()); }},
      {"a date", [](ZipBuilder& zip) { zip.entries[1].change([](ZipHeader& header) { header.date = 0x5b76; }); }},
      {"mode bits of a regular file", [](ZipBuilder& zip) { zip.entries[1].external = 0100644u << 16; }},
      {"mode bits of a link that DOS does not mean",
       [](ZipBuilder& zip) { zip.entries[1].external = 0120777u << 16, zip.entries[1].made_by = 0x0014; }},
  };
  for (const auto& [name, change] : cases) {
    ZipBuilder zip = small_zip();
    change(zip);
    const auto envelope = check(zip.build());
    EXPECT_TRUE(envelope) << name << ": " << envelope.error().text();
  }
}

TEST(ZipLayout, MembersMayLieInAnotherOrderThanTheDirectoryNamesThem) {
  ZipBuilder zip = small_zip();
  const std::size_t first_size = 30 + zip.entries[0].local.name.size() + zip.entries[0].data.size();
  // The central headers trade places while the members stay where they are.
  std::swap(zip.entries[0].central, zip.entries[1].central);
  zip.entries[0].offset = static_cast<std::uint32_t>(first_size);
  zip.entries[1].offset = 0;
  const auto envelope = check(zip.build());
  ASSERT_TRUE(envelope) << envelope.error().text();
  EXPECT_EQ(envelope->members[0].name, "model.weights.h5");
  EXPECT_EQ(envelope->members[0].header_offset, first_size);
}

TEST(ZipLayout, BoundariesAreWhereStructuresMeet) {
  ZipBuilder zip;
  zip.entries = {zip_entry("a", "xyz"), zip_entry("b", "")};
  const std::string file = zip.build();
  const auto envelope = check(file);
  ASSERT_TRUE(envelope) << envelope.error().text();
  // Header 0..31, data ..34, header with empty data ..65, two central headers of 47, end record of 22.
  EXPECT_THAT(envelope->boundaries(), ElementsAre(0, 31, 34, 65, 112, 159, 181));
  EXPECT_EQ(file.size(), 181u);
}

TEST(ZipLayout, EveryTruncationIsRefused) {
  const std::string file = small_zip().build();
  for (std::size_t size = 0; size < file.size(); ++size) {
    const auto envelope = check(file.substr(0, size));
    ASSERT_FALSE(envelope) << size;
    EXPECT_EQ(envelope.error().code, size == 0 ? ErrorCode::archive_not_zip : ErrorCode::archive_truncated) << size;
  }
}

struct Refusal {
  std::string name;
  std::string file;
  ErrorCode code;
  std::string place;
  std::string message;
};

void PrintTo(const Refusal& refusal, std::ostream* out) {
  *out << refusal.name;
}

class ZipLayoutRefuses : public ::testing::TestWithParam<Refusal> {};

TEST_P(ZipLayoutRefuses, WithCodeAndPlace) {
  const auto envelope = check(GetParam().file);
  ASSERT_FALSE(envelope);
  EXPECT_EQ(name_of(envelope.error().code), name_of(GetParam().code)) << envelope.error().text();
  EXPECT_EQ(envelope.error().place, GetParam().place);
  EXPECT_THAT(envelope.error().message, HasSubstr(GetParam().message));
  expect_recorded("serializer/sentences.txt", envelope.error().text());
}

std::string changed(const std::function<void(ZipBuilder&)>& change) {
  ZipBuilder zip = small_zip();
  change(zip);
  return zip.build();
}

// The first member under another name, in both headers.
Refusal renamed(std::string test, const std::string& name, std::string message) {
  return {std::move(test),
          changed([&](ZipBuilder& zip) { zip.entries[0].change([&](ZipHeader& header) { header.name = name; }); }),
          ErrorCode::archive_member_name, "central directory: entry 0", std::move(message)};
}

// Both headers of the first member agree on something that Keras never writes.
Refusal agreed(std::string test, void (*change)(ZipHeader&), ErrorCode code, std::string message) {
  return {std::move(test), changed([&](ZipBuilder& zip) { zip.entries[0].change(change); }), code, "config.json",
          std::move(message)};
}

// The local header of the first member says something else than the central one.
Refusal contradicted(std::string test, void (*change)(ZipHeader&), std::string message) {
  return {std::move(test), changed([&](ZipBuilder& zip) { change(zip.entries[0].local); }),
          ErrorCode::archive_ambiguous, "config.json", std::move(message)};
}

// The first central header has a field that the local one does not repeat.
Refusal central(std::string test, void (*change)(ZipEntry&), std::string message) {
  return {std::move(test), changed([&](ZipBuilder& zip) { change(zip.entries[0]); }), ErrorCode::archive_unsupported,
          "config.json", std::move(message)};
}

Refusal of_archive(std::string test, void (*change)(ZipBuilder&), ErrorCode code, std::string place,
                   std::string message) {
  return {std::move(test), changed(change), code, std::move(place), std::move(message)};
}

// A second archive inside a member, with offsets that count from the start of the file and an end record that takes
// the rest of the file for its comment: a reader that searches forwards finds this one first.
std::string second_archive_in_member() {
  const std::size_t data_offset = 30 + std::string_view("assets/a").size();
  ZipBuilder inner = small_zip();
  inner.prefix = std::string(data_offset, '.');
  const auto file_around = [&] {
    ZipBuilder outer = small_zip();
    outer.entries.insert(outer.entries.begin(), zip_entry("assets/a", inner.build().substr(data_offset)));
    return outer.build();
  };
  inner.comment_size = static_cast<std::uint16_t>(file_around().size() - inner.build().size());
  return file_around();
}

// A member that holds an end record for no members, with the rest of the file for its comment.
std::string empty_archive_in_member() {
  const auto file_with = [](std::uint16_t comment_size) {
    ZipBuilder inner;
    inner.comment_size = comment_size;
    return changed([&](ZipBuilder& zip) { zip.entries[1] = zip_entry("model.weights.h5", inner.build()); });
  };
  const std::string file = file_with(0);
  return file_with(static_cast<std::uint16_t>(file.size() - file.find("PK\5\6") - 22));
}

// A member that holds a zip64 locator before an end record.
std::string zip64_end_in_member() {
  ZipBuilder inner;
  inner.after_directory = "PK\6\7" + std::string(16, '\0');
  return changed([&](ZipBuilder& zip) { zip.entries[1] = zip_entry("model.weights.h5", inner.build()); });
}

// A zip64 locator where a reader looks for one, laid over the last central header: its name is 10 bytes long, so that
// the locator begins with the attributes.
std::string locator_in_attributes() {
  return changed([](ZipBuilder& zip) {
    zip.entries.push_back(zip_entry("assets/abc", ""));
    zip.entries.back().internal = 0x4B50;
    zip.entries.back().external = 0x0706;
  });
}

std::string named_twice(const std::string& second) {
  return changed([&](ZipBuilder& zip) { zip.entries.push_back(zip_entry(second, "{}")); });
}

constexpr auto kName = [](const auto& test) { return test.param.name; };
using enum ErrorCode;

INSTANTIATE_TEST_SUITE_P(NotAnArchive, ZipLayoutRefuses,
                         ::testing::Values(Refusal{"Empty", "", archive_not_zip, "archive", "found an empty file"},
                                           Refusal{"Text", "this is a text of more than 22 bytes", archive_not_zip,
                                                   "archive", "found \"this is a text of more than 22 bytes\""},
                                           Refusal{"Hdf5", std::string("\x89HDF\r\n\x1a\n\0\0\0\0", 12),
                                                   archive_not_zip, "archive", "HDF5"}),
                         kName);

INSTANTIATE_TEST_SUITE_P(
    Names, ZipLayoutRefuses,
    ::testing::Values(
        renamed("Empty", "", "components"), renamed("Absolute", "/config.json", "relative"),
        renamed("DriveLetter", "C:config.json", "drive letter"), renamed("Parent", "assets/../x", "components"),
        renamed("ParentAlone", "..", "components"), renamed("Here", "./config.json", "components"),
        renamed("EmptyComponent", "assets//x", "components"), renamed("EmptyFolder", "assets//", "components"),
        renamed("Backslash", "assets\\x", "backslash"),
        renamed("Nul", std::string("config.json\0x", 13), "control characters"),
        renamed("Control", "config.json\n", "control characters"), renamed("Delete", "a\x7f", "control characters"),
        renamed("IllFormed", "assets/\xff", "UTF-8"), renamed("Overlong", "assets/\xc0\xae", "UTF-8"),
        renamed("Surrogate", "assets/\xed\xa0\x80", "UTF-8"), renamed("UnmarkedUtf8", "assets/\xc3\xa9", "marked"),
        Refusal{"TooLong", changed([](ZipBuilder& zip) {
                  zip.entries[0].change([](ZipHeader& header) { header.name = std::string(1025, 'a'); });
                }),
                limit_exceeded, "central directory: entry 0", "1024 bytes"},
        Refusal{"Duplicate", named_twice("config.json"), archive_member_duplicate, "config.json", "twice"},
        Refusal{"DuplicateInOtherCase", named_twice("Config.JSON"), archive_member_duplicate, "config.json", "twice"}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Features, ZipLayoutRefuses,
    ::testing::Values(agreed(
                          "Encrypted", [](ZipHeader& h) { h.flags = 1; }, archive_unsupported, "encrypted"),
                      agreed(
                          "NoDataDescriptor", [](ZipHeader& h) { h.flags = 8; }, archive_ambiguous, "data descriptor"),
                      Refusal{"FolderWithBytes", changed([](ZipBuilder& zip) {
                                zip.entries[0].change([](ZipHeader& h) { h.name = "config.json/"; });
                                zip.entries[0].external = 0;
                              }),
                              archive_ambiguous, "config.json/", "folder's entry"},
                      agreed(
                          "UnknownFlag", [](ZipHeader& h) { h.flags = 1 << 13; }, archive_unsupported, "found 0x2000"),
                      agreed(
                          "Version", [](ZipHeader& h) { h.version = 51; }, archive_unsupported, "found 51"),
                      agreed(
                          "Method", [](ZipHeader& h) { h.method = 12; }, archive_unsupported, "found 12"),
                      agreed(
                          "Zip64Size", [](ZipHeader& h) { h.size = h.stored_size = 0xFFFFFFFF; }, archive_unsupported,
                          "zip64"),
                      agreed(
                          "ExtraWithoutEnd", [](ZipHeader& h) { h.extra = std::string("UT\1\0", 4); },
                          archive_ambiguous, "fill their place"),
                      agreed(
                          "ExtraRest", [](ZipHeader& h) { h.extra = std::string("UT\0\0\0", 5); }, archive_ambiguous,
                          "fill their place"),
                      agreed(
                          "TwoSizes", [](ZipHeader& h) { ++h.size; }, archive_ambiguous, "one size"),
                      central(
                          "Comment", [](ZipEntry& e) { e.comment = "c"; }, "comment"),
                      central(
                          "Disk", [](ZipEntry& e) { e.disk = 1; }, "disk"),
                      central(
                          "Symlink", [](ZipEntry& e) { e.external = 0120777u << 16; }, "link"),
                      central(
                          "SymlinkOfMacOs",
                          [](ZipEntry& e) {
                            e.made_by = 0x1314;
                            e.external = 0120777u << 16;
                          },
                          "link"),
                      central(
                          "FolderMode", [](ZipEntry& e) { e.external = 0040755u << 16; }, "folder"),
                      central(
                          "Zip64Offset", [](ZipEntry& e) { e.offset = 0xFFFFFFFF; }, "zip64")),
    kName);

INSTANTIATE_TEST_SUITE_P(LocalHeader, ZipLayoutRefuses,
                         ::testing::Values(contradicted(
                                               "Version", [](ZipHeader& h) { h.version = 10; }, "version needed"),
                                           contradicted(
                                               "Flags", [](ZipHeader& h) { h.flags = 1 << 11; }, "flags"),
                                           contradicted(
                                               "Method", [](ZipHeader& h) { h.method = 8; }, "method"),
                                           contradicted(
                                               "Time", [](ZipHeader& h) { h.time = 1; }, "time"),
                                           contradicted(
                                               "Date", [](ZipHeader& h) { h.date = 1; }, "date"),
                                           contradicted(
                                               "Crc", [](ZipHeader& h) { ++h.crc; }, "CRC"),
                                           contradicted(
                                               "StoredSize", [](ZipHeader& h) { ++h.stored_size; }, "stored size"),
                                           contradicted(
                                               "Size", [](ZipHeader& h) { ++h.size; }, "the size"),
                                           contradicted(
                                               "ShorterName", [](ZipHeader& h) { h.name.pop_back(); }, "name length"),
                                           contradicted(
                                               "OtherName", [](ZipHeader& h) { h.name = "config.jsom"; }, "same name"),
                                           contradicted(
                                               "Extra", [](ZipHeader& h) { h.extra = "abcd"; }, "fill their place")),
                         kName);

INSTANTIATE_TEST_SUITE_P(
    Tiling, ZipLayoutRefuses,
    ::testing::Values(
        of_archive(
            "Prefix", [](ZipBuilder& zip) { zip.prefix = "junk"; }, archive_ambiguous, "config.json", "a gap"),
        of_archive(
            "Gap", [](ZipBuilder& zip) { zip.entries[1].before = std::string(500, 'j'); }, archive_ambiguous,
            "model.weights.h5", "a gap"),
        of_archive(
            "GapBeforeDirectory", [](ZipBuilder& zip) { zip.before_directory = "j"; }, archive_ambiguous,
            "central directory", "where the last member ends"),
        of_archive(
            "GapAfterDirectory", [](ZipBuilder& zip) { zip.after_directory = "j"; }, archive_ambiguous, "end record",
            "to end where the end record starts"),
        of_archive(
            "SameOffset", [](ZipBuilder& zip) { zip.entries[1].offset = 0; }, archive_ambiguous, "model.weights.h5",
            "an overlap"),
        of_archive(
            "OverlappingNext",
            [](ZipBuilder& zip) { zip.entries[0].change([](ZipHeader& h) { h.size = h.stored_size = h.size + 5; }); },
            archive_ambiguous, "model.weights.h5", "an overlap"),
        of_archive(
            "BeyondDirectory",
            [](ZipBuilder& zip) { zip.entries[1].change([](ZipHeader& h) { h.size = h.stored_size = 0x7FFFFFFF; }); },
            archive_ambiguous, "model.weights.h5", "before the central directory"),
        of_archive(
            "OffsetOutsideTheFile", [](ZipBuilder& zip) { zip.entries[1].offset = 0xFFFFFFFE; }, archive_ambiguous,
            "model.weights.h5", "a gap"),
        Refusal{"NoLocalHeader",
                [] {
                  std::string file = small_zip().build();
                  file[0] = 'X';
                  return file;
                }(),
                archive_ambiguous, "config.json", "expected a local header"}),
    kName);

INSTANTIATE_TEST_SUITE_P(
    EndRecord, ZipLayoutRefuses,
    ::testing::Values(
        of_archive(
            "CommentAndSuffix", [](ZipBuilder& zip) { zip.comment = "hello", zip.suffix = "s"; }, archive_ambiguous,
            "end record", "found 1 more bytes"),
        of_archive(
            "SignatureInComment", [](ZipBuilder& zip) { zip.comment = "PK\5\6" + std::string(20, '\0'); },
            archive_ambiguous, "end record", "to end where"),
        of_archive(
            "SignatureInSuffix", [](ZipBuilder& zip) { zip.suffix = "PK\5\6" + std::string(30, '\0'); },
            archive_ambiguous, "end record", "to end where"),
        of_archive(
            "FarSuffix", [](ZipBuilder& zip) { zip.suffix = std::string(65536, 's'); }, archive_truncated, "archive",
            "expected an end record"),
        of_archive(
            "CommentOutsideTheFile", [](ZipBuilder& zip) { zip.comment_size = 9; }, archive_truncated, "end record",
            "found 0 in the file"),
        of_archive(
            "Disk", [](ZipBuilder& zip) { zip.disk = 1; }, archive_unsupported, "end record", "single disk"),
        of_archive(
            "DirectoryDisk", [](ZipBuilder& zip) { zip.directory_disk = 1; }, archive_unsupported, "end record",
            "single disk"),
        of_archive(
            "EntriesOnDisk", [](ZipBuilder& zip) { zip.disk_entry_count = 1; }, archive_unsupported, "end record",
            "single disk"),
        of_archive(
            "TooFewEntries", [](ZipBuilder& zip) { zip.entry_count = zip.disk_entry_count = 1; }, archive_ambiguous,
            "central directory", "1 entries"),
        of_archive(
            "TooManyEntries", [](ZipBuilder& zip) { zip.entry_count = zip.disk_entry_count = 3; }, archive_ambiguous,
            "central directory: entry 2", "central header"),
        of_archive(
            "TooManyForTheLimit", [](ZipBuilder& zip) { zip.entry_count = zip.disk_entry_count = 5000; },
            limit_exceeded, "end record", "4096"),
        of_archive(
            "DirectoryOffset", [](ZipBuilder& zip) { zip.directory_offset = 0; }, archive_ambiguous, "end record",
            "to end where"),
        of_archive(
            "DirectoryOutsideTheFile", [](ZipBuilder& zip) { zip.directory_size = 0xFFFFFFFE; }, archive_ambiguous,
            "end record", "to end where"),
        of_archive(
            "Zip64Entries", [](ZipBuilder& zip) { zip.entry_count = zip.disk_entry_count = 0xFFFF; },
            archive_unsupported, "end record", "zip64"),
        of_archive(
            "Zip64Offset", [](ZipBuilder& zip) { zip.directory_offset = 0xFFFFFFFF; }, archive_unsupported,
            "end record", "zip64"),
        of_archive(
            "Zip64Locator", [](ZipBuilder& zip) { zip.after_directory = "PK\6\7" + std::string(16, '\1'); },
            archive_ambiguous, "end record", "zip64"),
        Refusal{"Zip64LocatorInAttributes", locator_in_attributes(), archive_ambiguous, "end record", "zip64"},
        Refusal{"SecondArchiveInMember", second_archive_in_member(), archive_ambiguous, "end record", "a second"},
        Refusal{"EmptyArchiveInMember", empty_archive_in_member(), archive_ambiguous, "end record", "a second"},
        Refusal{"Zip64EndInMember", zip64_end_in_member(), archive_ambiguous, "end record", "a second"},
        Refusal{"TwoArchives", small_zip().build() + small_zip().build(), archive_ambiguous, "end record",
                "to end where"}),
    kName);

TEST(ZipLayout, HoldsToTheLimitOfBytes) {
  const std::string file = small_zip().build();
  Limits limits;
  limits.archive_bytes = file.size();
  EXPECT_TRUE(check(file, limits));
  --limits.archive_bytes;
  const auto envelope = check(file, limits);
  ASSERT_FALSE(envelope);
  EXPECT_EQ(envelope.error().code, ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace revive
