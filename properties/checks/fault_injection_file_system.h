// A file system in which every call is a step that can fail, or be the last.
//
// Steps are counted from 1. `before` is told of each and says what it fails with; a success goes on to the files
// underneath. A failing close closes all the same, as it does on POSIX. Syncs are steps, but nothing is synced, because
// waiting for a disk is most of what a save costs; what a power cut would lose follows from the order of the steps.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "revive/serializer/io/file.h"

namespace revive::properties {

enum class Step : std::uint8_t { resolve, create, write, sync, close, rename, unlink, sync_folder };
std::string_view name_of(Step step);

class SteppedFileSystem final : public FileSystem {
 public:
  using BeforeStep = std::function<std::error_code(std::size_t number, Step step)>;

  // `longest_write` bytes are taken at a time, at least 1; `files` must outlive this.
  SteppedFileSystem(FileSystem& files, std::size_t longest_write, BeforeStep before = {})
      : files_(files), longest_write_(longest_write), before_(std::move(before)) {}

  // The steps so far.
  const std::vector<Step>& steps() const { return steps_; }
  // What a power cut may lose of the steps so far, by POSIX' promises: a file renamed before its bytes were synced may
  // be empty, and a new name whose folder was not synced may be gone. Nothing where all of it stays.
  std::optional<std::string> not_durable() const;

  IoResult<Target> resolve(const std::string& path) override;
  IoResult<int> create(const std::string& path, const std::optional<Access>& access) override;
  IoResult<std::size_t> write(int file, std::span<const std::byte> bytes) override;
  std::error_code sync(int file) override;
  std::error_code close(int file) override;
  std::error_code rename(const std::string& from, const std::string& to) override;
  std::error_code unlink(const std::string& path) override;
  std::error_code sync_folder(const std::string& path) override;
  // No steps: what they are for does not depend on them.
  IoResult<int> hold(int file, const std::string& path) override { return files_.hold(file, path); }
  void release(int held) override { files_.release(held); }
  bool remove_leftover(const std::string& path) override { return files_.remove_leftover(path); }

 private:
  std::error_code take(Step step);

  FileSystem& files_;
  std::size_t longest_write_;
  BeforeStep before_;
  std::vector<Step> steps_;
  // Of open files, and of those with bytes that were not synced.
  std::map<int, std::string> paths_;
  std::set<std::string> unsynced_;
  std::optional<std::string> renamed_unsynced_;
  std::set<std::string> folders_to_sync_;
};

}  // namespace revive::properties
