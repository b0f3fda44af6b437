#include "revive/tools/console/console.h"

#include <fmt/format.h>

#include "revive/model/base/printable.h"
#include "revive/tools/console/text.h"

namespace revive::tools {
namespace {

constexpr double kQuietSeconds = 2;
constexpr double kTerminalSeconds = 0.5;
constexpr double kLogSeconds = 15;

std::string painted(bool terminal, int colour, std::string_view text) {
  return terminal ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : std::string(text);
}

}  // namespace

void Console::complain(std::string_view sentence) {
  err << printable(shortened(sentence)) << '\n';
}

std::string Console::good(std::string_view text) const {
  constexpr int kGreen = 32;
  return painted(out_is_terminal, kGreen, text);
}

std::string Console::bad(std::string_view text) const {
  constexpr int kRed = 31;
  return painted(out_is_terminal, kRed, text);
}

Progress::Progress(Console& console, std::string what, std::uint64_t total)
    : console_(console), what_(std::move(what)), total_(total), next_line_(kQuietSeconds) {}

Progress::~Progress() {
  const double took = seconds();
  if (took < kQuietSeconds) return;
  const std::string_view clear = shown_ && console_.err_is_terminal ? "\r\x1b[K" : "";
  console_.err << fmt::format("{}{}: {} in {:.1f} s\n", clear, what_, told_.empty() ? count() : told_, took);
}

void Progress::step() {
  const std::scoped_lock lock(mutex_);
  ++done_;
  if (due()) show(count());
}

void Progress::tell(std::string how_far) {
  const std::scoped_lock lock(mutex_);
  told_ = std::move(how_far);
  if (due()) show(told_);
}

std::string Progress::count() const {
  return done_ >= total_ ? fmt::format("{}", done_) : fmt::format("{} of {}", done_, total_);
}

void Progress::show(const std::string& how_far) {
  next_line_ = seconds() + (console_.err_is_terminal ? kTerminalSeconds : kLogSeconds);
  shown_ = true;
  if (console_.err_is_terminal) {
    console_.err << fmt::format("\r\x1b[K{}: {}", what_, how_far) << std::flush;
  } else {
    console_.err << fmt::format("{}: {}\n", what_, how_far) << std::flush;
  }
}

}  // namespace revive::tools
