#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "revive/properties/faults/fault_injectors.h"
#include "revive/properties/faults/fault_lists.h"

namespace revive::properties::faults {
namespace {

constexpr std::uint32_t kQuietBit = 0x0040'0000;

float flushed(float weight) {
  return std::fpclassify(weight) == FP_SUBNORMAL ? std::copysign(0.0F, weight) : weight;
}

float as_bfloat16(float weight) {
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(weight) & 0xFFFF'0000U);
}

// The float behind a double holds a quiet NaN whatever it held before.
float through_double(float weight) {
  return std::isnan(weight) ? std::bit_cast<float>(std::bit_cast<std::uint32_t>(weight) | kQuietBit) : weight;
}

bool is_whole(double real) {
  constexpr double kLargest = 0x1p53;
  return std::abs(real) <= kLargest && std::trunc(real) == real;
}

Value without_fraction(double real) {
  return is_whole(real) ? Value(static_cast<std::int64_t>(real)) : Value(real);
}

// strtod() stops at a comma that the printing locale made of the point.
Value cut_at_comma(double real) {
  return std::isfinite(real) ? Value(std::trunc(real)) : Value(real);
}

Value with_six_decimals(double real) {
  if (!std::isfinite(real)) return real;
  const std::string text = fmt::format("{:.6f}", real);
  double read = 0;
  std::from_chars(text.data(), text.data() + text.size(), read);
  return read;
}

Value as_float32(double real) {
  return static_cast<double>(static_cast<float>(real));
}

Value through_int32(const Value& scalar) {
  return scalar.is_int() ? Value(static_cast<std::int64_t>(static_cast<std::int32_t>(scalar.as_int()))) : scalar;
}

// REQUIRES: nothing; 2^63 itself would not fit back, so it stays what it was.
Value through_real(const Value& scalar) {
  if (!scalar.is_int()) return scalar;
  const auto real = static_cast<double>(scalar.as_int());
  return real < 0x1p63 ? Value(static_cast<std::int64_t>(real)) : scalar;
}

constexpr std::array kFaults = {
    Fault{"weights_printed_with_6_digits",
          "Weights are stored as text, printed with the 6 digits of %g.",
          [] {
            return loads_model(each_weight([](float weight) { return static_cast<float>(with_digits(weight, 6)); }));
          },
          {"outputs_survive", 50, 1}},
    Fault{"weights_as_bfloat16",
          "Weights are stored in half the bytes, because nobody will notice.",
          [] { return loads_model(each_weight(as_bfloat16)); },
          {"outputs_survive", 50, 1}},
    Fault{"weight_nan_canonical",
          "Every NaN in the weights comes back as the one that the reader knows.",
          [] {
            return loads_model(each_weight(
                [](float weight) { return std::isnan(weight) ? std::numeric_limits<float>::quiet_NaN() : weight; }));
          },
          {"outputs_survive", 200, 1}},
    Fault{"weight_nan_quieted",
          "Weights pass through double, which makes signalling NaNs quiet.",
          [] { return loads_model(each_weight(through_double)); },
          {"weights_survive", 200, 1}},
    Fault{"weight_nan_as_zero",
          "Weights are cleaned with nan_to_num() before they are stored.",
          [] { return saves_model(each_weight([](float weight) { return std::isnan(weight) ? 0.0F : weight; })); },
          {"outputs_survive", 200, 1}},
    Fault{"weight_negative_zero_lost",
          "Weights that equal 0 are not stored, and -0.0 equals 0.",
          [] { return loads_model(each_weight([](float weight) { return weight == 0 ? 0.0F : weight; })); },
          {"weights_survive", 200, 2}},
    Fault{"weight_subnormals_flushed",
          "The reader runs with subnormals flushed to zero.",
          [] { return loads_model(each_weight(flushed)); },
          {"weights_survive", 100, 1}},
    Fault{"weight_infinities_clamped",
          "Infinite weights are clipped to the largest number, for JSON has no infinity.",
          [] {
            return saves_model(each_weight([](float weight) {
              return std::isinf(weight) ? std::copysign(std::numeric_limits<float>::max(), weight) : weight;
            }));
          },
          {"weights_survive", 200, 1}},
    Fault{"reals_printed_with_6_digits",
          "Numbers in config.json are printed with the 6 digits of %g.",
          [] { return writes_reals([](double real) { return Value(with_digits(real, 6)); }); },
          {"what_builds_can_be_saved", 50, 2}},
    Fault{"reals_without_exponent",
          "Numbers in config.json are printed with %f, small ones as 0.000000.",
          [] { return writes_reals(with_six_decimals); },
          {"training_data_is_carried", 10, 2}},
    Fault{"reals_as_float32",
          "Numbers in config.json are kept in a float.",
          [] { return writes_reals(as_float32); },
          {"config_survives", 50, 1}},
    Fault{"reals_with_comma",
          "Numbers in config.json are printed with the locale's comma, at which reading stops.",
          [] { return writes_reals(cut_at_comma); },
          {"outputs_survive", 100, 1}},
    Fault{"whole_reals_as_ints",
          "1.0 is printed as 1, and comes back as an int.",
          [] { return writes_reals(without_fraction); },
          {"config_survives", 50, 1}},
    Fault{"negative_zero_as_int",
          "-0.0 is printed as -0, which comes back as the int 0.",
          [] {
            return writes_reals([](double real) { return real == 0 && std::signbit(real) ? Value(0) : Value(real); });
          },
          {"training_data_is_carried", 10, 1}},
    Fault{"non_finite_as_null",
          "The JSON library prints NaN and infinities as null.",
          [] { return writes_reals([](double real) { return std::isfinite(real) ? Value(real) : Value(); }); },
          {"training_data_is_carried", 10, 1}},
    Fault{"ints_as_reals",
          "All numbers in config.json are doubles, as in JavaScript.",
          [] {
            return writes_scalars([](const Value& scalar) {
              return scalar.is_int() ? Value(static_cast<double>(scalar.as_int())) : scalar;
            });
          },
          {"outputs_survive", 10, 1}},
    Fault{"bools_as_ints",
          "Booleans are stored as 0 and 1.",
          [] {
            return writes_scalars(
                [](const Value& scalar) { return scalar.is_bool() ? Value(scalar.as_bool() ? 1 : 0) : scalar; });
          },
          {"outputs_survive", 10, 1}},
    Fault{"big_ints_rounded",
          "Ints in config.json pass through double, which is exact up to 2^53.",
          [] { return writes_scalars(through_real); },
          {"training_data_is_carried", 20, 1}},
    Fault{"ints_of_32_bits",
          "Ints in config.json are read into an int32_t.",
          [] { return writes_scalars(through_int32); },
          {"training_data_is_carried", 20, 1}},
};

}  // namespace

std::span<const Fault> number_faults() {
  return kFaults;
}

}  // namespace revive::properties::faults
