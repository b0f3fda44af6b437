// What other zip writers than Keras' add: accepted where it cannot change the reading, refused where it can.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/zip/zip_builder.h"
#include "revive/serializer/zip/zip_layout.h"

namespace revive {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using zip::bytes_of;
using zip::small_zip;
using zip::zip_entry;
using zip::ZipBuilder;
using zip::ZipEntry;
using zip::ZipHeader;

constexpr std::uint32_t kMark = 0xFFFFFFFF;

std::string number(std::uint64_t value, int width) {
  std::string bytes;
  ZipBuilder::put(value, width, bytes);
  return bytes;
}

std::string extra_field(std::uint32_t id, const std::string& data) {
  return number(id, 2) + number(data.size(), 2) + data;
}

// A member whose local header leaves CRC and sizes to a descriptor of `width` bytes a size.
ZipEntry streamed(std::string name, const std::string& data, int width, bool signature) {
  ZipEntry entry = zip_entry(std::move(name), data);
  entry.data += (signature ? "PK\7\10" : "") + number(entry.central.crc, 4) + number(data.size(), width) +
                number(data.size(), width);
  entry.local.crc = entry.local.size = entry.local.stored_size = 0;
  entry.change([](ZipHeader& header) { header.flags = 8; });
  return entry;
}

// A member whose sizes stand in zip64's extra fields.
ZipEntry wide(std::string name, const std::string& data) {
  ZipEntry entry = zip_entry(std::move(name), data);
  entry.change([&](ZipHeader& header) {
    header.version = 45;
    header.size = header.stored_size = kMark;
    header.extra = extra_field(1, number(data.size(), 8) + number(data.size(), 8));
  });
  return entry;
}

struct Zip64End {
  std::uint64_t entries;
  std::uint64_t directory_size;
  std::uint64_t directory_offset;
};

// Where the directory is, as ZipBuilder writes it: what zip64's record has to repeat.
Zip64End right_end(const ZipBuilder& zip) {
  ZipBuilder plain = zip;
  plain.after_directory.clear();
  const std::string file = plain.build();
  const std::size_t directory = file.find("PK\1\2");
  return {zip.entries.size(), file.rfind("PK\5\6") - directory, directory};
}

void add_zip64_end(ZipBuilder& zip, const Zip64End& end, std::uint64_t size_behind_itself = 44) {
  const Zip64End right = right_end(zip);
  zip.after_directory = "PK\6\6" + number(size_behind_itself, 8) + number(45, 2) + number(45, 2) + number(0, 8) +
                        number(end.entries, 8) + number(end.entries, 8) + number(end.directory_size, 8) +
                        number(end.directory_offset, 8) + "PK\6\7" + number(0, 4) +
                        number(right.directory_offset + right.directory_size, 8) + number(1, 4);
}

struct Addition {
  std::string name;
  std::function<void(ZipBuilder&)> add;
  std::string remark;
};

void PrintTo(const Addition& addition, std::ostream* out) {
  *out << addition.name;
}

class ZipLayoutAccepts : public ::testing::TestWithParam<Addition> {};

TEST_P(ZipLayoutAccepts, AndRemarksOn) {
  ZipBuilder zip = small_zip();
  GetParam().add(zip);
  const std::string file = zip.build();
  const auto layout = check_zip_layout(bytes_of(file), {});
  ASSERT_TRUE(layout) << layout.error().text();
  EXPECT_THAT(layout->remarks, ElementsAre(GetParam().remark));
  for (const ZipMember& member : layout->members) {
    if (member.name != "model.weights.h5") continue;
    EXPECT_EQ(file.substr(member.data_offset, member.size), "weights");
  }
}

constexpr auto kName = [](const auto& test) { return test.param.name; };

INSTANTIATE_TEST_SUITE_P(
    , ZipLayoutAccepts,
    ::testing::Values(
        Addition{"ExtraFieldsThatDiffer",
                 [](ZipBuilder& zip) {
                   zip.entries[0].local.extra = extra_field(0x5455, "\3abcdefgh");
                   zip.entries[0].central.extra = extra_field(0x5455, "\3abcd");
                 },
                 "extra fields in 2 headers"},
        Addition{"TheSameNameInUnicode",
                 [](ZipBuilder& zip) {
                   zip.entries[0].central.extra = extra_field(0x7075, std::string("\1\0\0\0\0config.json", 16));
                 },
                 "extra fields in 1 header"},
        Addition{"LevelOfCompression",
                 [](ZipBuilder& zip) { zip.entries[0].change([](ZipHeader& header) { header.flags = 2; }); },
                 "how hard DEFLATE tried at 1 member"},
        Addition{"Descriptor",
                 [](ZipBuilder& zip) { zip.entries[1] = streamed("model.weights.h5", "weights", 4, true); },
                 "data descriptors behind 1 member"},
        Addition{"DescriptorWithoutSignature",
                 [](ZipBuilder& zip) { zip.entries[0] = streamed("config.json", "{}", 4, false); },
                 "data descriptors behind 1 member"},
        Addition{"WideDescriptor", [](ZipBuilder& zip) { zip.entries[0] = streamed("config.json", "{}", 8, true); },
                 "data descriptors behind 1 member"},
        Addition{"WideDescriptorWithoutSignature",
                 [](ZipBuilder& zip) { zip.entries[1] = streamed("model.weights.h5", "weights", 8, false); },
                 "data descriptors behind 1 member"},
        Addition{"DescriptorThoughTheHeaderKnows",
                 [](ZipBuilder& zip) {
                   zip.entries[1] = streamed("model.weights.h5", "weights", 4, true);
                   zip.entries[1].local = zip.entries[1].central;
                 },
                 "data descriptors behind 1 member"},
        Addition{"DescriptorThoughTheHeaderKnowsTheSize",
                 [](ZipBuilder& zip) {
                   zip.entries[1] = streamed("model.weights.h5", "weights", 4, true);
                   zip.entries[1].local.size = 7;
                 },
                 "data descriptors behind 1 member"},
        Addition{"Zip64End", [](ZipBuilder& zip) { add_zip64_end(zip, right_end(zip)); }, "a zip64 end record"},
        Addition{"Zip64EndWithMarks",
                 [](ZipBuilder& zip) {
                   add_zip64_end(zip, right_end(zip));
                   zip.entry_count = zip.disk_entry_count = 0xFFFF;
                   zip.directory_size = zip.directory_offset = kMark;
                 },
                 "a zip64 end record"},
        Addition{"Comment", [](ZipBuilder& zip) { zip.comment = "hello"; }, "an archive comment of 5 bytes"},
        Addition{"LongestComment", [](ZipBuilder& zip) { zip.comment = std::string(65535, 'c'); },
                 "an archive comment of 65535 bytes"},
        Addition{"BytesBehind", [](ZipBuilder& zip) { zip.suffix = "\n"; }, "1 byte behind the end record"},
        Addition{"MostBytesBehind", [](ZipBuilder& zip) { zip.suffix = std::string(65535, 's'); },
                 "65535 bytes behind the end record"}),
    kName);

TEST(ZipLayout, TakesSizesAndOffsetsFromZip64) {
  ZipBuilder zip = small_zip();
  zip.entries[1] = wide("model.weights.h5", "weights");
  const auto offset = static_cast<std::uint32_t>(zip.build().find("PK\3\4", 1));
  zip.entries[1].offset = kMark;
  zip.entries[1].central.extra = extra_field(1, number(7, 8) + number(7, 8) + number(offset, 8));
  const auto layout = check_zip_layout(bytes_of(zip.build()), {});
  ASSERT_TRUE(layout) << layout.error().text();
  EXPECT_EQ(layout->members[1].size, 7u);
  EXPECT_EQ(layout->members[1].header_offset, offset);
  EXPECT_THAT(layout->remarks, ElementsAre("extra fields in 2 headers", "zip64 sizes in 2 headers"));
}

TEST(ZipLayout, TellsFilesFromFoldersAndWhatTheFinderLeaves) {
  ZipBuilder zip = small_zip();
  zip.entries.push_back(zip_entry("assets/", ""));
  zip.entries.back().external = 040755u << 16;
  zip.entries.push_back(zip_entry("__MACOSX/._config.json", "attributes"));
  zip.entries.push_back(zip_entry("assets/.DS_Store", "order"));
  zip.entries.push_back(zip_entry("assets/a.DS_Store", "a file"));
  const auto layout = check_zip_layout(bytes_of(zip.build()), {});
  ASSERT_TRUE(layout) << layout.error().text();
  using enum ZipEntryKind;
  std::vector<ZipEntryKind> kinds;
  for (const ZipMember& member : layout->members) kinds.push_back(member.kind);
  EXPECT_THAT(kinds, ElementsAre(file, file, folder, finder, finder, file));
  EXPECT_THAT(layout->remarks, IsEmpty());
}

struct Contradiction {
  std::string name;
  std::function<void(ZipBuilder&)> add;
  std::string message;
};

void PrintTo(const Contradiction& contradiction, std::ostream* out) {
  *out << contradiction.name;
}

// As long as the marks are: no file of the tests is.
TEST(ZipLayoutSizes, MembersStayBelowFourGibibytes) {
  for (const auto& [size, stored] :
       {std::pair<std::uint64_t, std::uint64_t>{kMark, 7}, {7, kMark}, {std::uint64_t{kMark} + 1, 7}}) {
    ZipBuilder zip = small_zip();
    zip.entries[1] = wide("model.weights.h5", "weights");
    zip.entries[1].central.extra = extra_field(1, number(size, 8) + number(stored, 8));
    const auto layout = check_zip_layout(bytes_of(zip.build()), {});
    ASSERT_FALSE(layout);
    EXPECT_EQ(layout.error().text(),
              "model.weights.h5: expected a member under 4 GiB, found a larger one; if you trust where it comes from, "
              "unpack it and zip its members again");
  }
}

class ZipLayoutDoubts : public ::testing::TestWithParam<Contradiction> {};

TEST_P(ZipLayoutDoubts, WhatCanBeReadInTwoWays) {
  ZipBuilder zip = small_zip();
  GetParam().add(zip);
  const auto layout = check_zip_layout(bytes_of(zip.build()), {});
  ASSERT_FALSE(layout);
  EXPECT_THAT(layout.error().text(), HasSubstr(GetParam().message));
  expect_recorded("serializer/sentences.txt", layout.error().text());
  EXPECT_THAT(layout.error().text(), HasSubstr("unpack it and zip its members again"));
}

INSTANTIATE_TEST_SUITE_P(
    , ZipLayoutDoubts,
    ::testing::Values(
        Contradiction{"AnotherNameInUnicode",
                      [](ZipBuilder& zip) {
                        zip.entries[0].central.extra = extra_field(0x7075, std::string("\1\0\0\0\0config.jsom", 16));
                      },
                      "the name in the extra field"},
        Contradiction{
            "AnotherNameInTheLocalUnicode",
            [](ZipBuilder& zip) { zip.entries[0].local.extra = extra_field(0x7075, std::string("\1\0\0\0\0", 5)); },
            "the name in the extra field"},
        Contradiction{"DescriptorOfAnotherCrc",
                      [](ZipBuilder& zip) {
                        zip.entries[1] = streamed("model.weights.h5", "weights", 4, false);
                        ++zip.entries[1].data[7];
                      },
                      "the CRC of the data descriptor"},
        Contradiction{"DescriptorOfAnotherSize",
                      [](ZipBuilder& zip) {
                        zip.entries[1] = streamed("model.weights.h5", "weights", 8, true);
                        ++zip.entries[1].data[7 + 16];
                      },
                      "the size of the data descriptor"},
        Contradiction{"DescriptorWithAnotherSignature",
                      [](ZipBuilder& zip) {
                        zip.entries[1] = streamed("model.weights.h5", "weights", 4, true);
                        ++zip.entries[1].data[7];
                      },
                      "expected a data descriptor"},
        Contradiction{"DescriptorAndAGap",
                      [](ZipBuilder& zip) {
                        zip.entries[0] = streamed("config.json", "{}", 4, true);
                        zip.entries[1].before = "j";
                      },
                      "expected a data descriptor"},
        Contradiction{"DescriptorWithoutTheFlag",
                      [](ZipBuilder& zip) {
                        zip.entries[0] = streamed("config.json", "{}", 4, true);
                        zip.entries[0].change([](ZipHeader& header) { header.flags = 0; });
                      },
                      "the CRC of the local header"},
        Contradiction{"DescriptorAndAPage",
                      [](ZipBuilder& zip) {
                        zip.entries[0] = streamed("config.json", "{}", 4, true);
                        zip.entries[1].before = std::string(4096, 'j');
                      },
                      "expected a data descriptor"},
        Contradiction{"AnotherCrcThanTheDescriptor",
                      [](ZipBuilder& zip) {
                        zip.entries[0] = streamed("config.json", "{}", 4, true);
                        zip.entries[0].local.crc = 3;
                      },
                      "the CRC of the local header"},
        Contradiction{"DescriptorBeforeAMemberBehindTheDirectory",
                      [](ZipBuilder& zip) {
                        zip.entries[0] = streamed("config.json", "{}", 4, true);
                        zip.entries[1].offset = 1U << 20;
                      },
                      "where the member before it ends, found 1048576 (a gap)"},
        Contradiction{"AnotherSizeThanTheDescriptor",
                      [](ZipBuilder& zip) {
                        zip.entries[0] = streamed("config.json", "{}", 4, true);
                        zip.entries[0].local.size = 3;
                      },
                      "the size of the local header"},
        Contradiction{"Zip64SizeThatDiffers",
                      [](ZipBuilder& zip) {
                        zip.entries[1] = wide("model.weights.h5", "weights");
                        zip.entries[1].local.extra = extra_field(1, number(7, 8) + number(6, 8));
                      },
                      "the stored size of the local header"},
        Contradiction{"Zip64SizeUnasked",
                      [](ZipBuilder& zip) {
                        zip.entries[1] = wide("model.weights.h5", "weights");
                        zip.entries[1].central.size = zip.entries[1].central.stored_size = 7;
                      },
                      "to hold what is marked, in 0 bytes, found 16"},
        Contradiction{"Zip64SizeMissing",
                      [](ZipBuilder& zip) {
                        zip.entries[1] = wide("model.weights.h5", "weights");
                        zip.entries[1].central.extra = extra_field(1, number(7, 8));
                      },
                      "to say what a marked size or offset is"},
        Contradiction{"Zip64Twice",
                      [](ZipBuilder& zip) {
                        zip.entries[1] = wide("model.weights.h5", "weights");
                        zip.entries[1].central.extra += zip.entries[1].central.extra;
                      },
                      "once, found it twice"},
        Contradiction{"Zip64EndOfOtherEntries",
                      [](ZipBuilder& zip) {
                        Zip64End end = right_end(zip);
                        ++end.entries;
                        add_zip64_end(zip, end);
                      },
                      "found another directory"},
        Contradiction{"Zip64EndOfAnotherDirectory",
                      [](ZipBuilder& zip) {
                        Zip64End end = right_end(zip);
                        end.directory_offset -= 1;
                        end.directory_size += 1;
                        add_zip64_end(zip, end);
                        zip.directory_size = zip.directory_offset = kMark;
                      },
                      "central header"},
        Contradiction{"Zip64EndThatIsLonger", [](ZipBuilder& zip) { add_zip64_end(zip, right_end(zip), 45); },
                      "something else"},
        Contradiction{"Zip64EndElsewhere",
                      [](ZipBuilder& zip) {
                        add_zip64_end(zip, right_end(zip));
                        zip.after_directory.insert(0, "j");
                      },
                      "the locator points elsewhere"},
        Contradiction{"CommentWithASignature", [](ZipBuilder& zip) { zip.comment = "x PK\5\6"; }, "no other signature"},
        Contradiction{"SignatureBehind", [](ZipBuilder& zip) { zip.suffix = "PK\5\6"; }, "no other signature"},
        Contradiction{"FolderNamedLikeAFile",
                      [](ZipBuilder& zip) { zip.entries.push_back(zip_entry("Config.json/", "")); }, "found it twice"},
        Contradiction{"FolderThatIsALink",
                      [](ZipBuilder& zip) {
                        zip.entries.push_back(zip_entry("assets/", ""));
                        zip.entries.back().external = 0120777u << 16;
                      },
                      "expected a folder"}),
    kName);

}  // namespace
}  // namespace revive
