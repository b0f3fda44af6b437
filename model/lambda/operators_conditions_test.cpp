// Operators on tensors by the dtype and the rank of both sides and by the backend.
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "revive/model/lambda/testing.h"

namespace revive {
namespace {

using Case = testing::LambdaCase;

void check(std::span<const Case> cases) {
  const Captures captures = {{"b", Tensor::from<float>({2}, {1, 2})},
                             {"i", Tensor::from<std::int32_t>({2}, {1, 2})},
                             {"z", Tensor::from<std::int32_t>({2}, {1, 0})},
                             {"k", Value(0.5)}};
  testing::expect_each(cases, captures);
}

TEST(OperatorConditions, BitsAndBools) {
  const Case cases[] = {
      {TensorType{DType::boolean, {kUnknown, 4}}, "x & (x | x)", "(x & (x | x))"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "x & True", "(x & True)"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "x & 1", "ops.bitwise_and(x, array((), int32))"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "True ^ x", "(True ^ x)"},
      {TensorType{DType::int32, {kUnknown, 4}}, "x & 1", "ops.bitwise_and(x, array((), int32))"},
      {TensorType{DType::int32, {kUnknown, 4}}, "1 & x", "ops.bitwise_and(x, array((), int32))"},
      {TensorType{DType::int32, {kUnknown, 4}}, "x & True", "ops.bitwise_and(x, array((), int32))"},
      {TensorType{DType::int32, {kUnknown, 4}}, "x & 1.5", "lambda: column 3: BitwiseAnd expects ints, found float32"},
      {TensorType{DType::int32, {kUnknown, 4}}, "1.5 | x", "lambda: column 5: BitwiseOr expects ints, found float32"},
      {TensorType{DType::int32, {kUnknown, 4}}, "x << 1.5", "lambda: column 3: LeftShift expects ints, found float32"},
      {TensorType{DType::int32, {kUnknown, 4}}, "x >> 0.5", "lambda: column 3: RightShift expects ints, found float32"},
      {{}, "1 & x", "ops.bitwise_and(x, array((), int32))"},
      {TensorType{DType::int32, {kUnknown, 4}}, "x & 'a'", "lambda: column 3: expected numbers, found a string"},
      {TensorType{DType::float32, {kUnknown, 4}}, "x & 1", "lambda: column 3: BitwiseAnd expects ints, found float32"},
      {TensorType{DType::float32, {kUnknown, 4}}, "x & x", "lambda: column 3: BitwiseAnd expects ints, found float32"},
      {{}, "x & x", "lambda: column 3: this needs the dtype of the input; make the lambda with the input's type"},
      {{}, "(x > 1) & x", "lambda: column 9: this needs the dtype of the input; make the lambda with the input's type"},
      {{}, "(x > 1) & (x > 2)", "((x > 1) & (x > 2))"},
      {{}, "(x > 1) & True", "((x > 1) & True)"},
      {{}, "(x > 1) << 1", "ops.left_shift((x > 1), array((), int32))"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "x << 1", "ops.left_shift(x, array((), int32))"},
      {TensorType{DType::int32, {kUnknown, 4}}, "x << 1", "ops.left_shift(x, array((), int32))"},
      {TensorType{DType::int32, {kUnknown, 4}}, "1 << x",
       "lambda: column 3: LeftShift expects its first operand to have the shape (None, 4) of the result, found ()"},
      {TensorType{DType::int32, {kUnknown, 4}}, "x >> x", "ops.right_shift(x, x)"},
      {TensorType{DType::int32, {kUnknown, 4}}, "x >> x[:, 0]",
       "lambda: column 3: broadcasting (None, 4) with (None,) does not keep the batch axis at axis 0"},
      {TensorType{DType::int32, {kUnknown, 4}}, "x[:, 0] >> x",
       "lambda: column 9: broadcasting (None,) with (None, 4) does not keep the batch axis at axis 0"},
      {TensorType{DType::int32, {kUnknown, 4, 4}}, "x[:, 0] & x",
       "lambda: column 9: broadcasting (None, 4, 4) with (None, 4) does not keep the batch axis at axis 0"},
      {TensorType{DType::int32, {kUnknown, 4, 4}}, "x & x[:, 0]",
       "lambda: column 3: broadcasting (None, 4, 4) with (None, 4) does not keep the batch axis at axis 0"},
      {TensorType{DType::int32, {kUnknown, 4, 4}}, "i & x",
       "lambda: column 3: the shapes (None, 4, 4) and (2,) do not broadcast"},
      {TensorType{DType::int32, {kUnknown, 2, 2}}, "i & x", "ops.bitwise_and(x, [1, 2])"},
      {TensorType{DType::int32, {kUnknown, 2, 2}}, "x & i", "ops.bitwise_and(x, [1, 2])"},
      {TensorType{DType::int32, {kUnknown, 2, 2}}, "x << i", "ops.left_shift(x, [1, 2])"},
      {TensorType{DType::int32, {kUnknown, 2, 2}}, "i << x",
       "lambda: column 3: LeftShift expects its first operand to have the shape (None, 2, 2) of the result, found "
       "(2,)"},
      {{}, "i & (x > 1)", "ops.bitwise_and((x > 1), [1, 2])"},
      {{}, "~x", "lambda: column 1: this needs the dtype of the input; make the lambda with the input's type"},
      {TensorType{DType::int32, {kUnknown, 4}}, "~x", "ops.bitwise_not(x)"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "~x", "(~x)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "~x", "lambda: column 1: BitwiseNot expects ints, found float32"},
  };
  check(cases);
}

TEST(OperatorConditions, BoolsTimesNumbers) {
  const Case cases[] = {
      {{}, "(x > 1) * 2", "((x > 1) * 2)"},
      {{},
       "tf.exp(x) * 2 + tf.cast((x > 1) * 2, 'float32')",
       R"(((ops.exp(x) * 2) + ops.cast(((x > 1) * True), dtype="float32")))"},
      {{}, "tf.cast((x > 1) * 0.5, 'float32') + x", R"((ops.cast(((x > 1) * False), dtype="float32") + x))"},
      {{}, "tf.cast((x > 1) * True, 'float32') + x", R"((ops.cast(((x > 1) * True), dtype="float32") + x))"},
      {{}, "tf.cast(True * (x > 1), 'float32') + x", R"((ops.cast((True * (x > 1)), dtype="float32") + x))"},
      {{}, "tf.cast(2 * (x > 1), 'float32') + x", R"((ops.cast((True * (x > 1)), dtype="float32") + x))"},
      {{}, "tf.cast((x > 1) + 2, 'float32') + x", R"((ops.cast(((x > 1) + 2), dtype="float32") + x))"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "tf.cast(x * 2, 'float32')",
       R"(ops.cast((x * True), dtype="float32"))"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.cast(x * 2, 'float32')", R"(ops.cast((x * 2), dtype="float32"))"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "x * 2",
       "lambda: column 3: bools times a number are bools in TensorFlow and numbers elsewhere; cast the bools first",
       true},
      {TensorType{DType::boolean, {kUnknown, 4}}, "x * True", "(x * True)", true},
      {TensorType{DType::boolean, {kUnknown, 4}}, "x ** 2",
       "lambda: column 3: a power of bools is an int of 8 bits in NumPy and of 32 elsewhere; cast the bools first",
       true},
      {TensorType{DType::boolean, {kUnknown, 4}}, "x + 2", "(x + 2)", true},
      {TensorType{DType::float32, {kUnknown, 4}}, "x ** 2", "(x ** 2)", true},
      {TensorType{DType::float32, {kUnknown, 4}}, "x * 2", "(x * 2)", true},
      {{},
       "(x > 1) ** 2",
       "lambda: column 9: a power of bools is an int of 8 bits in NumPy and of 32 elsewhere; cast the bools first",
       true},
      {{},
       "(x > 1) * 2",
       "lambda: column 9: bools times a number are bools in TensorFlow and numbers elsewhere; cast the bools first",
       true},
      {{}, "x ** 2", "(x ** 2)", true},
      {{}, "x * ((b > 1) * 2)", "(x * [0, 2])", true},
      {{}, "x ** 2 * ((b > 1) * 2)", "((x ** 2) * [0, 2])"},
      {{},
       "tf.exp(x) * ((b > 1) * 2)",
       "lambda: column 22: an array of bools times a number is one of bools in TensorFlow and of numbers in NumPy"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "x ** 2", "(x ** 2)"},
  };
  check(cases);
}

// TensorFlow makes an array beside a tensor one of the tensor's dtype, where the others widen the tensor.
TEST(OperatorConditions, ArraysBesideTensors) {
  const TensorType ints{DType::int32, {kUnknown, 2}};
  const TensorType floats{DType::float32, {kUnknown, 2}};
  const std::string disputed =
      ": an array beside a tensor of int32 is made int32 in TensorFlow and not elsewhere; cast one of them first";
  const std::string at_3 = "lambda: column 3" + disputed;
  const std::string at_9 = "lambda: column 9" + disputed;
  const std::string at_11 = "lambda: column 11" + disputed;
  const Case cases[] = {
      {ints, "x * b", at_3, true},
      {ints, "b > x", at_3, true},
      {ints, "tf.maximum(x, b)", at_11},
      {ints, "tf.where(x > 0, x, b)", at_9},
      {ints, "ops.where(x > 0, b, i)", "ops.where((x > 0), [1.0, 2.0], [1, 2])", true},
      {ints, "tf.gather(b, x)", "ops.take([1.0, 2.0], x, axis=0)"},
      {ints, "x * b", "(x * [1.0, 2.0])"},
      {ints, "jnp.exp(x) * 2 + x * b", "((ops.exp(x) * 2) + (x * [1.0, 2.0]))", true},
      {ints, "np.exp(x) * 2 + x * b", "((ops.exp(x) * 2) + (x * [1.0, 2.0]))", true},
      {ints, "x * i", "(x * [1, 2])", true},
      {floats, "x * i", "(x * [1, 2])", true},
      {floats, "x * b", "(x * [1.0, 2.0])", true},
      {floats, "x > b", "(x > [1.0, 2.0])", true},
      {ints, "x * k", at_3, true},
      {ints, "x * 0.5", "(x * 0.5)", true},
      {ints, "x * np.sqrt(2.0)", at_3, true},
      {floats, "x * np.sqrt(2.0)", "(x * 1.4142135623730951)", true},
      {floats, "x * k", "(x * 0.5)", true},
      {{}, "x * b", "(x * [1.0, 2.0])", true},
      {ints, "x // 0", "lambda: column 3: ints divided by zero are 0 in NumPy and something else elsewhere", true},
      {ints, "x % z", "lambda: column 3: ints divided by zero are 0 in NumPy and something else elsewhere", true},
      {ints, "x // i", "(x // [1, 2])", true},
      {floats, "x // 0", "(x // 0)", true},
  };
  check(cases);
}

TEST(OperatorConditions, FloorDivision) {
  const Case cases[] = {
      {{}, "tf.exp(x) // 2", "(ops.exp(x) // 2)"},
      {{}, "tf.exp(x) // 2.0", "ops.floor((ops.exp(x) / 2.0))"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.exp(x) // 2", "ops.floor((ops.exp(x) / 2))"},
      {TensorType{DType::int32, {kUnknown, 4}}, "tf.abs(x) // 2", "(ops.absolute(x) // 2)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "2 // tf.exp(x)", "ops.floor((2 / ops.exp(x)))"},
      {{}, "ops.exp(x) // 2", "(ops.exp(x) // 2)"},
      {{}, "x @ x", "ops.matmul(x, x)"},
      {{}, "x @ b", "ops.matmul(x, [1.0, 2.0])"},
      {{}, "x << x", "lambda: column 3: this needs the dtype of the input; make the lambda with the input's type"},
  };
  check(cases);
}

}  // namespace
}  // namespace revive
