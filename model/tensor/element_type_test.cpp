#include "revive/model/tensor/element_type.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "revive/model/tensor/element.h"
#include "revive/model/tensor/tensor.h"

namespace revive {
namespace {

// What `value` is nearest to among all numbers of a dtype of 16 bits, ties to the even one, found by looking at all.
template <typename T>
std::uint16_t nearest_by_search(double value) {
  std::uint16_t best = 0;
  double distance = std::numeric_limits<double>::infinity();
  for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const auto candidate = static_cast<double>(static_cast<float>(T::from_bits(static_cast<std::uint16_t>(bits))));
    if (!std::isfinite(candidate) || std::signbit(candidate) != std::signbit(value)) continue;
    const double found = std::fabs(candidate - value);
    const bool even = found == distance && (bits & 1) == 0;
    if (found < distance || even) {
      best = static_cast<std::uint16_t>(bits);
      distance = found;
    }
  }
  return best;
}

template <typename T>
class NarrowFloat : public ::testing::Test {};
using NarrowFloats = ::testing::Types<Float16, BFloat16>;
TYPED_TEST_SUITE(NarrowFloat, NarrowFloats);

TYPED_TEST(NarrowFloat, EveryValueComesBackFromFloatAndDouble) {
  for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const auto narrow = TypeParam::from_bits(static_cast<std::uint16_t>(bits));
    const auto wide = static_cast<float>(narrow);
    const std::uint16_t back = TypeParam(wide).bits();
    if (std::isnan(wide)) {
      ASSERT_TRUE(std::isnan(static_cast<float>(TypeParam::from_bits(back)))) << bits;
      continue;
    }
    ASSERT_EQ(back, bits);
    ASSERT_EQ(TypeParam(static_cast<double>(wide)).bits(), bits);
  }
}

TYPED_TEST(NarrowFloat, RoundsToTheNearestAndTiesToEven) {
  for (const std::uint16_t bits :
       std::initializer_list<std::uint16_t>{0x0001, 0x0400, 0x0401, 0x3BFF, 0x3C00, 0x3C01, 0x7BFE, 0, 0x03FF}) {
    const auto low = static_cast<double>(static_cast<float>(TypeParam::from_bits(bits)));
    const auto high =
        static_cast<double>(static_cast<float>(TypeParam::from_bits(static_cast<std::uint16_t>(bits + 1))));
    const double middle = (low + high) / 2;
    for (const double value : {middle, std::nextafter(middle, low), std::nextafter(middle, high), (low + middle) / 2}) {
      ASSERT_EQ(TypeParam(value).bits(), nearest_by_search<TypeParam>(value)) << value;
      ASSERT_EQ(TypeParam(-value).bits(), nearest_by_search<TypeParam>(-value)) << -value;
    }
    ASSERT_EQ(TypeParam(static_cast<float>(middle)).bits(), nearest_by_search<TypeParam>(middle)) << middle;
  }
}

TEST(Float16, OverflowsAtHalfAStepAboveTheLargest) {
  EXPECT_EQ(Float16(65504.0F).bits(), 0x7BFF);
  EXPECT_EQ(Float16(65519.996F).bits(), 0x7BFF);
  EXPECT_EQ(Float16(65520.0F).bits(), 0x7C00);
  EXPECT_EQ(Float16(-1e30).bits(), 0xFC00);
}

TEST(DType, MeetsAnotherWhereKerasDoes) {
  using enum DType;
  struct Row {
    DType a, b, both;
  };
  // As keras.backend.result_type says with 64 bits enabled.
  for (const auto& [a, b, both] : std::vector<Row>{{boolean, uint8, uint8},
                                                   {uint8, int8, int16},
                                                   {uint8, int32, int32},
                                                   {uint16, int16, int32},
                                                   {uint32, int8, int64},
                                                   {uint32, int32, int64},
                                                   {int32, int64, int64},
                                                   {int64, float16, float16},
                                                   {int64, bfloat16, bfloat16},
                                                   {float16, bfloat16, float32},
                                                   {float16, float32, float32},
                                                   {float32, float64, float64},
                                                   {int8, int8, int8}}) {
    EXPECT_EQ(common_dtype(a, b), both) << name_of(a) << " " << name_of(b);
    EXPECT_EQ(common_dtype(b, a), both) << name_of(b) << " " << name_of(a);
  }
}

TEST(DType, CarriersHoldEveryElement) {
  for (const DType dtype : kDTypes) {
    EXPECT_EQ(carrier_of(carrier_of(dtype)), carrier_of(dtype));
    EXPECT_GE(size_of(carrier_of(dtype)), size_of(dtype));
    EXPECT_EQ(is_float(carrier_of(dtype)), is_float(dtype));
  }
}

TEST(Cast, RoundsWrapsAndTruncates) {
  const Tensor reals = Tensor::from<double>({5}, {0.1, -2.9, 300.0, 65536.0, -0.0});
  EXPECT_THAT(cast(reals, DType::uint8).data<std::uint8_t>(), ::testing::ElementsAre(0, 0, 0, 0, 0));
  EXPECT_THAT(cast(reals, DType::int64).data<std::int64_t>(), ::testing::ElementsAre(0, -2, 300, 65536, 0));
  const Tensor halves = cast(reals, DType::float16);
  EXPECT_EQ(halves.data<Float16>()[0].bits(), 0x2E66);
  EXPECT_EQ(halves.data<Float16>()[3].bits(), 0x7C00);
  EXPECT_EQ(halves.data<Float16>()[4].bits(), 0x8000);
  const Tensor ints = Tensor::from<std::int64_t>({3}, {257, -1, 5});
  EXPECT_THAT(cast(ints, DType::uint8).data<std::uint8_t>(), ::testing::ElementsAre(1, 255, 5));
  EXPECT_THAT(cast(ints, DType::boolean).data<bool>(), ::testing::ElementsAre(true, true, true));
  EXPECT_EQ(static_cast<float>(cast(ints, DType::bfloat16).data<BFloat16>()[0]), 256.0F);
}

TEST(Element, ComesBackInEveryDtype) {
  for (const DType dtype : kDTypes) {
    Tensor tensor(dtype, {2});
    const Value value = dtype == DType::boolean ? Value(true) : is_float(dtype) ? Value(1.5) : Value(97);
    ASSERT_TRUE(is_element(value, dtype)) << name_of(dtype);
    set_element(tensor, 1, value);
    EXPECT_EQ(element_of(tensor, 1), value) << name_of(dtype);
    EXPECT_EQ(element_bits(tensor, 1).size(), 2 * size_of(dtype));
    EXPECT_FALSE(is_element(Value("1"), dtype));
  }
  EXPECT_FALSE(is_element(Value(256), DType::uint8));
  EXPECT_FALSE(is_element(Value(-1), DType::uint64));
  EXPECT_FALSE(is_element(Value(0.5), DType::int32));
}

}  // namespace
}  // namespace revive
