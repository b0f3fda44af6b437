#include "revive/properties/allocation/allocation_meter.h"

#include <gtest/gtest.h>

#include <vector>

namespace revive::properties {
namespace {

TEST(AllocationMeter, IsTheOneThatWasInstalled) {
  const AllocationMeter* const before = allocation_meter();
  static constexpr AllocationMeter kNone{[] {}, [] { return std::uint64_t{7}; }};
  install_allocation_meter(&kNone);
  EXPECT_EQ(allocation_meter(), &kNone);
  EXPECT_EQ(peak_allocation([] {}), 7U);
  install_allocation_meter(before);
  EXPECT_EQ(allocation_meter(), before);
}

TEST(AllocationMeter, CountsWhatIsHeldAtOnce) {
  if (allocation_meter() == nullptr) GTEST_SKIP() << "this program does not measure";
  constexpr std::size_t kMebi = std::size_t{1} << 20;
  const auto hold = [](std::size_t bytes) { const std::vector<char> held(bytes, 'x'); };
  const std::uint64_t one_after_the_other = peak_allocation([&] {
    for (int i = 0; i < 3; ++i) hold(kMebi);
  });
  EXPECT_GE(one_after_the_other, kMebi);
  EXPECT_LT(one_after_the_other, kMebi + kMebi / 2);
  const std::uint64_t at_once = peak_allocation([&] {
    const std::vector<char> held(2 * kMebi, 'x');
    hold(kMebi);
  });
  EXPECT_GE(at_once, 3 * kMebi);
  EXPECT_LT(at_once, 4 * kMebi);
  EXPECT_LT(peak_allocation([] {}), kMebi);
}

}  // namespace
}  // namespace revive::properties
