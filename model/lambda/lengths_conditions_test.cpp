// Lengths that only the run knows: where the batch may stand, and what is counted.
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "revive/model/lambda/testing.h"

namespace revive {
namespace {

using Case = testing::LambdaCase;

void check(std::span<const Case> cases) {
  const Captures captures = {{"b", Tensor::from<float>({2}, {1, 2})},
                             {"b0", Tensor::from<float>({}, {2})},
                             {"i", Tensor::from<std::int32_t>({2}, {1, 2})},
                             {"i0", Tensor::from<std::int32_t>({}, {2})}};
  testing::expect_each(cases, captures);
}

TEST(LengthsConditions, TheBatchInAShape) {
  const Case cases[] = {
      {{}, "tf.reshape(x, (None, 2))", "ops.reshape(x, newshape=[-1, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (tf.shape(x)[0], 2, 2))",
       "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (tf.shape(x)[0], -1, 2))",
       "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (tf.shape(x)[0] + 0, 2, 2))",
       "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (0 + tf.shape(x)[0], 2, 2))",
       "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (tf.shape(x)[0] - 0, 2, 2))",
       "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (0 - tf.shape(x)[0], 2, 2))",
       "lambda: column 18: a number that depends on the length of the batch would mix its samples"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (tf.shape(x)[0] * 1, 2, 2))",
       "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (1 * tf.shape(x)[0], 2, 2))",
       "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (tf.shape(x)[0] // 1, 2, 2))",
       "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (1 // tf.shape(x)[0], 2, 2))",
       "lambda: column 18: a number that depends on the length of the batch would mix its samples"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (tf.shape(x)[0] % 1, 2, 2))",
       "lambda: column 31: a number that depends on the length of the batch would mix its samples"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (tf.shape(x)[0] + 1, 2, 2))",
       "lambda: column 31: a number that depends on the length of the batch would mix its samples"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (tf.shape(x)[0] * 0, 2, 2))",
       "lambda: column 31: a number that depends on the length of the batch would mix its samples"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (tf.shape(x)[0] * 1.0, 2, 2))",
       "lambda: column 31: a number that depends on the length of the batch would mix its samples"},
  };
  check(cases);
}

TEST(LengthsConditions, VectorsOfLengths) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, tf.shape(x) * (1, 1))",
       "ops.reshape(x, newshape=[-1, 4])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, (1, 1) * tf.shape(x))",
       "ops.reshape(x, newshape=[-1, 4])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, tf.shape(x) * (2, 1))",
       "lambda: column 11: `newshape` of `ops.reshape` has to be static, found a tuple"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, tf.shape(x) * i)",
       "lambda: column 11: a tensor of shape (None, 4) cannot be reshaped to (-1, 8) without mixing samples, of 4 "
       "elements each"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, tf.shape(x) * i0)",
       "lambda: column 11: `newshape` of `ops.reshape` has to be static, found a tuple"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, tf.shape(x) * b)",
       "lambda: column 27: a shape has to be a tuple or list of ints, found an array"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, tf.shape(x) * 1)", "ops.reshape(x, newshape=[-1, 4])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, tf.shape(x) * (1, 1, 1))",
       "lambda: column 27: two shapes of different lengths meet"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, tf.shape(x) * 2 * 1)",
       "lambda: column 11: `newshape` of `ops.reshape` has to be static, found a tuple"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.zeros(tf.shape(x) * 2 + tf.shape(x)) + x",
       "lambda: column 9: an item of a shape has to be an int, found a number that depends on the length of the batch"},
  };
  check(cases);
}

TEST(LengthsConditions, ConstantsForEachSample) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.zeros(tf.shape(x) + 0) + x",
       R"(((ops.reshape(ops.zeros_like(ops.cast(x[:, 0], dtype="float32"), dtype=None), newshape=[-1, 1]) + array((1, 4), float32)) + x))"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.zeros(tf.shape(x)) + x",
       R"(((ops.reshape(ops.zeros_like(ops.cast(x[:, 0], dtype="float32"), dtype=None), newshape=[-1, 1]) + array((1, 4), float32)) + x))"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.ones((tf.shape(x)[0], 4)) + x",
       R"(((ops.reshape(ops.zeros_like(ops.cast(x[:, 0], dtype="float32"), dtype=None), newshape=[-1, 1]) + array((1, 4), float32)) + x))"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.cast(tf.ones(tf.shape(x), 'bool'), 'float32') + x",
       R"((ops.cast((ops.reshape(ops.zeros_like(ops.cast(x[:, 0], dtype="bool"), dtype=None), newshape=[-1, 1]) | array((1, 4), bool)), dtype="float32") + x))"},
      {TensorType{DType::boolean, {kUnknown, 4}}, "tf.broadcast_to(x, (tf.shape(x)[0], 4))",
       "(x | array((1, 4), bool))"},
      {TensorType{DType::int32, {kUnknown, 4}}, "tf.broadcast_to(x, (tf.shape(x)[0], 4))",
       "(x + array((1, 4), int32))"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.fill((2, 4), 3.0)[0] + x", "([3.0, 3.0, 3.0, 3.0] + x)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.ones((4,)) + x", "([1.0, 1.0, 1.0, 1.0] + x)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.ones(()) + x", "(array((), float32) + x)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.ones((4, tf.shape(x)[0])) + x",
       "lambda: column 8: an item of a shape has to be an int, found the length of an axis that only the run knows"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.ones((tf.shape(x)[0], tf.shape(x)[0])) + x",
       "lambda: column 8: a shape that only the run knows may have the batch in front and nowhere else"},
      {TensorType{DType::float32, {kUnknown, kUnknown}}, "tf.ones((tf.shape(x)[0], 1)) + x",
       "lambda: column 8: a constant for each sample needs an input whose axes are known, found (None, None)"},
      {TensorType{DType::float32, {kUnknown, 0}}, "tf.ones((tf.shape(x)[0], 1)) + x",
       "lambda: column 8: a constant for each sample needs an input whose axes are known, found (None, 0)"},
      {TensorType{DType::float32, {kUnknown}}, "tf.ones((tf.shape(x)[0],)) + x",
       "((ops.reshape(ops.zeros_like(x, dtype=None), newshape=[-1]) + [1.0]) + x)"},
  };
  check(cases);
}

TEST(LengthsConditions, CountedAxes) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x * tf.shape(x)[1]",
       R"((x * ops.reshape(ops.sum(ops.ones_like(ops.cast(x[:, :, 0], dtype="int32"), dtype=None), axis=1, keepdims=False), newshape=[-1, 1, 1])))"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x * tf.cast(tf.shape(x)[1], 'float32')",
       R"((x * ops.reshape(ops.cast(ops.sum(ops.ones_like(ops.cast(x[:, :, 0], dtype="int32"), dtype=None), axis=1, keepdims=False), dtype="float32"), newshape=[-1, 1, 1])))"},
      {TensorType{DType::float32, {kUnknown, kUnknown, kUnknown}}, "x * tf.cast(tf.shape(x)[1], 'float32')",
       "lambda: column 12: only one axis of (None, None, None) may be unknown where it is counted"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 0}}, "x * tf.cast(tf.shape(x)[1], 'float32')",
       "lambda: column 12: only one axis of (None, None, 0) may be unknown where it is counted"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x * tf.cast(tf.shape(x)[0], 'float32')",
       "lambda: column 12: a number that depends on the length of the batch would mix its samples"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x * tf.cast(tf.shape(x)[0] * 2, 'float32')",
       "lambda: column 28: a number that depends on the length of the batch would mix its samples"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x * tf.cast((tf.shape(x) * 2)[0], 'float32')",
       "lambda: column 12: a number that depends on the length of the batch would mix its samples"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x * tf.cast(tf.shape(x)[1] + 1, 'float32')",
       R"((x * ops.reshape(ops.cast((ops.sum(ops.ones_like(ops.cast(x[:, :, 0], dtype="int32"), dtype=None), axis=1, keepdims=False) + 1), dtype="float32"), newshape=[-1, 1, 1])))"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x * tf.cast(1 + tf.shape(x)[1], 'float32')",
       R"((x * ops.reshape(ops.cast((1 + ops.sum(ops.ones_like(ops.cast(x[:, :, 0], dtype="int32"), dtype=None), axis=1, keepdims=False)), dtype="float32"), newshape=[-1, 1, 1])))"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x * tf.cast(tf.shape(x)[1] * tf.shape(x)[1], 'float32')",
       R"((x * ops.reshape(ops.cast((ops.sum(ops.ones_like(ops.cast(x[:, :, 0], dtype="int32"), dtype=None), axis=1, keepdims=False) * ops.sum(ops.ones_like(ops.cast(x[:, :, 0], dtype="int32"), dtype=None), axis=1, keepdims=False)), dtype="float32"), newshape=[-1, 1, 1])))"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x * tf.cast(tf.shape(x)[1] + b, 'float32')",
       "lambda: column 28: a number that only the run knows does not take part beside an array"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x * tf.cast(tf.shape(x)[1] + i0, 'float32')",
       R"((x * ops.reshape(ops.cast((ops.sum(ops.ones_like(ops.cast(x[:, :, 0], dtype="int32"), dtype=None), axis=1, keepdims=False) + 2), dtype="float32"), newshape=[-1, 1, 1])))"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x * tf.cast(i0 + tf.shape(x)[1], 'float32')",
       R"((x * ops.reshape(ops.cast((2 + ops.sum(ops.ones_like(ops.cast(x[:, :, 0], dtype="int32"), dtype=None), axis=1, keepdims=False)), dtype="float32"), newshape=[-1, 1, 1])))"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x * (tf.shape(x)[1] + 'a')",
       "lambda: column 21: Add expects tensors, arrays or numbers, found a string"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x * ('a' + tf.shape(x)[1])",
       "lambda: column 10: Add expects tensors, arrays or numbers, found a string"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "tf.shape(x)[1] * x",
       R"((ops.reshape(ops.sum(ops.ones_like(ops.cast(x[:, :, 0], dtype="int32"), dtype=None), axis=1, keepdims=False), newshape=[-1, 1, 1]) * x))"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x if tf.shape(x)[1] == 2 else -x",
       "lambda: column 21: the length of an axis that only the run knows has no truth value while the model is built"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x if 2 == tf.shape(x)[1] else -x",
       "lambda: column 8: the length of an axis that only the run knows has no truth value while the model is built"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "x if tf.shape(x)[2] == 4 else -x", "x"},
  };
  check(cases);
}

TEST(LengthsConditions, BroadcastsAndTiles) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.broadcast_to(b[0], tf.shape(x)) + x",
       R"(((ops.reshape(ops.zeros_like(ops.cast(x[:, 0], dtype="float32"), dtype=None), newshape=[-1, 1]) + array((1, 4), float32)) + x))"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.broadcast_to(x, tf.shape(x))", "(x + array((1, 4), float32))"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.broadcast_to(x, (tf.shape(x)[0], 4))",
       "(x + array((1, 4), float32))"},
      {TensorType{DType::float32, {kUnknown, 1}}, "tf.broadcast_to(x, (tf.shape(x)[0], 4))",
       "(x + array((1, 4), float32))"},
      {TensorType{DType::float32, {kUnknown, 1}}, "tf.broadcast_to(x, (tf.shape(x)[0], 4, 4))",
       "lambda: column 16: (None, 1) does not become a batch of 3 axes"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.broadcast_to(b, (2, 2))[0, 0] + x", "(array((), float32) + x)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.tile(b0[None, None], (tf.shape(x)[0], 4)) + x",
       R"(((ops.reshape(ops.zeros_like(ops.cast(x[:, 0], dtype="float32"), dtype=None), newshape=[-1, 1]) + array((1, 4), float32)) + x))"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.tile(b[None], (tf.shape(x)[0], 2)) + x",
       R"(((ops.reshape(ops.zeros_like(ops.cast(x[:, 0], dtype="float32"), dtype=None), newshape=[-1, 1]) + array((1, 4), float32)) + x))"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.tile(b, (tf.shape(x)[0], 2)) + x",
       R"(((ops.reshape(ops.zeros_like(ops.cast(x[:, 0], dtype="float32"), dtype=None), newshape=[-1, 1]) + array((1, 4), float32)) + x))"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.tile(b, (tf.shape(x)[0],)) + x",
       "lambda: column 8: expected an array of one sample to repeat, found (2,)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.broadcast_to(b0, (tf.shape(x)[0], 2, 2))[:, 0, :1] + x",
       R"(((ops.reshape(ops.zeros_like(ops.cast(x[:, 0], dtype="float32"), dtype=None), newshape=[-1, 1, 1]) + array((1, 2, 2), float32))[:, 0, :1] + x))"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.tile(b[:, None], (tf.shape(x)[0], 2)) + x",
       "lambda: column 8: expected an array of one sample to repeat, found (2, 2)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.tile(x, (tf.shape(x)[0], 2))",
       "lambda: column 8: `repeats` of `ops.tile` has to be static, found a tuple"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.tile(x, (1, 2))", "ops.tile(x, repeats=[1, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.tile(b, (2,)) + x", "([1.0, 2.0, 1.0, 2.0] + x)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, tf.shape(tf.shape(x)) + (-3, 4)[0])",
       "lambda: column 11: a tensor of shape (None, 4) cannot be reshaped to (-1,) without mixing samples, of 4 "
       "elements each"},
  };
  check(cases);
}

TEST(LengthsConditions, JoinedShapes) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, tf.concat([tf.shape(x)[:1], [2, 2]], 0))",
       "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, tf.concat([[-1], [2, 2]], 0))",
       "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, tf.stack([tf.shape(x)[0], 2, 2]))",
       "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.reshape(x, tf.stack([-1, 2, 2]))",
       "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.concat([x, x], -1)", "ops.concatenate([x, x], axis=-1)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.unstack(tf.shape(x))[1] * x", "(4 * x)"},
  };
  check(cases);
}

}  // namespace
}  // namespace revive
