#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "revive/serializer/io/file.h"

namespace revive {
namespace {

// As many links as Linux itself follows.
constexpr int kLongestLinkChain = 40;
constexpr mode_t kPermissionBits = 07777;
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
      if (links == kLongestLinkChain) return failure(std::errc::too_many_symbolic_link_levels);
      std::string next(static_cast<std::size_t>(std::max<off_t>(info.st_size, 4095)) + 1, '\0');
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

  IoResult<int> create(const std::string& path, std::optional<std::uint32_t> mode) override {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode.value_or(kNewFileMode));
    if (file < 0) return failure();
    // The umask has narrowed the mode, which is right for a new file only.
    if (mode && ::fchmod(file, *mode) != 0) {
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

 private:
  static IoResult<Target> examine(Target target, const struct stat& info) {
    if (S_ISDIR(info.st_mode)) return failure(std::errc::is_a_directory);
    if (!S_ISREG(info.st_mode)) return failure(std::errc::operation_not_supported);
    // A rename would replace a read-only file without asking.
    if (::access(target.path.c_str(), W_OK) != 0) return failure();
    target.mode = info.st_mode & kPermissionBits;
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

FileSystem& posix_file_system() {
  static PosixFileSystem files;
  return files;
}

Result<Buffer> read_file(const std::string& path, const Limits& limits) {
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
  auto buffer = Buffer::allocate(size);
  if (!buffer) return cannot("no memory for its bytes");
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t count = ::read(input.file, buffer->bytes().data() + filled, size - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot(last_error().message());
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  buffer->shrink(filled);
  return std::move(*buffer);
}

}  // namespace revive
