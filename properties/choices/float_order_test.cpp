#include "revive/properties/choices/float_order.h"

#include <gtest/gtest.h>

#include "revive/model/base/random.h"

namespace revive::properties {
namespace {

template <typename T>
class FloatOrderOf : public ::testing::Test {};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(FloatOrderOf, Types);

template <typename T>
auto bits(T number) {
  return std::bit_cast<typename FloatOrder<T>::Bits>(number);
}

TYPED_TEST(FloatOrderOf, BeginsWithZeroAndOne) {
  using Order = FloatOrder<TypeParam>;
  EXPECT_EQ(bits(Order::at(0)), bits(TypeParam{0}));
  EXPECT_EQ(Order::at(1), TypeParam{1});
  EXPECT_EQ(Order::index_of(TypeParam{-1}), 2u);
}

TYPED_TEST(FloatOrderOf, AnIndexIsTheFirstPlaceOfItsNumber) {
  using Order = FloatOrder<TypeParam>;
  const auto check = [](typename Order::Bits index) {
    const TypeParam number = Order::at(index);
    const auto first = Order::index_of(number);
    ASSERT_LE(first, index);
    ASSERT_EQ(bits(Order::at(first)), bits(number)) << index;
  };
  for (typename Order::Bits index = 0; index < 2 * Order::kRaw; ++index) check(index);
  Random random(1);
  for (int i = 0; i < 100'000; ++i) check(static_cast<typename Order::Bits>(random.next()));
  check(Order::kMax);
}

TYPED_TEST(FloatOrderOf, EveryNumberButTheSmallestSubnormalsHasAPlace) {
  using Order = FloatOrder<TypeParam>;
  Random random(2);
  for (int i = 0; i < 100'000; ++i) {
    const auto pattern = static_cast<typename Order::Bits>(random.next());
    ASSERT_EQ(bits(Order::at(Order::index_of(std::bit_cast<TypeParam>(pattern)))), pattern);
  }
}

TYPED_TEST(FloatOrderOf, IntegersComeBeforeSixteenthsComeBeforeTheRest) {
  using Order = FloatOrder<TypeParam>;
  EXPECT_LT(Order::index_of(-1024), Order::index_of(TypeParam{1} / 16));
  EXPECT_LT(Order::index_of(TypeParam{-3.5}), Order::index_of(static_cast<TypeParam>(3.4)));
  EXPECT_LT(Order::index_of(2), Order::index_of(-2));
  EXPECT_LT(Order::index_of(-2), Order::index_of(3));
  EXPECT_LT(Order::index_of(TypeParam{2000.25}), Order::index_of(TypeParam{-2000.25}));
}

TYPED_TEST(FloatOrderOf, NanPayloadsAndTheSignOfZeroAreKept) {
  using Order = FloatOrder<TypeParam>;
  const auto quiet = bits(std::numeric_limits<TypeParam>::quiet_NaN());
  for (const auto pattern : {quiet, quiet + 5, quiet ^ (quiet & (~quiet + 1)) ^ 1}) {
    EXPECT_EQ(bits(Order::at(Order::index_of(std::bit_cast<TypeParam>(pattern)))), pattern);
  }
  EXPECT_NE(Order::index_of(-TypeParam{0}), Order::index_of(TypeParam{0}));
}

}  // namespace
}  // namespace revive::properties
