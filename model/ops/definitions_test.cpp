// Ops beside what they mean, written as plain loops in double that share nothing with the kernels, on numbers that are
// not friendly: ties, infinities, NaN, -0.0, subnormals, extremes, rows on both sides of every width of a kernel.
//
// An op of the groups below without a definition fails the test.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numbers>
#include <span>
#include <string_view>
#include <vector>

#include "revive/model/ops/groups.h"
#include "revive/model/ops/testing.h"

namespace revive::testing {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr float kSmallest = std::numeric_limits<float>::denorm_min();
constexpr float kLargest = std::numeric_limits<float>::max();
constexpr float kUnfriendly[] = {0.0F,
                                 -0.0F,
                                 1.0F,
                                 -1.0F,
                                 0.5F,
                                 -0.5F,
                                 1.0F / 3,
                                 -2.5F,
                                 3.0F,
                                 7.0F,
                                 -30.0F,
                                 kSmallest,
                                 -kSmallest,
                                 1e-40F,
                                 std::numeric_limits<float>::min(),
                                 0x1.fffffep-1F,
                                 0x1.000002p0F,
                                 16777216.0F,
                                 88.0F,
                                 -104.0F,
                                 1e20F,
                                 kLargest,
                                 -kLargest,
                                 std::numeric_limits<float>::infinity(),
                                 -std::numeric_limits<float>::infinity(),
                                 std::numeric_limits<float>::quiet_NaN()};
constexpr std::int32_t kUnfriendlyInts[] = {0, 1, -1, 2, -7, 46341, 65536, INT32_MAX, INT32_MIN, INT32_MAX - 1};

// How far a float may be from the rounded definition, in units of its last place.
enum class Tolerance : std::uint8_t { exact = 0, few_ulps = 4, many_ulps = 48 };

void expect_near(float found, double exact, Tolerance tolerance, std::string_view what) {
  const auto expected = static_cast<float>(exact);
  if (std::isnan(expected) || std::isinf(expected) || tolerance == Tolerance::exact) {
    EXPECT_TRUE(found == expected || (std::isnan(found) && std::isnan(expected)))
        << what << " is " << found << ", expected " << expected;
    return;
  }
  const double unit = std::max(std::ldexp(1.0, std::ilogb(std::fabs(exact) + 1e-300) - 23), double{kSmallest});
  EXPECT_LE(std::fabs(double{found} - exact), static_cast<int>(tolerance) * unit)
      << what << " is " << found << ", expected " << exact;
}

Tensor result_of(std::string_view function, std::vector<Argument> arguments, const std::vector<Value>& settings,
                 const Tensor& x) {
  const auto graph = one_op(function, std::move(arguments), settings);
  if (!graph) {
    ADD_FAILURE() << function << ": " << graph.error().text();
    return {};
  }
  auto result = graph->evaluate(x);
  if (!result) ADD_FAILURE() << function << ": " << result.error().text();
  return result ? *std::move(result) : Tensor();
}

struct UnaryDefinition {
  double (*of)(double x);
  Tolerance tolerance = Tolerance::few_ulps;
  bool of_ints = false;
};

double inverse_erf(double x) {
  if (!(std::fabs(x) < 1)) return std::fabs(x) == 1 ? x * kInfinity : kNaN;
  double low = -7;
  double high = 7;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    // erfc keeps the digits that erf loses beside 1.
    const bool below = x > 0 ? std::erfc(middle) > 1 - x : std::erf(middle) < x;
    (below ? low : high) = middle;
  }
  return std::fabs(x) < 1e-7 ? x * std::sqrt(std::numbers::pi) / 2 : low;
}

const std::map<std::string_view, UnaryDefinition>& unary_definitions() {
  using enum Tolerance;
  static const std::map<std::string_view, UnaryDefinition> kDefinitions = {
      {"negative", {[](double x) { return -x; }, exact, true}},
      {"absolute", {[](double x) { return std::signbit(x) ? -x : x; }, exact, true}},
      {"logical_not", {[](double x) { return x == 0 ? 1.0 : 0.0; }, exact, true}},
      {"square", {[](double x) { return x * x; }, exact, true}},
      {"sign", {[](double x) { return x > 0   ? 1.0
                                      : x < 0 ? -1.0
                                              : x; }, exact, true}},
      {"copy", {[](double x) { return x; }, exact, true}},
      {"sqrt", {[](double x) { return std::sqrt(x); }, exact}},
      {"reciprocal", {[](double x) { return 1 / x; }, exact}},
      {"rsqrt", {[](double x) { return 1 / std::sqrt(x); }}},
      {"exp", {[](double x) { return std::exp(x); }}},
      {"exp2", {[](double x) { return std::pow(2.0, x); }}},
      {"expm1", {[](double x) { return std::expm1(x); }}},
      {"log", {[](double x) { return std::log(x); }}},
      {"log2", {[](double x) { return std::log2(x); }}},
      {"log10", {[](double x) { return std::log10(x); }}},
      {"log1p", {[](double x) { return std::log1p(x); }}},
      {"sin", {[](double x) { return std::sin(x); }}},
      {"cos", {[](double x) { return std::cos(x); }}},
      {"tan", {[](double x) { return std::tan(x); }}},
      {"sinh", {[](double x) { return std::sinh(x); }}},
      {"cosh", {[](double x) { return std::cosh(x); }}},
      {"tanh", {[](double x) { return std::tanh(x); }}},
      {"arcsin", {[](double x) { return std::asin(x); }}},
      {"arccos", {[](double x) { return std::acos(x); }}},
      {"arctan", {[](double x) { return std::atan(x); }}},
      {"arcsinh", {[](double x) { return std::asinh(x); }}},
      {"arccosh", {[](double x) { return std::acosh(x); }}},
      {"arctanh", {[](double x) { return std::atanh(x); }}},
      {"cbrt", {[](double x) { return std::cbrt(x); }}},
      {"erf", {[](double x) { return std::erf(x); }}},
      {"erfinv", {inverse_erf, many_ulps}},
  };
  return kDefinitions;
}

TEST(OpDefinitions, OfOneOperand) {
  constexpr std::size_t kRepeats = 3;
  std::vector<float> values;
  for (std::size_t i = 0; i < kRepeats; ++i)
    values.insert(values.end(), std::begin(kUnfriendly), std::end(kUnfriendly));
  for (const OpClass& op : ops::elementwise()) {
    const auto found = unary_definitions().find(op.function);
    ASSERT_NE(found, unary_definitions().end()) << op.function << " has no definition";
    const UnaryDefinition& definition = found->second;
    Tensor x(DType::float32, {static_cast<std::int64_t>(values.size())});
    std::ranges::copy(values, x.data<float>().begin());
    const Tensor result = result_of(op.function, {NodeRef{0}}, {}, x);
    ASSERT_EQ(result.size(), values.size()) << op.function;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string what = std::string(op.function) + " of " + std::to_string(values[i]);
      const double exact = definition.of(double{values[i]});
      if (result.dtype() == DType::boolean) {
        EXPECT_EQ(result.data<std::uint8_t>()[i], exact != 0) << what;
      } else {
        expect_near(result.data<float>()[i], exact, definition.tolerance, what);
        if (exact == 0) {
          EXPECT_EQ(std::signbit(result.data<float>()[i]), std::signbit(exact)) << what;
        }
      }
    }
    if (!definition.of_ints) continue;
    Tensor whole(DType::int32, {std::ssize(kUnfriendlyInts)});
    std::ranges::copy(kUnfriendlyInts, whole.data<std::int32_t>().begin());
    const Tensor ints = result_of(op.function, {NodeRef{0}}, {}, whole);
    for (std::size_t i = 0; i < std::size(kUnfriendlyInts); ++i) {
      // What leaves 32 bits wraps. The square of an int is exact in 64.
      const std::int64_t value = kUnfriendlyInts[i];
      const std::int64_t exact = op.function == "square"
                                     ? value * value
                                     : static_cast<std::int64_t>(definition.of(static_cast<double>(value)));
      if (ints.dtype() == DType::boolean) {
        EXPECT_EQ(ints.data<std::uint8_t>()[i], exact != 0) << op.function << value;
      } else {
        EXPECT_EQ(ints.data<std::int32_t>()[i], static_cast<std::int32_t>(exact)) << op.function << " of " << value;
      }
    }
  }
}

using Row = std::vector<double>;

double sum_of(const Row& row) {
  double sum = 0;
  for (const double each : row) sum += each;
  return sum;
}

double variance_of(const Row& row) {
  const double mean = sum_of(row) / static_cast<double>(row.size());
  double sum = 0;
  for (const double each : row) sum += (each - mean) * (each - mean);
  return sum / static_cast<double>(row.size());
}

bool has_nan(const Row& row) {
  for (const double each : row) {
    if (std::isnan(each)) return true;
  }
  return false;
}

double extreme_of(const Row& row, bool largest, bool index) {
  std::size_t best = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (std::isnan(row[i])) return index ? static_cast<double>(i) : kNaN;
    if (largest ? row[i] > row[best] : row[i] < row[best]) best = i;
  }
  return index ? static_cast<double>(best) : row[best];
}

double median_of(const Row& row) {
  if (has_nan(row)) return kNaN;
  // The number that has as many below as above it, by counting.
  Row in_order;
  for (const double each : row) {
    std::size_t at = 0;
    while (at < in_order.size() && in_order[at] <= each) ++at;
    in_order.insert(in_order.begin() + static_cast<std::ptrdiff_t>(at), each);
  }
  const std::size_t half = row.size() / 2;
  return row.size() % 2 == 1 ? in_order[half] : (in_order[half - 1] + in_order[half]) / 2;
}

struct RowDefinition {
  double (*of)(const Row& row);
  // Of the sum of what is added up; exact otherwise.
  bool rounds = false;
  bool of_bools = true;
};

const std::map<std::string_view, RowDefinition>& row_definitions() {
  static const std::map<std::string_view, RowDefinition> kDefinitions = {
      {"sum", {sum_of, true}},
      {"mean", {[](const Row& row) { return sum_of(row) / static_cast<double>(row.size()); }, true}},
      {"var", {variance_of, true}},
      {"std", {[](const Row& row) { return std::sqrt(variance_of(row)); }, true}},
      {"median", {median_of, true}},
      {"prod",
       {[](const Row& row) {
          double product = 1;
          for (const double each : row) product *= each;
          return product;
        },
        true}},
      {"any", {[](const Row& row) {
         for (const double each : row) {
           if (each != 0) return 1.0;
         }
         return 0.0;
       }}},
      {"all", {[](const Row& row) {
         for (const double each : row) {
           if (each == 0) return 0.0;
         }
         return 1.0;
       }}},
      {"count_nonzero", {[](const Row& row) {
         double count = 0;
         for (const double each : row) count += each != 0 ? 1 : 0;
         return count;
       }}},
      {"argmax", {[](const Row& row) { return extreme_of(row, true, true); }}},
      {"argmin", {[](const Row& row) { return extreme_of(row, false, true); }}},
      {"max", {[](const Row& row) { return extreme_of(row, true, false); }}},
      {"min", {[](const Row& row) { return extreme_of(row, false, false); }}},
      {"logsumexp",
       {[](const Row& row) {
          if (has_nan(row)) return kNaN;
          const double largest = extreme_of(row, true, false);
          if (std::isinf(largest)) return largest;
          double sum = 0;
          for (const double each : row) sum += std::exp(each - largest);
          return std::log(sum) + largest;
        },
        true}},
  };
  return kDefinitions;
}

// Rows of one length, each with its own trouble.
std::vector<Row> rows_of(std::size_t length) {
  std::vector<Row> rows;
  const auto add = [&](auto element) {
    Row row;
    for (std::size_t i = 0; i < length; ++i) row.push_back(double{static_cast<float>(element(i))});
    rows.push_back(std::move(row));
  };
  const auto last = length - 1;
  add([](std::size_t) { return 1.0 / 3; });
  add([](std::size_t i) { return i % 2 == 0 ? 0.0 : -0.0; });
  add([](std::size_t i) { return i % 3 == 0 ? 2.0 : -1.0; });
  add([](std::size_t i) { return static_cast<double>((i * 7) % 5) - 2.0; });
  add([](std::size_t i) { return 0.1 * static_cast<double>(i + 1); });
  add([](std::size_t) { return -kInfinity; });
  add([](std::size_t) { return kInfinity; });
  add([&](std::size_t i) { return i == last ? kInfinity : -1.0; });
  add([&](std::size_t i) { return i == 0 ? -kInfinity : 1.0; });
  add([](std::size_t i) { return i == 0 ? kNaN : 1.0; });
  add([&](std::size_t i) { return i == last ? kNaN : static_cast<double>(i); });
  add([](std::size_t i) { return double{kSmallest} * static_cast<double>(i % 4); });
  add([&](std::size_t i) { return i == last ? 1.0 : 0.0; });
  add([&](std::size_t i) { return i == last ? 0.0 : 1.0; });
  return rows;
}

// Around the 16 lanes of the folds and where libraries sort otherwise.
constexpr std::size_t kLengths[] = {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 67, 129};

void expect_row(const OpClass& op, const RowDefinition& definition, const Row& row, DType dtype) {
  Tensor x(dtype, {1, static_cast<std::int64_t>(row.size())});
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (dtype == DType::boolean) x.data<std::uint8_t>()[i] = row[i] != 0;
    if (dtype == DType::float32) x.data<float>()[i] = static_cast<float>(row[i]);
    if (dtype == DType::int32) x.data<std::int32_t>()[i] = static_cast<std::int32_t>(row[i]);
  }
  const Tensor result = result_of(op.function, {NodeRef{0}}, {Value(1)}, x);
  ASSERT_EQ(result.size(), 1U) << op.function;
  const double exact = definition.of(row);
  const std::string what = std::string(op.function) + " of " + std::to_string(row.size()) + " beginning with " +
                           std::to_string(row.front()) + ", ending with " + std::to_string(row.back());
  if (result.dtype() == DType::boolean) {
    EXPECT_EQ(result.data<std::uint8_t>()[0], exact != 0) << what;
  } else if (result.dtype() == DType::int32) {
    EXPECT_EQ(result.data<std::int32_t>()[0], static_cast<std::int32_t>(exact)) << what;
  } else if (!definition.rounds || !std::isfinite(static_cast<float>(exact))) {
    expect_near(result.data<float>()[0], exact, Tolerance::exact, what);
  } else {
    // A sum of n floats is off by at most n roundings of what their sizes add up to; a root loses half the digits of 0.
    double sizes = std::fabs(exact);
    for (const double each : row) sizes += std::isfinite(each) ? std::fabs(each) : 0;
    const bool is_root = op.function == "std";
    const double error = static_cast<double>(row.size() + 4) * 0x1p-23 * sizes;
    EXPECT_NEAR(result.data<float>()[0], exact, is_root ? std::sqrt(error) * 1e-3 + error : error + 1e-44) << what;
  }
}

TEST(OpDefinitions, OfRows) {
  for (const OpClass& op : ops::reductions()) {
    const auto found = row_definitions().find(op.function);
    ASSERT_NE(found, row_definitions().end()) << op.function << " has no definition";
    for (const std::size_t length : kLengths) {
      for (const Row& row : rows_of(length)) {
        expect_row(op, found->second, row, DType::float32);
        // What a bool or an int cannot be stays out.
        bool is_whole = true;
        for (const double each : row) is_whole = is_whole && std::isfinite(each) && std::trunc(each) == each;
        const bool grows = op.function == "prod" && length > 16;
        if (is_whole && !grows) expect_row(op, found->second, row, DType::int32);
        Row truths;
        for (const double each : row) truths.push_back(each != 0 ? 1 : 0);
        expect_row(op, found->second, truths, DType::boolean);
      }
    }
  }
}

}  // namespace
}  // namespace revive::testing
