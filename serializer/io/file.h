// Files: reading one whole, and replacing one so that a reader sees the old bytes or the new ones, never a part.
//
// A file is replaced as if it had been written in place, so far as a rename can do that:
//   - permission bits, owner and group stay. Where the system does not let the saver give the file away, it is the
//     saver's; where not even the group can stay, the group may do no more than others. Set-user-ID, set-group-ID and
//     sticky bits go, as the kernel drops them from a file that is written to: what was trusted was the old content.
//   - a symbolic link is written through to what it leads to, unless the kernel forbids following it (another user's
//     link in a folder like /tmp). Of a hard link this name alone gets the new bytes; the other names keep the old.
//   - a file that may not be written to, a folder, a device or a pipe is not replaced.
// The temporary file is `.revive-N.tmp` beside the target, locked (flock) for as long as its writer lives. What a
// killed writer left is unlocked, and the next save there takes its place: leftovers do not pile up.
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

// Judges a file by its first bytes, before memory is taken for the rest.
using JudgeHead = std::function<Status(std::span<const std::byte> head)>;
inline constexpr std::size_t kHeadBytes = 4096;

// The whole file, at most Limits::archive_bytes. Only regular files are read: a pipe could block for ever. `judge` is
// asked where the file has more than kHeadBytes; what it refuses is not read on.
Result<Buffer> read_file(const std::string& path, const Limits& limits, const JudgeHead& judge = {});

class FileSystem {
 public:
  template <typename T>
  using IoResult = std::expected<T, std::error_code>;

  // Who may do what with a file: its permission bits, without those for set-ID and sticky, and whose it is.
  struct Access {
    std::uint32_t mode = 0600;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
  };

  // Where a write to a path ends up, and the access to what is there; none where there is nothing yet.
  struct Target {
    std::string path;
    std::optional<Access> access;
  };

  virtual ~FileSystem() = default;

  // Follows symbolic links to their end. Fails where a file stands that cannot be replaced as one: a folder, a device,
  // or one without permission to write.
  virtual IoResult<Target> resolve(const std::string& path) = 0;
  // A new file, for writing, with this access as far as the system lets, or the default for new files (0666 less the
  // umask); fails with errc::file_exists where there is one.
  virtual IoResult<int> create(const std::string& path, const std::optional<Access>& access) = 0;
  // The count of bytes written, which may be fewer than given.
  virtual IoResult<std::size_t> write(int file, std::span<const std::byte> bytes) = 0;
  virtual std::error_code sync(int file) = 0;
  virtual std::error_code close(int file) = 0;
  virtual std::error_code rename(const std::string& from, const std::string& to) = 0;
  virtual std::error_code unlink(const std::string& path) = 0;
  virtual std::error_code sync_folder(const std::string& path) = 0;

  // Keeps a file that was created from being taken for a leftover, also once it is closed, until release(); fails with
  // errc::file_exists where it is gone already.
  virtual IoResult<int> hold(int file, const std::string& path);
  virtual void release(int held);
  // Removes what stands there if it is a file of this user's that nobody holds; whether it did.
  virtual bool remove_leftover(const std::string& path);
};

FileSystem& posix_file_system();

// Given the path of the finished but not yet renamed file; an error keeps the target as it was.
using VerifyFile = std::function<Status(const std::string& temporary)>;

// Writes a temporary file in the target's folder, syncs it, lets `verify` look at it, renames it over the target and
// syncs the folder. On failure the
// temporary file is removed and the target is as it was, with one exception that the message states: when only the
// last step fails, the new file is in place, complete, but might not outlive a power cut.
Status write_file_atomically(FileSystem& files, const std::string& path, std::span<const std::byte> bytes,
                             const VerifyFile& verify = {});

}  // namespace revive
