// The two floats of 16 bits, as they are stored. Arithmetic is done in float, to which every value of either converts
// exactly; going back rounds to the nearest, ties to even, as IEEE 754 does by default.
//
// float16 is IEEE 754 binary16 (1 + 5 + 10 bits, largest 65504); bfloat16 is the upper half of a float (1 + 8 + 7
// bits). A NaN stays one, with as much of its payload as there is room for.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace revive {

// To the nearest float but for ties: an inexact result has its last bit set, so that rounding it once more, to less
// than 22 bits, gives what rounding `value` at once would give.
inline float round_to_odd(double value) {
  const auto nearest = static_cast<float>(value);
  if (static_cast<double>(nearest) == value || std::isnan(value)) return nearest;
  auto bits = std::bit_cast<std::uint32_t>(nearest);
  if (std::fabs(static_cast<double>(nearest)) > std::fabs(value)) --bits;
  return std::bit_cast<float>(bits | 1u);
}

class Float16 {
 public:
  Float16() = default;
  explicit Float16(float value) : bits_(round(value)) {}
  explicit Float16(double value) : Float16(round_to_odd(value)) {}
  static Float16 from_bits(std::uint16_t bits) {
    Float16 value;
    value.bits_ = bits;
    return value;
  }

  std::uint16_t bits() const { return bits_; }
  explicit operator float() const {
    const std::uint32_t sign = static_cast<std::uint32_t>(bits_ & 0x8000u) << 16;
    const std::uint32_t magnitude = static_cast<std::uint32_t>(bits_ & 0x7FFFu) << 13;
    if (magnitude >= kInfinity << 13) return std::bit_cast<float>(sign | 0x7F800000u | magnitude);
    // The exponent's bias differs by 112; the product is exact, subnormal numbers included.
    const float value = std::bit_cast<float>(magnitude) * 0x1p112F;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(value));
  }

 private:
  static constexpr std::uint32_t kInfinity = 0x7C00u;

  static std::uint16_t round(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 16) & 0x8000u;
    const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
    constexpr std::uint32_t kFloatInfinity = 0x7F800000u;
    // Half a step above the largest number, which is odd.
    constexpr std::uint32_t kOverflow = 0x477FF000u;
    constexpr std::uint32_t kLeastNormal = 0x38800000u;
    constexpr std::uint32_t kBias = 112u << 23;
    if (magnitude > kFloatInfinity) {
      return static_cast<std::uint16_t>(sign | kInfinity | 0x200u | ((magnitude >> 13) & 0x3FFu));
    }
    if (magnitude >= kOverflow) return static_cast<std::uint16_t>(sign | kInfinity);
    if (magnitude < kLeastNormal) {
      // Beside 0.5 the last bit of a float is the least float16, so that the sum is rounded to it.
      const float sum = std::bit_cast<float>(magnitude) + 0.5F;
      return static_cast<std::uint16_t>(sign |
                                        (std::bit_cast<std::uint32_t>(sum) - std::bit_cast<std::uint32_t>(0.5F)));
    }
    const std::uint32_t rounded = magnitude + 0xFFFu + ((magnitude >> 13) & 1u);
    return static_cast<std::uint16_t>(sign | ((rounded - kBias) >> 13));
  }

  std::uint16_t bits_ = 0;
};

class BFloat16 {
 public:
  BFloat16() = default;
  explicit BFloat16(float value) : bits_(round(value)) {}
  explicit BFloat16(double value) : BFloat16(round_to_odd(value)) {}
  static BFloat16 from_bits(std::uint16_t bits) {
    BFloat16 value;
    value.bits_ = bits;
    return value;
  }

  std::uint16_t bits() const { return bits_; }
  explicit operator float() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits_) << 16); }

 private:
  static std::uint16_t round(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
    return static_cast<std::uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
  }

  std::uint16_t bits_ = 0;
};

}  // namespace revive
