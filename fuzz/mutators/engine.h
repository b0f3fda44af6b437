// What the mutators need of a fuzzing engine.
#pragma once

#include <cstddef>
#include <cstdint>

namespace revive::fuzz {

// LLVMFuzzerMutate, or what stands in for it where there is no engine: changes the `size` bytes at `data`, which has
// room for `max`, and returns the new size; 0 where nothing was changed.
using ByteMutator = std::size_t (*)(std::uint8_t* data, std::size_t size, std::size_t max);

}  // namespace revive::fuzz
