// Which instructions kernels may use: found out when the program runs, and without any effect on a bit of a result.
//
// Registers of 64 bytes (AVX-512) are not used: an EPYC that works on them in two halves ran the matrix product at 0.83
// of the speed that AVX2 gives it, and element-wise functions wait for memory anyway.
#pragma once

#include <cstdint>
#include <vector>

namespace revive {

// From narrow to wide.
enum class Instructions : std::uint8_t { plain, avx2 };

// Those that this machine has.
std::vector<Instructions> instructions_here();

// The widest of them, which kernels use.
Instructions best_instructions();

}  // namespace revive
