#include "revive/properties/archive/archive_parts.h"

#include <gtest/gtest.h>

#include "revive/serializer/io/file.h"
#include "revive/serializer/keras_archive.h"
#include "revive/serializer/zip/archive.h"
#include "revive_build/source_dir.h"

namespace revive::properties {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

Buffer read_corpus(const std::string& name) {
  auto file = read_file(REVIVE_SOURCE_DIR "/corpus/keras/" + name + ".keras", {});
  EXPECT_TRUE(file) << name;
  return std::move(*file);
}

TEST(ArchiveParts, WhatWeSavedIsTheSameBytesOpenedAndSealed) {
  for (const char* name : {"dense", "names_in_unicode", "stack_everything"}) {
    const Buffer file = read_corpus(name);
    const auto model = load_bytes(file.bytes());
    ASSERT_TRUE(model) << name;
    const auto saved = save_bytes(*model);
    ASSERT_TRUE(saved) << name;
    const auto parts = open_archive(saved->bytes(), {});
    ASSERT_TRUE(parts) << name;
    const std::string sealed = repack_archive(*parts);
    EXPECT_TRUE(std::ranges::equal(bytes_of(sealed), saved->bytes())) << name;
  }
}

TEST(ArchiveParts, DeflatedMembersAndNamesOutsideAsciiComeBack) {
  auto parts = open_archive(read_corpus("dense").bytes(), {});
  ASSERT_TRUE(parts);
  const std::string stored = repack_archive(*parts);
  parts->find(kWeightsMember)->deflated = true;
  parts->parts.push_back({"assets/größe.txt", "text", false});
  const std::string sealed = repack_archive(*parts);
  EXPECT_LT(sealed.size(), stored.size());
  const auto again = open_archive(bytes_of(sealed), {});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->parts, parts->parts);
}

TEST(ArchiveParts, ChangedBytesAreSealedWithTheirCrc) {
  auto parts = open_archive(read_corpus("dense").bytes(), {});
  ASSERT_TRUE(parts);
  EXPECT_TRUE(read_json_part(*parts, kConfigMember, {}));
  parts->find(kConfigMember)->bytes = "not JSON";
  EXPECT_FALSE(read_json_part(*parts, kConfigMember, {}));
  const auto model = load_bytes(bytes_of(repack_archive(*parts)));
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::json_syntax);
}

TEST(ArchiveParts, WhatIsNoArchiveIsNotOpened) {
  EXPECT_FALSE(open_archive({}, {}));
  EXPECT_FALSE(open_archive(bytes_of("PK\3\4"), {}));
}

}  // namespace
}  // namespace revive::properties
