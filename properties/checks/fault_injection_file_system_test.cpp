// What a power cut may lose follows from the order of creating, writing, syncing, renaming and unlinking.
#include "revive/properties/checks/fault_injection_file_system.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace revive::properties {
namespace {

class Durability : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "revive-steps-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const char* name) const { return folder_ + '/' + name; }

  void write(const char* name, bool synced) {
    const auto file = files_.create(path(name), {});
    ASSERT_TRUE(file);
    const std::byte byte{};
    ASSERT_TRUE(files_.write(*file, std::span(&byte, 1)));
    if (synced) {
      ASSERT_FALSE(files_.sync(*file));
    }
    ASSERT_FALSE(files_.close(*file));
  }

  std::string lost() const { return files_.not_durable().value_or("nothing"); }

  std::string folder_;
  SteppedFileSystem files_{posix_file_system(), SIZE_MAX};
};

TEST(SteppedFileSystem, EachStepIsSaidByItsName) {
  const std::pair<Step, std::string_view> names[] = {{Step::resolve, "resolve"}, {Step::create, "create"},
                                                     {Step::write, "write"},     {Step::sync, "sync"},
                                                     {Step::close, "close"},     {Step::rename, "rename"},
                                                     {Step::unlink, "unlink"},   {Step::sync_folder, "sync_folder"}};
  for (const auto& [step, name] : names) EXPECT_EQ(name_of(step), name);
}

TEST_F(Durability, ANameNeedsItsFolderSyncedHoweverItCame) {
  write("new", true);
  EXPECT_EQ(lost(), "the folder is not synced, where the name stands");
  EXPECT_FALSE(files_.sync_folder(folder_));
  EXPECT_EQ(lost(), "nothing");
  EXPECT_FALSE(files_.rename(path("new"), path("other")));
  EXPECT_EQ(lost(), "the folder is not synced, where the name stands");
}

TEST_F(Durability, BytesAreSyncedBeforeTheyGetTheirName) {
  write("temporary", false);
  EXPECT_EQ(lost(), "the bytes of temporary are not synced");
  EXPECT_FALSE(files_.rename(path("temporary"), path("target")));
  EXPECT_FALSE(files_.sync_folder(folder_));
  EXPECT_EQ(lost(), "target gets its name before its bytes are synced");
}

TEST_F(Durability, WhatIsUnlinkedNeedsNoSync) {
  write("scratch", false);
  EXPECT_FALSE(files_.unlink(path("scratch")));
  EXPECT_FALSE(files_.sync_folder(folder_));
  EXPECT_EQ(lost(), "nothing");
}

TEST_F(Durability, ARenameThatFailedChangedNothing) {
  write("temporary", true);
  EXPECT_FALSE(files_.sync_folder(folder_));
  EXPECT_TRUE(files_.rename(path("temporary"), path("no such folder/target")));
  EXPECT_EQ(lost(), "nothing");
}

}  // namespace
}  // namespace revive::properties
