// Cases for functions of the expression language: what the real function gave for a real input.
//
// Expected values were recorded with TensorFlow 2.21 (tf.*, and K.* as tf.keras.backend), Keras 3.15.1 (ops.*,
// keras.activations.*) and NumPy 2.4.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "revive/model/lambda/lambda_function.h"
#include "revive/model/ops/operand.h"

namespace revive {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

// What the input is filled with, element i being ...
enum Data : std::uint8_t {
  kSigned,    // (7i mod 11 - 5) / 4
  kUnit,      // (7i mod 11 - 5) / 8
  kPositive,  // (7i mod 11 + 1) / 4
  kInts,      // 7i mod 5
  kBools,     // 7i mod 3 == 0
};

inline constexpr DType kFloat = DType::float32;
inline constexpr DType kInt = DType::int32;
inline constexpr DType kBool = DType::boolean;

struct FunctionCase {
  std::string_view text;
  Dims input;
  Data data = kSigned;
  Dims output;
  DType dtype = kFloat;
  // All elements of the output, or four of them, evenly spaced from the first to the last.
  std::vector<double> values;
};

inline Tensor input_of(const FunctionCase& row) {
  const DType dtype = row.data == kInts ? DType::int32 : row.data == kBools ? DType::boolean : DType::float32;
  Tensor x = Tensor::uninitialized(dtype, row.input);
  ops::with_element_type(dtype, [&]<typename T>(T) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto eleventh = static_cast<double>(7 * i % 11);
      const double value = row.data == kSigned     ? (eleventh - 5) / 4
                           : row.data == kUnit     ? (eleventh - 5) / 8
                           : row.data == kPositive ? (eleventh + 1) / 4
                           : row.data == kInts     ? static_cast<double>(7 * i % 5)
                                                   : static_cast<double>(7 * i % 3 == 0);
      x.data<T>()[i] = static_cast<T>(value);
    }
  });
  return x;
}

inline void expect_values(const FunctionCase& row, const Tensor& output) {
  constexpr std::size_t kShown = 4;
  const std::size_t last = output.size() - 1;
  const Tensor numbers = cast(output, carrier_of(output.dtype()));
  for (std::size_t k = 0; k < row.values.size(); ++k) {
    const std::size_t at = output.size() <= kShown ? k : k * last / (kShown - 1);
    const double found = ops::with_element_type(
        numbers.dtype(), [&]<typename T>(T) { return static_cast<double>(numbers.data<T>()[at]); });
    const double expected = row.values[k];
    if (std::isfinite(expected)) {
      EXPECT_NEAR(found, expected, 1e-5 * std::max(1.0, std::fabs(expected))) << row.text << " at " << at;
    } else {
      EXPECT_TRUE(std::isnan(expected) ? std::isnan(found) : found == expected) << row.text << " at " << at;
    }
  }
}

// The lambda is made for an input whose batch is not known, and then run.
inline void check_function_case(const FunctionCase& row) {
  const Tensor x = input_of(row);
  TensorType type{x.dtype(), Shape(x.dims())};
  type.shape[0] = kUnknown;
  const auto made = make_expression(row.text, {}, LoweringOptions{.input = type, .limits = {}});
  ASSERT_TRUE(made) << row.text << ": " << made.error().text();
  const auto output = made->graph.evaluate(x);
  ASSERT_TRUE(output) << row.text << ": " << output.error().text();
  EXPECT_EQ(output->dtype(), row.dtype) << row.text;
  ASSERT_EQ(output->dims(), row.output) << row.text;
  expect_values(row, *output);
}

std::span<const FunctionCase> algebra_cases();
std::span<const FunctionCase> backend_cases();
std::span<const FunctionCase> jax_cases();
std::span<const FunctionCase> keras_cases();
std::span<const FunctionCase> numpy_cases();
std::span<const FunctionCase> tensorflow_cases();
std::span<const FunctionCase> tensorflow_nn_cases();

}  // namespace revive
