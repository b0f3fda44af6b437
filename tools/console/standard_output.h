// Standard output as a buffer of a stream, for which a reader that has gone away is the end of the run.
//
// A write to a pipe that nobody reads any more throws ReaderGone, which no command catches: what it holds is given back
// on the way out, and main() ends the program as the signal would have. A flush with nothing to write looks whether the
// reader is there, so a command that goes on for long flushes now and then, in the thread that may end it. Any other
// failure is the stream's to notice (badbit).
#pragma once

#include <array>
#include <streambuf>

namespace revive::tools {

struct ReaderGone {};

class StandardOutput : public std::streambuf {
 public:
  StandardOutput() { setp(buffer_.data(), buffer_.data() + buffer_.size()); }

 protected:
  int_type overflow(int_type c) override;
  int sync() override;

 private:
  // False where it cannot be written.
  bool write_all();

  std::array<char, 1 << 16> buffer_{};
};

}  // namespace revive::tools
