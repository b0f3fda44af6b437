// An open file of this process, owned: closed at the end, not inherited, and above the numbers of the standard streams,
// so that it can be put in their place.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace revive::properties {

class Descriptor {
 public:
  Descriptor() = default;
  // Of `file`, which stays open; invalid, and errno says why, where it cannot be copied.
  static Descriptor copy_of(int file) { return Descriptor(fcntl(file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)); }
  // Takes `file` over; -1, as from a call that failed, is invalid.
  static Descriptor own(int file) {
    if (file < 0 || file > STDERR_FILENO) return Descriptor(file);
    Descriptor copy = copy_of(file);
    ::close(file);
    return copy;
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, kInvalid)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  bool valid() const { return number_ >= 0; }
  // -1 where it is not valid.
  int number() const { return number_; }
  void close() {
    if (valid()) ::close(std::exchange(number_, kInvalid));
  }

 private:
  static constexpr int kInvalid = -1;

  explicit Descriptor(int number) : number_(number) {}

  int number_ = kInvalid;
};

// Invalid at both ends, and errno says why, where it cannot be made.
struct Pipe {
  Descriptor reading;
  Descriptor writing;

  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
    reading = Descriptor::own(ends[0]);
    writing = Descriptor::own(ends[1]);
  }
  bool valid() const { return reading.valid() && writing.valid(); }
};

}  // namespace revive::properties
