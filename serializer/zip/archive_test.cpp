#include "revive/serializer/zip/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zip.h>

#include <thread>

#include "revive/serializer/io/file.h"
#include "revive/serializer/zip/zip_builder.h"
#include "revive/serializer/zip/zip_layout.h"

namespace revive {
namespace {

using ::testing::HasSubstr;
using zip::bytes_of;
using zip::deflated_entry;
using zip::small_zip;
using zip::text_of;
using zip::zip_entry;
using zip::ZipBuilder;
using zip::ZipHeader;

const std::vector<ArchiveMember>& small_members() {
  static const std::vector<ArchiveMember> members = {
      {"metadata.json", bytes_of(R"({"keras_version": "3.15.1"})")},
      {"config.json", bytes_of(R"({"class_name": "Sequential"})")},
      {"model.weights.h5", bytes_of("weights")},
      {"assets/layers/lookup/vocabulary.txt", bytes_of("one\ntwo")},
  };
  return members;
}

std::string written(std::span<const ArchiveMember> members) {
  const auto bytes = write_archive(members);
  EXPECT_TRUE(bytes) << bytes.error().text();
  return bytes ? std::string(text_of(bytes->bytes())) : "";
}

ErrorCode refusal(const std::string& file, const Limits& limits = {}) {
  const auto archive = read_archive(bytes_of(file), limits);
  EXPECT_FALSE(archive);
  return archive ? ErrorCode::usage : archive.error().code;
}

// Whether two archives hold the same members, in any order.
bool same_members(const Archive& a, const Archive& b) {
  if (a.members().size() != b.members().size()) return false;
  return std::ranges::all_of(a.members(), [&](const ArchiveMember& member) {
    const ArchiveMember* other = b.find(member.name);
    return other != nullptr && text_of(member.bytes) == text_of(other->bytes);
  });
}

TEST(Archive, WhatIsWrittenIsReadBack) {
  const std::string file = written(small_members());
  const auto archive = read_archive(bytes_of(file), {});
  ASSERT_TRUE(archive) << archive.error().text();
  ASSERT_EQ(archive->members().size(), small_members().size());
  for (std::size_t i = 0; i < small_members().size(); ++i) {
    EXPECT_EQ(archive->members()[i].name, small_members()[i].name);
    EXPECT_EQ(text_of(archive->members()[i].bytes), text_of(small_members()[i].bytes));
  }
  EXPECT_EQ(archive->find("assets"), nullptr);
  EXPECT_EQ(text_of(archive->find("model.weights.h5")->bytes), "weights");
}

TEST(Archive, StoredMembersAreViewsOfTheFile) {
  const std::string file = written(small_members());
  const auto archive = read_archive(bytes_of(file), {});
  ASSERT_TRUE(archive) << archive.error().text();
  const auto* begin = reinterpret_cast<const std::byte*>(file.data());
  for (const ArchiveMember& member : archive->members()) {
    EXPECT_GE(member.bytes.data(), begin);
    EXPECT_LE(member.bytes.data() + member.bytes.size(), begin + file.size());
  }
}

TEST(Archive, WritingIsAPureFunctionWithTheDateOf1980) {
  const std::string file = written(small_members());
  EXPECT_EQ(file, written(small_members()));
  EXPECT_EQ(file.substr(10, 4), std::string("\0\0\x21\0", 4));
  const auto envelope = check_zip_layout(bytes_of(file), {});
  ASSERT_TRUE(envelope) << envelope.error().text();
  for (const ZipMember& member : envelope->members) EXPECT_EQ(member.method, ZipMethod::stored);
  // A file of Unix that its owner reads and writes, in every entry of the directory, as Python's zipfile writes.
  int entries = 0;
  for (std::size_t at = file.find("PK\1\2"); at != file.npos; at = file.find("PK\1\2", at + 1), ++entries) {
    EXPECT_EQ(file[at + 5], 3) << at;
    EXPECT_EQ(file.substr(at + 38, 4), std::string("\0\0\x80\x01", 4)) << at;
    EXPECT_EQ(file.substr(at + 12, 4), std::string("\0\0\x21\0", 4)) << at;
  }
  EXPECT_EQ(entries, 4);
}

TEST(Archive, WritingRefusesWhatReadingWould) {
  const auto code = [](std::vector<ArchiveMember> members) {
    const auto file = write_archive(members);
    return file ? ErrorCode::usage : file.error().code;
  };
  EXPECT_EQ(code({{"assets/../x", {}}}), ErrorCode::archive_member_name);
  EXPECT_EQ(code({{"config.json", {}}, {"config.json", {}}}), ErrorCode::archive_member_duplicate);
  EXPECT_EQ(code({{"config.json", {}}, {"CONFIG.json", {}}}), ErrorCode::archive_member_duplicate);
  const std::vector<ArchiveMember> twice = {{"a", {}}, {"config.json", {}}, {"config.json", {}}};
  EXPECT_EQ(write_archive(twice).error().text(), "config.json: expected each name once, found it twice");
}

TEST(Archive, NamesOutsideAsciiComeBack) {
  const std::string name = "assets/\xC3\xA9\xF0\x9F\x90\x8D";
  std::vector<ArchiveMember> members = small_members();
  members.push_back({name, bytes_of("x")});
  const std::string file = written(members);
  const auto archive = read_archive(bytes_of(file), {});
  ASSERT_TRUE(archive) << archive.error().text();
  EXPECT_NE(archive->find(name), nullptr);
}

// The stored members bypass libzip when they are read, so libzip must agree with what we saw.
TEST(Archive, LibzipReadsTheSameBytes) {
  const std::string file = written(small_members());
  zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, nullptr);
  zip_t* zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, nullptr);
  ASSERT_NE(zip, nullptr);
  for (const ArchiveMember& member : small_members()) {
    std::string content(member.bytes.size() + 1, '\0');
    zip_file_t* opened = zip_fopen(zip, member.name.c_str(), 0);
    ASSERT_NE(opened, nullptr) << member.name;
    const zip_int64_t count = zip_fread(opened, content.data(), content.size());
    EXPECT_EQ(content.substr(0, static_cast<std::size_t>(count)), text_of(member.bytes));
    zip_fclose(opened);
  }
  zip_discard(zip);
}

TEST(Archive, DeflatedMembersAreInflated) {
  const std::string config(30'000, ' ');
  ZipBuilder zip = small_zip();
  zip.entries[0] = deflated_entry("config.json", config);
  zip.entries.push_back(deflated_entry("assets/empty", ""));
  const std::string file = zip.build();
  const auto archive = read_archive(bytes_of(file), {});
  ASSERT_TRUE(archive) << archive.error().text();
  EXPECT_EQ(text_of(archive->find("config.json")->bytes), config);
  EXPECT_EQ(text_of(archive->find("model.weights.h5")->bytes), "weights");
  EXPECT_EQ(archive->find("assets/empty")->bytes.size(), 0u);
}

TEST(Archive, DeflatedDataMustMatchTheirHeader) {
  const auto refusal_after = [](auto change) {
    ZipBuilder zip = small_zip();
    zip.entries[0] = deflated_entry("config.json", std::string(1000, 'x') + "tail");
    change(zip.entries[0]);
    return refusal(zip.build());
  };
  const auto sized = [](std::uint32_t size) {
    return [size](zip::ZipEntry& entry) { entry.change([&](ZipHeader& header) { header.size = size; }); };
  };
  EXPECT_EQ(refusal_after(sized(1003)), ErrorCode::archive_inflate);
  EXPECT_EQ(refusal_after(sized(1005)), ErrorCode::archive_inflate);
  EXPECT_EQ(refusal_after(sized(0)), ErrorCode::archive_inflate);
  EXPECT_EQ(refusal_after([](zip::ZipEntry& entry) { entry.change([](ZipHeader& header) { ++header.crc; }); }),
            ErrorCode::archive_crc);
  EXPECT_EQ(refusal_after([](zip::ZipEntry& entry) { entry.data[0] = '\xFF'; }), ErrorCode::archive_inflate);
}

TEST(Archive, InflatingIsBoundedInBytes) {
  ZipBuilder zip = small_zip();
  zip.entries[0] = deflated_entry("config.json", std::string(1 << 20, ' '));
  const std::string file = zip.build();
  EXPECT_TRUE(read_archive(bytes_of(file), {}));
  EXPECT_TRUE(read_archive(bytes_of(file), {.inflated_bytes = 1 << 20}));
  EXPECT_EQ(refusal(file, {.inflated_bytes = (1 << 20) - 1}), ErrorCode::limit_exceeded);
}

TEST(Archive, ALargeFileMayInflateToMore) {
  ZipBuilder zip = small_zip();
  zip.entries[0] = deflated_entry("config.json", std::string(1 << 20, ' '));
  zip.entries[1] = zip_entry("model.weights.h5", std::string((1 << 20) / Limits::kInflatedBytesPerByte, 'w'));
  const std::string file = zip.build();
  EXPECT_TRUE(read_archive(bytes_of(file), {.inflated_bytes = 0}));
}

TEST(Archive, NothingStandsBehindTheEndOfADeflatedMember) {
  ZipBuilder zip = small_zip();
  zip.entries[0] = deflated_entry("config.json", std::string(1000, 'x'));
  zip.entries[0].data += '\0';
  zip.entries[0].change([](ZipHeader& header) { ++header.stored_size; });
  const std::string file = zip.build();
  const auto archive = read_archive(bytes_of(file), {});
  ASSERT_FALSE(archive);
  EXPECT_EQ(archive.error().code, ErrorCode::archive_ambiguous);
  EXPECT_EQ(archive.error().place, "config.json");
  EXPECT_THAT(archive.error().message, HasSubstr("found 1 bytes behind their end"));
}

TEST(Archive, ADeflatedMemberDoesNotEndEarly) {
  ZipBuilder zip = small_zip();
  zip.entries[0] = deflated_entry("config.json", std::string(1000, 'x') + "tail");
  zip.entries[0].data.pop_back();
  zip.entries[0].change([](ZipHeader& header) { --header.stored_size; });
  EXPECT_EQ(refusal(zip.build()), ErrorCode::archive_inflate);
}

TEST(Archive, InflatingIsBoundedForAllMembersTogether) {
  ZipBuilder zip = small_zip();
  Limits limits;
  limits.inflated_bytes = 189'999;
  for (int i = 0; i < 10; ++i) {
    zip.entries.push_back(deflated_entry("assets/" + std::to_string(i), std::string(19'000, ' ')));
  }
  const std::string file = zip.build();
  EXPECT_EQ(refusal(file, limits), ErrorCode::limit_exceeded);
  ++limits.inflated_bytes;
  EXPECT_TRUE(read_archive(bytes_of(file), limits));
}

TEST(Archive, WrongBytesOfAStoredMemberAreNamed) {
  ZipBuilder zip = small_zip();
  zip.entries[1].data[0] = 'W';
  const std::string file = zip.build();
  const auto archive = read_archive(bytes_of(file), {});
  ASSERT_FALSE(archive);
  EXPECT_EQ(archive.error().code, ErrorCode::archive_crc);
  EXPECT_EQ(archive.error().place, "model.weights.h5");
}

TEST(Archive, MembersAreThoseOfKeras) {
  const auto error_with = [](auto change) {
    ZipBuilder zip = small_zip();
    change(zip.entries);
    const std::string file = zip.build();
    const auto archive = read_archive(bytes_of(file), {});
    return archive ? Error{} : archive.error();
  };
  using Entries = std::vector<zip::ZipEntry>;
  const Error without_config = error_with([](Entries& entries) { entries.erase(entries.begin()); });
  EXPECT_EQ(without_config.code, ErrorCode::archive_member_missing);
  EXPECT_EQ(without_config.place, "config.json");
  const Error without_weights = error_with([](Entries& entries) { entries.pop_back(); });
  EXPECT_EQ(without_weights.code, ErrorCode::archive_member_missing);
  EXPECT_EQ(without_weights.place, "model.weights.h5");
  const Error extra = error_with([](Entries& entries) { entries.push_back(zip_entry("notes.txt", "")); });
  EXPECT_EQ(extra.code, ErrorCode::archive_member_unexpected);
  EXPECT_EQ(extra.place, "notes.txt");
  const Error npz = error_with([](Entries& entries) { entries[1] = zip_entry("model.weights.npz", ""); });
  EXPECT_EQ(npz.code, ErrorCode::archive_member_unexpected);
  EXPECT_THAT(npz.message, HasSubstr("NumPy"));
}

TEST(Archive, EveryTruncationIsRefused) {
  const std::string file = written(small_members());
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(read_archive(bytes_of(std::string_view(file).substr(0, size)), {})) << size;
  }
}

// A changed byte either is refused or stands where it means nothing to any reader of the members.
TEST(Archive, NoChangedByteChangesAMember) {
  std::string file = written(small_members());
  const std::string original = file;
  const auto before = read_archive(bytes_of(original), {});
  ASSERT_TRUE(before) << before.error().text();
  std::size_t accepted = 0;
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const unsigned flip : {0x01u, 0x20u, 0x80u, 0xFFu}) {
      file[at] = static_cast<char>(static_cast<unsigned char>(original[at]) ^ flip);
      if (const auto after = read_archive(bytes_of(file), {})) {
        ++accepted;
        EXPECT_TRUE(same_members(*before, *after)) << "byte " << at << " ^ " << flip;
      }
    }
    file[at] = original[at];
  }
  // Made-by version, internal and external attributes of each central header: 8 bytes at most.
  EXPECT_LE(accepted, small_members().size() * 8 * 4);
}

// libzip asks for the time zone under a lock of glibc, which a child could inherit held.
TEST(Archive, AChildForkedWhileOthersWriteWritesToo) {
  constexpr int kChildren = 400;
  constexpr unsigned kSeconds = 20;
  constexpr int kOthers = 3;
  // Made before others run: a child inherits a static that is half made as one that never will be.
  const auto& members = small_members();
  std::vector<std::jthread> others;
  for (int i = 0; i < kOthers; ++i) {
    others.emplace_back([&members](const std::stop_token& stop) {
      while (!stop.stop_requested()) (void)write_archive(members);
    });
  }
  for (int i = 0; i < kChildren; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::alarm(kSeconds);  // Ends a child that waits for ever.
      ::_exit(write_archive(members) ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0) << "child " << i << ", as waitpid() says it";
  }
}

// Most of what is no archive is long, and is judged before the rest of it is read.
TEST(ZipHead, TellsOfALongFileWhatTheWholeWouldTell) {
  const std::string_view starts[] = {"<!DOCTYPE html><html>",
                                     "\x80\4\x95 a pickle",
                                     "\x1f\x8b\x08 gzip",
                                     "Rar!\x1a\7",
                                     "\x93NUMPY\1",
                                     "{\"class_name\": 1",
                                     "Entry not found",
                                     "\x89HDF\r\n\x1a\n weights",
                                     "\x89HDF\r\n\x1a\n model_config"};
  for (const std::string_view start : starts) {
    const std::string file = std::string(start) + std::string(3 * kHeadBytes, 'x');
    const auto head = check_zip_head(zip::bytes_of(file).first(kHeadBytes));
    const auto whole = check_zip_layout(zip::bytes_of(file), {});
    ASSERT_FALSE(head) << start;
    ASSERT_FALSE(whole) << start;
    EXPECT_EQ(head.error().code, ErrorCode::archive_not_zip) << start;
    EXPECT_EQ(head.error().text(), whole.error().text());
  }
  EXPECT_TRUE(check_zip_head(zip::bytes_of("PK\3\4 and more")));
}

}  // namespace
}  // namespace revive
