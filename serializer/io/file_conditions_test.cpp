#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "revive/serializer/io/file.h"

// Each condition of the real file system, both ways, call by call: what an atomic write makes of them, file_test.cpp
// says.

namespace revive {
namespace {

constexpr uid_t kSomebody = 34567;

class Posix : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "revive-posix-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(std::string_view name) const { return folder_ + "/" + std::string(name); }
  void put(std::string_view name, std::string_view content = "x") const { std::ofstream(path(name)) << content; }
  struct stat info(std::string_view name) const {
    struct stat found{};
    EXPECT_EQ(::lstat(path(name).c_str(), &found), 0) << name;
    return found;
  }
  std::string resolved(const std::string& from) {
    const auto target = files_.resolve(from);
    return target ? target->path : target.error().message();
  }

  std::string folder_;
  FileSystem& files_ = posix_file_system();
};

// Somebody who is not root, for as long as this lives; of these other groups as well.
class AsSomebody {
 public:
  explicit AsSomebody(std::vector<gid_t> groups = {}) {
    EXPECT_EQ(::setgroups(groups.size(), groups.data()), 0);
    EXPECT_EQ(::setegid(kSomebody), 0);
    EXPECT_EQ(::seteuid(kSomebody), 0);
  }
  AsSomebody(const AsSomebody&) = delete;
  AsSomebody& operator=(const AsSomebody&) = delete;
  ~AsSomebody() {
    EXPECT_EQ(::seteuid(0), 0);
    EXPECT_EQ(::setegid(0), 0);
    EXPECT_EQ(::setgroups(0, nullptr), 0);
  }
};

TEST_F(Posix, ResolveFollowsLinksFromTheirOwnFolder) {
  std::filesystem::create_directory(path("sub"));
  put("sub/real");
  std::filesystem::create_symlink("real", path("sub/beside"));
  std::filesystem::create_symlink(path("sub/real"), path("absolute"));
  std::filesystem::create_symlink("nothing", path("dangling"));
  EXPECT_EQ(resolved(path("sub/beside")), path("sub/real"));
  EXPECT_EQ(resolved(path("absolute")), path("sub/real"));
  EXPECT_EQ(resolved(path("dangling")), path("nothing"));
  EXPECT_EQ(resolved(path("new")), path("new"));
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(path("sub"));
  const std::string here = resolved("beside");
  std::filesystem::current_path(before);
  EXPECT_EQ(here, "real");
}

TEST_F(Posix, ResolveFollowsAsManyLinksAsTheKernel) {
  put("link0", "x");
  for (int i = 1; i <= 41; ++i) {
    std::filesystem::create_symlink("link" + std::to_string(i - 1), path("link" + std::to_string(i)));
  }
  EXPECT_EQ(resolved(path("link40")), path("link0"));
  EXPECT_EQ(resolved(path("link41")), "Too many levels of symbolic links");
  struct stat found{};
  EXPECT_EQ(::stat(path("link40").c_str(), &found), 0);
  EXPECT_NE(::stat(path("link41").c_str(), &found), 0);
}

TEST_F(Posix, ResolveKeepsPermissionBitsAndOwner) {
  put("a");
  ASSERT_EQ(::chmod(path("a").c_str(), 07641), 0);
  const auto target = files_.resolve(path("a"));
  ASSERT_TRUE(target && target->access);
  EXPECT_EQ(target->access->mode, 0641u);
  EXPECT_EQ(target->access->user, ::geteuid());
  EXPECT_EQ(target->access->group, info("a").st_gid);
  EXPECT_FALSE(files_.resolve(path("b"))->access);
}

TEST_F(Posix, ResolveSaysWhatCannotBeReplaced) {
  put("a");
  std::filesystem::create_directory(path("folder"));
  std::filesystem::create_symlink("a/inside", path("through"));
  std::filesystem::create_symlink("folder", path("to_folder"));
  EXPECT_EQ(resolved(path("a/inside")), "Not a directory");
  EXPECT_EQ(resolved(path("through")), "Not a directory");
  EXPECT_EQ(resolved(path("folder")), "Is a directory");
  EXPECT_EQ(resolved(path("to_folder")), "Is a directory");
  EXPECT_EQ(resolved("/dev/null"), "Operation not supported");
}

TEST_F(Posix, ResolveAsksAsTheOneWhoSaves) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may become somebody else";
  ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
  put("closed");
  put("open");
  ASSERT_EQ(::chmod(path("closed").c_str(), 0644), 0);
  ASSERT_EQ(::chmod(path("open").c_str(), 0666), 0);
  std::filesystem::create_directory(path("private"));
  ASSERT_EQ(::chmod(path("private").c_str(), 0700), 0);
  put("private/a");
  std::filesystem::create_symlink("private/a", path("link"));
  const AsSomebody somebody;
  EXPECT_EQ(resolved(path("closed")), "Permission denied");
  EXPECT_EQ(resolved(path("open")), path("open"));
  EXPECT_EQ(resolved(path("private/a")), "Permission denied");
  EXPECT_EQ(resolved(path("link")), "Permission denied");
}

TEST_F(Posix, CreateTakesNoFileThatIsThere) {
  put("a", "old");
  const auto file = files_.create(path("a"), {});
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error(), std::errc::file_exists);
  EXPECT_EQ(info("a").st_size, 3);
}

// The mode is set as it is asked for, also where the umask would take bits away; without one, the umask decides.
TEST_F(Posix, CreateGivesTheAccessThatIsAskedFor) {
  const mode_t before = ::umask(0027);
  const auto file =
      files_.create(path("a"), FileSystem::Access{.mode = 0746, .user = ::geteuid(), .group = ::getegid()});
  const auto plain = files_.create(path("b"), {});
  ::umask(before);
  ASSERT_TRUE(file && plain);
  EXPECT_EQ(info("a").st_mode & 07777, 0746u);
  EXPECT_EQ(info("b").st_mode & 07777, 0640u);
  EXPECT_FALSE(files_.close(*file));
  EXPECT_FALSE(files_.close(*plain));
}

// The group may stay if the saver is of it; where it cannot, the group may do what others may, and no more.
TEST_F(Posix, CreateKeepsTheGroupWhereItCan) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may become somebody else";
  ASSERT_EQ(::chmod(folder_.c_str(), 0777), 0);
  const auto made = [&](std::string_view name, FileSystem::Access access) {
    const auto file = files_.create(path(name), access);
    if (!file) return file.error().message();
    EXPECT_FALSE(files_.close(*file));
    const struct stat found = info(name);
    return fmt::format("{} {} {:o}", found.st_uid, found.st_gid, found.st_mode & 07777);
  };
  {
    const AsSomebody somebody({45678});
    // Nothing to give.
    EXPECT_EQ(made("own", {.mode = 0670, .user = kSomebody, .group = kSomebody}), "34567 34567 670");
    // Another's file, whose group is the one that new files get.
    EXPECT_EQ(made("same_group", {.mode = 0670, .user = 1, .group = kSomebody}), "34567 34567 670");
    // Another's, of a group that the saver is of.
    EXPECT_EQ(made("group_of_mine", {.mode = 0670, .user = 1, .group = 45678}), "34567 45678 670");
    EXPECT_EQ(made("own_file_group_of_mine", {.mode = 0670, .user = kSomebody, .group = 45678}), "34567 45678 670");
    // Of a group that the saver is not of.
    EXPECT_EQ(made("strangers", {.mode = 0671, .user = 1, .group = 2}), "34567 34567 611");
    EXPECT_EQ(made("strangers_own", {.mode = 0677, .user = kSomebody, .group = 2}), "34567 34567 677");
    EXPECT_EQ(made("closed", {.mode = 0607, .user = kSomebody, .group = 2}), "34567 34567 607");
  }
  EXPECT_EQ(made("given", {.mode = 0640, .user = 12, .group = 0}), "12 0 640");
  EXPECT_EQ(made("given_group", {.mode = 0640, .user = 0, .group = 12}), "0 12 640");
}

TEST_F(Posix, EveryCallSaysWhyItFailed) {
  std::array<std::byte, 3> bytes{};
  EXPECT_EQ(files_.write(-1, bytes).error(), std::errc::bad_file_descriptor);
  EXPECT_EQ(files_.sync(-1), std::errc::bad_file_descriptor);
  EXPECT_EQ(files_.close(-1), std::errc::bad_file_descriptor);
  EXPECT_EQ(files_.rename(path("a"), path("b")), std::errc::no_such_file_or_directory);
  EXPECT_EQ(files_.unlink(path("a")), std::errc::no_such_file_or_directory);
  EXPECT_EQ(files_.sync_folder(path("a")), std::errc::no_such_file_or_directory);
  put("a");
  EXPECT_EQ(files_.sync_folder(path("a")), std::errc::not_a_directory);
  EXPECT_EQ(files_.create(path("no/a"), {}).error(), std::errc::no_such_file_or_directory);
  EXPECT_EQ(files_.hold(-1, path("a")).error(), std::errc::bad_file_descriptor);
}

TEST_F(Posix, EveryCallDoesWhatItIsCalled) {
  const auto file = files_.create(path("a"), {});
  ASSERT_TRUE(file);
  const std::string_view text = "abc";
  EXPECT_EQ(files_.write(*file, std::as_bytes(std::span(text))).value(), 3u);
  EXPECT_FALSE(files_.sync(*file));
  EXPECT_FALSE(files_.close(*file));
  EXPECT_EQ(info("a").st_size, 3);
  EXPECT_FALSE(files_.rename(path("a"), path("b")));
  EXPECT_FALSE(std::filesystem::exists(path("a")));
  EXPECT_FALSE(files_.sync_folder(folder_));
  EXPECT_FALSE(files_.unlink(path("b")));
  EXPECT_FALSE(std::filesystem::exists(path("b")));
}

TEST_F(Posix, AFolderThatCannotBeSyncedIsNoFailure) {
  const int folder = ::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) GTEST_SKIP() << "there is no /proc";
  const bool refuses = ::fsync(folder) != 0 && errno == EINVAL;
  ::close(folder);
  if (!refuses) GTEST_SKIP() << "/proc can be synced";
  EXPECT_FALSE(files_.sync_folder("/proc"));
}

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

TEST_F(Posix, WhatSomebodyElseHoldsCannotBeHeld) {
  const std::size_t before = open_descriptors();
  const auto file = files_.create(path("a"), {});
  ASSERT_TRUE(file);
  const int other = ::open(path("a").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  EXPECT_EQ(files_.hold(*file, path("a")).error(), std::errc::file_exists);
  ASSERT_EQ(::flock(other, LOCK_UN), 0);
  const auto held = files_.hold(*file, path("a"));
  ASSERT_TRUE(held);
  EXPECT_NE(::flock(other, LOCK_EX | LOCK_NB), 0);
  files_.release(*held);
  EXPECT_FALSE(files_.close(*file));
  EXPECT_EQ(::flock(other, LOCK_EX | LOCK_NB), 0);
  ::close(other);
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(Posix, WhatIsNoLongerThereCannotBeHeld) {
  const std::size_t before = open_descriptors();
  const auto file = files_.create(path("a"), {});
  ASSERT_TRUE(file);
  EXPECT_FALSE(files_.unlink(path("a")));
  EXPECT_EQ(files_.hold(*file, path("a")).error(), std::errc::file_exists);
  put("a");
  EXPECT_EQ(files_.hold(*file, path("a")).error(), std::errc::file_exists);
  EXPECT_FALSE(files_.close(*file));
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(Posix, OnlyOwnPlainFilesThatNobodyHoldsAreLeftovers) {
  const std::size_t before = open_descriptors();
  put("plain");
  put("held");
  put("linked");
  std::filesystem::create_symlink("linked", path("link"));
  std::filesystem::create_directory(path("folder"));
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const int holder = ::open(path("held").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(holder, LOCK_EX), 0);
  EXPECT_FALSE(files_.remove_leftover(path("missing")));
  EXPECT_FALSE(files_.remove_leftover(path("held")));
  EXPECT_FALSE(files_.remove_leftover(path("link")));
  EXPECT_FALSE(files_.remove_leftover(path("folder")));
  EXPECT_FALSE(files_.remove_leftover(path("pipe")));
  for (const char* kept : {"held", "link", "linked", "folder", "pipe"}) info(kept);
  EXPECT_TRUE(files_.remove_leftover(path("plain")));
  EXPECT_FALSE(std::filesystem::exists(path("plain")));
  ::close(holder);
  EXPECT_EQ(open_descriptors(), before);
  if (::geteuid() != 0) return;
  put("another's");
  ASSERT_EQ(::chown(path("another's").c_str(), 12345, 0), 0);
  EXPECT_FALSE(files_.remove_leftover(path("another's")));
  info("another's");
}

// The system says a page, and gives less.
TEST_F(Posix, AFileMayEndBeforeItsSize) {
  const std::string short_file = "/sys/devices/system/cpu/online";
  struct stat found{};
  if (::stat(short_file.c_str(), &found) != 0 || found.st_size != 4096) GTEST_SKIP() << "there is no such file";
  const auto buffer = read_file(short_file, {});
  ASSERT_TRUE(buffer) << buffer.error().text();
  EXPECT_LT(buffer->size(), 100u);
  EXPECT_GT(buffer->size(), 1u);
  EXPECT_EQ(std::to_integer<char>(buffer->bytes().back()), '\n');
}

TEST_F(Posix, ReadingClosesWhatItOpened) {
  const std::size_t before = open_descriptors();
  put("a", std::string(10'000, 'y'));
  Limits tight;
  tight.archive_bytes = 9'999;
  const JudgeHead refuse = [](std::span<const std::byte>) -> Status {
    return fail(ErrorCode::archive_not_zip, "archive", "no");
  };
  EXPECT_EQ(read_file(path("a"), {})->size(), 10'000u);
  EXPECT_EQ(read_file(path("a"), tight).error().text(),
            path("a") + ": expected at most 9999 bytes (Limits::archive_bytes), found 10000");
  EXPECT_FALSE(read_file(path("a"), {}, refuse));
  EXPECT_EQ(read_file(folder_, {}).error().text(), folder_ + ": cannot read: expected a file, found a folder");
  EXPECT_EQ(read_file("/dev/null", {}).error().text(),
            "/dev/null: cannot read: expected a regular file, found a device or a pipe");
  EXPECT_EQ(read_file(path("b"), {}).error().code, ErrorCode::file_unreadable);
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace revive
