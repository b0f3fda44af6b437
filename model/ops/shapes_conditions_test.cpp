// Ops that pad, take, join and reshape: each bound of each argument, from both sides.
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "revive/model/lambda/testing.h"

namespace revive {
namespace {

using Case = testing::LambdaCase;

void check(std::span<const Case> cases) {
  const Captures captures = {{"b", Tensor::from<float>({2}, {1, 2})}, {"i", Tensor::from<std::int32_t>({2}, {1, 2})}};
  testing::expect_each(cases, captures);
}

TEST(OpShapeConditions, Padding) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (1, 2), (0, 1)))",
       R"(ops.pad(x, None, pad_width=[[0, 0], [1, 2], [0, 1]], mode="constant"))"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, 0)",
       R"(ops.pad(x, None, pad_width=0, mode="constant"))"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, 1)",
       "lambda: column 8: Pad would add samples to a batch; pad_width starts with (0, 0)"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, -1)",
       "lambda: column 8: Pad expects pad_width to be a pair of widths for each axis, found -1"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, 2147483649)",
       "lambda: column 8: Pad expects pad_width to be a pair of widths for each axis, found 2147483649"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, 'a')",
       R"(lambda: column 8: Pad expects pad_width to be a pair of widths for each axis, found "a")"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ())",
       "lambda: column 8: Pad expects pad_width to be a pair of widths for each axis, found []"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, (0, 0))",
       R"(ops.pad(x, None, pad_width=[0, 0], mode="constant"))"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, (0, 1))",
       "lambda: column 8: Pad would add samples to a batch; pad_width starts with (0, 0)"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, (1, 0))",
       "lambda: column 8: Pad would add samples to a batch; pad_width starts with (0, 0)"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, (0, 1, 2))",
       "lambda: column 8: Pad expects pad_width to be a pair of widths for each axis, found [0, 1, 2]"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0),))",
       R"(ops.pad(x, None, pad_width=[[0, 0]], mode="constant"))"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (1, 1)))",
       "lambda: column 8: Pad has 2 pairs of widths for a tensor of shape (None, 4, 4)"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (1, -1), (0, 0)))",
       "lambda: column 8: Pad expects pad_width to be a pair of widths for each axis, found [[0, 0], [1, -1], [0, 0]]"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (1, 2.0), (0, 0)))",
       "lambda: column 8: Pad expects pad_width to be a pair of widths for each axis, found [[0, 0], [1, 2.0], [0, "
       "0]]"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (1, 2147483649), (0, 0)))",
       "lambda: column 8: Pad expects pad_width to be a pair of widths for each axis, found [[0, 0], [1, 2147483649], "
       "[0, 0]]"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 1), (1, 1), (0, 0)))",
       "lambda: column 8: Pad would add samples to a batch; pad_width starts with (0, 0)"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((1, 0), (1, 1), (0, 0)))",
       "lambda: column 8: Pad would add samples to a batch; pad_width starts with (0, 0)"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (1, 1), (0, 0)), mode='edge')",
       R"(lambda: column 8: Pad expects mode to be "constant", "reflect" or "symmetric", found "edge")"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (3, 3), (0, 0)), mode='reflect')",
       R"(ops.pad(x, None, pad_width=[[0, 0], [3, 3], [0, 0]], mode="reflect"))"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (4, 0), (0, 0)), mode='reflect')",
       R"(lambda: column 8: Pad in mode "reflect" reaches 4 elements into axis 1 of (None, 4, 4))"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (4, 0), (0, 0)), mode='symmetric')",
       R"(ops.pad(x, None, pad_width=[[0, 0], [4, 0], [0, 0]], mode="symmetric"))"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (0, 5), (0, 0)), mode='symmetric')",
       R"(lambda: column 8: Pad in mode "symmetric" reaches 5 elements into axis 1 of (None, 4, 4))"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (1, 1), (0, 0)), 'constant', 2.5)",
       R"(ops.pad(x, 2.5, pad_width=[[0, 0], [1, 1], [0, 0]], mode="constant"))"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (1, 1), (0, 0)), 'constant', 'a')",
       "lambda: column 8: Pad expects constant_values to be a number or None, found a string"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (1, 1), (0, 0)), 'reflect', 2.5)",
       R"(lambda: column 8: Pad takes constant_values in mode "constant" alone, found "reflect")"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (1, 1), (0, 0)), 'constant', b)",
       "lambda: column 8: Pad expects constant_values to be a number or None, found an array"},
      {TensorType{DType::int32, {kUnknown, 4, 4}}, "ops.pad(x, ((0, 0), (1, 1), (0, 0)), 'constant', 2.5)",
       "lambda: column 8: 2.5 cannot be an element of a tensor of int32"},
      {TensorType{DType::float32, {kUnknown, 2}}, "x + ops.pad(b, (0, 0))", "(x + [1.0, 2.0])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "x + ops.pad(b, (1, 1))", "(x + [0.0, 1.0, 2.0, 0.0])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "x + ops.pad(b, ((1, 1), (0, 0)))",
       "lambda: column 12: Pad has 2 pairs of widths for a tensor of shape (2,)"},
  };
  check(cases);
}

TEST(OpShapeConditions, Taking) {
  const Case cases[] = {
      // The length of an axis that is not known is that of the indices.
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}},
       "ops.take_along_axis(x, np.array([[[0, 1], [1, 0], [2, 1]]]), axis=2)",
       "ops.take_along_axis(x, array((1, 3, 2), int32), axis=2)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, (0, 1), axis=1)", "ops.take(x, [0, 1], axis=1)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, (0, -1), axis=-1)", "ops.take(x, [0, -1], axis=-1)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, 2, axis=1)", "ops.take(x, array((), int32), axis=1)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, 2147483647, axis=1)",
       "lambda: column 9: index 2147483647 is out of range for axis 1 of length 4"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, 2147483648, axis=1)",
       "lambda: column 9: Take expects indices that are ints, found an int"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, -2147483649, axis=1)",
       "lambda: column 9: Take expects indices that are ints, found an int"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, 1.5, axis=1)",
       "lambda: column 9: Take expects indices that are ints, found a float"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, (0, 1.5), axis=1)",
       "lambda: column 9: Take expects indices that are ints, found float32"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, (0, 'a'), axis=1)",
       "lambda: column 9: a sequence beside a tensor has to hold numbers in a rectangular shape"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, (0, 4), axis=1)",
       "lambda: column 9: index 4 is out of range for axis 1 of length 4"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, (0, -5), axis=1)",
       "lambda: column 9: index -5 is out of range for axis 1 of length 4"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, b, axis=1)",
       "lambda: column 9: Take expects indices that are ints, found float32"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, i, axis=1)", "ops.take(x, [1, 2], axis=1)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, (0, 1), axis=0)",
       "lambda: column 9: Take of axis 0 would mix, move or cut the samples of a batch; the other axes are 1, 2, ... "
       "or -1"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, (0, 1), axis=2)",
       "lambda: column 9: axis 2 is out of range for a tensor of 2 axes"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, (0, 1))",
       "lambda: column 9: Take over all axes would mix the samples of a batch; name the axes, as in axis=-1 or (1, 2)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(x, 'a', axis=1)",
       "lambda: column 9: Take expects indices that are ints, found a string"},
      {TensorType{DType::int32, {kUnknown, 4}}, "ops.take(b, x, axis=0)", "ops.take([1.0, 2.0], x, axis=0)"},
      {TensorType{DType::int32, {kUnknown, 4}}, "ops.take(b, x, axis=1)",
       "lambda: column 9: Take from a constant at indices that are a tensor keeps the batch in front with axis=0 "
       "alone, found 1"},
      {TensorType{DType::int32, {kUnknown, 4}}, "ops.take(x, x, axis=1)",
       "lambda: column 9: Take of a tensor at indices that are a tensor would mix the samples of a batch; "
       "take_along_axis looks each sample up in itself"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take(b, x, axis=0)",
       "lambda: column 9: Take expects indices that are ints, found float32"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take_along_axis(x, ops.argsort(x), axis=1)",
       "ops.take_along_axis(x, ops.argsort(x, axis=-1), axis=1)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take_along_axis(x, ops.argsort(x), axis=0)",
       "lambda: column 20: TakeAlongAxis of axis 0 would mix, move or cut the samples of a batch; the other axes are "
       "1, 2, ... or -1"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.take_along_axis(x, ops.argsort(x[:, :, :1], axis=1), axis=1)",
       "ops.take_along_axis(x, ops.argsort(x[:, :, :1], axis=1), axis=1)"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.take_along_axis(x, ops.argsort(x[:, :, :2], axis=1), axis=1)",
       "lambda: column 20: indices of shape (None, 4, 2) do not go along axis 1 of (None, 4, 3): the other axes are "
       "those of the tensor or 1, and 1 for the batch of a constant"},
      {TensorType{DType::float32, {kUnknown, 4, 3}}, "ops.take_along_axis(x[:, :, :1], ops.argsort(x, axis=1), axis=1)",
       "lambda: column 20: indices of shape (None, 4, 3) do not go along axis 1 of (None, 4, 1): the other axes are "
       "those of the tensor or 1, and 1 for the batch of a constant"},
      {TensorType{DType::float32, {kUnknown, 4, kUnknown}},
       "ops.take_along_axis(x, ops.argsort(x[:, :, :2], axis=1), axis=1)",
       "ops.take_along_axis(x, ops.argsort(x[:, :, :2], axis=1), axis=1)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.take_along_axis(x, ops.array(((0, 1),)), axis=1)",
       "ops.take_along_axis(x, array((1, 2), int32), axis=1)"},
      {TensorType{DType::float32, {kUnknown, 2}}, "ops.take_along_axis(b, ops.argsort(x[:, 0]), axis=0) + x",
       "lambda: column 35: axis -1 of a tensor of 1 axes is the batch, whose samples must not mix"},
  };
  check(cases);
}

TEST(OpShapeConditions, Joining) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.concatenate([x, x], axis=1)", "ops.concatenate([x, x], axis=1)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.concatenate([x, x], axis=0)",
       "lambda: column 16: Concatenate along axis 0 would mix the samples of a batch; name another axis"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.concatenate([x, x], axis=-2)",
       "lambda: column 16: axis -2 of a tensor of 2 axes is the batch, whose samples must not mix"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.concatenate([x, x[:, :2]], axis=1)",
       "ops.concatenate([x, x[:, :2]], axis=1)"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.concatenate([x, x[:, :2]], axis=2)",
       "lambda: column 16: Concatenate of tensors of shapes (None, 4, 4) and (None, 2, 4) does not fit"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "ops.concatenate([x, x[:, 0]], axis=1)",
       "lambda: column 16: Concatenate of tensors of shapes (None, 4, 4) and (None, 4) does not fit"},
      {TensorType{DType::float32, {kUnknown, kUnknown}}, "ops.concatenate([x, x], axis=1)",
       "ops.concatenate([x, x], axis=1)"},
      {TensorType{DType::float32, {kUnknown, 4, kUnknown}}, "ops.concatenate([x, x[:, :, :2]], axis=1)",
       "ops.concatenate([x, x[:, :, :2]], axis=1)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.concatenate([], axis=1)",
       "lambda: column 16: a sequence beside a tensor has to hold numbers in a rectangular shape"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.concatenate([x, 1], axis=1)",
       "lambda: column 16: Concatenate expects a list of tensors, found a list"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.concatenate([x, b], axis=1)",
       "lambda: column 16: Concatenate takes no constant beside a tensor, because a constant has no batch axis; "
       "broadcast it first, as in zeros_like(x[...]) + c"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.concatenate([b, b], axis=0) + x", "([1.0, 2.0, 1.0, 2.0] + x)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.stack([x, x], axis=1)", "ops.stack([x, x], axis=1)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.stack([x, x], axis=0)",
       "lambda: column 10: Stack along axis 0 would mix the samples of a batch; name another axis"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.stack([x, x[:, :2]], axis=1)",
       "lambda: column 10: Stack of tensors of shapes (None, 4) and (None, 2) does not fit"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.stack([x, x], axis=3)",
       "lambda: column 10: axis 3 is out of range for a tensor of 3 axes"},
      {TensorType{DType::float32, {kUnknown, 9223372036854775807}}, "ops.concatenate([x, x], axis=1)",
       "lambda: column 16: Concatenate of tensors of shapes (None, 9223372036854775807) and (None, "
       "9223372036854775807) does not fit"},
  };
  check(cases);
}

// An axis of one repeats beside any other, and one that is not known becomes what stands beside it.
TEST(OpShapeConditions, LengthsThatMeetInAProduct) {
  struct Row {
    Shape x;
    std::string_view text;
    std::string_view expected;
  };
  constexpr std::int64_t kAny = kUnknown;
  const Row rows[] = {
      {{kAny, kAny, 2, 3}, "ops.matmul(x, np.ones((1, 1, 3, 4)))", "(None, None, 2, 4)"},
      {{kAny, kAny, 2, 3}, "ops.matmul(x, np.ones((1, 5, 3, 4)))", "(None, 5, 2, 4)"},
      {{kAny, 1, 2, 3}, "ops.matmul(x, np.ones((1, 5, 3, 4)))", "(None, 5, 2, 4)"},
      {{kAny, 5, 2, 3}, "ops.matmul(x, np.ones((1, 1, 3, 4)))", "(None, 5, 2, 4)"},
      {{kAny, 4, 2, 3},
       "ops.matmul(x, np.ones((1, 5, 3, 4)))",
       "lambda: column 11: axis 1 of (1, 5, 3, 4) is 5 long where 4 is expected"},
      {{kAny, kAny, 3}, "ops.einsum('bij,bik->bjk', x, x)", "(None, 3, 3)"},
      {{kAny, 2, kAny}, "ops.einsum('bij,jk->bik', x, np.ones((1, 4)))", "(None, 2, 4)"},
      {{kAny, 2, kAny}, "ops.einsum('bij,jk->bik', x, np.ones((3, 4)))", "(None, 2, 4)"},
      {{kAny, 2, 1},
       "ops.einsum('bij,jk->bik', x, np.ones((3, 4)))",
       "lambda: column 11: axis 0 of (3, 4) is 3 long where 1 is expected"},
      {{kAny, 2, 3},
       "ops.einsum('bij,jk->bik', x, np.ones((1, 4)))",
       "lambda: column 11: axis 0 of (1, 4) is 1 long where 3 is expected"},
  };
  for (const auto& [x, text, expected] : rows) {
    const TensorType type{DType::float32, x};
    const auto made = make_expression(text, {}, {.input = type, .limits = {}});
    EXPECT_EQ(made ? to_string(made->graph.infer(type)->back().shape) : made.error().text(), expected) << text;
  }
}

TEST(OpShapeConditions, NoSamplesAreJoinedToNone) {
  for (const std::string_view text : {"ops.concatenate([x, x], axis=1)", "ops.concatenate([x, x[:, :1]], axis=-1)"}) {
    const auto made = make_expression(text, {}, {.input = TensorType{DType::float32, {kUnknown, 2}}, .limits = {}});
    ASSERT_TRUE(made) << made.error().text();
    const auto output = made->graph.evaluate(Tensor(DType::float32, {0, 2}));
    ASSERT_TRUE(output) << output.error().text();
    EXPECT_EQ(output->size(), 0U);
  }
}

TEST(OpShapeConditions, Reshaping) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (-1, 2, 2))", "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (-1, 3))",
       "lambda: column 12: a tensor of shape (None, 4) cannot be reshaped to (-1, 3) without mixing samples, of 4 "
       "elements each"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (-1, 5))",
       "lambda: column 12: a tensor of shape (None, 4) cannot be reshaped to (-1, 5) without mixing samples, of 4 "
       "elements each"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (2, 4))",
       "lambda: column 12: Reshape to (2, 4) does not keep the batch axis of (None, 4); the new shape starts with -1"},
      {TensorType{DType::float32, {3, 4}}, "ops.reshape(x, (3, 2, 2))", "ops.reshape(x, newshape=[3, 2, 2])"},
      {TensorType{DType::float32, {3, 4}}, "ops.reshape(x, (3, 2, -1))", "ops.reshape(x, newshape=[3, 2, -1])"},
      {TensorType{DType::float32, {3, 4}}, "ops.reshape(x, (3, 0, -1))",
       "lambda: column 12: a tensor of shape (3, 4) cannot be reshaped to (3, 0, -1) without mixing samples, of 4 "
       "elements each"},
      {TensorType{DType::float32, {3, 4}}, "ops.reshape(x, (3, 3, -1))",
       "lambda: column 12: a tensor of shape (3, 4) cannot be reshaped to (3, 3, -1) without mixing samples, of 4 "
       "elements each"},
      {TensorType{DType::float32, {3, 4}}, "ops.reshape(x, (2, 6))",
       "lambda: column 12: Reshape to (2, 6) does not keep the batch axis of (3, 4); the new shape starts with -1"},
      {TensorType{DType::float32, {3, 4}}, "ops.reshape(x, (-1, 4))", "ops.reshape(x, newshape=[-1, 4])"},
      {TensorType{DType::float32, {kUnknown, 0}}, "ops.reshape(x, (-1, 0, 2))",
       "lambda: column 12: a tensor of shape (None, 0) cannot be reshaped to (-1, 0, 2)"},
      {TensorType{DType::float32, {kUnknown, 0}}, "ops.reshape(x, (-1, 2))",
       "lambda: column 12: a tensor of shape (None, 0) cannot be reshaped to (-1, 2)"},
      {TensorType{DType::float32, {kUnknown, kUnknown}}, "ops.reshape(x, (-1, 4))",
       "lambda: column 12: a tensor of shape (None, None) cannot be reshaped, because only its batch may be unknown"},
      {TensorType{DType::float32, {kUnknown, 4294967296, 4294967296}}, "ops.reshape(x, (-1, 4))",
       "lambda: column 12: a tensor of shape (None, 4294967296, 4294967296) cannot be reshaped, because only its batch "
       "may be unknown"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(b, (2, 1))[:, 0] + x[:, :2]", "([1.0, 2.0] + x[:, :2])"},
      {TensorType{DType::float32, {3, 4}}, "ops.reshape(x, (3, 4294967296, 4294967296, -1))",
       "lambda: column 12: a tensor of shape (3, 4) cannot be reshaped to (3, 4294967296, 4294967296, -1) without "
       "mixing samples, of 4 elements each"},
  };
  check(cases);
}

}  // namespace
}  // namespace revive
