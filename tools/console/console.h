// Where a command writes: results on `out`, which is the same in two runs; sentences about trouble, progress and
// timings on `err`.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>

#include "revive/model/base/error.h"

namespace revive::tools {

struct Console {
  std::ostream& out;
  std::ostream& err;
  // Whether `out` and `err` are terminals: colour and a progress line that overwrites itself are for people.
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  // What jobs are timed by.
  std::chrono::steady_clock::time_point (*now)() = std::chrono::steady_clock::now;

  // One sentence on `err`, printable and of bearable length, whatever an archive's names are.
  void complain(std::string_view sentence);
  void complain(const Error& error) { complain(error.text()); }
  // `text` in green or red, on a terminal.
  std::string good(std::string_view text) const;
  std::string bad(std::string_view text) const;
};

// "replay: 40 of 170", on `err` once a job has taken longer than two seconds. Says how long it took when it ends.
// step() and tell() may be called from any thread.
class Progress {
 public:
  // `total` 0: not known.
  Progress(Console& console, std::string what, std::uint64_t total = 0);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  void step();
  // How far the job is, where that is no count.
  void tell(std::string how_far);

 private:
  using Clock = std::chrono::steady_clock;

  double seconds() const { return std::chrono::duration<double>(console_.now() - start_).count(); }
  bool due() const { return seconds() >= next_line_; }
  std::string count() const;
  void show(const std::string& how_far);

  Console& console_;
  std::mutex mutex_;
  std::string what_;
  std::string told_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  Clock::time_point start_ = console_.now();
  double next_line_;
  bool shown_ = false;
};

}  // namespace revive::tools
