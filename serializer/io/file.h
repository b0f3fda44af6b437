// Files: reading one whole, and replacing one so that a reader sees the old bytes or the new ones, never a part.
//
// FileSystem is the seam where tests inject failures; posix_file_system() is the real one. Its calls report errors as
// std::error_code in the generic category (errno values), success as an empty one.
//
// Errors: file_unreadable, file_unwritable, limit_exceeded. The place is the path as the caller gave it; the
// message ends with the system's reason ("cannot write: No space left on device").
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <system_error>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/serializer/io/buffer.h"

namespace revive {

// The whole file, at most Limits::archive_bytes. Only regular files are read: a pipe could block for ever.
Result<Buffer> read_file(const std::string& path, const Limits& limits);

class FileSystem {
 public:
  template <typename T>
  using IoResult = std::expected<T, std::error_code>;

  // Where a write to a path ends up, and the permission bits of what is there; none where there is nothing yet.
  struct Target {
    std::string path;
    std::optional<std::uint32_t> mode;
  };

  virtual ~FileSystem() = default;

  // Follows symbolic links to their end. Fails where a file stands that cannot be replaced as one: a folder, a device,
  // or one without permission to write.
  virtual IoResult<Target> resolve(const std::string& path) = 0;
  // A new file, for writing, with the mode of the target or the default for new files (0666 less the umask); fails with
  // errc::file_exists where there is one.
  virtual IoResult<int> create(const std::string& path, std::optional<std::uint32_t> mode) = 0;
  // The count of bytes written, which may be fewer than given.
  virtual IoResult<std::size_t> write(int file, std::span<const std::byte> bytes) = 0;
  virtual std::error_code sync(int file) = 0;
  virtual std::error_code close(int file) = 0;
  virtual std::error_code rename(const std::string& from, const std::string& to) = 0;
  virtual std::error_code unlink(const std::string& path) = 0;
  virtual std::error_code sync_folder(const std::string& path) = 0;
};

FileSystem& posix_file_system();

// Given the path of the finished but not yet renamed file; an error keeps the target as it was.
using VerifyFile = std::function<Status(const std::string& temporary)>;

// Writes a temporary file in the target's folder, syncs it, lets `verify` look at it, renames it over the target and
// syncs the folder. The mode of an existing target is kept, a symbolic link is written through. On failure the
// temporary file is removed and the target is as it was, with one exception that the message states: when only the
// last step fails, the new file is in place, complete, but might not outlive a power cut.
Status write_file_atomically(FileSystem& files, const std::string& path, std::span<const std::byte> bytes,
                             const VerifyFile& verify = {});

}  // namespace revive
