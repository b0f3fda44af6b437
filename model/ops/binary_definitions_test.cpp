// Ops of two operands beside what they mean: every pair of numbers that are not friendly, of every pair of dtypes,
// broadcast in every way.
#include "revive/model/ops/definitions.h"

namespace revive::testing {
namespace {

struct BinaryDefinition {
  std::string_view function;
  // Of numbers as the dtype that both meet in has them.
  Exact (*of)(Exact a, Exact b) = nullptr;
  Tolerance tolerance = kExact;
  // Where the result is an int or the bits are asked for; what does not fit wraps.
  Whole (*of_whole)(Whole a, Whole b) = nullptr;
  // Each operand is first asked whether it is zero.
  bool logical = false;
  // A sum or difference on the way has the size of the larger operand.
  bool cancels = false;
};

// Towards minus infinity, as Python has it. What is left has the sign of b.
Exact python_mod(Exact a, Exact b) {
  const Exact rest = std::fmod(a, b);
  return rest != 0 && std::signbit(rest) != std::signbit(b) ? rest + b : rest;
}
Exact python_floor_divide(Exact a, Exact b) {
  if (b == 0) return a / b;
  if (std::isinf(b) && std::isfinite(a)) return a != 0 && std::signbit(a) != std::signbit(b) ? -1 : 0;
  const Exact rest = std::fmod(a, b);
  const Exact quotient = (a - rest) / b;
  return rest != 0 && std::signbit(rest) != std::signbit(b) ? quotient - 1 : quotient;
}

Whole whole_floor_divide(Whole a, Whole b) {
  // What JAX gives, since Python refuses.
  if (b == 0) return a == 0 ? -1 : -2;
  Whole quotient = a / b;
  while (quotient * b > a ? b > 0 : quotient * b < a && b < 0) --quotient;
  return quotient;
}
Whole whole_mod(Whole a, Whole b) {
  return b == 0 ? 0 : a - whole_floor_divide(a, b) * b;
}
// JAX takes the low 6 bits of the exponent.
Whole whole_power(Whole a, Whole b) {
  if (a == 0) return b == 0 ? 1 : 0;
  std::uint64_t power = 1;
  for (Whole i = b & 63; i > 0; --i) power *= static_cast<std::uint64_t>(a);
  return static_cast<Whole>(power);
}

// Of infinities here, because the long double of some libraries loses them beside an exponent near 2^63.
Exact power(Exact a, Exact b) {
  if (!std::isinf(a) || !std::isfinite(b) || b == 0) return std::pow(a, b);
  const bool negative = a < 0 && std::fmod(b, 2) != 0 && std::trunc(b) == b;
  return (negative ? -1 : 1) * (b > 0 ? kInfinity : 0);
}

Exact logaddexp(Exact a, Exact b) {
  if (std::isnan(a) || std::isnan(b)) return kNaN;
  const Exact larger = a > b ? a : b;
  if (std::isinf(larger)) return larger;
  return larger + std::log1p(std::exp((a > b ? b : a) - larger));
}

// As numpy.isclose has it, with its tolerances.
Exact isclose(Exact a, Exact b) {
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return std::fabs(a - b) <= 1e-8L + 1e-5L * std::fabs(b);
}

Exact larger(Exact a, Exact b) {
  if (std::isnan(a) || std::isnan(b)) return kNaN;
  return a < b ? b : a;
}
Exact smaller(Exact a, Exact b) {
  if (std::isnan(a) || std::isnan(b)) return kNaN;
  return b < a ? b : a;
}

#define REVIVE_MEANS(expression) [](Exact a, Exact b) -> Exact { return expression; }
#define REVIVE_MEANS_WHOLE(expression) [](Whole a, Whole b) -> Whole { return expression; }

const std::vector<BinaryDefinition>& definitions() {
  constexpr Tolerance kAnyZero = {0, false};
  static const std::vector<BinaryDefinition> kDefinitions = {
      {"add", REVIVE_MEANS(a + b), kExact, REVIVE_MEANS_WHOLE(a + b)},
      {"subtract", REVIVE_MEANS(a - b), kExact, REVIVE_MEANS_WHOLE(a - b)},
      {"multiply", REVIVE_MEANS(a * b), kExact, REVIVE_MEANS_WHOLE(a * b)},
      {"true_divide", REVIVE_MEANS(a / b)},
      {"divide", REVIVE_MEANS(a / b)},
      {"divide_no_nan", REVIVE_MEANS(b == 0 ? 0 : a / b)},
      {"floor_divide", python_floor_divide, {4, false}, whole_floor_divide},
      {"mod", python_mod, kAnyZero, whole_mod},
      {"power", power, kFewUlps, whole_power},
      {"maximum", larger, kAnyZero, REVIVE_MEANS_WHOLE(a < b ? b : a)},
      {"minimum", smaller, kAnyZero, REVIVE_MEANS_WHOLE(a < b ? a : b)},
      {"logaddexp", logaddexp, {4, false}, nullptr, false, true},
      {"arctan2", REVIVE_MEANS(std::atan2(a, b)), kFewUlps},
      {"equal", REVIVE_MEANS(!(a < b) && !(b < a) && a == a && b == b)},
      {"not_equal", REVIVE_MEANS(a < b || b < a || a != a || b != b)},
      {"less", REVIVE_MEANS(b > a)},
      {"less_equal", REVIVE_MEANS(b > a || a == b)},
      {"greater", REVIVE_MEANS(b < a)},
      {"greater_equal", REVIVE_MEANS(b < a || a == b)},
      {"isclose", isclose},
      {"logical_and", REVIVE_MEANS(a + b == 2), kExact, nullptr, true},
      {"logical_or", REVIVE_MEANS(a + b > 0), kExact, nullptr, true},
      {"logical_xor", REVIVE_MEANS(a + b == 1), kExact, nullptr, true},
      {"bitwise_and", REVIVE_MEANS(a + b == 2), kExact, REVIVE_MEANS_WHOLE(a & b)},
      {"bitwise_or", REVIVE_MEANS(a + b > 0), kExact, REVIVE_MEANS_WHOLE(a | b)},
      {"bitwise_xor", REVIVE_MEANS(a + b == 1), kExact, REVIVE_MEANS_WHOLE(a ^ b)},
      {"left_shift", nullptr, kExact, REVIVE_MEANS_WHOLE(b < 0 || b > 63 ? 0 : a * (Whole{1} << b))},
      {"right_shift", nullptr, kExact, REVIVE_MEANS_WHOLE(b < 0 || b > 63 ? (a < 0 ? -1 : 0) : a >> b)},
  };
  return kDefinitions;
}

#undef REVIVE_MEANS
#undef REVIVE_MEANS_WHOLE

const Defined kDefined(definitions());

// `b` is a constant, before x where `first`.
struct Pair {
  Tensor x;
  Tensor b;
  bool first = false;
};

// The element of an array of these dims that stands at an index of the result.
std::size_t broadcast_index(const std::vector<std::int64_t>& index, const Dims& dims) {
  std::size_t flat = 0;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    const std::int64_t at = index[index.size() - dims.size() + axis];
    flat = flat * static_cast<std::size_t>(dims[axis]) + (dims[axis] == 1 ? 0 : static_cast<std::size_t>(at));
  }
  return flat;
}

std::string pair_text(const BinaryDefinition& definition, const Pair& pair, Exact a, Exact b) {
  return std::string(definition.function) + " of " + std::string(name_of(pair.x.dtype())) + " x and " +
         std::string(name_of(pair.b.dtype())) + ": " + std::to_string(a) + ", " + std::to_string(b);
}

// Whether the op takes the pair.
bool expect_pair(const BinaryDefinition& definition, const Pair& pair) {
  std::vector<Argument> arguments = {NodeRef{0}, Argument(pair.b)};
  if (definition.function == "isclose") arguments.insert(arguments.end(), 2, Argument(Value()));
  if (pair.first) std::swap(arguments[0], arguments[1]);
  const auto result = result_of(definition.function, arguments, {}, pair.x);
  if (!result) return false;
  const DType dtype = result->dtype();
  const bool tests = dtype == DType::boolean;
  const DType compute = tests ? common_dtype(pair.x.dtype(), pair.b.dtype()) : dtype;
  const bool real_test = definition.function == "isclose" && !is_float(compute);
  for (std::size_t i = 0; i < result->size(); ++i) {
    const auto index = unravel(static_cast<std::int64_t>(i), result->dims());
    Exact a = number_at(pair.x, broadcast_index(index, pair.x.dims()));
    Exact b = number_at(pair.b, broadcast_index(index, pair.b.dims()));
    if (pair.first) std::swap(a, b);
    const auto what = [&] { return pair_text(definition, pair, a, b); };
    if (is_integer(dtype)) {
      const Whole whole = definition.of_whole(static_cast<Whole>(a), static_cast<Whole>(b));
      expect_near(*result, i, wrapped(dtype, whole), kExact, 0, what);
      continue;
    }
    const DType met = real_test ? DType::float32 : compute;
    a = definition.logical ? a != 0 : rounded(met, a);
    b = definition.logical ? b != 0 : rounded(met, b);
    const Exact exact = definition.of(a, b);
    const Exact scale = definition.cancels ? std::max(std::fabs(a), std::fabs(b)) : 0;
    expect_near(*result, i, tests ? exact != 0 : exact, definition.tolerance, scale, what);
  }
  return true;
}

// Every number of x beside every number of b.
Pair every_pair(DType x, DType b) {
  const Numbers in_x = unfriendly(x);
  const Numbers in_b = unfriendly(b);
  Numbers repeated;
  for (const Exact number : in_x) repeated.insert(repeated.end(), in_b.size(), number);
  const Dims dims = {1, static_cast<std::int64_t>(in_x.size()), static_cast<std::int64_t>(in_b.size())};
  return {tensor_of(x, dims, repeated), tensor_of(b, {dims[2]}, in_b)};
}

TEST(OpDefinitions, OfTwoOperandsOfEveryDtype) {
  for (const BinaryDefinition& definition : definitions()) {
    std::size_t taken = 0;
    for (const DType x : computed_dtypes()) {
      for (const DType b : computed_dtypes()) taken += expect_pair(definition, every_pair(x, b)) ? 1 : 0;
    }
    EXPECT_GE(taken, 9U) << definition.function;
  }
}

Tensor filled(DType dtype, Dims dims, std::size_t first) {
  const auto count = static_cast<std::size_t>(element_count(dims).value());
  return tensor_of(dtype, std::move(dims), in_turn(unfriendly(dtype), count, first));
}

TEST(OpDefinitions, OfTwoOperandsHoweverTheyAreBroadcast) {
  // The shapes of x and of the constant.
  std::vector<std::pair<Dims, Dims>> shapes = {{{2, 3, 4}, {}},
                                               {{2, 3, 4}, {1}},
                                               {{2, 3, 4}, {4}},
                                               {{2, 3, 4}, {3, 4}},
                                               {{2, 3, 4}, {3, 1}},
                                               {{2, 3, 1}, {4}},
                                               {{2, 1, 4}, {3, 1}},
                                               {{2, 3, 4}, {1, 3, 4}},
                                               {{1, 2, 3, 4}, {2, 1, 4}},
                                               {{2, 1, 3, 1}, {4, 1, 5}},
                                               {{2, 0, 4}, {4}},
                                               {{2, 1, 4}, {0, 1}},
                                               {{0, 3}, {3}},
                                               {{1, 1, 1, 1, 7}, {7}},
                                               {{3, 5}, {}},
                                               {{1, 5, 1, 2, 1}, {3, 1, 2}}};
  for (const std::size_t length : kLengths) {
    const auto n = static_cast<std::int64_t>(length);
    shapes.insert(shapes.end(), {{{2, n}, {n}}, {{2, n}, {1}}, {{2, 1}, {n}}, {{2, n, 1}, {1, n}}});
  }
  for (const BinaryDefinition& definition : definitions()) {
    for (const DType dtype : {DType::float32, DType::int32, DType::boolean}) {
      for (const auto& [x, b] : shapes) {
        for (const bool first : {false, true}) {
          expect_pair(definition, {filled(dtype, x, 0), filled(dtype, b, x.size() + 3), first});
        }
      }
    }
  }
}

}  // namespace
}  // namespace revive::testing
