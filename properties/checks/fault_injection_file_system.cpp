#include "revive/properties/checks/fault_injection_file_system.h"

#include <algorithm>
#include <filesystem>

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

namespace {

std::string folder_of(const std::string& path) {
  return std::filesystem::path(path).lexically_normal().parent_path().string();
}

}  // namespace

std::error_code SteppedFileSystem::take(Step step) {
  steps_.push_back(step);
  return before_ ? before_(steps_.size(), step) : std::error_code();
}

FileSystem::IoResult<FileSystem::Target> SteppedFileSystem::resolve(const std::string& path) {
  if (const auto reason = take(Step::resolve)) return std::unexpected(reason);
  return files_.resolve(path);
}

FileSystem::IoResult<int> SteppedFileSystem::create(const std::string& path, const std::optional<Access>& access) {
  if (const auto reason = take(Step::create)) return std::unexpected(reason);
  const auto file = files_.create(path, access);
  if (file) {
    paths_[*file] = path;
    folders_to_sync_.insert(folder_of(path));
  }
  return file;
}

FileSystem::IoResult<std::size_t> SteppedFileSystem::write(int file, std::span<const std::byte> bytes) {
  if (const auto reason = take(Step::write)) return std::unexpected(reason);
  unsynced_.insert(paths_[file]);
  return files_.write(file, bytes.first(std::min(bytes.size(), longest_write_)));
}

std::error_code SteppedFileSystem::sync(int file) {
  const auto reason = take(Step::sync);
  if (!reason) unsynced_.erase(paths_[file]);
  return reason;
}

std::error_code SteppedFileSystem::close(int file) {
  const auto reason = take(Step::close);
  const auto closed = files_.close(file);
  return reason ? reason : closed;
}

std::error_code SteppedFileSystem::rename(const std::string& from, const std::string& to) {
  if (const auto reason = take(Step::rename)) return reason;
  const auto renamed = files_.rename(from, to);
  if (renamed) return renamed;
  if (unsynced_.contains(from)) renamed_unsynced_ = to;
  folders_to_sync_.insert(folder_of(to));
  return {};
}

std::error_code SteppedFileSystem::unlink(const std::string& path) {
  if (const auto reason = take(Step::unlink)) return reason;
  const auto unlinked = files_.unlink(path);
  if (!unlinked) unsynced_.erase(path);
  return unlinked;
}

std::error_code SteppedFileSystem::sync_folder(const std::string& path) {
  const auto reason = take(Step::sync_folder);
  if (!reason) folders_to_sync_.erase(folder_of(path + "/."));
  return reason;
}

std::optional<std::string> SteppedFileSystem::not_durable() const {
  const auto name = [](const std::string& path) { return path.substr(path.rfind('/') + 1); };
  if (renamed_unsynced_) return name(*renamed_unsynced_) + " gets its name before its bytes are synced";
  if (!unsynced_.empty()) return "the bytes of " + name(*unsynced_.begin()) + " are not synced";
  if (!folders_to_sync_.empty()) return "the folder is not synced, where the name stands";
  return std::nullopt;
}

}  // namespace revive::properties
