// The part of a Process that runs after the fork: the supervisor and the first steps of the child.
//
// Nothing here allocates or locks, because the process that forked may have had other threads. The supervisor and its
// owner talk over one socket of packets: the owner sends an Order, the supervisor one Report when all is over, and the
// end of the owner closes the socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace revive::properties {

// Ends the child; the earliest of several counts.
struct Order {
  std::int32_t grace_milliseconds = 0;
};

struct Report {
  // As waitpid() gives it.
  std::int32_t status = 0;
  bool timed_out = false;
};

struct ChildLimits;

// All of it made before the fork. Files have numbers above those of the standard streams.
struct SupervisedChild {
  // Null-terminated; nullptr where there is a body.
  char* const* command = nullptr;
  char* const* environment = nullptr;
  const std::function<int()>* body = nullptr;
  // nullptr: here.
  const char* folder = nullptr;
  const ChildLimits* limits = nullptr;
  int in = -1;
  int out = -1;
  int err = -1;
  // Where the supervisor reads what it passes on to standard error, or -1.
  int shown_err = -1;
  // Takes errno when the child cannot become its program, and is closed when it has.
  int start_error = -1;
  int channel = -1;
};

// The life of the supervisor.
[[noreturn]] void supervise(const SupervisedChild& child);

// Of a wall limit or grace.
std::int64_t milliseconds_of(double seconds);

}  // namespace revive::properties
