#include "revive/tools/run/timed.h"

#include <fmt/format.h>

#include <cstdio>
#include <sstream>

#include "revive/model/base/out_of_memory.h"
#include "revive/properties/process/child_process.h"
#include "revive/tools/console/json_text.h"

namespace revive::tools {
namespace {

constexpr int kHeld = 0;
constexpr int kNotHeld = 1;
constexpr int kFailed = 2;

// The child's standard output is what the work printed; an Error goes to standard error, as it would here.
int run_work(const std::function<Result<bool>(Console&)>& work) {
  std::ostringstream out;
  std::ostringstream err;
  Console console{.out = out, .err = err};
  const Result<bool> held = within_memory([&] { return work(console); });
  if (!held) console.complain(held.error());
  std::fputs(out.str().c_str(), stdout);
  std::fputs(err.str().c_str(), stderr);
  std::fflush(stdout);
  std::fflush(stderr);
  if (!held) return kFailed;
  return *held ? kHeld : kNotHeld;
}

}  // namespace

void add_seconds_option(Arguments& app, std::uint64_t& seconds, const std::string& what) {
  app.add_option("--seconds", seconds, fmt::format("Give up on {} after so long (90, 5m, 2h)", what)).seconds();
}

Result<bool> timed(std::uint64_t seconds, const std::string& place, Console& console,
                   const std::function<Result<bool>(Console&)>& work) {
  if (seconds == 0) return within_memory([&] { return work(console); });
  const properties::ChildLimits limits{.wall_seconds = static_cast<double>(seconds)};
  REVIVE_ASSIGN_OR_RETURN(const auto end, properties::run_in_child([&] { return run_work(work); }, limits));
  console.out << end.out;
  console.err << end.err;
  if (end.how == properties::ChildEnd::How::timed_out) {
    return fail(ErrorCode::limit_exceeded, place,
                fmt::format("expected an answer within {} seconds (--seconds), found none", seconds));
  }
  if (end.exited_with(kHeld)) return true;
  if (end.exited_with(kNotHeld) || end.exited_with(kFailed)) return false;
  return fail(ErrorCode::subject_failed, place, "the process " + to_string(end));
}

}  // namespace revive::tools
