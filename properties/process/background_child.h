// A program that runs beside this one, its output in a file.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "revive/properties/process/child_process.h"

namespace revive::properties {

// Owns the process: one that has not ended is killed with its owner, and dies with this program.
class BackgroundChild {
 public:
  // Errors: file_unreadable, file_unwritable for the log.
  static Result<BackgroundChild> start(const std::vector<std::string>& command, const std::string& log);
  BackgroundChild(BackgroundChild&& other) noexcept : process_(std::exchange(other.process_, kNone)) {}
  BackgroundChild& operator=(BackgroundChild&& other) noexcept {
    std::swap(process_, other.process_);
    return *this;
  }
  BackgroundChild(const BackgroundChild&) = delete;
  BackgroundChild& operator=(const BackgroundChild&) = delete;
  ~BackgroundChild();

  // How it ended; nothing while it runs.
  std::optional<ChildEnd> ended();
  void stop() const;

 private:
  static constexpr int kNone = -1;

  explicit BackgroundChild(int process) : process_(process) {}

  int process_ = kNone;
};

}  // namespace revive::properties
