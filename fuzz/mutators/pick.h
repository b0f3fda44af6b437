// Small helpers to pick at random, the same with every compiler.
#pragma once

#include <cstddef>
#include <iterator>

#include "revive/model/base/random.h"

namespace revive::fuzz {

// REQUIRES: the range is not empty.
template <typename Range>
decltype(auto) pick(Random& random, Range&& range) {
  return *(std::begin(range) + static_cast<std::ptrdiff_t>(random.below(std::size(range))));
}

inline std::size_t index_below(Random& random, std::size_t count) {
  return static_cast<std::size_t>(random.below(count));
}

inline bool chance(Random& random, std::uint64_t in, std::uint64_t out_of) {
  return random.below(out_of) < in;
}

}  // namespace revive::fuzz
