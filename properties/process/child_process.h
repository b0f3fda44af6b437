// A program run as a child, within limits of time and memory, with what it printed.
//
// A child that crashes, hangs or eats memory is an end like any other; only one that cannot be started is an Error
// (file_unreadable). Children are killed when their time is up, and never outlive the call. Not for threads that
// fork elsewhere at the same time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "revive/model/base/error.h"

namespace revive::properties {

// 0: no limit.
struct ChildLimits {
  double wall_seconds = 0;
  std::uint64_t cpu_seconds = 0;
  // Of address space. Not applied where a sanitizer reserves terabytes of it for itself (applies_memory_limits()).
  std::uint64_t memory_bytes = 0;
  // Of every file written; beyond it a write fails as on a full disk.
  std::uint64_t file_bytes = 0;
};

struct ChildEnd {
  enum class How : std::uint8_t { exited, signalled, timed_out };
  How how = How::exited;
  // The exit code, or the number of the signal.
  int code = 0;
  // At most kMostOutput bytes of each.
  std::string out;
  std::string err;

  bool exited_with(int expected) const { return how == How::exited && code == expected; }
};

bool applies_memory_limits();

inline constexpr std::size_t kMostOutput = 1 << 20;
// The exit code of a child that could not become its program; the same as a shell's.
inline constexpr int kCannotStart = 127;

// `command` is a path and its arguments. Its standard input is empty.
Result<ChildEnd> run_child(const std::vector<std::string>& command, const ChildLimits& limits);

// What waitpid() said; of the streams nothing.
ChildEnd end_from_status(int status);

// "ended with exit code 3", "was killed by signal 11 (Segmentation fault)", "ran out of time".
std::string to_string(const ChildEnd& end);

// The program that is running.
std::string own_program();

}  // namespace revive::properties
