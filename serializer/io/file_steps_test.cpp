// What an atomic write asks of the file system, call by call with its arguments, where each call fails in turn: in
// steps.txt. After a change that is meant: REVIVE_WRITE_SENTENCES=1.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/io/file.h"
#include "revive/serializer/io/read_into.h"

namespace revive {
namespace {

constexpr const char* kFile = "serializer/io/steps.txt";

// Does nothing but tell what it was asked; fails at the call whose number is `fail_at`.
class Witness final : public FileSystem {
 public:
  std::size_t fail_at = 0;
  // Names that are there, and those of them that nobody holds.
  std::set<std::string> taken;
  std::set<std::string> leftovers;
  std::vector<std::string> calls;

  IoResult<Target> resolve(const std::string& path) override {
    if (fails("resolve({})", path)) return std::unexpected(full());
    return Target{path, Access{.mode = 0640, .user = 1, .group = 2}};
  }
  IoResult<int> create(const std::string& path, const std::optional<Access>& access) override {
    if (fails("create({}, {:o} {} {})", path, access->mode, access->user, access->group)) {
      return std::unexpected(full());
    }
    if (taken.contains(path)) return std::unexpected(std::make_error_code(std::errc::file_exists));
    return 7;
  }
  IoResult<std::size_t> write(int file, std::span<const std::byte> bytes) override {
    if (fails("write({}, {} bytes)", file, bytes.size())) return std::unexpected(full());
    return std::min<std::size_t>(bytes.size(), 2);
  }
  std::error_code sync(int file) override { return outcome("sync({})", file); }
  std::error_code close(int file) override { return outcome("close({})", file); }
  std::error_code rename(const std::string& from, const std::string& to) override {
    return outcome("rename({}, {})", from, to);
  }
  std::error_code unlink(const std::string& path) override { return outcome("unlink({})", path); }
  std::error_code sync_folder(const std::string& path) override { return outcome("sync_folder({})", path); }
  IoResult<int> hold(int file, const std::string& path) override {
    if (fails("hold({}, {})", file, path)) return std::unexpected(full());
    return 9;
  }
  void release(int held) override { static_cast<void>(fails("release({})", held)); }
  bool remove_leftover(const std::string& path) override {
    static_cast<void>(fails("remove_leftover({})", path));
    if (leftovers.erase(path) == 0) return false;
    taken.erase(path);
    return true;
  }

 private:
  static std::error_code full() { return std::make_error_code(std::errc::no_space_on_device); }
  template <typename... Arguments>
  bool fails(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
    calls.push_back(fmt::format(form, std::forward<Arguments>(arguments)...));
    return calls.size() == fail_at;
  }
  template <typename... Arguments>
  std::error_code outcome(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
    return fails(form, std::forward<Arguments>(arguments)...) ? full() : std::error_code();
  }
};

std::string told(Witness& files, const std::string& path, const VerifyFile& verify = {}) {
  static const std::string kText = "abc";
  const Status status = write_file_atomically(files, path, std::as_bytes(std::span(kText)), verify);
  return fmt::format("{} => {}", fmt::join(files.calls, " "), status ? "written" : status.error().text());
}

TEST(FileSteps, AreTheSameWhereEachFailsInTurn) {
  Witness whole;
  static_cast<void>(told(whole, "/m/a.keras"));
  for (std::size_t step = 0; step <= whole.calls.size(); ++step) {
    Witness files;
    files.fail_at = step;
    expect_recorded(kFile, fmt::format("call {:02} fails", step), told(files, "/m/a.keras"));
  }
}

TEST(FileSteps, AreInTheFolderOfTheTarget) {
  for (const std::string path : {"a.keras", "/a.keras", "x/a.keras", "../x/y/a.keras"}) {
    Witness files;
    expect_recorded(kFile, "to " + path, told(files, path));
  }
}

TEST(FileSteps, LookForANameThatIsFree) {
  Witness held;
  held.taken = {"/m/.revive-0.tmp", "/m/.revive-1.tmp"};
  expect_recorded(kFile, "two names are held", told(held, "/m/a"));
  Witness left = {};
  left.taken = left.leftovers = {"/m/.revive-0.tmp"};
  expect_recorded(kFile, "a leftover", told(left, "/m/a"));
  Witness all;
  for (int i = 0; i < 1000; ++i) all.taken.insert(fmt::format("/m/.revive-{}.tmp", i));
  EXPECT_TRUE(told(all, "/m/a").ends_with(" => /m/a: cannot write: File exists"));
  EXPECT_EQ(std::ranges::count_if(all.calls, [](const auto& call) { return call.starts_with("create("); }), 1000);
  Witness last;
  for (int i = 0; i < 999; ++i) last.taken.insert(fmt::format("/m/.revive-{}.tmp", i));
  EXPECT_TRUE(told(last, "/m/a").ends_with(" => written"));
}

TEST(FileSteps, EndWhereTheFileIsRefused) {
  for (const bool refused : {false, true}) {
    Witness files;
    const VerifyFile verify = [&](const std::string& temporary) -> Status {
      files.calls.push_back("verify(" + temporary + ")");
      if (refused) return fail(ErrorCode::verify_failed, "place", "refused");
      return {};
    };
    expect_recorded(kFile, refused ? "refused" : "verified", told(files, "/m/a", verify));
  }
  Witness files;
  EXPECT_EQ(told(files, ""), " => expected the path of a file, found an empty one");
}

// What a file system need not have.
TEST(FileSteps, HoldNothingWhereNothingCanBeHeld) {
  Witness files;
  EXPECT_EQ(files.FileSystem::hold(5, "a").value(), 5);
  EXPECT_FALSE(files.FileSystem::remove_leftover("a"));
}

// A file of ten bytes, of which each read gives what the steps say: so many bytes, or an error.
TEST(FileSteps, AReadGoesOnWhereItStopped) {
  const auto outcome = [](std::vector<ssize_t> steps, std::size_t wanted = 10) -> std::string {
    std::vector<std::byte> bytes(wanted);
    std::string asked;
    const ReadAt read_at = [&](std::span<std::byte> into, off_t from) -> ssize_t {
      asked += fmt::format("{}+{} ", from, into.size());
      const ssize_t step = steps.front();
      steps.erase(steps.begin());
      errno = static_cast<int>(-std::min<ssize_t>(step, 0));
      for (ssize_t i = 0; i < step; ++i) into[static_cast<std::size_t>(i)] = static_cast<std::byte>(from + i);
      return std::max<ssize_t>(step, -1);
    };
    const auto read = read_into(read_at, bytes);
    if (!read) return asked + read.error().message();
    for (std::size_t i = 0; i < *read; ++i) EXPECT_EQ(bytes[i], static_cast<std::byte>(i));
    return asked + fmt::format("=> {}", *read);
  };
  EXPECT_EQ(outcome({10}), "0+10 => 10");
  EXPECT_EQ(outcome({3, 6, 1}), "0+10 3+7 9+1 => 10");
  EXPECT_EQ(outcome({3, 0}), "0+10 3+7 => 3");
  EXPECT_EQ(outcome({0}), "0+10 => 0");
  EXPECT_EQ(outcome({-EINTR, 4, -EINTR, 6}), "0+10 0+10 4+6 4+6 => 10");
  EXPECT_EQ(outcome({4, -EIO}), "0+10 4+6 Input/output error");
  EXPECT_EQ(outcome({}, 0), "=> 0");
}

}  // namespace
}  // namespace revive
