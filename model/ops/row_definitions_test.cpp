// Reductions beside what they mean for one row: rows of ties, of infinities, with a NaN at either end, of subnormals,
// and of every length around the lanes of a fold; of every dtype, over every choice of axes.
#include <algorithm>

#include "revive/model/ops/definitions.h"

namespace revive::testing {
namespace {

Exact sum_of(const Numbers& row) {
  Exact sum = 0;
  for (const Exact each : row) sum += each;
  return sum;
}

Exact mean_of(const Numbers& row) {
  return sum_of(row) / static_cast<Exact>(row.size());
}

Exact variance_of(const Numbers& row) {
  Numbers squares;
  for (const Exact each : row) squares.push_back((each - mean_of(row)) * (each - mean_of(row)));
  return mean_of(squares);
}

Exact product_of(const Numbers& row) {
  Exact product = 1;
  for (const Exact each : row) product *= each;
  return product;
}

Exact count_of(const Numbers& row) {
  Exact count = 0;
  for (const Exact each : row) count += each != 0 ? 1 : 0;
  return count;
}

// The index of the first NaN, or else of the first of the largest.
std::size_t first_of_largest(const Numbers& row) {
  std::size_t best = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (std::isnan(row[i])) return i;
    if (row[i] > row[best]) best = i;
  }
  return best;
}

Numbers negated(Numbers row) {
  for (Exact& each : row) each = -each;
  return row;
}

Exact largest_of(const Numbers& row) {
  return row[first_of_largest(row)];
}

Exact median_of(const Numbers& row) {
  if (std::isnan(largest_of(row))) return kNaN;
  // The number that has as many below as above it, by counting.
  Numbers in_order;
  for (const Exact each : row) {
    std::size_t at = 0;
    while (at < in_order.size() && in_order[at] <= each) ++at;
    in_order.insert(in_order.begin() + static_cast<std::ptrdiff_t>(at), each);
  }
  const std::size_t half = row.size() / 2;
  return row.size() % 2 == 1 ? in_order[half] : (in_order[half - 1] + in_order[half]) / 2;
}

Exact logsumexp_of(const Numbers& row) {
  const Exact largest = largest_of(row);
  if (!std::isfinite(largest)) return largest;
  Exact sum = 0;
  for (const Exact each : row) sum += std::exp(each - largest);
  return std::log(sum) + largest;
}

struct RowDefinition {
  std::string_view function;
  Exact (*of)(const Numbers& row);
  enum class Error : std::uint8_t { none, of_a_sum, of_a_product, of_squares, of_a_root } error = Error::none;
  // Whether the list of axes may be more than one, and is asked whether to keep them.
  bool several_axes = true;
  bool keeps_axes = true;
};

using Error = RowDefinition::Error;

const std::vector<RowDefinition>& definitions() {
  static const std::vector<RowDefinition> kDefinitions = {
      {"sum", sum_of, Error::of_a_sum},
      {"mean", mean_of, Error::of_a_sum},
      {"var", variance_of, Error::of_squares},
      {"std", [](const Numbers& row) { return std::sqrt(variance_of(row)); }, Error::of_a_root},
      {"median", median_of, Error::of_a_sum},
      {"prod", product_of, Error::of_a_product},
      {"any", [](const Numbers& row) { return Exact{count_of(row) > 0 ? 1.0L : 0.0L}; }},
      {"all", [](const Numbers& row) { return Exact{count_of(row) == static_cast<Exact>(row.size()) ? 1.0L : 0.0L}; }},
      {"count_nonzero", count_of, Error::none, false, false},
      {"argmax", [](const Numbers& row) { return static_cast<Exact>(first_of_largest(row)); }, Error::none, false},
      {"argmin", [](const Numbers& row) { return static_cast<Exact>(first_of_largest(negated(row))); }, Error::none,
       false},
      {"max", largest_of},
      {"min", [](const Numbers& row) { return -largest_of(negated(row)); }},
      {"logsumexp", logsumexp_of, Error::of_a_sum},
  };
  return kDefinitions;
}

const Defined kDefined(definitions());

// Rows of one length, each with its own trouble.
std::vector<Numbers> rows_of(std::size_t length, DType dtype) {
  std::vector<Numbers> rows;
  const auto last = length - 1;
  const FloatKind kind = kind_of(dtype);
  const Exact least = is_float(dtype) ? std::ldexp(1.0L, kind.least_exponent) : 1;
  const auto add = [&](auto element) {
    Numbers row;
    for (std::size_t i = 0; i < length; ++i) row.push_back(rounded(dtype, element(i)));
    if (std::ranges::all_of(row, [&](Exact each) { return holds(dtype, each); })) rows.push_back(std::move(row));
  };
  add([](std::size_t) { return 1.0L / 3; });
  add([](std::size_t i) { return i % 2 == 0 ? 0.0L : -0.0L; });
  add([](std::size_t i) { return i % 3 == 0 ? 2.0L : -1.0L; });
  add([](std::size_t i) { return static_cast<Exact>((i * 7) % 5) - 2; });
  add([](std::size_t i) { return static_cast<Exact>((i * 7) % 5); });
  add([](std::size_t i) { return 0.1L * static_cast<Exact>(i + 1); });
  add([](std::size_t) { return -kInfinity; });
  add([](std::size_t) { return kInfinity; });
  add([&](std::size_t i) { return i == last ? kInfinity : -1; });
  add([](std::size_t i) { return i == 0 ? -kInfinity : 1; });
  add([](std::size_t i) { return i == 0 ? kNaN : 1; });
  add([](std::size_t i) { return i % 3 == 1 ? kNaN : static_cast<Exact>(i); });
  add([&](std::size_t i) { return i == last ? kNaN : static_cast<Exact>(i); });
  add([&](std::size_t i) { return i == length / 2 ? kNaN : i % 2 == 0 ? kInfinity : -1; });
  add([&](std::size_t i) { return least * static_cast<Exact>(i % 4); });
  add([&](std::size_t i) { return i == last ? 1 : 0; });
  add([&](std::size_t i) { return i == last ? 0 : 1; });
  return rows;
}

// How far n roundings can be off.
Exact allowed(Error error, const Numbers& row, Exact exact, DType result) {
  const FloatKind computed = kind_of(result == DType::float64 ? result : DType::float32);
  const Exact least = std::ldexp(1.0L, computed.least_exponent);
  const Exact unit = static_cast<Exact>(row.size() + 4) * std::ldexp(1.0L, 1 - computed.digits);
  Exact size = std::fabs(exact);
  Exact squares = 0;
  for (const Exact each : row) {
    size += std::fabs(each);
    squares += each * each;
  }
  const Exact by_definition = [&] {
    switch (error) {
      case Error::none: return 0.0L;
      case Error::of_a_sum: return unit * size + least;
      case Error::of_a_product: return unit * std::fabs(exact) + static_cast<Exact>(row.size()) * least;
      case Error::of_squares: return unit * squares + least;
      // The root of an error, where there is nothing but the error.
      case Error::of_a_root:
        return exact == 0 ? std::sqrt(unit * squares) : unit * squares / exact + unit * exact + std::sqrt(least);
    }
    return 0.0L;
  }();
  const FloatKind kind = kind_of(result);
  const Exact own =
      exact == 0 ? 0 : std::ldexp(0.5L + 0x1p-10L, std::max(std::ilogb(exact) - kind.digits + 1, kind.least_exponent));
  return by_definition + own;
}

// Whether an int of the result holds what the row adds up to on the way.
bool stays_small(const Numbers& row, const RowDefinition& definition) {
  if (definition.error != Error::of_a_product) return true;
  return std::fabs(product_of(row)) < 0x1p30L;
}

void expect_element(const RowDefinition& definition, const Numbers& row, const Tensor& found, std::size_t index) {
  const Exact exact = definition.of(row);
  const Exact number = number_at(found, index);
  const auto what = [&] {
    return std::string(definition.function) + " of " + std::to_string(row.size()) + " " + std::to_string(row.front()) +
           " ... " + std::to_string(row.back()) + " as " + std::string(name_of(found.dtype()));
  };
  if (!is_float(found.dtype()) || !std::isfinite(rounded(found.dtype(), exact)) || definition.error == Error::none) {
    const Exact expected = found.dtype() == DType::boolean ? exact != 0 : rounded(found.dtype(), exact);
    EXPECT_TRUE(number == expected || (std::isnan(number) && std::isnan(expected)))
        << what() << " is " << number << ", not " << expected;
    return;
  }
  EXPECT_LE(std::fabs(number - exact), allowed(definition.error, row, exact, found.dtype()))
      << what() << " is " << number << ", not " << exact;
}

// The rows as a definition sees them where the dtype is bool, or the result is a float and x is not.
Numbers as_seen(const RowDefinition& definition, DType x, DType result, Numbers row) {
  if (definition.function == "prod" && x == DType::boolean) return row;
  for (Exact& each : row) each = is_float(result) ? rounded(result, each) : each;
  return row;
}

TEST(OpDefinitions, OfRows) {
  for (const RowDefinition& definition : definitions()) {
    for (const DType dtype : computed_dtypes()) {
      for (const std::size_t length : kLengths) {
        for (const Numbers& row : rows_of(length, dtype)) {
          const Tensor x = tensor_of(dtype, {1, static_cast<std::int64_t>(length)}, row);
          const auto found = result_of(definition.function, {NodeRef{0}}, {Value(1)}, x);
          ASSERT_TRUE(found) << call_text(definition.function, {}, dtype);
          ASSERT_EQ(found->size(), 1U);
          if (!is_float(dtype) && !stays_small(row, definition)) continue;
          expect_element(definition, as_seen(definition, dtype, found->dtype(), row), *found, 0);
        }
      }
    }
  }
}

// An array of three axes beside the batch, reduced over some of them: the elements that share an index of the result.
void expect_axes(const RowDefinition& definition, const Dims& dims, const std::vector<std::int64_t>& axes, bool keep) {
  const auto count = static_cast<std::size_t>(element_count(dims).value());
  Numbers numbers;
  for (std::size_t i = 0; i < count; ++i) numbers.push_back(static_cast<Exact>((i * 37) % 101) / 8 - 5);
  const Tensor x = tensor_of(DType::float32, dims, numbers);
  Value::Array list;
  for (const std::int64_t axis : axes) list.emplace_back(axis);
  Settings settings = {list.size() == 1 ? list.front() : Value(list)};
  if (definition.keeps_axes) settings.emplace_back(keep);
  const auto found = result_of(definition.function, {NodeRef{0}}, settings, x);
  ASSERT_TRUE(found) << call_text(definition.function, settings, DType::float32);
  Dims kept_dims;
  Dims expected_dims;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    const auto from_end = static_cast<std::int64_t>(axis) - static_cast<std::int64_t>(dims.size());
    const bool reduced = std::ranges::find(axes, static_cast<std::int64_t>(axis)) != axes.end() ||
                         std::ranges::find(axes, from_end) != axes.end();
    kept_dims.push_back(reduced ? 1 : dims[axis]);
    if (!reduced || (keep && definition.keeps_axes)) expected_dims.push_back(kept_dims.back());
  }
  ASSERT_EQ(found->dims(), expected_dims) << call_text(definition.function, settings, DType::float32);
  std::vector<Numbers> rows(found->size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto index = unravel(static_cast<std::int64_t>(i), dims);
    std::size_t row = 0;
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      row = row * static_cast<std::size_t>(kept_dims[axis]) +
            static_cast<std::size_t>(kept_dims[axis] == 1 ? 0 : index[axis]);
    }
    rows[row].push_back(numbers[i]);
  }
  for (std::size_t row = 0; row < rows.size(); ++row) expect_element(definition, rows[row], *found, row);
}

TEST(OpDefinitions, OfRowsAlongAnyAxes) {
  const std::vector<std::int64_t> lists[] = {{1}, {2}, {-1}, {1, 2}, {1, -1}, {-2, -1}, {3, 1}, {1, 2, 3}};
  for (const RowDefinition& definition : definitions()) {
    for (const auto& axes : lists) {
      if (axes.size() > 1 && !definition.several_axes) continue;
      for (const bool keep : {false, true}) {
        for (const Dims& dims : {Dims{2, 3, 5, 4}, Dims{1, 17, 1, 3}}) expect_axes(definition, dims, axes, keep);
      }
    }
  }
}

TEST(OpDefinitions, OfRowsWithoutElements) {
  const std::pair<std::string_view, Exact> expected[] = {
      {"sum", 0},    {"mean", kNaN},       {"var", kNaN},
      {"std", kNaN}, {"prod", 1},          {"any", 0},
      {"all", 1},    {"count_nonzero", 0}, {"logsumexp", -kInfinity},
  };
  for (const auto& [function, value] : expected) {
    const auto found = result_of(function, {NodeRef{0}}, {Value(1)}, Tensor(DType::float32, {1, 0}));
    ASSERT_TRUE(found) << function;
    expect_near(*found, 0, value, kExact, 0, [&] { return function; });
  }
  for (const std::string_view function : {"argmax", "argmin", "max", "min", "median"}) {
    EXPECT_FALSE(result_of(function, {NodeRef{0}}, {Value(1)}, Tensor(DType::float32, {1, 0}))) << function;
  }
}

// Sums of exponentials that no number holds.
TEST(OpDefinitions, OfLogarithmsOfLargeSums) {
  const std::pair<std::vector<float>, float> rows[] = {
      {{1000, 1000}, 1000.6931F}, {{-1000, -1000}, -999.30685F}, {{1000, -1000}, 1000}, {{-200, -200}, -199.30685F}};
  for (const auto& [row, expected] : rows) {
    const auto found =
        result_of("logsumexp", {NodeRef{0}}, {Value(1)}, tensor_of(DType::float32, {1, 2}, {row[0], row[1]}));
    ASSERT_TRUE(found);
    EXPECT_FLOAT_EQ(found->data<float>()[0], expected);
  }
}

TEST(OpDefinitions, OfExtremesWithAnInitialNumber) {
  const Tensor x = tensor_of(DType::float32, {1, 3}, {1, 2, 3});
  const auto with_initial = [&](std::string_view function, Value initial) {
    return number_at(result_of(function, {NodeRef{0}}, {Value(1), Value(false), std::move(initial)}, x).value(), 0);
  };
  EXPECT_EQ(with_initial("max", Value(7)), 7);
  EXPECT_EQ(with_initial("max", Value(2.5)), 3);
  EXPECT_EQ(with_initial("min", Value(-7)), -7);
  EXPECT_EQ(with_initial("min", Value(2.5)), 1);
  EXPECT_TRUE(std::isnan(with_initial("max", Value(static_cast<double>(kNaN)))));
}

}  // namespace
}  // namespace revive::testing
