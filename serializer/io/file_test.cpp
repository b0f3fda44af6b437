#include "revive/serializer/io/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace revive {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// Files in memory that fail at the call whose number is `fail_at`, with `reason`.
class FakeFileSystem final : public FileSystem {
 public:
  struct File {
    std::string content;
    std::optional<FileSystem::Access> access;
  };
  std::map<std::string, File> files;
  std::size_t fail_at = 0;
  std::errc reason = std::errc::no_space_on_device;
  std::size_t longest_write = 4;
  std::vector<std::string> calls;
  int open_files = 0;

  IoResult<Target> resolve(const std::string& path) override {
    if (failing("resolve")) return std::unexpected(std::make_error_code(reason));
    const auto file = files.find(path);
    return Target{path, file == files.end() ? std::nullopt : file->second.access};
  }
  IoResult<int> create(const std::string& path, const std::optional<Access>& access) override {
    if (failing("create")) return std::unexpected(std::make_error_code(reason));
    if (files.contains(path)) return std::unexpected(std::make_error_code(std::errc::file_exists));
    files[path] = {"", access};
    open_ = path;
    ++open_files;
    return 7;
  }
  IoResult<std::size_t> write(int, std::span<const std::byte> bytes) override {
    if (failing("write")) return std::unexpected(std::make_error_code(reason));
    const std::size_t count = std::min(bytes.size(), longest_write);
    files[open_].content.append(reinterpret_cast<const char*>(bytes.data()), count);
    return count;
  }
  std::error_code sync(int) override { return outcome("sync"); }
  std::error_code close(int) override {
    --open_files;
    return outcome("close");
  }
  std::error_code rename(const std::string& from, const std::string& to) override {
    if (failing("rename")) return std::make_error_code(reason);
    files[to] = files.at(from);
    files.erase(from);
    return {};
  }
  std::error_code unlink(const std::string& path) override {
    files.erase(path);
    return {};
  }
  std::error_code sync_folder(const std::string& path) override {
    synced_folder = path;
    return outcome("sync_folder");
  }
  std::string synced_folder;

 private:
  bool failing(const std::string& call) {
    calls.push_back(call);
    return calls.size() == fail_at;
  }
  std::error_code outcome(const std::string& call) {
    return failing(call) ? std::make_error_code(reason) : std::error_code();
  }
  std::string open_;
};

TEST(WriteFileAtomically, TakesTheStepsInTheOrderThatSurvivesAPowerCut) {
  FakeFileSystem files;
  ASSERT_TRUE(write_file_atomically(files, "/models/a.keras", bytes_of("new bytes")));
  EXPECT_EQ(files.calls, (std::vector<std::string>{"resolve", "create", "write", "write", "write", "sync", "close",
                                                   "rename", "sync_folder"}));
  EXPECT_EQ(files.files.size(), 1u);
  EXPECT_EQ(files.files["/models/a.keras"].content, "new bytes");
  EXPECT_EQ(files.synced_folder, "/models");
}

TEST(WriteFileAtomically, AFailureAtAnyStepLeavesTheTargetAsItWas) {
  for (const bool existing : {false, true}) {
    FakeFileSystem whole;
    ASSERT_TRUE(write_file_atomically(whole, "/models/a.keras", bytes_of("new bytes")));
    for (std::size_t step = 1; step <= whole.calls.size(); ++step) {
      FakeFileSystem files;
      if (existing) files.files["/models/a.keras"] = {"old", FileSystem::Access{.mode = 0640}};
      files.fail_at = step;
      const Status status = write_file_atomically(files, "/models/a.keras", bytes_of("new bytes"));
      const std::string failed = whole.calls[step - 1];
      ASSERT_FALSE(status) << failed;
      EXPECT_EQ(status.error().code, ErrorCode::file_unwritable);
      EXPECT_EQ(status.error().place, "/models/a.keras");
      EXPECT_THAT(status.error().message, EndsWith(": No space left on device"));
      EXPECT_EQ(files.open_files, 0) << failed;
      if (failed == "sync_folder") {
        // The only step after the rename: the new file stands, whole, and the message says so.
        EXPECT_EQ(files.files["/models/a.keras"].content, "new bytes");
        EXPECT_THAT(status.error().message, HasSubstr("written, but"));
      } else {
        ASSERT_EQ(files.files.size(), existing ? 1u : 0u) << failed;
        if (existing) {
          EXPECT_EQ(files.files["/models/a.keras"].content, "old") << failed;
        }
      }
    }
  }
}

TEST(WriteFileAtomically, AnInterruptedWriteIsTakenUpAgain) {
  FakeFileSystem files;
  files.fail_at = 4;
  files.reason = std::errc::interrupted;
  ASSERT_TRUE(write_file_atomically(files, "a.keras", bytes_of("new bytes")));
  EXPECT_EQ(files.files["a.keras"].content, "new bytes");
  EXPECT_EQ(files.synced_folder, ".");
}

TEST(WriteFileAtomically, AWriteOfNothingIsAnError) {
  FakeFileSystem files;
  files.longest_write = 0;
  const Status status = write_file_atomically(files, "a.keras", bytes_of("new bytes"));
  ASSERT_FALSE(status);
  EXPECT_TRUE(files.files.empty());
}

TEST(WriteFileAtomically, PassesByLeftoversOfKilledWriters) {
  FakeFileSystem files;
  files.files["/m/.revive-0.tmp"] = {"half", {}};
  ASSERT_TRUE(write_file_atomically(files, "/m/a.keras", bytes_of("new")));
  EXPECT_EQ(files.files["/m/.revive-0.tmp"].content, "half");
  EXPECT_EQ(files.files["/m/a.keras"].content, "new");
}

TEST(WriteFileAtomically, VerifySeesTheWholeFileAndMayRefuseIt) {
  FakeFileSystem files;
  files.files["/m/a.keras"] = {"old", FileSystem::Access{.mode = 0600}};
  std::string seen;
  const auto refuse = [&](const std::string& temporary) -> Status {
    seen = files.files.at(temporary).content;
    EXPECT_EQ(files.open_files, 0);
    return fail(ErrorCode::verify_failed, "layer 3", "expected the same kernel");
  };
  const Status status = write_file_atomically(files, "/m/a.keras", bytes_of("new"), refuse);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::verify_failed);
  EXPECT_EQ(seen, "new");
  EXPECT_EQ(files.files.size(), 1u);
  EXPECT_EQ(files.files["/m/a.keras"].content, "old");
}

class PosixFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "revive-file-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(std::string_view name) const { return folder_ + "/" + std::string(name); }
  void put(std::string_view name, std::string_view content) const { std::ofstream(path(name)) << content; }
  std::string get(std::string_view name) const {
    const auto buffer = read_file(path(name), {});
    if (!buffer) return buffer.error().text();
    return {reinterpret_cast<const char*>(buffer->bytes().data()), buffer->size()};
  }
  unsigned mode(std::string_view name) const {
    struct stat info{};
    ::stat(path(name).c_str(), &info);
    return info.st_mode & 07777;
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }
  Status write(std::string_view name, std::string_view content) const {
    return write_file_atomically(posix_file_system(), path(name), bytes_of(content));
  }

  std::string folder_;
};

TEST_F(PosixFile, ANewFileGetsTheDefaultMode) {
  const mode_t before = ::umask(027);
  const Status status = write("a", std::string(100'000, 'x'));
  ::umask(before);
  ASSERT_TRUE(status) << status.error().text();
  EXPECT_EQ(get("a"), std::string(100'000, 'x'));
  EXPECT_EQ(mode("a"), 0640u);
  EXPECT_EQ(entries(), 1u);
}

TEST_F(PosixFile, AnExistingFileKeepsItsMode) {
  put("a", "old and longer");
  ::chmod(path("a").c_str(), 0666);
  const mode_t before = ::umask(077);
  const Status status = write("a", "new");
  ::umask(before);
  ASSERT_TRUE(status) << status.error().text();
  EXPECT_EQ(get("a"), "new");
  EXPECT_EQ(mode("a"), 0666u);
}

TEST_F(PosixFile, SetIdAndStickyBitsAreNotForNewContent) {
  put("a", "old");
  ASSERT_EQ(::chmod(path("a").c_str(), 07755), 0);
  ASSERT_TRUE(write("a", "new"));
  EXPECT_EQ(mode("a"), 0755u);
}

TEST_F(PosixFile, RootLeavesAFileToItsOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may give files away";
  put("a", "old");
  ASSERT_EQ(::chown(path("a").c_str(), 12345, 23456), 0);
  ASSERT_EQ(::chmod(path("a").c_str(), 04755), 0);
  ASSERT_TRUE(write("a", "new"));
  struct stat info{};
  ASSERT_EQ(::stat(path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_uid, 12345u);
  EXPECT_EQ(info.st_gid, 23456u);
  EXPECT_EQ(info.st_mode & 07777, 0755u);
}

// Somebody may write to another's file in a folder of their own, and cannot keep its group.
TEST_F(PosixFile, AGroupThatCannotStayGivesNobodyItsRights) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may become somebody else";
  ASSERT_EQ(::chmod(folder_.c_str(), 0777), 0);
  put("a", "old");
  ASSERT_EQ(::chown(path("a").c_str(), 12345, 23456), 0);
  ASSERT_EQ(::chmod(path("a").c_str(), 0666 | 0070), 0);
  put("b", "old");
  ASSERT_EQ(::chown(path("b").c_str(), 12345, 23456), 0);
  ASSERT_EQ(::chmod(path("b").c_str(), 0662), 0);
  ASSERT_EQ(::setegid(34567), 0);
  ASSERT_EQ(::seteuid(34567), 0);
  const Status first = write("a", "new");
  const Status second = write("b", "new");
  ASSERT_EQ(::seteuid(0), 0);
  ASSERT_EQ(::setegid(0), 0);
  ASSERT_TRUE(first) << first.error().text();
  ASSERT_TRUE(second) << second.error().text();
  EXPECT_EQ(mode("a"), 0666u);
  EXPECT_EQ(mode("b"), 0622u);
}

TEST_F(PosixFile, OtherNamesOfAFileKeepTheOldBytes) {
  put("a", "old");
  std::filesystem::create_hard_link(path("a"), path("b"));
  ASSERT_TRUE(write("a", "new"));
  EXPECT_EQ(get("a"), "new");
  EXPECT_EQ(get("b"), "old");
}

TEST_F(PosixFile, LeftoversOfKilledWritersDoNotPileUp) {
  for (int i = 0; i < 1000; ++i) put(".revive-" + std::to_string(i) + ".tmp", "half");
  ASSERT_TRUE(write("a", "new"));
  EXPECT_EQ(get("a"), "new");
  EXPECT_EQ(entries(), 1000u);
}

TEST_F(PosixFile, AFileThatIsBeingWrittenIsNoLeftover) {
  FileSystem& files = posix_file_system();
  const std::string temporary = path(".revive-0.tmp");
  const auto file = files.create(temporary, {});
  ASSERT_TRUE(file);
  const auto held = files.hold(*file, temporary);
  ASSERT_TRUE(held);
  EXPECT_FALSE(files.close(*file));
  EXPECT_FALSE(files.remove_leftover(temporary));
  ASSERT_TRUE(write("a", "new"));
  EXPECT_TRUE(std::filesystem::exists(temporary));
  files.release(*held);
  EXPECT_TRUE(files.remove_leftover(temporary));
  EXPECT_FALSE(std::filesystem::exists(temporary));
}

TEST_F(PosixFile, WhatIsGoneCannotBeHeld) {
  FileSystem& files = posix_file_system();
  const auto file = files.create(path("t"), {});
  ASSERT_TRUE(file);
  put("other", "x");
  std::filesystem::rename(path("other"), path("t"));
  const auto held = files.hold(*file, path("t"));
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error(), std::errc::file_exists);
  EXPECT_FALSE(files.close(*file));
}

TEST_F(PosixFile, ALinkOfASaverIsNoLeftover) {
  put("precious", "mine");
  std::filesystem::create_symlink("precious", path(".revive-0.tmp"));
  ASSERT_TRUE(write("a", "new"));
  EXPECT_EQ(get("precious"), "mine");
  EXPECT_TRUE(std::filesystem::is_symlink(path(".revive-0.tmp")));
}

TEST_F(PosixFile, AnEmptyPathIsNoPlace) {
  const Status status = write_file_atomically(posix_file_system(), "", bytes_of("x"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().text(), "expected the path of a file, found an empty one");
}

TEST_F(PosixFile, AFileIsJudgedByItsHead) {
  put("short", std::string(kHeadBytes, 'x'));
  put("long", std::string(kHeadBytes + 1, 'x'));
  std::size_t asked = 0;
  const JudgeHead refuse = [&](std::span<const std::byte> head) -> Status {
    ++asked;
    EXPECT_EQ(head.size(), kHeadBytes);
    return fail(ErrorCode::archive_not_zip, "archive", "no");
  };
  EXPECT_TRUE(read_file(path("short"), {}, refuse));
  const auto refused = read_file(path("long"), {}, refuse);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text(), path("long") + ": archive: no");
  EXPECT_EQ(asked, 1u);
  const auto read = read_file(path("long"), {}, [](std::span<const std::byte>) { return Status(); });
  ASSERT_TRUE(read);
  EXPECT_EQ(read->size(), kHeadBytes + 1);
}

TEST_F(PosixFile, LinksAreWrittenThrough) {
  std::filesystem::create_directory(path("sub"));
  put("sub/real", "old");
  std::filesystem::create_symlink("sub/link", path("outer"));
  std::filesystem::create_symlink("real", path("sub/link"));
  ASSERT_TRUE(write("outer", "new"));
  EXPECT_EQ(get("sub/real"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(path("outer")));
  EXPECT_TRUE(std::filesystem::is_symlink(path("sub/link")));

  std::filesystem::create_symlink("sub/later", path("dangling"));
  ASSERT_TRUE(write("dangling", "new"));
  EXPECT_EQ(get("sub/later"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(path("dangling")));
}

TEST_F(PosixFile, WhatIsNoFileCannotBeReplaced) {
  std::filesystem::create_directory(path("folder"));
  std::filesystem::create_symlink("b", path("a"));
  std::filesystem::create_symlink("a", path("b"));
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const auto text = [&](std::string_view name) { return write(name, "x").error().text(); };
  EXPECT_EQ(text("folder"), path("folder") + ": cannot write: Is a directory");
  EXPECT_EQ(text("missing/a"), path("missing/a") + ": cannot write: No such file or directory");
  EXPECT_EQ(text("a"), path("a") + ": cannot write: Too many levels of symbolic links");
  EXPECT_EQ(text("pipe"), path("pipe") + ": cannot write: Operation not supported");
  EXPECT_EQ(entries(), 4u);
}

TEST_F(PosixFile, AReadOnlyFileIsNotReplaced) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everything";
  put("a", "old");
  ::chmod(path("a").c_str(), 0444);
  const Status status = write("a", "new");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().text(), path("a") + ": cannot write: Permission denied");
  EXPECT_EQ(get("a"), "old");
}

TEST_F(PosixFile, ReadingNamesWhatStandsInTheWay) {
  std::filesystem::create_directory(path("folder"));
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  put("empty", "");
  EXPECT_EQ(get("empty"), "");
  EXPECT_EQ(get("missing"), path("missing") + ": cannot read: No such file or directory");
  EXPECT_EQ(get("folder"), path("folder") + ": cannot read: expected a file, found a folder");
  EXPECT_THAT(get("pipe"), HasSubstr("expected a regular file"));
}

TEST_F(PosixFile, ReadingHoldsToTheLimit) {
  put("a", "12345");
  Limits limits;
  limits.archive_bytes = 5;
  EXPECT_TRUE(read_file(path("a"), limits));
  limits.archive_bytes = 4;
  const auto buffer = read_file(path("a"), limits);
  ASSERT_FALSE(buffer);
  EXPECT_EQ(buffer.error().code, ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace revive
