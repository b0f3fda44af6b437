#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "revive/model/base/out_of_memory.h"
#include "revive/serializer/io/file.h"
#include "revive/serializer/io/read_into.h"

namespace revive {
namespace {

// As many links as Linux itself follows.
constexpr int kLongestLinkChain = 40;
// The longest path that Linux stores in one.
constexpr std::size_t kLongestLink = 4096;
constexpr mode_t kPermissionBits = 0777;
constexpr mode_t kOwnerBits = 0700;
constexpr mode_t kGroupBits = 0070;
constexpr mode_t kNewFileMode = 0666;

std::error_code last_error() {
  return {errno, std::generic_category()};
}
std::error_code outcome(int result) {
  return result == 0 ? std::error_code() : last_error();
}
std::unexpected<std::error_code> failure() {
  return std::unexpected(last_error());
}
std::unexpected<std::error_code> failure(std::errc reason) {
  return std::unexpected(std::make_error_code(reason));
}

class PosixFileSystem final : public FileSystem {
 public:
  IoResult<Target> resolve(const std::string& path) override {
    Target target{path, std::nullopt};
    struct stat info{};
    for (int links = 0; ::lstat(target.path.c_str(), &info) == 0; ++links) {
      if (!S_ISLNK(info.st_mode)) return examine(std::move(target), info);
      // Where the kernel would not follow a link, nobody follows it in its place.
      struct stat end{};
      if (::stat(target.path.c_str(), &end) != 0 && errno != ENOENT && errno != ELOOP) return failure();
      if (links == kLongestLinkChain) return failure(std::errc::too_many_symbolic_link_levels);
      std::string next(kLongestLink, '\0');
      const ssize_t size = ::readlink(target.path.c_str(), next.data(), next.size());
      if (size < 0) return failure();
      next.resize(static_cast<std::size_t>(size));
      const std::size_t slash = target.path.rfind('/');
      const bool beside = !next.starts_with('/') && slash != std::string::npos;
      target.path = beside ? target.path.substr(0, slash + 1) + next : next;
    }
    if (errno != ENOENT) return failure();
    return target;
  }

  IoResult<int> create(const std::string& path, const std::optional<Access>& access) override {
    // Nobody else's before it is clear whose it is.
    const mode_t mode = access ? access->mode & kOwnerBits : kNewFileMode;
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0) return failure();
    if (access && !give(file, *access)) {
      const auto reason = failure();
      ::close(file);
      ::unlink(path.c_str());
      return reason;
    }
    return file;
  }

  IoResult<std::size_t> write(int file, std::span<const std::byte> bytes) override {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0) return failure();
    return static_cast<std::size_t>(count);
  }

  std::error_code sync(int file) override { return outcome(::fsync(file)); }
  std::error_code close(int file) override { return outcome(::close(file)); }
  std::error_code rename(const std::string& from, const std::string& to) override {
    return outcome(::rename(from.c_str(), to.c_str()));
  }
  std::error_code unlink(const std::string& path) override { return outcome(::unlink(path.c_str())); }

  std::error_code sync_folder(const std::string& path) override {
    const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return last_error();
    std::error_code reason = outcome(::fsync(folder));
    // Some file systems know no sync of a folder; nothing more can be done there.
    if (reason == std::errc::invalid_argument) reason = {};
    ::close(folder);
    return reason;
  }

  IoResult<int> hold(int file, const std::string& path) override {
    // The lock belongs to what both descriptors share, so that it outlives the first.
    const int held = ::fcntl(file, F_DUPFD_CLOEXEC, 0);
    if (held < 0) return failure();
    // A file system without locks has no leftovers that could be told from files in use: none is removed there.
    const bool taken = ::flock(held, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (!taken && is_at(held, path)) return held;
    ::close(held);
    return failure(std::errc::file_exists);
  }
  void release(int held) override { ::close(held); }

  bool remove_leftover(const std::string& path) override {
    const int file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return false;
    struct stat info{};
    const bool own = ::fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid();
    const bool removed =
        own && ::flock(file, LOCK_EX | LOCK_NB) == 0 && is_at(file, path) && ::unlink(path.c_str()) == 0;
    ::close(file);
    return removed;
  }

 private:
  // Owner, group and permissions, in the order that never lets in anybody whom `access` keeps out.
  static bool give(int file, const Access& access) {
    mode_t mode = access.mode;
    struct stat info{};
    if (::fstat(file, &info) != 0) return false;
    if (::fchown(file, access.user, access.group) != 0 && info.st_gid != access.group &&
        ::fchown(file, static_cast<uid_t>(-1), access.group) != 0) {
      const mode_t as_others = static_cast<mode_t>((mode & S_IRWXO) << 3);
      mode = (mode & ~kGroupBits) | (mode & kGroupBits & as_others);
    }
    return ::fchmod(file, mode) == 0;
  }

  // Whether the open file is the one of this name.
  static bool is_at(int file, const std::string& path) {
    struct stat open_file{};
    struct stat named{};
    return ::fstat(file, &open_file) == 0 && ::lstat(path.c_str(), &named) == 0 && open_file.st_ino == named.st_ino &&
           open_file.st_dev == named.st_dev;
  }

  static IoResult<Target> examine(Target target, const struct stat& info) {
    if (S_ISDIR(info.st_mode)) return failure(std::errc::is_a_directory);
    if (!S_ISREG(info.st_mode)) return failure(std::errc::operation_not_supported);
    // A rename would replace a read-only file without asking.
    if (::faccessat(AT_FDCWD, target.path.c_str(), W_OK, AT_EACCESS) != 0) return failure();
    target.access = Access{info.st_mode & kPermissionBits, info.st_uid, info.st_gid};
    return target;
  }
};

struct OpenFile {
  explicit OpenFile(int descriptor) : file(descriptor) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() { ::close(file); }

  int file;
};

}  // namespace

std::expected<std::size_t, std::error_code> read_into(const ReadAt& read_at, std::span<std::byte> bytes) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = read_at(bytes.subspan(filled), static_cast<off_t>(filled));
    if (count == 0) break;
    if (count > 0) {
      filled += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      return failure();
    }
  }
  return filled;
}

FileSystem& posix_file_system() {
  static PosixFileSystem files;
  return files;
}

Result<Buffer> read_file(const std::string& path, const Limits& limits, const JudgeHead& judge) {
  const auto cannot = [&](std::string_view reason) {
    return fail(ErrorCode::file_unreadable, path, fmt::format("cannot read: {}", reason));
  };
  // Without O_NONBLOCK the open itself would wait for a writer of a pipe.
  const OpenFile input(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (input.file < 0) return cannot(last_error().message());
  struct stat info{};
  if (::fstat(input.file, &info) != 0) return cannot(last_error().message());
  if (S_ISDIR(info.st_mode)) return cannot("expected a file, found a folder");
  if (!S_ISREG(info.st_mode)) return cannot("expected a regular file, found a device or a pipe");
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > limits.archive_bytes) {
    return fail(ErrorCode::limit_exceeded, path,
                fmt::format("expected at most {} bytes (Limits::archive_bytes), found {}", limits.archive_bytes, size));
  }
  const auto read_at = [&](std::span<std::byte> bytes, off_t from) {
    return ::pread(input.file, bytes.data(), bytes.size(), from);
  };
  if (judge && size > kHeadBytes) {
    std::array<std::byte, kHeadBytes> head{};
    const auto count = read_into(read_at, head);
    if (!count) return cannot(count.error().message());
    if (const Status status = judge(std::span(head).first(*count)); !status) {
      return std::unexpected(status.error().within(path + ": "));
    }
  }
  auto buffer = Buffer::allocate(size);
  if (!buffer) return std::unexpected(out_of_memory().within(path));
  const auto filled = read_into(read_at, buffer->bytes());
  if (!filled) return cannot(filled.error().message());
  buffer->shrink(*filled);
  return std::move(*buffer);
}

}  // namespace revive
