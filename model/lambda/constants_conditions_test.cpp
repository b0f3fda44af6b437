// Constants, indices and conversions by the kind of what they are given.
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "revive/model/lambda/testing.h"

namespace revive {
namespace {

using Case = testing::LambdaCase;

void check(std::span<const Case> cases) {
  const Captures captures = {
      {"b", Tensor::from<float>({2}, {1, 2})},        {"b0", Tensor::from<float>({}, {2})},
      {"i", Tensor::from<std::int32_t>({2}, {1, 2})}, {"i0", Tensor::from<std::int32_t>({}, {2})},
      {"e", Tensor(DType::float32, {2, 0})},          {"f", Function{"lambda t: t * 2"}}};
  testing::expect_each(cases, captures);
}

TEST(ConstantConditions, Dtypes) {
  const Case cases[] = {
      {{}, "tf.cast(x, 'int32')", R"(ops.cast(x, dtype="int32"))"},
      {{}, "tf.cast(x, int)", R"(ops.cast(x, dtype="int32"))"},
      {{}, "tf.cast(x, float)", R"(ops.cast(x, dtype="float32"))"},
      {{}, "tf.cast(x, np.float32)", R"(ops.cast(x, dtype="float32"))"},
      {{}, "tf.cast(x, 'complex64')", "lambda: column 8: expected a dtype other than uint64, found complex64"},
      {{}, "tf.cast(x, 3)", "lambda: column 8: expected a dtype other than uint64, found an int"},
      {{}, "tf.cast(x, np.exp)", "lambda: column 8: expected a dtype other than uint64, found exp"},
      {{}, "tf.cast(x, tf.int32)", R"(ops.cast(x, dtype="int32"))"},
  };
  check(cases);
}

TEST(ConstantConditions, NumbersLikeATensor) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.clip(x, 0.0, 6.0)", "ops.clip(x, x_min=0.0, x_max=6.0)"},
      {TensorType{DType::int32, {kUnknown, 4}}, "tf.maximum(x, 2.0)", "ops.maximum(x, 2.0)"},
      {{}, "K.clip(x, 'a', 1)", R"(lambda: column 7: Clip expects x_min to be a number, found "a")"},
  };
  check(cases);
}

TEST(ConstantConditions, Constants) {
  const Case cases[] = {
      {{}, "x + tf.fill((2,), 1.0)", "(x + [1.0, 1.0])"},
      {{}, "x + tf.fill(2, 1.0)", "(x + [1.0, 1.0])"},
      {{}, "x + tf.fill((2,), (1, 2))", "lambda: column 12: a constant is filled with one number"},
      {{}, "x + tf.fill((2,), b0)", "(x + [2.0, 2.0])"},
      {{}, "x + tf.fill((2,), b)", "lambda: column 12: a constant is filled with one number"},
      {{}, "tf.fill((2,), x)", "lambda: column 8: a constant is filled with one number"},
      {{},
       "x + tf.zeros((2, -1))",
       "lambda: column 13: expected a constant of at most 1048576 elements, found the shape (2, -1)"},
      {{}, "x + tf.zeros((2, 'a'))", "lambda: column 13: an item of a shape has to be an int, found a string"},
      {{}, "x + tf.zeros((2, 1.5))", "lambda: column 13: an item of a shape has to be an int, found a float"},
      {{}, "x + tf.zeros(i)", "(x + array((1, 2), float32))"},
      {{}, "x + tf.zeros(b)", "lambda: column 13: a shape has to be a tuple or list of ints, found an array"},
      {{}, "x + tf.zeros('a')", "lambda: column 13: a shape has to be a tuple or list of ints, found a string"},
      {{}, "x + ops.arange(3)", "(x + [0, 1, 2])"},
      {{}, "x + ops.arange(1, 3)", "(x + [1, 2])"},
      {{}, "x + ops.arange(1.5, 3)", "(x + [1.5, 2.5])"},
      {{}, "x + ops.arange(1, 2.5)", "(x + [1.0, 2.0])"},
      {{}, "x + ops.arange(0, 1, 0.5)", "(x + [0.0, 0.5])"},
      {{}, "x + ops.arange(3, 0, -1)", "(x + [3, 2, 1])"},
      {{}, "x + ops.arange(0, 3, 0)", "lambda: column 15: the step of a range must not be zero"},
      {{}, "x + ops.arange('a', 3)", "lambda: column 15: a range has to have static bounds"},
      {{}, "x + ops.arange(0, 'a')", "lambda: column 15: a range has to have static bounds"},
      {{}, "x + ops.arange(0, 3, 'a')", "lambda: column 15: a range has to have static bounds"},
      {{},
       "x + ops.arange(9223372036854775806, 9223372036854775807, 1)",
       "lambda: column 15: a range of ints beyond 2**53 is not counted exactly"},
      {{},
       "x[:, :0] + ops.arange(9007199254740993, 9007199254740994)",
       "lambda: column 22: a range of ints beyond 2**53 is not counted exactly"},
      {{}, "x[:, :0] + ops.arange(9007199254740992, 9007199254740992)", "(x[:, :0] + [])"},
      {{},
       "x[:, :0] + ops.arange(0, -9007199254740993)",
       "lambda: column 22: a range of ints beyond 2**53 is not counted exactly"},
      {{},
       "x[:, :0] + ops.arange(-9007199254740993, -9007199254740994)",
       "lambda: column 22: a range of ints beyond 2**53 is not counted exactly"},
      {{},
       "x[:, :0] + ops.arange(0, 0, 9007199254740993)",
       "lambda: column 22: a range of ints beyond 2**53 is not counted exactly"},
      {{},
       "x[:, :0] + ops.arange(0, 0, -9007199254740993)",
       "lambda: column 22: a range of ints beyond 2**53 is not counted exactly"},
      {{}, "x[:, :0] + ops.arange(0, -9007199254740992)", "(x[:, :0] + [])"},
      {{}, "x[:, :0] + ops.arange(3, 3)", "(x[:, :0] + [])"},
      {{}, "x + ops.array('a')", "lambda: column 14: expected numbers, found a string"},
      {{}, "x + ops.array(1)", "(x + array((), int32))"},
      {{}, "x + ops.array((1, 2), 'float32')", "(x + [1.0, 2.0])"},
  };
  check(cases);
}

TEST(ConstantConditions, Joining) {
  const Case cases[] = {
      {{}, "tf.concat(x, 0)", "lambda: column 10: expected a list of tensors, found a tensor"},
      {{},
       "tf.concat([x, [1, 2]], -1)",
       "lambda: column 10: Concatenate takes no constant beside a tensor, because a constant has no batch axis; "
       "broadcast it first, as in zeros_like(x[...]) + c"},
      {{}, "tf.concat([x, x], 'a')", R"(lambda: column 10: Concatenate expects axis to be an int, found "a")"},
      {{}, "tf.concat([x, x], 1.0)", "lambda: column 10: Concatenate expects axis to be an int, found 1.0"},
  };
  check(cases);
}

TEST(ConstantConditions, Indices) {
  const Case cases[] = {
      {{}, "x[:, True]", "lambda: column 2: an index has to be an int, a slice, None or ..., found a bool"},
      {{}, "x[:, 'a']", "lambda: column 2: an index has to be an int, a slice, None or ..., found a string"},
      {{}, "x[:, 1.5]", "lambda: column 2: an index has to be an int, a slice, None or ..., found a float"},
      {{}, "x[:, b]", "lambda: column 2: a list of indices has to hold ints, found float32"},
      {{}, "x[:, i]", "ops.take(x, [1, 2], axis=1)"},
      {{}, "x[:, i, 0]", "ops.take(x[:, :, 0], [1, 2], axis=1)"},
      {{}, "x[:, 0, i]", "ops.take(x[:, 0, :], [1, 2], axis=1)"},
      {{}, "x[:, 0, i, 0]", "ops.take(x[:, 0, :, 0], [1, 2], axis=1)"},
      {{},
       "x[:, i, :, 0]",
       "lambda: column 2: an int apart from a list of indices moves the list's axis to the front; index in two steps"},
      {{},
       "x[:, 0, :, i]",
       "lambda: column 2: an int apart from a list of indices moves the list's axis to the front; index in two steps"},
      {{}, "x[..., i]", "ops.take(x, [1, 2], axis=-1)"},
      {{}, "x[..., i, :]", "ops.take(x, [1, 2], axis=-2)"},
      {{}, "x[..., i, 0]", "ops.take(x[..., :, 0], [1, 2], axis=-1)"},
      {{}, "x[:, i, None]", "ops.take(x[:, :, None], [1, 2], axis=1)"},
      {{}, "x[:, 1:, i]", "ops.take(x[:, 1:, :], [1, 2], axis=2)"},
      {{}, "x[(slice(None), 0)]", "x[:, 0]"},
      {{},
       "x[[0, 1]]",
       "lambda: column 2: Take of axis 0 would mix, move or cut the samples of a batch; the other axes are 1, 2, ... "
       "or -1"},
      {{}, "x[:, [0, 1]]", "ops.take(x, [0, 1], axis=1)"},
      {{}, "b[x]", "lambda: column 2: this needs the dtype of the input; make the lambda with the input's type"},
      {TensorType{DType::int32, {kUnknown, 4}}, "b[x]", "ops.take([1.0, 2.0], x, axis=0)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "b[x]",
       "lambda: column 2: an index that is computed from x gives a shape that only the run knows; use ops.where or "
       "ops.take"},
      {TensorType{DType::int32, {kUnknown, 4}}, "b[x, 0]",
       "lambda: column 2: an index that is computed from x gives a shape that only the run knows; use ops.where or "
       "ops.take"},
      {{}, "x * {'a': 1, 'b': 2}['b']", "(x * 2)"},
      {{}, "x * {'a': 1}['a', 'b']", "lambda: column 13: a dict cannot be indexed so"},
      {{}, "x * (1, 2)[0, 1]", "lambda: column 11: a tuple cannot be indexed so"},
      {{}, "x * 3[0]", "lambda: column 6: an int cannot be indexed so"},
      {{}, "x[...]", "x[...]"},
      {{}, "x[:]", "x[:]"},
      {{}, "x[:, f]", "lambda: column 2: an index has to be an int, a slice, None or ..., found a function"},
      {{}, "x[{'a': 1}]", "lambda: column 2: an index has to be an int, a slice, None or ..., found a dict"},
  };
  check(cases);
}

TEST(ConstantConditions, Conversions) {
  const Case cases[] = {
      {{}, "x + float(b0)", "(x + 2.0)"},
      {{}, "x + float(b)", "lambda: column 10: float() expects a number, found an array"},
      {{}, "x + int(b0)", "(x + 2)"},
      {{}, "x + int(i0)", "(x + 2)"},
      {{}, "x + [b, b]", "lambda: column 3: Add expects tensors, arrays or numbers, found a list"},
      {{}, "x + [b0, b0]", "(x + [2.0, 2.0])"},
      {{}, "x + [i0, 1]", "(x + [2, 1])"},
      {{}, "x + [1, x]", "lambda: column 3: Add expects tensors, arrays or numbers, found a list"},
      {{}, "x + [2147483647, 1]", "(x + [2147483647, 1])"},
      {{}, "x + [2147483648, 1]", "lambda: column 3: an int of an array has to fit int32, found 2147483648"},
      {{}, "x + [-2147483648, 1]", "(x + [-2147483648, 1])"},
      {{}, "x + [-2147483649, 1]", "lambda: column 3: an int of an array has to fit int32, found -2147483649"},
      {{}, "x + [2147483648.0, 1]", "(x + [2147483648.0, 1.0])"},
      {{}, "x + [True, False]", "(x + [True, False])"},
      {{}, "x + [True, 1]", "(x + [1, 1])"},
      {{}, "x + [1, 1.5]", "(x + [1.0, 1.5])"},
      {{}, "x + 'a'", "lambda: column 3: Add expects tensors, arrays or numbers, found a string"},
      {{}, "x + [None, 1]", "lambda: column 3: a sequence beside a tensor has to hold numbers in a rectangular shape"},
      {{}, "x + e", "(x + array((2, 0), float32))"},
      {{}, "x[:, :0] + e", "(x[:, :0] + array((2, 0), float32))"},
  };
  check(cases);
}

}  // namespace
}  // namespace revive
