#include "properties/stepped_files.h"

#include <algorithm>

namespace revive::properties {

std::string_view name_of(Step step) {
  switch (step) {
    case Step::resolve: return "resolve";
    case Step::create: return "create";
    case Step::write: return "write";
    case Step::sync: return "sync";
    case Step::close: return "close";
    case Step::rename: return "rename";
    case Step::unlink: return "unlink";
    case Step::sync_folder: return "sync_folder";
  }
  return "";
}

std::error_code SteppedFileSystem::take(Step step) {
  steps_.push_back(step);
  return before_ ? before_(steps_.size(), step) : std::error_code();
}

FileSystem::IoResult<FileSystem::Target> SteppedFileSystem::resolve(const std::string& path) {
  if (const auto reason = take(Step::resolve)) return std::unexpected(reason);
  return files_.resolve(path);
}

FileSystem::IoResult<int> SteppedFileSystem::create(const std::string& path, std::optional<std::uint32_t> mode) {
  if (const auto reason = take(Step::create)) return std::unexpected(reason);
  return files_.create(path, mode);
}

FileSystem::IoResult<std::size_t> SteppedFileSystem::write(int file, std::span<const std::byte> bytes) {
  if (const auto reason = take(Step::write)) return std::unexpected(reason);
  return files_.write(file, bytes.first(std::min(bytes.size(), longest_write_)));
}

std::error_code SteppedFileSystem::sync(int) {
  return take(Step::sync);
}

std::error_code SteppedFileSystem::close(int file) {
  const auto reason = take(Step::close);
  const auto closed = files_.close(file);
  return reason ? reason : closed;
}

std::error_code SteppedFileSystem::rename(const std::string& from, const std::string& to) {
  if (const auto reason = take(Step::rename)) return reason;
  return files_.rename(from, to);
}

std::error_code SteppedFileSystem::unlink(const std::string& path) {
  if (const auto reason = take(Step::unlink)) return reason;
  return files_.unlink(path);
}

std::error_code SteppedFileSystem::sync_folder(const std::string&) {
  return take(Step::sync_folder);
}

}  // namespace revive::properties
