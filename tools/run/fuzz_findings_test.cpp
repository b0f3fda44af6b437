#include "revive/tools/run/fuzz_findings.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "revive/properties/testing/folder_test.h"

namespace revive::tools {
namespace {

using properties::read_text;
using properties::write_text;
using testing::ElementsAre;

class Findings : public properties::FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    ASSERT_TRUE(findings().make_folders());
  }
  FuzzFindings findings() const { return {in_folder("corpus"), "target"}; }
  bool has(const std::string& name) const { return std::filesystem::exists(in_folder(name)); }
  std::string found(const std::string& name) const { return in_folder("corpus/found/target/" + name); }
  // The first digits of the digest of "large".
  static constexpr const char* kLarge = "crash-d35c416a85b8";
};

TEST_F(Findings, HaveTheirFolders) {
  for (const char* const folder : {"run/target", "run/target.artifacts", "run/target.logs", "found/target"}) {
    EXPECT_TRUE(std::filesystem::is_directory(in_folder("corpus/") + folder)) << folder;
  }
  EXPECT_EQ(findings().inputs(), in_folder("corpus/run/target"));
  EXPECT_EQ(findings().folder(), in_folder("corpus/found/target"));
  EXPECT_EQ(findings().beside_inputs(".lock"), in_folder("corpus/run/target.lock"));
  EXPECT_EQ(findings().log_of(found("crash-1")), in_folder("corpus/run/target.logs/crash-1.log"));
  write_text(in_folder("file"), "");
  const Status status = FuzzFindings(in_folder("file"), "target").make_folders();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::file_unwritable);
  EXPECT_THAT(status.error().text(), testing::HasSubstr("run/target: cannot make the folder: "));
}

TEST_F(Findings, AreKnownByTheirNames) {
  EXPECT_EQ(kind_of_artifact("a/b/crash-1"), "crash");
  EXPECT_EQ(kind_of_artifact("timeout-1"), "timeout");
  EXPECT_EQ(kind_of_artifact("oom-1"), "oom");
  EXPECT_EQ(kind_of_artifact("leak-1"), "leak");
  for (const char* const name : {"slow-unit-1", "crash", "crashes-1", "a-crash-1", "crash-1/unit", ""}) {
    EXPECT_EQ(kind_of_artifact(name), std::nullopt) << name;
  }
  EXPECT_TRUE(FuzzFindings::is_raw("a/crash-0123456789ab"));
  EXPECT_TRUE(FuzzFindings::is_raw("timeout-cdef01234567"));
  for (const char* const name : {"crash-0123456789a", "crash-0123456789abc", "crash-0123456789ag", "crash-readme-89ab",
                                 "a-0123456789ab", "crash_0123456789ab"}) {
    EXPECT_FALSE(FuzzFindings::is_raw(name)) << name;
  }
}

TEST_F(Findings, AreListedInTheOrderOfTheirPaths) {
  std::filesystem::create_directories(in_folder("corpus/run/target.artifacts/1/crash-folder"));
  std::filesystem::create_directories(in_folder("corpus/run/target.artifacts/0"));
  write_text(in_folder("corpus/run/target.artifacts/1/crash-a"), "a");
  write_text(in_folder("corpus/run/target.artifacts/0/oom-b"), "b");
  write_text(in_folder("corpus/run/target.artifacts/0/notes"), "n");
  write_text(found("leak-c"), "c");
  std::vector<std::string> many;
  for (int i = 0; i < 40; ++i)
    many.push_back(in_folder("corpus/run/target.artifacts/2/crash-" + std::to_string(i * 7919)));
  std::filesystem::create_directories(in_folder("corpus/run/target.artifacts/2"));
  for (const std::string& path : many) write_text(path, "");
  std::ranges::sort(many);
  many.insert(many.begin(),
              {in_folder("corpus/run/target.artifacts/0/oom-b"), in_folder("corpus/run/target.artifacts/1/crash-a")});
  EXPECT_THAT(findings().artifacts(), testing::ElementsAreArray(many));
  EXPECT_THAT(findings().stored(), ElementsAre(found("leak-c")));
}

TEST_F(Findings, AreStoredUnderTheNameOfTheirContent) {
  write_text(in_folder("artifact"), "large");
  const auto path = findings().store(in_folder("artifact"), "crash");
  ASSERT_TRUE(path) << path.error().text();
  EXPECT_EQ(*path, found(kLarge));
  EXPECT_EQ(read_text(*path), "large");
  EXPECT_FALSE(has("artifact"));
  EXPECT_TRUE(FuzzFindings::is_raw(*path));
  const auto nowhere = findings().store(in_folder("nowhere"), "crash");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::file_unreadable);
}

TEST_F(Findings, OfTwoInputsOfABugTheSmallerStays) {
  const auto name = [&](const std::string& file, const std::string& content) {
    write_text(found(file), content);
    const auto path = findings().name_after(found(file), "crash-bug-1");
    EXPECT_TRUE(path && *path == found("crash-bug-1"));
    return read_text(found("crash-bug-1"));
  };
  EXPECT_EQ(name("crash-a", "four"), "four");
  EXPECT_EQ(name("crash-b", "large"), "four");
  EXPECT_EQ(name("crash-c", "same"), "four") << "as large as the one that is there";
  EXPECT_EQ(name("crash-d", "two"), "two");
  EXPECT_EQ(name("crash-bug-1", "of that name"), "of that name");
  EXPECT_THAT(findings().stored(), ElementsAre(found("crash-bug-1")));
}

TEST_F(Findings, ThatAreMendedAreInputs) {
  write_text(found("crash-bug-1"), "large");
  const auto path = findings().retire(found("crash-bug-1"));
  ASSERT_TRUE(path) << path.error().text();
  EXPECT_EQ(*path, in_folder("corpus/run/target/") + "mended" + std::string(kLarge).substr(5));
  EXPECT_EQ(read_text(*path), "large");
  EXPECT_THAT(findings().stored(), ElementsAre());
}

TEST_F(Findings, ThatCannotBeMovedStayWhereTheyAre) {
  write_text(in_folder("artifact"), "large");
  // A folder of that name, with something in it.
  std::filesystem::create_directories(found(kLarge) + "/full");
  const auto path = findings().store(in_folder("artifact"), "crash");
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, ErrorCode::file_unwritable);
  EXPECT_THAT(path.error().text(), testing::StartsWith(found(kLarge) + ": cannot move or remove: "));
  EXPECT_EQ(read_text(in_folder("artifact")), "large");
  const auto removed = findings().name_after(found(kLarge), "crash-bug-1");
  EXPECT_FALSE(removed) << "nor is what cannot be removed";
  EXPECT_TRUE(std::filesystem::exists(found(kLarge)));
}

// What is on another disk is copied, and complete before it has its name.
TEST_F(Findings, AreMovedFromAnotherDisk) {
  struct stat here{};
  struct stat there{};
  if (stat(in_folder("").c_str(), &here) != 0 || stat("/dev/shm", &there) != 0 || here.st_dev == there.st_dev) {
    GTEST_SKIP() << "there is no other disk";
  }
  const std::string other = "/dev/shm/revive_findings_test";
  std::filesystem::create_directories(other);
  write_text(other + "/artifact", "large");
  std::filesystem::create_directories(found(kLarge) + ".unfinished/full");
  EXPECT_FALSE(findings().store(other + "/artifact", "crash"));
  EXPECT_EQ(read_text(other + "/artifact"), "large");
  std::filesystem::remove_all(found(kLarge) + ".unfinished");
  const auto path = findings().store(other + "/artifact", "crash");
  EXPECT_TRUE(path && read_text(*path) == "large");
  EXPECT_FALSE(std::filesystem::exists(other + "/artifact"));
  EXPECT_FALSE(std::filesystem::exists(found(kLarge) + ".unfinished"));
  std::filesystem::remove_all(other);
}

TEST_F(Findings, AreNotedOnceTheyWereMadeSmaller) {
  EXPECT_FALSE(findings().was_minimized(found("crash-a")));
  ASSERT_TRUE(findings().note_minimized(found("crash-a")));
  ASSERT_TRUE(findings().note_minimized(found("crash-b")));
  ASSERT_TRUE(findings().note_minimized(in_folder("elsewhere/crash-a")));
  EXPECT_TRUE(findings().was_minimized(found("crash-a")));
  EXPECT_TRUE(findings().was_minimized(found("crash-b")));
  EXPECT_FALSE(findings().was_minimized(found("crash")));
  EXPECT_EQ(read_text(in_folder("corpus/run/target.minimized")), "crash-a\ncrash-b\n");
  const std::string list = in_folder("corpus/run/target.minimized");
  std::filesystem::remove(list);
  std::filesystem::create_directories(list);
  const Status status = findings().note_minimized(found("crash-c"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().text(), list + ": cannot write");
}

}  // namespace
}  // namespace revive::tools
