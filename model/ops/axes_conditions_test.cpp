// Axes, products and bits: which an op takes of a batch, and which it refuses.
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "revive/model/lambda/testing.h"

namespace revive {
namespace {

using Case = testing::LambdaCase;

void check(std::span<const Case> cases) {
  const Captures captures = {{"b", Tensor::from<float>({2}, {1, 2})}, {"b0", Tensor::from<float>({}, {2})}};
  testing::expect_each(cases, captures);
}

TEST(OpAxesConditions, Axes) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.sum(x, axis=1)", "ops.sum(x, axis=1, keepdims=False)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.sum(x, axis=(1, 2))",
       "ops.sum(x, axis=[1, 2], keepdims=False)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.sum(x, axis=(1, 1))",
       "lambda: column 8: expected each axis once, found axis 1 twice"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.sum(x, axis=(1, 'a'))",
       R"(lambda: column 8: Sum expects axis to be an int, a list of ints or None, found [1, "a"])"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.sum(x, axis='a')",
       R"(lambda: column 8: Sum expects axis to be an int, a list of ints or None, found "a")"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.sum(x, axis=None)",
       "lambda: column 8: Sum over all axes would mix the samples of a batch; name the axes, as in axis=-1 or (1, 2)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.sum(x, axis=0)",
       "lambda: column 8: Sum of axis 0 would mix, move or cut the samples of a batch; the other axes are 1, 2, ... or "
       "-1"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.sum(x, axis=3)",
       "lambda: column 8: axis 3 is out of range for a tensor of 3 axes"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.sum(x, axis=-3)",
       "lambda: column 8: axis -3 of a tensor of 3 axes is the batch, whose samples must not mix"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.cumsum(x, axis=1)", "ops.cumsum(x, axis=1, dtype=None)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.cumsum(x, axis=None)",
       "lambda: column 11: Cumsum over all axes would mix the samples of a batch; name the axes, as in axis=-1 or (1, "
       "2)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.cumsum(x, axis=(1, 2))",
       "lambda: column 11: Cumsum expects axis to be an int, found [1, 2]"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.sum(x, axis=1, keepdims=True)",
       "ops.sum(x, axis=1, keepdims=True)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.sum(x, axis=1, keepdims=1)",
       "lambda: column 8: Sum expects keepdims to be a bool, found 1"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.max(x, axis=1, initial=2)",
       "ops.max(x, axis=1, keepdims=False, initial=2)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.max(x, axis=1, initial=2.5)",
       "ops.max(x, axis=1, keepdims=False, initial=2.5)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.max(x, axis=1, initial='a')",
       R"(lambda: column 8: Max expects initial to be a number or None, found "a")"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.max(x, axis=1, initial=None)",
       "ops.max(x, axis=1, keepdims=False, initial=None)"},
      {TensorType{DType::int32, {kUnknown, 4, 3}}, "ops.max(x, axis=1, initial=2)",
       "ops.max(x, axis=1, keepdims=False, initial=2)"},
      {TensorType{DType::int32, {kUnknown, 4, 3}}, "ops.max(x, axis=1, initial=2.5)",
       "lambda: column 8: Max of a tensor of int32 takes no initial of 2.5"},
      {TensorType{DType::boolean, {kUnknown, 4, 3}}, "ops.max(x, axis=1, initial=2)",
       "lambda: column 8: Max of a tensor of bool takes no initial of 2"},
      {TensorType{DType::boolean, {kUnknown, 4, 3}}, "ops.max(x, axis=1)",
       "ops.max(x, axis=1, keepdims=False, initial=None)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.min(x, axis=1, initial=True)",
       "lambda: column 8: Min expects initial to be a number or None, found true"},
  };
  check(cases);
}

TEST(OpAxesConditions, Permuting) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.transpose(x, (0, 2, 1))", "ops.transpose(x, axes=[0, 2, 1])"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.transpose(x, (1, 0, 2))",
       "lambda: column 14: axes=[1, 0, 2] would move the batch axis away from the front; axes start with 0"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.transpose(x, (0, 1))",
       "lambda: column 14: expected axes to name each axis of (None, 4, 3) once, found [0, 1]"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.transpose(x, (0, 1, 1))",
       "lambda: column 14: expected axes to name each axis of (None, 4, 3) once, found [0, 1, 1]"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.transpose(x, (0, 1, 3))",
       "lambda: column 14: axis 3 is out of range for a tensor of 3 axes"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.transpose(x, ())",
       "lambda: column 14: expected axes to name each axis of (None, 4, 3) once, found []"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.transpose(x)",
       "lambda: column 14: axes=None would move the batch axis away from the front; axes start with 0"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.swapaxes(x, 1, 2)", "ops.swapaxes(x, axis1=1, axis2=2)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.swapaxes(x, 0, 2)",
       "lambda: column 13: Swapaxes of axis 0 would mix, move or cut the samples of a batch; the other axes are 1, 2, "
       "... or -1"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.moveaxis(x, 1, 2)",
       "ops.moveaxis(x, source=1, destination=2)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.moveaxis(x, 1, 0)",
       "lambda: column 13: Moveaxis of axis 0 would mix, move or cut the samples of a batch; the other axes are 1, 2, "
       "... or -1"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.moveaxis(x, (1, 2), (2, 1))",
       "ops.moveaxis(x, source=[1, 2], destination=[2, 1])"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.moveaxis(x, (1, 2), 1)",
       "lambda: column 13: Moveaxis moves 2 axes to 1 places"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.roll(x, 1, axis=1)", "ops.roll(x, shift=1, axis=1)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.roll(x, (1, 2), axis=(1, 2))",
       "ops.roll(x, shift=[1, 2], axis=[1, 2])"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.roll(x, 1, axis=(1, 2))",
       "ops.roll(x, shift=1, axis=[1, 2])"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.roll(x, (1,), axis=(1, 2))",
       "lambda: column 9: Roll has 1 shifts for 2 axes"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.roll(x, (1, 2), axis=1)",
       "lambda: column 9: Roll has 2 shifts for 1 axes"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.roll(x, 1)",
       "lambda: column 9: Roll over all axes would mix the samples of a batch; name the axes, as in axis=-1 or (1, 2)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.flip(x, axis=1)", "ops.flip(x, axis=1)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.flip(x, axis=0)",
       "lambda: column 9: Flip of axis 0 would mix, move or cut the samples of a batch; the other axes are 1, 2, ... "
       "or -1"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.flip(x)",
       "lambda: column 9: Flip over all axes would mix the samples of a batch; name the axes, as in axis=-1 or (1, 2)"},
      {TensorType{DType::float32, {kUnknown, 2}}, "x + ops.transpose(b)", "(x + [1.0, 2.0])"},
      {TensorType{DType::float32, {kUnknown, 2}}, "x + ops.transpose(ops.reshape(b, (1, 2)), (1, 0))[:, 0]",
       "(x + [1.0, 2.0])"},
  };
  check(cases);
}

TEST(OpAxesConditions, Products) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.matmul(x, ops.transpose(x, (0, 2, 1)))",
       "ops.matmul(x, ops.transpose(x, axes=[0, 2, 1]))"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.matmul(x, x)",
       "lambda: column 11: axis 1 of (None, 4, 3) is 4 long where 3 is expected"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.matmul(x, b)", "ops.matmul(x, [1.0, 2.0])"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.matmul(x, b0)",
       "lambda: column 11: Matmul expects operands with axes, found a number; multiply by it"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.matmul(b0, x)",
       "lambda: column 11: Matmul expects operands with axes, found a number; multiply by it"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.dot(x, b0)", "ops.dot(x, array((), float32))"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.dot(b0, x)", "ops.dot(array((), float32), x)"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.dot(x, b)", "ops.dot(x, [1.0, 2.0])"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.tensordot(x, b, axes=1)",
       "ops.tensordot(x, [1.0, 2.0], axes=1)"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.tensordot(x, b, axes=0)",
       "ops.tensordot(x, [1.0, 2.0], axes=0)"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.tensordot(x, b, axes=-1)",
       "lambda: column 14: Tensordot expects axes to be a count of axes or two lists of equally many axes, found -1"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.tensordot(x, b, axes=2)",
       "lambda: column 14: Tensordot over 2 axes expects as many in (None, 2) and (2,)"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.tensordot(x, b, axes=((1,), (0,)))",
       "ops.tensordot(x, [1.0, 2.0], axes=[[1], [0]])"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.tensordot(x, b, axes=((1,), ('a',)))",
       R"(lambda: column 14: Tensordot expects axes to be a count of axes or two lists of equally many axes, found [[1], ["a"]])"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.tensordot(x, b, axes=((1,), 0))",
       "lambda: column 14: Tensordot expects axes to be a count of axes or two lists of equally many axes, found [[1], "
       "0]"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.tensordot(x, b, axes=((1,), (0,), (1,)))",
       "lambda: column 14: Tensordot expects axes to be a count of axes or two lists of equally many axes, found [[1], "
       "[0], [1]]"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.tensordot(x, b, axes=((1, 1), (0,)))",
       "lambda: column 14: Tensordot expects axes to be a count of axes or two lists of equally many axes, found [[1, "
       "1], [0]]"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.tensordot(x, b, axes=((0,), (0,)))",
       "lambda: column 14: the batch axis would be summed over, which mixes samples; contract other axes"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.einsum('ab,b->a', x, b)",
       R"(ops.einsum([x, [1.0, 2.0]], subscripts="ab,b->a"))"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.einsum('ab,b->ab', x, b)",
       R"(ops.einsum([x, [1.0, 2.0]], subscripts="ab,b->ab"))"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.einsum('ab,b->b', x, b)",
       "lambda: column 11: the batch axis would be summed over, which mixes samples; contract other axes"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.einsum('ab,c->a', x, b)",
       R"(ops.einsum([x, [1.0, 2.0]], subscripts="ab,c->a"))"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.einsum('aa->a', x)",
       "lambda: column 11: axis 1 of (None, 2) would run along the batch axis"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.einsum('ab,ab->a', x, x)",
       R"(ops.einsum([x, x], subscripts="ab,ab->a"))"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.einsum('ab,b', x, b)",
       R"(ops.einsum([x, [1.0, 2.0]], subscripts="ab,b->a"))"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.einsum('ab,b->c', x, b)",
       "lambda: column 11: no operand of the einsum has the axis `c`"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.einsum('ab->a', x, b)",
       R"(lambda: column 11: the subscripts "ab->a" are for 1 operands, found 2)"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.einsum('ab,b->a', x)",
       R"(lambda: column 11: the subscripts "ab,b->a" are for 2 operands, found 1)"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.einsum('...b,b->...', x, b)",
       R"(ops.einsum([x, [1.0, 2.0]], subscripts="...b,b->..."))"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.einsum('ab,b->aa', x, b)",
       "lambda: column 11: the result of the einsum has the axis `a` twice"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.einsum('a1,b->a', x, b)",
       R"(lambda: column 11: einsum subscripts are lower-case letters, `...`, `,` and `->`, found "a1")"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.einsum('ab,b->a', x, 'a')",
       "lambda: column 11: Einsum expects tensors, arrays or numbers as its operands"},
      {TensorType{DType::float32, {kUnknown, 3}}, "ops.einsum('ab,b->a', x, b)",
       "lambda: column 11: axis 0 of (2,) is 2 long where 3 is expected"},
      {TensorType{DType::float32, {kUnknown, 1}}, "ops.einsum('ab,b->a', x, b)",
       "lambda: column 11: axis 0 of (2,) is 2 long where 1 is expected"},
      {TensorType{DType::float32, {kUnknown, kUnknown}}, "ops.einsum('ab,b->a', x, b)",
       R"(ops.einsum([x, [1.0, 2.0]], subscripts="ab,b->a"))"},
  };
  check(cases);
}

TEST(OpAxesConditions, Shifts) {
  const Case cases[] = {
      {TensorType{DType::int32, {kUnknown, 4}}, "ops.left_shift(x, 1)", "ops.left_shift(x, array((), int32))"},
      {TensorType{DType::int32, {kUnknown, 4}}, "ops.left_shift(x, x)", "ops.left_shift(x, x)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.left_shift(x, 1)",
       "lambda: column 15: LeftShift expects ints, found float32"},
      {TensorType{DType::int32, {kUnknown, 4}}, "ops.bitwise_and(x, 'a')",
       "lambda: column 16: expected numbers, found a string"},
      {TensorType{DType::int32, {kUnknown, 4}}, "ops.bitwise_and(x, 1.5)",
       "lambda: column 16: BitwiseAnd expects ints, found float32"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "ops.bitwise_and(x, x)", "ops.bitwise_and(x, x)"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "ops.bitwise_not(x)", "ops.bitwise_not(x)"},
      {TensorType{DType::int32, {kUnknown, 4}}, "ops.bitwise_not(x)", "ops.bitwise_not(x)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.bitwise_or(x, x)",
       "lambda: column 15: BitwiseOr expects ints, found float32"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.bitwise_xor(x, x)",
       "lambda: column 16: BitwiseXor expects ints, found float32"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "ops.bitwise_or(x, x)", "ops.bitwise_or(x, x)"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "ops.bitwise_xor(x, x)", "ops.bitwise_xor(x, x)"},
      {TensorType{DType::int32, {kUnknown, 4}}, "ops.bitwise_or(x, x)", "ops.bitwise_or(x, x)"},
      {TensorType{DType::int32, {kUnknown, 4}}, "ops.bitwise_xor(x, x)", "ops.bitwise_xor(x, x)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.right_shift(x, x)",
       "lambda: column 16: RightShift expects ints, found float32"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "ops.right_shift(x, x)",
       "lambda: column 16: RightShift expects ints, found bool"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "ops.left_shift(x, x)",
       "lambda: column 15: LeftShift expects ints, found bool"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.bitwise_not(x)",
       "lambda: column 16: BitwiseNot expects ints, found float32"},
  };
  check(cases);
}

}  // namespace
}  // namespace revive
