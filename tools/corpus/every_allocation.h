// A job that is run again and again while memory runs out at its first allocation, at its second, ..., each time alone
// and with all that follow.
//
// Each run has to end in success or in an Error with a sentence, to give back every block of memory, and to leave at
// its target the old bytes or, after a success, any others, and nothing beside it. `Failure` is what makes allocations
// fail (properties::FailingAllocation; a test's own otherwise).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "revive/model/base/error.h"
#include "revive/properties/allocation/failing_allocation.h"

namespace revive::tools {

enum class JobEnd : std::uint8_t { success, error, wrong };

template <typename T>
JobEnd end_of(const Result<T>& result) {
  if (result) return JobEnd::success;
  // Whatever it is, it has a sentence.
  return result.error().message.empty() ? JobEnd::wrong : JobEnd::error;
}

// The file that a job may replace, which is alone in its folder.
class WatchedTarget {
 public:
  explicit WatchedTarget(std::string folder);

  const std::string& path() const { return path_; }
  void put() const;
  // What is wrong with it after a job that began when it had been put there.
  std::optional<std::string> wrong_after(JobEnd end) const;

 private:
  std::string folder_;
  std::string path_;
};

struct AllocationCounts {
  // Of the job where none of them fails.
  std::uint64_t allocations = 0;
  std::uint64_t runs = 0;
  std::uint64_t errors = 0;
};

// The counts, or what was wrong at which allocation.
template <typename Failure, typename Job>
std::expected<AllocationCounts, std::string> fail_every_allocation(const WatchedTarget& target, Job&& job) {
  using properties::Failing;
  if (job() != JobEnd::success) return std::unexpected("fails with all the memory there is");
  AllocationCounts counts;
  for (const Failing how : {Failing::one_allocation, Failing::all_from_then_on}) {
    for (std::uint64_t number = 1;; ++number) {
      target.put();
      Failure failing(number, how);
      const JobEnd end = job();
      failing.end();
      const bool reached = failing.reached();
      const std::int64_t held = failing.held();
      ++counts.runs;
      if (end == JobEnd::error) ++counts.errors;
      const std::string where = "allocation " + std::to_string(number) + ": ";
      if (end == JobEnd::wrong) return std::unexpected(where + "an error without a sentence");
      if (held != 0) return std::unexpected(where + std::to_string(held) + " blocks of memory are not given back");
      if (const auto wrong = target.wrong_after(end)) return std::unexpected(where + *wrong);
      if (reached) continue;
      if (end != JobEnd::success) return std::unexpected(where + "an error though nothing failed");
      counts.allocations = number - 1;
      break;
    }
  }
  return counts;
}

}  // namespace revive::tools
