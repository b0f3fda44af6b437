// All floating-point numbers in one line, the simplest first, so that one recorded index is a number and lowering the
// index makes the number simpler.
//
// The line: the special values, then the integers 0, 1, -1, 2 ... ±kIntegers, then the sixteenths up to ±16, then
// every bit pattern by magnitude with the sign last. A number that occurs more than once has the first of its places
// as its index. NaNs keep their payload. Only the subnormals below kRaw / 2 units in the last place, which would stand
// where the first part of the line stands, are missing (the smallest of all is among the specials).
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace revive::properties {

template <typename T>
class FloatOrder {
  static_assert(std::numeric_limits<T>::is_iec559);
  using Limits = std::numeric_limits<T>;

 public:
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

  // 1 and -1 come before the exotic ones because a reader expects them of a simple counterexample.
  static constexpr std::array kSpecials = {T{0},
                                           T{1},
                                           T{-1},
                                           -T{0},
                                           Limits::infinity(),
                                           -Limits::infinity(),
                                           Limits::quiet_NaN(),
                                           Limits::denorm_min(),
                                           Limits::min(),
                                           Limits::epsilon(),
                                           Limits::max(),
                                           Limits::lowest()};
  static constexpr Bits kIntegers = 1024;
  static constexpr Bits kSixteenths = 16 * 16;

  static constexpr Bits kFirstInteger = kSpecials.size();
  static constexpr Bits kFirstSixteenth = kFirstInteger + 2 * kIntegers + 1;
  static constexpr Bits kRaw = kFirstSixteenth + 2 * kSixteenths + 1;
  static constexpr Bits kMax = std::numeric_limits<Bits>::max();

  static constexpr T at(Bits index) {
    if (index < kFirstInteger) return kSpecials[index];
    if (index < kFirstSixteenth) return static_cast<T>(unfold(index - kFirstInteger));
    if (index < kRaw) return static_cast<T>(unfold(index - kFirstSixteenth)) / 16;
    return std::bit_cast<T>(std::rotr(index, 1));
  }

  // The first place of `number`; a subnormal that is missing has the place of the smallest one.
  static constexpr Bits index_of(T number) {
    const Bits bits = std::bit_cast<Bits>(number);
    for (Bits i = 0; i < kFirstInteger; ++i) {
      if (std::bit_cast<Bits>(kSpecials[i]) == bits) return i;
    }
    if (number >= -T{kIntegers} && number <= T{kIntegers}) {
      const auto sixteenths = static_cast<std::int64_t>(number * 16);
      const bool exact = static_cast<T>(sixteenths) == number * 16 && number != 0;
      if (exact && sixteenths % 16 == 0) return kFirstInteger + fold(sixteenths / 16);
      if (exact && fold(sixteenths) < kRaw - kFirstSixteenth) return kFirstSixteenth + fold(sixteenths);
    }
    const Bits raw = std::rotl(bits, 1);
    return raw < kRaw ? index_of(Limits::denorm_min()) : raw;
  }

 private:
  // 0, 1, -1, 2, -2 ... and back.
  static constexpr std::int64_t unfold(Bits place) {
    const auto half = static_cast<std::int64_t>((place + 1) / 2);
    return place % 2 == 1 ? half : -half;
  }
  static constexpr Bits fold(std::int64_t integer) {
    return static_cast<Bits>(integer > 0 ? 2 * integer - 1 : -2 * integer);
  }
};

}  // namespace revive::properties
