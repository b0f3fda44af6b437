// The product by every set of instructions of this machine, against plain loops, bit for bit.
#include "revive/model/kernels/matmul.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "revive/model/base/random.h"

namespace revive {
namespace {

std::string name_of(Instructions instructions) {
  constexpr std::array kNames = {"plain", "avx2"};
  return kNames[static_cast<std::size_t>(instructions)];
}

template <typename T>
void expect_plain_loop(Instructions instructions, std::int64_t rows, std::int64_t inner, std::int64_t columns,
                       Random& random, bool special) {
  // Rows further apart than they are long.
  const std::int64_t a_stride = inner + 3;
  const std::int64_t b_stride = columns + 1;
  const std::int64_t out_stride = columns + 2;
  const auto numbers = [&](std::int64_t count) {
    constexpr std::array<T, 4> kSpecial = {-T{}, std::numeric_limits<T>::infinity(),
                                           std::numeric_limits<T>::denorm_min(), std::numeric_limits<T>::quiet_NaN()};
    std::vector<T> found(static_cast<std::size_t>(count));
    for (T& each : found) {
      each = static_cast<T>(random.uniform() - 0.5);
      if (special && random.below(50) == 0) each = kSpecial[random.below(kSpecial.size())];
    }
    return found;
  };
  const std::vector<T> a = numbers(rows * a_stride);
  const std::vector<T> b = numbers(inner * b_stride);
  std::vector<T> found = numbers(rows * out_stride);
  std::vector<T> expected = found;
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      T& whole = expected[static_cast<std::size_t>(r * out_stride + c)];
      for (std::int64_t first = 0; first < inner; first += kSumOfParts) {
        T sum = first == 0 ? whole : T{};
        for (std::int64_t k = first; k < std::min(inner, first + kSumOfParts); ++k) {
          const T product =
              a[static_cast<std::size_t>(r * a_stride + k)] * b[static_cast<std::size_t>(k * b_stride + c)];
          sum += product;
        }
        whole = first == 0 ? sum : whole + sum;
      }
    }
  }
  multiply_add<T>(instructions, {a.data(), a_stride}, {b.data(), b_stride}, {found.data(), out_stride}, rows, inner,
                  columns);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const bool same = (std::isnan(found[i]) && std::isnan(expected[i])) ||
                      (found[i] == expected[i] && std::signbit(found[i]) == std::signbit(expected[i]));
    ASSERT_TRUE(same) << name_of(instructions) << ", " << rows << " x " << inner << " x " << columns << ", element "
                      << i << ": " << found[i] << " instead of " << expected[i];
  }
}

TEST(Matmul, OfEveryWidthIsThePlainLoop) {
  Random random(31);
  const std::vector<Instructions> here = instructions_here();
  ASSERT_EQ(here.front(), Instructions::plain);
  for (const Instructions instructions : here) {
    for (int trial = 0; trial < 120; ++trial) {
      const auto below = [&](std::uint64_t bound) { return static_cast<std::int64_t>(random.below(bound)); };
      const std::int64_t rows = trial % 3 == 0 ? below(8) : below(120);
      const bool special = trial % 2 == 0;
      expect_plain_loop<float>(instructions, rows, below(40), below(100), random, special);
      expect_plain_loop<double>(instructions, rows, below(40), below(60), random, special);
    }
  }
}

// 511, 512 and 513 are where the inner index is cut in parts.
TEST(Matmul, OfLongSumsIsThePlainLoop) {
  Random random(32);
  for (const Instructions instructions : instructions_here()) {
    for (const std::int64_t inner : {511, 512, 513, 1024, 1100}) {
      expect_plain_loop<float>(instructions, 50, inner, 37, random, false);
      expect_plain_loop<float>(instructions, 1, inner, 71, random, false);
      expect_plain_loop<double>(instructions, 50, inner, 19, random, false);
    }
  }
}

// Of whole parts there is no part more, without terms, whose sum would be a zero of the other sign.
TEST(Matmul, OfWholePartsAddsNothingMore) {
  for (const Instructions instructions : instructions_here()) {
    for (const std::int64_t rows : {1, 6, 7}) {
      for (const std::int64_t inner : {std::int64_t{0}, kSumOfParts}) {
        for (const std::int64_t columns : {1, 4, 17, 33}) {
          const std::vector<float> a(static_cast<std::size_t>(rows * inner), 0.0F);
          const std::vector<float> b(static_cast<std::size_t>(inner * columns), -1.0F);
          std::vector<float> out(static_cast<std::size_t>(rows * columns), -0.0F);
          multiply_add<float>(instructions, {a.data(), inner}, {b.data(), columns}, {out.data(), columns}, rows, inner,
                              columns);
          EXPECT_TRUE(std::ranges::all_of(out, [](float each) { return each == 0 && std::signbit(each); }))
              << name_of(instructions) << ", " << rows << " x " << inner << " x " << columns;
        }
      }
    }
  }
}

// A sum of many terms, one after the other, is some ten times as far from the true one.
TEST(Matmul, OfLongSumsIsNearTheTrueOne) {
  constexpr std::int64_t kTerms = 20'000;
  Random random(33);
  double worst = 0;
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<float> a;
    std::vector<float> b;
    double exact = 0;
    for (std::int64_t k = 0; k < kTerms; ++k) {
      a.push_back(static_cast<float>(random.uniform() + 0.5));
      b.push_back(static_cast<float>(random.uniform() + 0.5));
      exact += double{a.back()} * double{b.back()};
    }
    float sum = 0;
    multiply_add<float>({a.data(), kTerms}, {b.data(), 1}, {&sum, 1}, 1, kTerms, 1);
    worst = std::max(worst, std::abs(double{sum} - exact) / exact);
  }
  EXPECT_LT(worst, 1e-6);
}

TEST(Matmul, IsByTheWidestInstructionsWhereNoneAreNamed) {
  const std::vector<float> a = {0.1F, 0.7F};
  const std::vector<float> b = {0.3F, 0.9F};
  float sum = 1;
  multiply_add<float>({a.data(), 2}, {b.data(), 1}, {&sum, 1}, 1, 2, 1);
  float expected = 1;
  multiply_add<float>(instructions_here().back(), {a.data(), 2}, {b.data(), 1}, {&expected, 1}, 1, 2, 1);
  EXPECT_EQ(sum, expected);
  EXPECT_NEAR(sum, 1.66F, 1e-6);
}

}  // namespace
}  // namespace revive
