#include "revive/properties/allocation/allocation_meter.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "revive/model/tensor/tensor.h"

namespace revive::properties {
namespace {

using Bytes = std::vector<char>;

constexpr std::size_t kMebi = std::size_t{1} << 20;

// Through a pointer that the compiler does not see through, for it may leave out what nobody looks at.
std::unique_ptr<Bytes> taken(std::size_t count) {
  Bytes* volatile bytes = new Bytes(count, 'x');
  return std::unique_ptr<Bytes>(bytes);
}

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
  const std::uint64_t one_after_the_other = peak_allocation([] {
    for (int i = 0; i < 3; ++i) taken(kMebi).reset();
    EXPECT_EQ(Tensor(DType::float32, {kMebi / 4}).bytes().size(), kMebi);
  });
  EXPECT_GE(one_after_the_other, kMebi);
  EXPECT_LT(one_after_the_other, kMebi + kMebi / 2);
  const std::uint64_t at_once = peak_allocation([] {
    const auto held = taken(2 * kMebi);
    taken(kMebi).reset();
  });
  EXPECT_GE(at_once, 3 * kMebi);
  EXPECT_LT(at_once, 4 * kMebi);
  EXPECT_LT(peak_allocation([] {}), kMebi);
}

}  // namespace
}  // namespace revive::properties
