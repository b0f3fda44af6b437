// Normalised rows by every set of instructions of this machine, against one plain loop, bit for bit.
#include "revive/model/kernels/normalize.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "revive/model/base/random.h"

namespace revive {
namespace {

// Eight sums that take turns.
template <typename T, typename Term>
double sum_of(std::span<const T> row, const Term& term) {
  std::array<double, 8> sums{};
  for (std::size_t i = 0; i < row.size(); ++i) sums[i % 8] += term(static_cast<double>(row[i]));
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

template <typename T>
std::vector<T> plain_loop(const Normalizing<T>& how, std::span<const T> in, std::size_t columns) {
  std::vector<T> out(in.size());
  for (std::size_t start = 0; start < in.size(); start += columns) {
    const auto row = in.subspan(start, columns);
    const double mean = sum_of(row, [](double x) { return x; }) / static_cast<double>(columns);
    const double squares = sum_of(row, [mean](double x) { return (x - mean) * (x - mean); });
    const T inverse = 1 / std::sqrt(static_cast<T>(squares / static_cast<double>(columns)) + how.epsilon);
    for (std::size_t i = 0; i < columns; ++i) {
      const T factor = how.gamma.empty() ? inverse : inverse * how.gamma[i];
      const T product = row[i] * factor;
      if (!how.centers) {
        out[start + i] = product;
        continue;
      }
      const T shift = static_cast<T>(mean) * factor;
      out[start + i] = product + ((how.beta.empty() ? T{} : how.beta[i]) - shift);
    }
  }
  return out;
}

template <typename T>
void expect_plain_loop(Instructions instructions, Random& random) {
  const std::size_t rows = random.below(5);
  const std::size_t columns = 1 + random.below(50);
  const auto numbers = [&](std::size_t count, bool special) {
    std::vector<T> found(count);
    for (T& each : found) {
      each = static_cast<T>(8 * random.uniform() - 4);
      if (special && random.below(200) == 0) each = std::numeric_limits<T>::infinity();
    }
    return found;
  };
  const std::vector<T> in = numbers(rows * columns, true);
  const std::vector<T> gamma = numbers(random.below(2) * columns, false);
  const std::vector<T> beta = numbers(random.below(2) * columns, false);
  const Normalizing<T> how{gamma, beta, static_cast<T>(0.001), random.below(3) != 0};
  const std::vector<T> expected = plain_loop<T>(how, in, columns);
  std::vector<T> found = in;
  normalize_rows<T>(instructions, how, found.data(), found.data(), static_cast<std::int64_t>(rows),
                    static_cast<std::int64_t>(columns));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const bool same = (std::isnan(found[i]) && std::isnan(expected[i])) ||
                      (found[i] == expected[i] && std::signbit(found[i]) == std::signbit(expected[i]));
    ASSERT_TRUE(same) << "instructions " << static_cast<int>(instructions) << ", " << rows << " x " << columns
                      << ", element " << i << ": " << found[i] << " instead of " << expected[i];
  }
}

TEST(NormalizeRows, OfEveryWidthIsThePlainLoop) {
  Random random(51);
  for (const Instructions instructions : instructions_here()) {
    for (int trial = 0; trial < 400; ++trial) {
      expect_plain_loop<float>(instructions, random);
      expect_plain_loop<double>(instructions, random);
    }
  }
}

}  // namespace
}  // namespace revive
