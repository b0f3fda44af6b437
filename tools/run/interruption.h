// SIGINT, SIGTERM and SIGHUP as a request to end in order, while one of these lives.
//
// The first is noted; a second one ends the program as if nobody listened. SIGHUP stays ignored where it was, as under
// nohup. One at a time.
#pragma once

#include <array>
#include <csignal>

namespace revive::tools {

class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  // The number of the signal; 0 before one came.
  int signal() const;
  bool happened() const { return signal() != 0; }
  // For poll(): readable once it has happened.
  int file() const { return pipe_[0]; }

 private:
  static constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};

  std::array<int, 2> pipe_ = {-1, -1};
  std::array<struct sigaction, kSignals.size()> before_{};
};

}  // namespace revive::tools
