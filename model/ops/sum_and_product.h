// Sums and products of two elements, as the operators and what runs along an axis have them: ints wrap, and bools are
// or'd and and'd.
#pragma once

#include <cstdint>

#include "revive/model/ops/binary.h"

namespace revive::ops {

struct Add {
  static constexpr auto kPromotion = Promotion::common;
  static constexpr OpNumerics kNumerics = {.exact = true};
  template <Real T>
  T operator()(T a, T b) const {
    return a + b;
  }
  template <Whole Int>
  Int operator()(Int a, Int b) const {
    return wrapping_add(a, b);
  }
  std::uint8_t operator()(std::uint8_t a, std::uint8_t b) const { return (a | b) != 0; }
};

struct Multiply {
  static constexpr auto kPromotion = Promotion::common;
  static constexpr OpNumerics kNumerics = {.exact = true};
  template <Real T>
  T operator()(T a, T b) const {
    return a * b;
  }
  template <Whole Int>
  Int operator()(Int a, Int b) const {
    return wrapping_multiply(a, b);
  }
  std::uint8_t operator()(std::uint8_t a, std::uint8_t b) const { return a != 0 && b != 0; }
};

}  // namespace revive::ops
