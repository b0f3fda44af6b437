// What the definitions of ops share. A definition says what an op means in plain loops over long doubles, which hold
// every float64 and every int64; it shares nothing with the kernels. Results are compared with it on numbers that are
// not friendly, in every dtype.
//
// A file of definitions says which ops it has with a Defined; definitions_test.cpp fails for an op that none has.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/ops/testing.h"
#include "revive/model/tensor/element_type.h"

namespace revive::testing {

using Exact = long double;
using Numbers = std::vector<Exact>;
// Sums and products of ints before they wrap.
using Whole = __int128;
using Settings = std::vector<Value>;

inline constexpr Exact kNaN = std::numeric_limits<Exact>::quiet_NaN();
inline constexpr Exact kInfinity = std::numeric_limits<Exact>::infinity();

class Defined {
 public:
  template <typename Definitions>
  explicit Defined(const Definitions& definitions) {
    for (const auto& each : definitions) all().insert(each.function);
  }
  static std::set<std::string_view>& all() {
    static std::set<std::string_view> functions;
    return functions;
  }
};

inline std::vector<DType> computed_dtypes() {
  std::vector<DType> dtypes;
  for (const DType dtype : kDTypes) {
    if (ops::computes(dtype)) dtypes.push_back(dtype);
  }
  return dtypes;
}

template <typename T>
inline constexpr bool kNarrow = std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>;

inline Exact number_at(const Tensor& tensor, std::size_t index) {
  return with_dtype(tensor.dtype(), [&]<typename T>(T) -> Exact {
    if constexpr (kNarrow<T>) return Exact{static_cast<float>(tensor.data<T>()[index])};
    if constexpr (std::is_same_v<T, bool>) return tensor.data<std::uint8_t>()[index] != 0;
    if constexpr (std::is_arithmetic_v<T>) return static_cast<Exact>(tensor.data<T>()[index]);
  });
}

// An int as an element of the dtype has it: what does not fit wraps.
inline Exact wrapped(DType dtype, Whole number) {
  return with_dtype(dtype, [&]<typename T>(T) -> Exact {
    if constexpr (std::is_integral_v<T>) return static_cast<Exact>(static_cast<T>(number));
    return static_cast<Exact>(number);
  });
}

// The nearest element of a dtype of floats. A number of an int dtype stays what it is.
inline Exact rounded(DType dtype, Exact number) {
  return with_dtype(dtype, [&]<typename T>(T) -> Exact {
    if constexpr (kNarrow<T>) return Exact{static_cast<float>(T(static_cast<double>(number)))};
    if constexpr (std::is_floating_point_v<T>) return Exact{static_cast<T>(number)};
    return number;
  });
}

// Whether the number is an element of the dtype.
inline bool holds(DType dtype, Exact number) {
  return with_dtype(dtype, [&]<typename T>(T) {
    if constexpr (std::is_same_v<T, bool>) return number == 0 || number == 1;
    if constexpr (std::is_integral_v<T>) {
      using Range = std::numeric_limits<T>;
      return std::trunc(number) == number && number >= Exact{Range::min()} && number <= Exact{Range::max()};
    }
    return std::isnan(number) || rounded(dtype, number) == number;
  });
}

// REQUIRES: the dtype holds the numbers; what falls between two floats is rounded.
inline Tensor tensor_of(DType dtype, Dims dims, const Numbers& numbers) {
  Tensor tensor(dtype, std::move(dims));
  EXPECT_EQ(tensor.size(), numbers.size());
  with_dtype(dtype, [&]<typename T>(T) {
    for (std::size_t i = 0; i < tensor.size(); ++i) {
      if constexpr (kNarrow<T>) tensor.data<T>()[i] = T(static_cast<double>(numbers[i]));
      if constexpr (std::is_arithmetic_v<T>) tensor.data<T>()[i] = static_cast<T>(numbers[i]);
    }
  });
  return tensor;
}

// What a dtype of floats is made of.
struct FloatKind {
  int digits = std::numeric_limits<float>::digits;
  int least_exponent = -149;
  Exact largest = std::numeric_limits<float>::max();
};

inline FloatKind kind_of(DType dtype) {
  switch (dtype) {
    case DType::float16: return {11, -24, 65504};
    case DType::bfloat16: return {8, -133, 0x1.FEp127L};
    case DType::float64: return {53, -1074, std::numeric_limits<double>::max()};
    default: return {};
  }
}

// Zeros of both signs, ties, inexact fractions, subnormals and the ends of the range: those that the dtype has.
inline Numbers unfriendly(DType dtype) {
  Numbers candidates = {0, 1, -1, 2, -2, 3, 7, -7, 16, 31, 100, 181, 46341, 65536, 16777217};
  Numbers numbers;
  if (is_float(dtype)) {
    const FloatKind kind = kind_of(dtype);
    const Exact least = std::ldexp(1.0L, kind.least_exponent);
    const Exact least_normal = std::ldexp(least, kind.digits - 1);
    const Exact step = std::ldexp(1.0L, 1 - kind.digits);
    numbers = {0.0L,
               -0.0L,
               1,
               -1,
               0.5L,
               -0.5L,
               1.0L / 3,
               -2.5L,
               3,
               7,
               -30,
               0.1L,
               -88.5L,
               60000,
               least,
               -least,
               3 * least,
               -5 * least,
               least_normal,
               least_normal - least,
               1 + step,
               1 - step / 2,
               std::ldexp(1.0L, kind.digits),
               kind.largest,
               -kind.largest,
               kInfinity,
               -kInfinity,
               kNaN};
    for (Exact& number : numbers) number = rounded(dtype, number);
    return numbers;
  }
  with_dtype(dtype, [&]<typename T>(T) {
    if constexpr (std::is_integral_v<T>) {
      using Range = std::numeric_limits<T>;
      for (const Exact end : {Exact{Range::min()}, Exact{Range::max()}}) {
        for (const Exact near : {-1.0L, 0.0L, 1.0L}) candidates.push_back(end + near);
      }
    }
  });
  for (const Exact candidate : candidates) {
    if (holds(dtype, candidate)) numbers.push_back(candidate);
  }
  return numbers;
}

// So many numbers, from those in turn.
inline Numbers in_turn(const Numbers& numbers, std::size_t count, std::size_t first = 0) {
  Numbers row;
  for (std::size_t i = 0; i < count; ++i) row.push_back(numbers[(first + i) % numbers.size()]);
  return row;
}

// Below, at and above what is done at a time: 4, 8 and 16 lanes, 6 x 16 and 8 x 32 tiles, 16 elements for a sort.
inline constexpr std::size_t kLengths[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 67};

// How far a float may be from the definition: half a unit in the last place, and so many units of float32, or float64,
// in which it was computed.
struct Tolerance {
  Exact ulps = 0;
  // Whether a zero has to have the definition's sign.
  bool zero_sign = true;
};

inline constexpr Tolerance kExact = {};
inline constexpr Tolerance kFewUlps = {4};

// `scale` is the size of what was added up on the way, where that is more than the result; `what` says what was found,
// where it is wrong.
template <typename What>
void expect_near(const Tensor& found, std::size_t index, Exact exact, Tolerance tolerance, Exact scale, What what) {
  const Exact number = number_at(found, index);
  const DType dtype = found.dtype();
  const auto expect = [&](bool holds) {
    EXPECT_TRUE(holds) << what() << " is " << number << ", not " << exact << " (element " << index << ")";
  };
  if (!is_float(dtype)) return expect(number == exact);
  const Exact nearest = rounded(dtype, exact);
  if (!std::isfinite(nearest)) return expect(number == nearest || (std::isnan(number) && std::isnan(nearest)));
  if (exact == 0 && tolerance.ulps == 0) {
    return expect(number == 0 && (!tolerance.zero_sign || std::signbit(number) == std::signbit(exact)));
  }
  const auto unit = [](Exact size, const FloatKind& kind) {
    const int exponent = size == 0 ? kind.least_exponent : std::ilogb(size) - kind.digits + 1;
    return std::ldexp(1.0L, std::max(exponent, kind.least_exponent));
  };
  const Exact size = std::max(std::fabs(exact), std::isfinite(scale) ? scale : 0);
  const FloatKind computed = kind_of(dtype == DType::float64 ? dtype : DType::float32);
  // A long double has 11 bits more than a double, whose own rounding it may tip at a tie.
  constexpr Exact kTie = 0x1p-10L;
  const Exact bound = (0.5L + kTie) * unit(std::fabs(exact), kind_of(dtype)) + tolerance.ulps * unit(size, computed);
  expect(std::fabs(number - exact) <= bound);
}

// Nothing where the op takes no such input.
inline std::optional<Tensor> result_of(std::string_view function, std::vector<Argument> arguments, Settings settings,
                                       const Tensor& x) {
  const auto graph = one_op(function, std::move(arguments), std::move(settings));
  EXPECT_TRUE(graph) << function << ": " << graph.error().text();
  if (!graph || !graph->infer({x.dtype(), Shape(x.dims())})) return std::nullopt;
  auto result = graph->evaluate(x);
  EXPECT_TRUE(result) << function << ": " << result.error().text();
  return result ? std::optional(*std::move(result)) : std::nullopt;
}

inline std::string call_text(std::string_view function, const Settings& settings, DType dtype) {
  std::string text = std::string(function) + "(" + std::string(name_of(dtype));
  for (const Value& setting : settings) text += ", " + setting.brief();
  return text + ")";
}

}  // namespace revive::testing
