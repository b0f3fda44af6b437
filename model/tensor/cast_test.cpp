// What becomes of every kind of number in every dtype, against a definition in long double.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "revive/model/tensor/element_type.h"
#include "revive/model/tensor/tensor.h"

namespace revive {
namespace {

// The bounds of an int dtype, what lies on either side of them, and what is no number.
template <typename To>
std::vector<double> hard_numbers() {
  const double low = static_cast<double>(std::numeric_limits<To>::min());
  const double past = std::ldexp(1.0, std::numeric_limits<To>::digits);
  const double huge = std::numeric_limits<double>::infinity();
  std::vector<double> numbers = {0, -0.0, 0.5, -0.5, -0.9, 1, -1, 1.9, -1.9, 1e300, -1e300, huge, -huge, std::nan("")};
  for (const double bound : {low - 1, low, low + 1, past - 1, past, past + 1}) {
    for (const double number :
         {bound, bound - 0.5, bound + 0.5, std::nextafter(bound, huge), std::nextafter(bound, -huge), -bound}) {
      numbers.push_back(number);
    }
  }
  return numbers;
}

// Towards zero; the least int for what has no place in the dtype.
template <typename To>
To truncated(long double number) {
  const long double whole = std::trunc(number);
  const bool fits = whole >= static_cast<long double>(std::numeric_limits<To>::min()) &&
                    whole <= static_cast<long double>(std::numeric_limits<To>::max());
  return fits ? static_cast<To>(whole) : std::numeric_limits<To>::min();
}

template <typename To>
class CastToInts : public ::testing::Test {};
using Ints = ::testing::Types<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t,
                              std::int64_t, std::uint64_t>;
TYPED_TEST_SUITE(CastToInts, Ints);

TYPED_TEST(CastToInts, TruncatesWhatFitsAndMakesTheLeastOfTheRest) {
  const std::vector<double> numbers = hard_numbers<TypeParam>();
  const Tensor wide = Tensor::from<double>({static_cast<std::int64_t>(numbers.size())}, numbers);
  for (const DType from : {DType::float64, DType::float32, DType::float16, DType::bfloat16}) {
    // What a narrow dtype makes of a number is another number.
    const Tensor given = cast(wide, from);
    const Tensor exact = cast(given, DType::float64);
    const Tensor made = cast(given, DTypeOf<TypeParam>::value);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const double number = exact.data<double>()[i];
      EXPECT_EQ(made.template data<TypeParam>()[i], truncated<TypeParam>(static_cast<long double>(number)))
          << name_of(from) << " " << number;
    }
  }
}

TYPED_TEST(CastToInts, ComeBackFromTheWiderOnes) {
  using Range = std::numeric_limits<TypeParam>;
  const std::vector<TypeParam> numbers = {Range::min(), Range::max(), TypeParam{0}, TypeParam{1}, TypeParam{100}};
  const Tensor given = Tensor::from<TypeParam>({5}, numbers);
  for (const DType dtype : kDTypes) {
    const bool holds_all = is_integer(dtype) && size_of(dtype) >= size_of(given.dtype());
    if (!holds_all) continue;
    EXPECT_TRUE(same_bits(cast(cast(given, dtype), given.dtype()), given)) << name_of(dtype);
  }
  const Tensor flags = cast(given, DType::boolean);
  for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(flags.data<bool>()[i], numbers[i] != 0);
}

TEST(Cast, ABoolIsOneWhateverByteHoldsIt) {
  Tensor flags(DType::boolean, {3});
  flags.data<std::uint8_t>()[1] = 1;
  flags.data<std::uint8_t>()[2] = 0xFE;
  for (const DType dtype : kDTypes) {
    if (dtype == DType::boolean) continue;
    const Tensor made = cast(cast(flags, dtype), DType::float64);
    EXPECT_TRUE(same_bits(made, Tensor::from<double>({3}, {0, 1, 1}))) << name_of(dtype);
  }
}

// A dtype of 16 bits is rounded to once, not by way of a float32, which would make a tie of what is none.
TEST(Cast, RoundsADoubleOnce) {
  // 1 + half a step of float16, and a little that a float32 cannot hold.
  const double above = 1 + 0x1p-11 + 0x1p-40;
  EXPECT_EQ(cast(Tensor::from<double>({1}, {above}), DType::float16).data<Float16>()[0].bits(), 0x3C01);
  const double above_a_half = 1 + 0x1p-8 + 0x1p-40;
  EXPECT_EQ(cast(Tensor::from<double>({1}, {above_a_half}), DType::bfloat16).data<BFloat16>()[0].bits(), 0x3F81);
}

}  // namespace
}  // namespace revive
