// A random number generator whose numbers are the same with every compiler and standard library.
//
// SplitMix64 (Steele, Lea and Flood, 2014): one 64-bit word of state, any seed is a good seed. The ranges below are
// part of what a seed means, so std:: distributions, whose results are not specified, have no place here.
#pragma once

#include <bit>
#include <cstdint>

namespace revive {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // Evenly from [0, max]. The bias of the remainder is below max / 2^64.
  std::uint64_t up_to(std::uint64_t max) { return max == UINT64_MAX ? next() : next() % (max + 1); }

  // In [0, bound). REQUIRES: bound > 0.
  std::uint64_t below(std::uint64_t bound) { return up_to(bound - 1); }

  // In [0, 1), a multiple of 2^-53.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  // From [0, max] with every bit width equally likely, so that small numbers are common and large ones possible.
  std::uint64_t small_up_to(std::uint64_t max) {
    const auto widest = static_cast<std::uint64_t>(std::bit_width(max));
    const std::uint64_t width = up_to(widest);
    if (width == 0) return 0;
    const std::uint64_t least = std::uint64_t{1} << (width - 1);
    const std::uint64_t most = width == widest ? max : 2 * least - 1;
    return least + up_to(most - least);
  }

 private:
  std::uint64_t state_;
};

}  // namespace revive
