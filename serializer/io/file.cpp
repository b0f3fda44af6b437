#include "revive/serializer/io/file.h"

#include <fmt/format.h>

#include <utility>

namespace revive {
namespace {

// How many saves may go on in a folder at one time.
constexpr int kTemporaryNames = 1000;

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::unexpected<Error> cannot(std::string_view action, const std::string& path, std::error_code reason) {
  return fail(ErrorCode::file_unwritable, path, fmt::format("cannot {}: {}", action, reason.message()));
}

// A file that is closed and removed unless it has been given its final name.
class Temporary {
 public:
  explicit Temporary(FileSystem& files) : files_(files) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (file_) (void)files_.close(*file_);
    if (exists_) (void)files_.unlink(path_);
    if (held_) files_.release(*held_);
  }

  const std::string& path() const { return path_; }

  std::error_code create(const FileSystem::Target& target) {
    std::error_code reason;
    for (int i = 0; i < kTemporaryNames; ++i) {
      path_ = fmt::format("{}/.revive-{}.tmp", folder_of(target.path), i);
      reason = create_held(target);
      if (reason == std::errc::file_exists && files_.remove_leftover(path_)) reason = create_held(target);
      if (reason != std::errc::file_exists) break;
    }
    return reason;
  }

  std::error_code write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const auto count = files_.write(*file_, bytes);
      if (!count) {
        if (count.error() == std::errc::interrupted) continue;
        return count.error();
      }
      // A device that takes nothing and reports nothing would keep us here for ever.
      if (*count == 0) return std::make_error_code(std::errc::io_error);
      bytes = bytes.subspan(*count);
    }
    return {};
  }

  std::error_code sync() { return files_.sync(*file_); }

  std::error_code close() { return files_.close(*std::exchange(file_, std::nullopt)); }

  std::error_code rename(const std::string& to) {
    const std::error_code reason = files_.rename(path_, to);
    if (!reason) exists_ = false;
    return reason;
  }

 private:
  std::error_code create_held(const FileSystem::Target& target) {
    const auto file = files_.create(path_, target.access);
    if (!file) return file.error();
    const auto held = files_.hold(*file, path_);
    if (!held) {
      (void)files_.close(*file);
      return held.error();
    }
    file_ = *file;
    held_ = *held;
    exists_ = true;
    return {};
  }

  FileSystem& files_;
  std::string path_;
  std::optional<int> held_;
  // While it is open.
  std::optional<int> file_;
  bool exists_ = false;
};

}  // namespace

FileSystem::IoResult<int> FileSystem::hold(int file, const std::string&) {
  return file;
}
void FileSystem::release(int) {}
bool FileSystem::remove_leftover(const std::string&) {
  return false;
}

Status write_file_atomically(FileSystem& files, const std::string& path, std::span<const std::byte> bytes,
                             const VerifyFile& verify) {
  if (path.empty()) return fail(ErrorCode::file_unwritable, path, "expected the path of a file, found an empty one");
  const auto target = files.resolve(path);
  if (!target) return cannot("write", path, target.error());
  // Once the new file has its name, nothing may fail for want of memory.
  const std::string folder = folder_of(target->path);
  Temporary temporary(files);
  if (const auto reason = temporary.create(*target)) return cannot("write", path, reason);
  if (const auto reason = temporary.write(bytes)) return cannot("write", path, reason);
  if (const auto reason = temporary.sync()) return cannot("write", path, reason);
  if (const auto reason = temporary.close()) return cannot("write", path, reason);
  if (verify) {
    if (auto status = verify(temporary.path()); !status) return status;
  }
  if (const auto reason = temporary.rename(target->path)) return cannot("replace the file", path, reason);
  if (const auto reason = files.sync_folder(folder)) {
    return fail(ErrorCode::file_unwritable, path,
                fmt::format("written, but its folder cannot be synced, so that a power cut might undo it: {}",
                            reason.message()));
  }
  return {};
}

}  // namespace revive
