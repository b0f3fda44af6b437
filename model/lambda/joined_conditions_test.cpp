// What backends disagree on where tensors of few bits meet numbers that may be NumPy's own, and where floats are
// divided for a floor.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>
#include <span>
#include <string>

#include "revive/model/lambda/testing.h"

namespace revive {
namespace {

using Case = testing::LambdaCase;

void check(std::span<const Case> cases) {
  const Captures captures = {{"i", Tensor::from<std::int32_t>({2}, {1, 2})},
                             {"w", Tensor::from<float>({2}, {1, 2})},
                             {"k", Value(0.5)},
                             {"n", Value(3)},
                             {"l", Tensor::from<std::int64_t>({2}, {1, 2})},
                             {"b", Tensor::from<std::int8_t>({2}, {1, 2})},
                             {"h", Tensor::from<std::int16_t>({2}, {1, 2})},
                             {"d", Tensor::from<double>({2}, {1, 2})},
                             {"inf", Value(std::numeric_limits<double>::infinity())},
                             {"mixed", Value::Array{2.5, 1}},
                             {"nested", Value::Array{1, Value::Array{2.5}}}};
  testing::expect_each(cases, captures);
}

std::string told_apart(std::string_view dtype) {
  return "a number beside a tensor of " + std::string(dtype) +
         " leaves it so if it is Python's own and not if it is NumPy's, and nothing says which it is; write the number "
         "itself, or cast it";
}

TEST(JoinedConditions, FloatsOf16Bits) {
  const TensorType half{DType::float16, {kUnknown, 2}};
  const TensorType brain{DType::bfloat16, {kUnknown, 2}};
  const std::string at_3 = "lambda: column 3: " + told_apart("float16");
  const std::string at_12 = "lambda: column 12: " + told_apart("float16");
  const std::string at_18 = "lambda: column 18: " + told_apart("float16");
  const std::string at_11 = "lambda: column 11: " + told_apart("float16");
  const std::string of_brain = "lambda: column 3: " + told_apart("bfloat16");
  const std::string of_ints =
      "lambda: column 3: ints beside a tensor of float16 make it wider in NumPy and not elsewhere; cast them first";
  const Case cases[] = {
      {half, "x * k", at_3, true},
      {brain, "x * k", of_brain, true},
      {half, "x + nested[1][0]", at_3, true},
      {half, "x * np.sqrt(2.0)", at_3, true},
      {half, "jnp.exp(x) * k", at_12, true},
      {half, "np.exp(x) + n", at_11, true},
      {half, "jax.numpy.exp(x) * k", at_18, true},
      {half, "jnp.exp(x) * jnp.array(2.0)", at_12, true},
      {half, "x * i", of_ints, true},
      {half, "x * h", of_ints, true},
      {half, "x * b", "(x * [1, 2])", true},
      {half, "x * mixed[0]", at_3, true},
      {half, "x * jax.numpy.sqrt(4.0)", "(x * 2.0)", true},
      {half, "jnp.exp(x) * jnp.array([2.0, 3.0])", "(ops.exp(x) * [2.0, 3.0])", true},
      {half, "np.exp(x) + 2", "(ops.exp(x) + 2)", true},
      {half, "np.exp(x)[:, :n] * 0.5", "(ops.exp(x)[:, :3] * 0.5)", true},
      // Numbers that are written are Python's, TensorFlow makes all of them the tensor's, and JAX leaves ints to
      // floats.
      {half, "x * 0.5", "(x * 0.5)", true},
      {half, "x + n", "(x + 3)", true},
      {half, "tf.exp(x) * k", "(ops.exp(x) * 0.5)", true},
      {half, "jnp.exp(x) * jnp.sqrt(4.0)", "(ops.exp(x) * 2.0)", true},
      {half, "jnp.exp(x) + n", "(ops.exp(x) + 3)", true},
      {half, "jnp.exp(x) * i", "(ops.exp(x) * [1, 2])", true},
      {half, "jnp.exp(x) * jnp.array(2.0, 'float32')", "(ops.exp(x) * array((), float32))", true},
      {half, "jnp.exp(x) * w", "(ops.exp(x) * [1.0, 2.0])", true},
      {half, "x * k", "(x * 0.5)"},
  };
  check(cases);
}

TEST(JoinedConditions, IntsOfFewBits) {
  const TensorType bytes{DType::uint8, {kUnknown, 2}};
  const TensorType shorts{DType::int16, {kUnknown, 2}};
  const TensorType ints{DType::int32, {kUnknown, 2}};
  const std::string powers =
      "lambda: column 3: a power to ints of 8 or 16 bits is not the same in NumPy and JAX; cast them first";
  const std::string at_3 = "lambda: column 3: " + told_apart("uint8");
  const std::string at_12 = "lambda: column 12: " + told_apart("int16");
  const Case cases[] = {
      {bytes, "x + n", at_3, true},
      {bytes, "x + np.int64(2)", at_3, true},
      {shorts, "jnp.abs(x) + jnp.asarray(2)", at_12, true},
      {bytes, "2 ** x", powers, true},
      {bytes, "x + nested[0]", at_3, true},
      {bytes, "x * np.shape(np.zeros((2, 3)))[0]", "(x * 2)", true},
      {bytes, "x + 2", "(x + 2)", true},
      {ints, "x + n", "(x + 3)", true},
      {bytes, "tf.maximum(x, 7) + n", "(ops.maximum(x, 7) + 3)", true},
      {bytes, "jnp.maximum(x, 7) ** x", "(ops.maximum(x, 7) ** x)", true},
      {ints, "2 ** x", "(2 ** x)", true},
      {bytes, "x + n", "(x + 3)"},
  };
  check(cases);
}

// What is of 64 bits is so because nobody said anything else.
TEST(JoinedConditions, ArraysOf64Bits) {
  const TensorType floats{DType::float32, {kUnknown, 2}};
  const TensorType ints{DType::int32, {kUnknown, 2}};
  const TensorType long_ints{DType::int64, {kUnknown, 2}};
  const TensorType doubles{DType::float64, {kUnknown, 2}};
  const auto narrowed = [](std::string_view dtype) {
    return fmt::format(
        "lambda: column 3: an array beside a tensor of {0} is made {0} in TensorFlow and not elsewhere; cast one of "
        "them first",
        dtype);
  };
  const std::string of_ints = narrowed("int32");
  const std::string of_long_ints = narrowed("int64");
  const Case cases[] = {
      {floats, "x * d", "(x * [1.0, 2.0])", true},
      {floats, "x * l", "(x * [1, 2])", true},
      {doubles, "x * w", "(x * [1.0, 2.0])", true},
      {doubles, "x * d", "(x * [1.0, 2.0])", true},
      {ints, "x * l", "(x * [1, 2])", true},
      {long_ints, "x * i", "(x * [1, 2])", true},
      {ints, "x * d", of_ints, true},
      {ints, "x * w", of_ints, true},
      {long_ints, "x * d", of_long_ints, true},
      {long_ints, "x * w", of_long_ints, true},
  };
  check(cases);
}

TEST(JoinedConditions, FloorsOfQuotients) {
  const TensorType floats{DType::float32, {kUnknown, 2}};
  const TensorType ints{DType::int32, {kUnknown, 2}};
  const std::string refused =
      "lambda: column 3: a quotient that is nearly whole is rounded up by TensorFlow alone; divide, and then take the "
      "floor";
  const Case cases[] = {
      {floats, "x // 0.3", refused, true},
      {floats, "x // x", refused, true},
      {floats, "2 // x", refused, true},
      {ints, "x // 0.3", refused, true},
      {floats, "x // inf", refused, true},
      {floats, "x // 0.25", "(x // 0.25)", true},
      {floats, "x // 255", "(x // 255)", true},
      {ints, "x // 3", "(x // 3)", true},
      {ints, "x // x", "(x // x)", true},
      {floats, "np.exp(x) // 0.3", "(ops.exp(x) // 0.3)", true},
      {floats, "jnp.exp(x) // 0.3", "(ops.exp(x) // 0.3)", true},
      {floats, "x // 0.3", "(x // 0.3)"},
  };
  check(cases);
}

}  // namespace
}  // namespace revive
