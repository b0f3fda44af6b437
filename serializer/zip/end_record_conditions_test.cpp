// The records at the end of a zip file, one field changed at a time.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "revive/serializer/zip/end_record.h"

namespace revive::zip {
namespace {

std::string number(std::uint64_t value, std::size_t width) {
  std::string bytes;
  for (std::size_t i = 0; i < width; ++i) bytes += static_cast<char>(value >> 8 * i & 255);
  return bytes;
}

constexpr std::uint64_t kMark16 = 0xFFFF;
constexpr std::uint64_t kMark32 = 0xFFFFFFFF;

// Where the records begin: one entry of a directory, zip64's record, its locator, the end record.
constexpr std::size_t kWide = 46;
constexpr std::size_t kLocator = kWide + 56;
constexpr std::size_t kEnd = kLocator + 20;

std::string wide_file() {
  const std::string entry = "PK\1\2" + std::string(42, '\0');
  const std::string wide = "PK\6\6" + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 4) + number(0, 4) +
                           number(1, 8) + number(1, 8) + number(46, 8) + number(0, 8);
  const std::string locator = "PK\6\7" + number(0, 4) + number(kWide, 8) + number(1, 4);
  const std::string end = "PK\5\6" + number(0, 4) + number(kMark16, 2) + number(kMark16, 2) + number(kMark32, 4) +
                          number(kMark32, 4) + number(0, 2);
  return entry + wide + locator + end;
}

std::string said_of(const std::string& file) {
  const auto end = find_end_record(std::as_bytes(std::span(file)));
  return end ? "" : end.error().message;
}

struct Row {
  std::string_view what;
  std::size_t at;
  std::uint64_t value;
  std::size_t width;
  std::string_view said;
};

void check(const std::string& file, std::span<const Row> rows) {
  for (const Row& row : rows) {
    std::string changed = file;
    changed.replace(row.at, row.width, number(row.value, row.width));
    const std::string said = said_of(changed);
    EXPECT_EQ(said.substr(0, row.said.size()), row.said) << row.what;
    EXPECT_EQ(said.empty(), row.said.empty()) << row.what << ": " << said;
  }
}

TEST(EndRecordConditions, EveryFieldOfZip64IsHeldToItsNeighbours) {
  ASSERT_EQ(said_of(wide_file()), "");
  constexpr std::string_view kElsewhere = "expected zip64's record right before its locator, found that the locator";
  constexpr std::string_view kSomethingElse = "expected zip64's record of 56 bytes at 46, found something else";
  constexpr std::string_view kSplit = "expected a single disk, found disk numbers of a split archive";
  constexpr std::string_view kAnother = "expected zip64's record to say the same, found another directory";
  const Row rows[] = {
      {"the locator points before", kLocator + 8, kWide - 1, 8, kElsewhere},
      {"the locator points behind", kLocator + 8, kWide + 1, 8, kElsewhere},
      {"no signature", kWide, 0, 4, kSomethingElse},
      {"a longer record", kWide + 4, 45, 8, kSomethingElse},
      {"the record's disk", kLocator + 4, 1, 4, kSplit},
      {"no disks", kLocator + 16, 0, 4, kSplit},
      {"two disks", kLocator + 16, 2, 4, kSplit},
      {"this disk", kWide + 16, 1, 4, kSplit},
      {"the directory's disk", kWide + 20, 1, 4, kSplit},
      {"entries on this disk", kWide + 24, 2, 8, kSplit},
      {"a newer version", kWide + 14, 99, 2, "expected version needed at most"},
      {"the entries themselves", kEnd + 8, 0x00010001, 4, ""},
      {"other entries", kEnd + 8, 0x00020002, 4, kAnother},
      {"the size itself", kEnd + 12, 46, 4, ""},
      {"another size", kEnd + 12, 47, 4, kAnother},
      {"the offset itself", kEnd + 16, 0, 4, ""},
      {"another offset", kEnd + 16, 1, 4, kAnother},
  };
  check(wide_file(), rows);
}

TEST(EndRecordConditions, AMarkAsksForZip64) {
  std::string plain = wide_file();
  plain.erase(kWide, 56 + 20);
  plain.replace(kWide + 8, 12, number(1, 2) + number(1, 2) + number(46, 4) + number(0, 4));
  ASSERT_EQ(said_of(plain), "");
  constexpr std::string_view kNone = "expected a zip64 record, as a field holds its mark, found none";
  constexpr std::string_view kSplit = "expected a single disk, found disk numbers of a split archive";
  const Row rows[] = {
      {"entries", kWide + 8, kMark32, 4, kNone},
      {"the size", kWide + 12, kMark32, 4, kNone},
      {"the offset", kWide + 16, kMark32, 4, kNone},
      {"this disk", kWide + 4, 1, 2, kSplit},
      {"the directory's disk", kWide + 6, 1, 2, kSplit},
      {"entries on this disk", kWide + 8, 2, 2, kSplit},
      {"a comment that is not there", kWide + 20, 1, 2, "expected a comment of 1 bytes, found 0 in the file"},
  };
  check(plain, rows);
  EXPECT_EQ(said_of(plain + "x"), "");
  std::string with_comment = plain + "x";
  with_comment.replace(kWide + 20, 2, number(1, 2));
  EXPECT_EQ(said_of(with_comment), "");
  EXPECT_EQ(said_of(with_comment + "y"), "expected the file to end with its comment, found 1 more bytes");
}

// The first of two end records, whose comment the second would be.
TEST(EndRecordConditions, AnEarlierRecordThatCouldBeReadIsRefused) {
  std::string plain = wide_file();
  plain.erase(kWide, 56 + 20);
  plain.replace(kWide + 8, 12, number(1, 2) + number(1, 2) + number(46, 4) + number(0, 4));
  const auto earlier = [](std::size_t entries, std::size_t size, std::size_t offset, std::size_t comment) {
    return "PK\5\6" + number(0, 4) + number(entries, 2) + number(entries, 2) + number(size, 4) + number(offset, 4) +
           number(comment, 2);
  };
  constexpr std::size_t kRest = 46 + 22;
  // Behind the entry of the file's own directory, which is then at 22 + 46 + ...: the directory of the end record
  // stays.
  const auto with = [&](const std::string& record) {
    std::string file = plain.substr(0, kWide) + record + plain.substr(0, kWide) + plain.substr(kWide);
    const std::size_t end = file.size() - 22;
    file.replace(end + 16, 4, number(kWide + record.size(), 4));
    return file;
  };
  struct Case {
    std::string_view what;
    std::string record;
    bool refused;
  };
  const Case cases[] = {
      {"a directory that is there", earlier(1, 46, 0, 0), true},
      {"a directory of another size", earlier(1, 45, 0, 0), false},
      {"a directory that reaches into the record", earlier(1, 47, 0, 0), false},
      {"a directory without its signature", earlier(1, 46, 1, 0), false},
      {"a comment past the end", earlier(1, 46, 0, kRest + 1), false},
      {"an empty archive whose comment is all the rest", earlier(0, 0, 0, kRest), true},
      {"an empty archive with a shorter comment", earlier(0, 0, 0, kRest - 1), false},
      {"no entries in a directory", earlier(0, 1, 0, kRest), false},
      {"entries without a directory", earlier(1, 0, 0, kRest), false},
  };
  for (const auto& [what, record, refused] : cases) {
    const std::string said = said_of(with(record));
    EXPECT_EQ(said, refused ? "expected one, at " + std::to_string(46 + 22 + 46) + ", found a second at 46" : "")
        << what;
  }
}

}  // namespace
}  // namespace revive::zip
