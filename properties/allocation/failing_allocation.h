// Memory that runs out when it is asked to: the n-th allocation of this thread fails, alone or with all that follow.
//
// Failing means replacing operator new and delete, which only a program can do: one that wants it compiles
// failing_allocation_main.cpp of the source tree. It works under the sanitizers, too, whose malloc() lies below. What C
// libraries take with malloc() does not fail.
#pragma once

#include <cstdint>

namespace revive::properties {

enum class Failing : std::uint8_t { one_allocation, all_from_then_on };

// Counts and fails while it lives. Not to be nested.
class FailingAllocation {
 public:
  // `number` counts from 1.
  FailingAllocation(std::uint64_t number, Failing how);
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;
  ~FailingAllocation();

  // From here on nothing fails, and nothing is counted.
  void end();
  // Whether so many allocations were asked for.
  bool reached() const;
  // The blocks that were taken while it counted and not given back since.
  std::int64_t held() const;
};

}  // namespace revive::properties
