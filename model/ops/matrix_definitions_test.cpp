// Determinants beside the sum over all permutations, and inverses beside the matrix of cofactors: of pivots that are
// zero, of ties between pivots, of singular matrices and of NaN.
#include "revive/model/ops/definitions.h"

namespace revive::testing {
namespace {

const NodeRef kX{0};

using Rows = std::vector<Numbers>;

Rows without(const Rows& rows, std::size_t row, std::size_t column) {
  Rows rest;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == row) continue;
    rest.push_back(rows[i]);
    rest.back().erase(rest.back().begin() + static_cast<std::ptrdiff_t>(column));
  }
  return rest;
}

Exact determinant_of(const Rows& rows) {
  if (rows.empty()) return 1;
  Exact sum = 0;
  for (std::size_t j = 0; j < rows.size(); ++j) {
    sum += (j % 2 == 0 ? 1 : -1) * rows[0][j] * determinant_of(without(rows, 0, j));
  }
  return sum;
}

Exact inverse_at(const Rows& rows, std::size_t i, std::size_t j) {
  return ((i + j) % 2 == 0 ? 1 : -1) * determinant_of(without(rows, j, i)) / determinant_of(rows);
}

struct OfMatrices {
  std::string_view function;
};
constexpr OfMatrices kFunctions[] = {{"det"}, {"inv"}};
const Defined kDefined(kFunctions);

Tensor samples(DType dtype, const std::vector<Rows>& matrices) {
  Numbers numbers;
  const std::size_t n = matrices[0].size();
  for (const Rows& rows : matrices) {
    for (const Numbers& row : rows) numbers.insert(numbers.end(), row.begin(), row.end());
  }
  const auto side = static_cast<std::int64_t>(n);
  return tensor_of(dtype, {static_cast<std::int64_t>(matrices.size()), side, side}, numbers);
}

Exact largest_of(const Rows& rows) {
  Exact largest = 0;
  for (const Numbers& row : rows) {
    for (const Exact each : row) largest = std::max(largest, std::fabs(each));
  }
  return largest;
}

void expect_both(const std::vector<Rows>& matrices) {
  // What is lost by cancellation in double is far below a unit of float32.
  constexpr Tolerance kTolerance = {64, false};
  for (const DType dtype : {DType::float32, DType::float64}) {
    const Tensor x = samples(dtype, matrices);
    const auto det = result_of("det", {kX}, {}, x);
    const auto inv = result_of("inv", {kX}, {}, x);
    ASSERT_TRUE(det && inv);
    EXPECT_EQ(det->dims(), Dims{x.dim(0)});
    EXPECT_EQ(inv->dims(), x.dims());
    const std::size_t n = matrices[0].size();
    for (std::size_t m = 0; m < matrices.size(); ++m) {
      const auto call = [&](std::string_view function) { return call_text(function, {}, dtype); };
      expect_near(*det, m, determinant_of(matrices[m]), kTolerance,
                  std::pow(largest_of(matrices[m]), static_cast<Exact>(n)), [&] { return call("det"); });
      for (std::size_t i = 0; i < n * n; ++i) {
        const Exact exact = inverse_at(matrices[m], i / n, i % n);
        expect_near(*inv, m * n * n + i, exact, kTolerance, 1, [&] { return call("inv"); });
      }
    }
  }
}

TEST(OpDefinitions, OfMatrices) {
  expect_both({{{4}}, {{-0.5L}}, {{1}}});
  expect_both({{{1, 2}, {3, 4}}, {{0, 1}, {1, 0}}, {{2, -2}, {2, 2}}, {{0.5L, 0.25L}, {-3, 8}}});
  expect_both(
      {{{0, 2, 1}, {1, 0, 0}, {0, 0, 3}}, {{1, 1, 1}, {1, 1, 2}, {1, 3, 1}}, {{-2, 0, 5}, {7, 1, 1}, {0, 4, -1}}});
  expect_both({{{0, 0, 0, 2}, {0, 3, 0, 0}, {1, 0, 0, 0}, {0, 0, -1, 4}},
               {{1, 2, 3, 4}, {2, 4, 6, 9}, {1, 0, 1, 0}, {-1, 5, 0, 2}}});
}

TEST(OpDefinitions, OfMatricesThatHaveNoInverse) {
  const Tensor x = samples(DType::float32, {{{1, 2}, {2, 4}}, {{0, 0}, {0, 0}}, {{0, 5}, {0, 7}}});
  const auto det = result_of("det", {kX}, {}, x);
  const auto inv = result_of("inv", {kX}, {}, x);
  ASSERT_TRUE(det && inv);
  for (std::size_t m = 0; m < 3; ++m) {
    EXPECT_EQ(number_at(*det, m), 0) << m;
    bool is_finite = true;
    for (std::size_t i = 0; i < 4; ++i) is_finite = is_finite && std::isfinite(number_at(*inv, m * 4 + i));
    EXPECT_FALSE(is_finite) << m;
  }
}

TEST(OpDefinitions, AMatrixWithNaNSpoilsItselfAlone) {
  const Tensor x = samples(DType::float64, {{{1, 2}, {kNaN, 4}}, {{1, 0}, {0, 4}}});
  const auto det = result_of("det", {kX}, {}, x);
  const auto inv = result_of("inv", {kX}, {}, x);
  ASSERT_TRUE(det && inv);
  EXPECT_TRUE(std::isnan(number_at(*det, 0)));
  EXPECT_EQ(number_at(*det, 1), 4);
  EXPECT_EQ(number_at(*inv, 7), 0.25L);
}

TEST(OpDefinitions, OnlySquareMatricesOfFloatsAreInverted) {
  const auto sentence = [](DType dtype, Shape shape) {
    const auto graph = one_op("inv", {kX});
    const auto types = graph->infer({dtype, std::move(shape)});
    return types ? std::string() : types.error().message;
  };
  EXPECT_EQ(sentence(DType::float32, Shape({kUnknown, 2, 2})), "");
  EXPECT_EQ(sentence(DType::float64, Shape({kUnknown, 5, 3, 3})), "");
  EXPECT_EQ(sentence(DType::float32, Shape({kUnknown, 2, 3})),
            "Inv expects square matrices in each sample, found (None, 2, 3)");
  EXPECT_EQ(sentence(DType::float32, Shape({2, 2})), "Inv expects square matrices in each sample, found (2, 2)");
  EXPECT_EQ(sentence(DType::float32, Shape({kUnknown, kUnknown, kUnknown})),
            "Inv expects square matrices in each sample, found (None, None, None)");
  EXPECT_EQ(sentence(DType::float16, Shape({kUnknown, 2, 2})), "Inv expects float32 or float64, found float16");
  EXPECT_EQ(sentence(DType::int32, Shape({kUnknown, 2, 2})), "Inv expects float32 or float64, found int32");
}

}  // namespace
}  // namespace revive::testing
