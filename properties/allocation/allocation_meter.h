// How much memory a piece of work takes, where the program counts it.
//
// Counting means replacing operator new and delete, which only a program can do: one that wants it compiles
// allocation_meter_main.cpp of the source tree, whose meter installs itself. What C libraries take with malloc() is not
// seen. Programs without a meter, and all programs under a sanitizer that has replacements of its own, do not measure,
// and what needs the meter says so (Need::allocation_meter).
#pragma once

#include <concepts>
#include <cstdint>

namespace revive::properties {

struct AllocationMeter {
  // From here on this thread's allocations are counted.
  void (*start)();
  // The most bytes that were held at once since then; counting ends. What was taken before is not to be freed
  // meanwhile.
  std::uint64_t (*stop)();
};

// Nullptr where the program does not measure.
const AllocationMeter* allocation_meter();
// To be called once, before main(). `meter` has to live as long as the program.
void install_allocation_meter(const AllocationMeter* meter);

// What work() held at most. REQUIRES: allocation_meter() != nullptr; work() does not measure itself, and frees what it
// took itself alone.
template <std::invocable Work>
std::uint64_t peak_allocation(Work&& work) {
  const AllocationMeter& meter = *allocation_meter();
  meter.start();
  work();
  return meter.stop();
}

}  // namespace revive::properties
