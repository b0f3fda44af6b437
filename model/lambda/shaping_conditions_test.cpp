// Pieces, shapes and axes: each bound of each argument, from both sides.
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "revive/model/lambda/testing.h"

namespace revive {
namespace {

using Case = testing::LambdaCase;

void check(std::span<const Case> cases) {
  const Captures captures = {{"i", Tensor::from<std::int32_t>({2}, {1, 2})}};
  testing::expect_each(cases, captures);
}

// What TensorFlow gives then has another shape than what JAX gives.
TEST(ShapingConditions, DepthwiseWithStridesAndDilation) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}},
       "tf.nn.depthwise_conv2d(x, tf.fill((2, 2, 3, 1), 0.5), [1, 2, 2, 1], 'VALID', dilations=[2, 2])",
       "lambda: column 23: with strides and dilation TensorFlow gives another shape"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}},
       "tf.nn.depthwise_conv2d(x, tf.fill((2, 2, 3, 1), 0.5), [1, 1, 2, 1], 'SAME', dilations=[1, 2])",
       "lambda: column 23: with strides and dilation TensorFlow gives another shape"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}},
       "tf.nn.separable_conv2d(x, tf.fill((2, 2, 3, 1), 0.5), tf.ones((1, 1, 3, 2)), [1, 2, 2, 1], 'VALID', "
       "dilations=[2, 2])",
       "lambda: column 23: with strides and dilation TensorFlow gives another shape"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}},
       "K.depthwise_conv2d(x, tf.fill((2, 2, 3, 1), 0.5), strides=(2, 2), dilation_rate=(2, 2))",
       "lambda: column 19: with strides and dilation TensorFlow gives another shape"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}},
       "K.separable_conv2d(x, tf.fill((2, 2, 3, 1), 0.5), tf.ones((1, 1, 3, 2)), strides=(2, 2), dilation_rate=(2, 2))",
       "lambda: column 19: with strides and dilation TensorFlow gives another shape"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}},
       "ops.depthwise_conv(x, ops.full((2, 2, 3, 1), 0.5), strides=2, dilation_rate=2)",
       "lambda: column 19: with strides and dilation TensorFlow gives another shape"},
  };
  check(cases);
}

TEST(ShapingConditions, Unstack) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.unstack(x, axis=1)[1]", "x[:, 1]"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.unstack(x, 4, axis=1)[1]", "x[:, 1]"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.unstack(x, 3, axis=1)[1]",
       "lambda: column 11: axis 1 of (None, 4) does not unstack into 3 items"},
      {TensorType{DType::float32, {kUnknown, kUnknown}}, "tf.unstack(x, 3, axis=1)[1]",
       "lambda: column 11: axis 1 of (None, None) does not unstack into 3 items"},
      {TensorType{DType::float32, {kUnknown, kUnknown}}, "tf.unstack(x, axis=1)[1]",
       "lambda: column 11: axis 1 of (None, None) does not unstack into unknown items"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.unstack(x)[1]",
       "lambda: column 11: axis 0 of (None, 4) does not unstack into unknown items"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.unstack(x, axis=32)[1]",
       "lambda: column 11: axis 32 is out of range for a tensor of shape (None, 4)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.unstack(x, axis=33)[1]",
       "lambda: column 11: axis 33 is out of range"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.unstack(x, axis=-32)[1]",
       "lambda: column 11: axis -32 is out of range for a tensor of shape (None, 4)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.unstack(x, axis=-33)[1]",
       "lambda: column 11: axis -33 is out of range"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.unstack(x, axis='a')[1]",
       "lambda: column 11: an axis has to be an int, found a string"},
  };
  check(cases);
}

TEST(ShapingConditions, Split) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.split(x, 2, axis=1)[1]", "x[:, 2:4]"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.split(x, 3, axis=1)[1]",
       "lambda: column 9: axis 1 of (None, 4) does not split into 3 equal parts"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.split(x, 0, axis=1)[1]",
       "lambda: column 9: axis 1 of (None, 4) does not split into 0 equal parts"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.split(x, -2, axis=1)[1]",
       "lambda: column 9: axis 1 of (None, 4) does not split into -2 equal parts"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.split(x, 8, axis=1)[1]",
       "lambda: column 9: axis 1 of (None, 4) does not split into 8 equal parts"},
      {TensorType{DType::float32, {kUnknown, 0}}, "tf.split(x, 1, axis=1)[1]",
       "lambda: column 9: axis 1 of (None, 0) does not split into 1 equal parts"},
      {TensorType{DType::float32, {kUnknown, kUnknown}}, "tf.split(x, 2, axis=1)[1]",
       "lambda: column 9: axis 1 of (None, None) does not split into 2 equal parts"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.split(x, [1, 3], axis=1)[1]", "x[:, 1:4]"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.split(x, [1, -1], axis=1)[1]", "x[:, 1:4]"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.split(x, [4, -1], axis=1)[1]", "x[:, 4:4]"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.split(x, [5, -1], axis=1)[1]",
       "lambda: column 9: axis 1 of (None, 4) does not split into parts of (5, -1)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.split(x, [1, 2], axis=1)[1]",
       "lambda: column 9: axis 1 of (None, 4) does not split into parts of (1, 2)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.split(x, [-1, -1], axis=1)[1]",
       "lambda: column 9: axis 1 of (None, 4) does not split into parts of (-1, -1)"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.split(x, [-2, 6], axis=1)[1]",
       "lambda: column 9: the sizes of the parts have to be lengths, or -1 for one of them"},
      {TensorType{DType::float32, {kUnknown, 4}}, "tf.split(x, [9223372036854775807, 9223372036854775807], axis=1)[1]",
       "lambda: column 9: the sizes of the parts have to be lengths, or -1 for one of them"},
      {TensorType{DType::float32, {kUnknown, kUnknown}}, "tf.split(x, [1, -1], axis=1)[1]",
       "lambda: column 9: axis 1 of (None, None) does not split into parts of (1, -1)"},
  };
  check(cases);
}

TEST(ShapingConditions, Reshape) {
  const Case cases[] = {
      {{}, "ops.reshape(x, (-1, 2))", "ops.reshape(x, newshape=[-1, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (None, -1, 2))",
       "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (None, 2, 2))",
       "ops.reshape(x, newshape=[-1, 2, 2])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (None, -1, 3))",
       "lambda: column 12: (None, 4) does not reshape into the shape asked for"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (None, -1, 0))",
       "lambda: column 12: a shape has to hold lengths"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (None, -1, -2))",
       "lambda: column 12: a shape has to hold lengths"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (None, -1, -1))",
       "lambda: column 12: Reshape can find out one axis, found 2 times -1"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (None, -1, 2.0))",
       "lambda: column 12: a shape has to hold lengths"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (None, -1.0, 2))",
       "lambda: column 12: Reshape expects newshape to be a list of ints, each at least -1, found [-1, -1.0, 2]"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (None, -1, None))",
       "lambda: column 12: a shape has to hold lengths"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (None, 'a', 4))",
       R"(lambda: column 12: Reshape expects newshape to be a list of ints, each at least -1, found [-1, "a", 4])"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (None, -1, 'a'))",
       "lambda: column 12: a shape has to hold lengths"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (None, -1, 9223372036854775807, 3))",
       "lambda: column 12: a shape has to hold lengths"},
      {TensorType{DType::float32, {kUnknown, kUnknown}}, "ops.reshape(x, (None, -1, 2))",
       "lambda: column 12: (None, None) does not reshape into the shape asked for"},
      {TensorType{DType::float32, {kUnknown, 4294967296, 4294967296}}, "ops.reshape(x, (None, -1, 2))",
       "lambda: column 12: (None, 4294967296, 4294967296) does not reshape into the shape asked for"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, ())",
       "lambda: column 12: Reshape to () does not keep the batch axis of (None, 4); the new shape starts with -1"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, (4, -1))",
       "lambda: column 12: Reshape to (4, -1) does not keep the batch axis of (None, 4); the new shape starts with -1"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "ops.reshape(x, (tf.shape(x)[1], 4))",
       "lambda: column 12: `newshape` of `ops.reshape` has to be static, found a tuple"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, i)",
       "lambda: column 12: Reshape to (1, 2) does not keep the batch axis of (None, 4); the new shape starts with -1"},
      {TensorType{DType::float32, {kUnknown, 4}}, "ops.reshape(x, 4)",
       "lambda: column 12: a shape has to be a tuple or list of ints, found an int"},
  };
  check(cases);
}

TEST(ShapingConditions, Slice) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "tf.slice(x, (0, 1, 1), (-1, 2, 2))", "x[:, 1:3, 1:3]"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "tf.slice(x, (0, -1, 1), (-1, 2, 2))",
       "lambda: column 9: begin and size of a slice are lengths, or -1 for the rest of an axis"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "tf.slice(x, (0, 1, 1), (-1, -2, 2))",
       "lambda: column 9: begin and size of a slice are lengths, or -1 for the rest of an axis"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "tf.slice(x, (0, 9223372036854775807, 1), (-1, 2, 2))",
       "lambda: column 9: begin and size of a slice are lengths, or -1 for the rest of an axis"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "tf.slice(x, (0, 1, 1), (-1, 2))",
       "lambda: column 9: begin and size of a slice name the same axes"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "tf.slice(x, (0, 1, 1), (-1, 0, -1))", "x[:, 1:1, 1:]"},
  };
  check(cases);
}

TEST(ShapingConditions, BatchDot) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4}}, "K.batch_dot(x, x)",
       R"(ops.expand_dims(ops.einsum([x, x], subscripts="az,az->a"), axis=-1))"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "K.batch_dot(x, x)",
       R"(ops.einsum([x, x], subscripts="abz,azc->abc"))"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "K.batch_dot(x, x, axes=1)",
       R"(ops.einsum([x, x], subscripts="azb,azc->abc"))"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "K.batch_dot(x, x, axes=(1, 2))",
       R"(ops.einsum([x, x], subscripts="azb,acz->abc"))"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "K.batch_dot(x, x, axes=(0, 2))",
       "lambda: column 12: batch_dot of (None, 4, 4) and (None, 4, 4) cannot contract the axes (0, 2)"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "K.batch_dot(x, x, axes=(2, 0))",
       "lambda: column 12: batch_dot of (None, 4, 4) and (None, 4, 4) cannot contract the axes (2, 0)"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "K.batch_dot(x, x, axes=(2,))",
       "lambda: column 12: batch_dot takes one axis of each tensor"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "K.batch_dot(x, x, axes=(2, 3))",
       "lambda: column 12: axis 3 is out of range for a tensor of shape (None, 4, 4)"},
      {TensorType{DType::float32, {kUnknown, 1, 1, 1, 1, 1, 1, 1}}, "K.batch_dot(x, x, axes=(2, 3))",
       R"(ops.einsum([x, x], subscripts="abzcdefg,ahizjklm->abcdefghijklm"))"},
      {TensorType{DType::float32, {kUnknown, 1, 1, 1, 1, 1, 1, 1, 1}}, "K.batch_dot(x, x, axes=(2, 3))",
       "lambda: column 12: batch_dot of (None, 1, 1, 1, 1, 1, 1, 1, 1) and (None, 1, 1, 1, 1, 1, 1, 1, 1) cannot "
       "contract the axes (2, 3)"},
      {TensorType{DType::float32, {kUnknown, 1, 1, 1, 1, 1, 1, 1, 1}}, "K.batch_dot(x[:, 0], x, axes=(2, 3))",
       "lambda: column 12: batch_dot of (None, 1, 1, 1, 1, 1, 1, 1) and (None, 1, 1, 1, 1, 1, 1, 1, 1) cannot contract "
       "the axes (2, 3)"},
      {TensorType{DType::float32, {kUnknown, 1, 1, 1, 1, 1, 1, 1, 1}}, "K.batch_dot(x, x[:, 0], axes=(2, 3))",
       "lambda: column 12: batch_dot of (None, 1, 1, 1, 1, 1, 1, 1, 1) and (None, 1, 1, 1, 1, 1, 1, 1) cannot contract "
       "the axes (2, 3)"},
  };
  check(cases);
}

TEST(ShapingConditions, Counts) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "np.var(x, axis=1, ddof=1)",
       "(ops.var(x, axis=1, keepdims=False) * 1.3333333333333333)"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "np.var(x, ddof=1)",
       "lambda: column 7: Var over all axes would mix the samples of a batch; name the axes, as in axis=-1 or (1, 2)"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "np.var(x, axis=(1, 2), ddof=1)",
       "(ops.var(x, axis=[1, 2], keepdims=False) * 1.0666666666666667)"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 4}}, "np.var(x, axis=1, ddof=1)",
       "lambda: column 7: axis 1 of (None, None, 4) has to be known here"},
      {TensorType{DType::float32, {kUnknown, 4294967296, 4294967296}}, "np.var(x, axis=(1, 2), ddof=1)",
       "lambda: column 7: axis 2 of (None, 4294967296, 4294967296) has to be known here"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "np.var(x, axis=3, ddof=1)",
       "lambda: column 7: axis 3 is out of range for a tensor of 3 axes"},
      {TensorType{DType::float32, {kUnknown, 4, 1}}, "ops.squeeze(x)", "ops.squeeze(x, axis=[2])"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 1}}, "ops.squeeze(x)",
       "lambda: column 12: squeeze without axes needs to know every axis, found (None, None, 1); name the axes"},
  };
  check(cases);
}

TEST(ShapingConditions, AspectRatio) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4, 8, 3}}, "ops.image.resize(x, (4, 4), crop_to_aspect_ratio=True)",
       R"(ops.resize(x[:, 0:4, 2:6, :], size=[4, 4], interpolation="bilinear", antialias=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode="constant", fill_value=0.0, data_format="channels_last"))"},
      {TensorType{DType::float32, {kUnknown, 4, 8, 3}}, "ops.image.resize(x, (4, 4), pad_to_aspect_ratio=True)",
       R"(ops.resize(ops.pad(x, 0.0, pad_width=[[0, 0], [2, 2], [0, 0], [0, 0]], mode="constant"), size=[4, 4], interpolation="bilinear", antialias=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode="constant", fill_value=0.0, data_format="channels_last"))"},
      {TensorType{DType::float32, {kUnknown, 8, 4, 3}}, "ops.image.resize(x, (4, 4), pad_to_aspect_ratio=True)",
       R"(ops.resize(ops.pad(x, 0.0, pad_width=[[0, 0], [0, 0], [2, 2], [0, 0]], mode="constant"), size=[4, 4], interpolation="bilinear", antialias=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode="constant", fill_value=0.0, data_format="channels_last"))"},
      {TensorType{DType::float32, {kUnknown, 8, 8, 3}}, "ops.image.resize(x, (4, 4), pad_to_aspect_ratio=True)",
       R"(ops.resize(x, size=[4, 4], interpolation="bilinear", antialias=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode="constant", fill_value=0.0, data_format="channels_last"))"},
      {TensorType{DType::float32, {kUnknown, kUnknown, 8, 3}}, "ops.image.resize(x, (4, 4), pad_to_aspect_ratio=True)",
       "lambda: column 17: an aspect ratio needs images and a size that are known, found (None, None, 8, 3) and (4, "
       "4)"},
      {TensorType{DType::float32, {kUnknown, 8, kUnknown, 3}}, "ops.image.resize(x, (4, 4), pad_to_aspect_ratio=True)",
       "lambda: column 17: an aspect ratio needs images and a size that are known, found (None, 8, None, 3) and (4, "
       "4)"},
      {TensorType{DType::float32, {kUnknown, 0, 8, 3}}, "ops.image.resize(x, (4, 4), pad_to_aspect_ratio=True)",
       "lambda: column 17: an aspect ratio needs images and a size that are known, found (None, 0, 8, 3) and (4, 4)"},
      {TensorType{DType::float32, {kUnknown, 4, 8}}, "ops.image.resize(x, (4, 4), pad_to_aspect_ratio=True)",
       "lambda: column 17: an aspect ratio needs images and a size that are known, found (None, 4, 8) and (4, 4)"},
      {TensorType{DType::float32, {kUnknown, 4, 8, 3}}, "ops.image.resize(x, (4, 4, 4), pad_to_aspect_ratio=True)",
       "lambda: column 17: an aspect ratio needs images and a size that are known, found (None, 4, 8, 3) and (4, 4, "
       "4)"},
      {TensorType{DType::float32, {kUnknown, 4, 8, 3}}, "ops.image.resize(x, (4, 0), pad_to_aspect_ratio=True)",
       "lambda: column 17: an aspect ratio needs images and a size that are known, found (None, 4, 8, 3) and (4, 0)"},
      {TensorType{DType::float32, {kUnknown, 4, 8, 3}}, "ops.image.resize(x, (4, 16777216), pad_to_aspect_ratio=True)",
       "lambda: column 17: an aspect ratio needs images and a size that are known, found (None, 4, 8, 3) and (4, "
       "16777216)"},
      {TensorType{DType::float32, {kUnknown, 4, 8, 3}}, "ops.image.resize(x, (-4, 4), pad_to_aspect_ratio=True)",
       "lambda: column 17: an aspect ratio needs images and a size that are known, found (None, 4, 8, 3) and (-4, 4)"},
  };
  check(cases);
}

// An axis counted from either side, and what is no number where one is asked for.
TEST(ShapingConditions, AxesFromBothSidesAndWhatIsNone) {
  const TensorType image{DType::float32, {kUnknown, 4, 6, 3}};
  const TensorType row{DType::float32, {kUnknown, 4}};
  const Case cases[] = {
      {image, "tf.split(x, 2, axis=-2)[1]", "x[..., 3:6, :]"},
      {image, "tf.split(x, 2, axis=-3)[1]", "x[..., 2:4, :, :]"},
      {image, "tf.unstack(x, axis=-1)[2]", "x[..., 2]"},
      {image, "tf.unstack(x, axis=2)[5]", "x[:, :, 5]"},
      {row, "x + tf.cast(tf.unstack(i, axis=0)[1], 'float32')", "(x + array((), float32))"},
      {row, "x + tf.cast(tf.unstack(i, axis=-1)[1], 'float32')", "(x + array((), float32))"},
      {row, "tf.split(x, [4, -1, -1], axis=1)[0]",
       "lambda: column 9: axis 1 of (None, 4) does not split into parts of (4, -1, -1)"},
      {row, "tf.split(x, [-1, 3], axis=1)[0]", "x[:, 0:1]"},
      {row, "tf.split(x, [4, 0], axis=1)[1]", "x[:, 4:4]"},
      {row, "tf.split(x, 4, axis=1)[3]", "x[:, 3:4]"},
      {row, "tf.split(x, ['a', 3], axis=1)[0]",
       "lambda: column 9: an item of the sizes of the parts has to be an int, found a string"},
      {row, "tf.split(x, [1.5, 3], axis=1)[0]",
       "lambda: column 9: an item of the sizes of the parts has to be an int, found a float"},
      {row, "tf.split(x, 2.0, axis=1)[0]", "lambda: column 9: the number of parts has to be an int, found a float"},
      {row, "ops.split(x, 2.0, axis=1)[0]", "lambda: column 10: the number of parts has to be an int, found a float"},
      {row, "ops.split(x, [1.0], axis=1)[0]",
       "lambda: column 10: an item of the cut points has to be an int, found a float"},
      {row, "ops.split(x, [1, 3], axis=1)[0]", "x[:, 0:1]"},
      {row, "ops.split(x, [1, 3], axis=1)[2]", "x[:, 3:]"},
      {row, "tf.unstack(x, 4.0, axis=1)[0]", "lambda: column 11: num has to be an int, found a float"},
      {row, "tf.slice(x, [0, 1.0], [-1, 2])", "lambda: column 9: an item of begin has to be an int, found a float"},
      {row, "tf.slice(x, [0, 1], [-1, 2.0])", "lambda: column 9: an item of size has to be an int, found a float"},
      {row, "tf.slice(x, [0, 0], [-1, 0])", "x[:, :0]"},
      {row, "tf.slice(x, [0, 9223372036854775807], [-1, 1])",
       "lambda: column 9: begin and size of a slice are lengths, or -1 for the rest of an axis"},
      {row, "K.batch_dot(x, x, axes=1.0)", "lambda: column 12: axes has to be an int, found a float"},
      {row, "K.batch_dot(x, x, axes=(1, 1.0))", "lambda: column 12: an item of axes has to be an int, found a float"},
      {row, "K.batch_dot(x, x, axes=(1, 1, 1))", "lambda: column 12: batch_dot takes one axis of each tensor"},
      {row, "K.batch_dot(x, x, axes=(1, 2))",
       "lambda: column 12: axis 2 is out of range for a tensor of shape (None, 4)"},
      {row, "K.batch_dot(x, x, axes=(2, 1))",
       "lambda: column 12: axis 2 is out of range for a tensor of shape (None, 4)"},
      {row, "K.batch_dot(x, x, axes=0)",
       "lambda: column 12: batch_dot of (None, 4) and (None, 4) cannot contract the axes (0, 0)"},
      {TensorType{DType::float32, {kUnknown, 3, 4}}, "K.batch_dot(x, x, axes=2)",
       "ops.einsum([x, x], subscripts=\"abz,acz->abc\")"},
      {TensorType{DType::float32, {kUnknown, 3, 4}}, "K.batch_dot(x, x[:, 0])",
       "ops.einsum([x, x[:, 0]], subscripts=\"abz,az->ab\")"},
      {TensorType{DType::float32, {kUnknown, 4, 4}}, "K.batch_dot(x, x)",
       "ops.einsum([x, x], subscripts=\"abz,azc->abc\")"},
      {TensorType{DType::int32, {kUnknown, 3, 4}}, "tf.reduce_mean(x, axis=1)",
       "(ops.sign(ops.sum(x, axis=1, keepdims=False)) * (ops.absolute(ops.sum(x, axis=1, keepdims=False)) // 3))"},
      {TensorType{DType::int32, {kUnknown, 3, 4}}, "tf.reduce_mean(x, axis=-1)",
       "(ops.sign(ops.sum(x, axis=-1, keepdims=False)) * (ops.absolute(ops.sum(x, axis=-1, keepdims=False)) // 4))"},
      {TensorType{DType::int32, {kUnknown, 3, 4}}, "tf.reduce_mean(x, axis=(1, 2))",
       "(ops.sign(ops.sum(x, axis=[1, 2], keepdims=False)) * (ops.absolute(ops.sum(x, axis=[1, 2], keepdims=False)) // "
       "12))"},
      {TensorType{DType::int32, {kUnknown, 3, 4}}, "tf.reduce_mean(x, axis=(1, 2.0))",
       "lambda: column 15: Sum expects axis to be an int, a list of ints or None, found [1, 2.0]"},
      {TensorType{DType::int32, {kUnknown, 3, 4}}, "tf.reduce_mean(x, axis=1.0)",
       "lambda: column 15: Sum expects axis to be an int, a list of ints or None, found 1.0"},
      {TensorType{DType::int32, {kUnknown, kUnknown, 4}}, "tf.reduce_mean(x, axis=1)",
       "lambda: column 15: axis 1 of (None, None, 4) has to be known here"},
      {TensorType{DType::int32, {kUnknown, 3, 4}}, "tf.reduce_mean(x, axis=3)",
       "lambda: column 15: axis 3 is out of range for a tensor of 3 axes"},
      {row, "np.var(x, axis=1, ddof=1)", "(ops.var(x, axis=1, keepdims=False) * 1.3333333333333333)"},
      {row, "np.var(x, axis=(1,), ddof=1)", "(ops.var(x, axis=[1], keepdims=False) * 1.3333333333333333)"},
      {TensorType{DType::float32, {kUnknown, 3, 4}}, "np.var(x, axis=(1, 2), ddof=1)",
       "(ops.var(x, axis=[1, 2], keepdims=False) * 1.0909090909090908)"},
      {TensorType{DType::float32, {kUnknown, 1, 4, 1}}, "ops.squeeze(x)", "ops.squeeze(x, axis=[1, 3])"},
      {TensorType{DType::float32, {kUnknown, 1, kUnknown}}, "ops.squeeze(x)",
       "lambda: column 12: squeeze without axes needs to know every axis, found (None, 1, None); name the axes"},
      {row, "x * ops.squeeze(ops.full((1, 4, 1), 2.0))", "(x * [2.0, 2.0, 2.0, 2.0])"},
      {TensorType{DType::float32, {kUnknown, 2, 3}}, "ops.reshape(x, (None, 2, -1, 3))",
       "ops.reshape(x, newshape=[-1, 2, 1, 3])"},
      {image, "ops.image.resize(x, (2, 2), crop_to_aspect_ratio=True)",
       "ops.resize(x[:, 0:4, 1:5, :], size=[2, 2], interpolation=\"bilinear\", antialias=False, "
       "crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode=\"constant\", fill_value=0.0, "
       "data_format=\"channels_last\")"},
      {image, "ops.image.resize(x, (6, 2), crop_to_aspect_ratio=True)",
       "ops.resize(x[:, 0:4, 2:3, :], size=[6, 2], interpolation=\"bilinear\", antialias=False, "
       "crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode=\"constant\", fill_value=0.0, "
       "data_format=\"channels_last\")"},
      {image, "ops.image.resize(x, (1, 100), crop_to_aspect_ratio=True)",
       "ops.resize(x[:, 1:2, 0:6, :], size=[1, 100], interpolation=\"bilinear\", antialias=False, "
       "crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode=\"constant\", fill_value=0.0, "
       "data_format=\"channels_last\")"},
      {image, "ops.image.resize(x, (2, 2), pad_to_aspect_ratio=True)",
       "ops.resize(ops.pad(x, 0.0, pad_width=[[0, 0], [1, 1], [0, 0], [0, 0]], mode=\"constant\"), size=[2, 2], "
       "interpolation=\"bilinear\", antialias=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, "
       "fill_mode=\"constant\", fill_value=0.0, data_format=\"channels_last\")"},
      {image, "ops.image.resize(x, (2, 8), pad_to_aspect_ratio=True)",
       "ops.resize(ops.pad(x, 0.0, pad_width=[[0, 0], [0, 0], [5, 5], [0, 0]], mode=\"constant\"), size=[2, 8], "
       "interpolation=\"bilinear\", antialias=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, "
       "fill_mode=\"constant\", fill_value=0.0, data_format=\"channels_last\")"},
      {image, "ops.image.resize(x, (4, 6), pad_to_aspect_ratio=True)",
       "ops.resize(x, size=[4, 6], interpolation=\"bilinear\", antialias=False, crop_to_aspect_ratio=False, "
       "pad_to_aspect_ratio=False, fill_mode=\"constant\", fill_value=0.0, data_format=\"channels_last\")"},
      {image, "ops.image.resize(x, (4, 7), pad_to_aspect_ratio=True)",
       "ops.resize(x, size=[4, 7], interpolation=\"bilinear\", antialias=False, crop_to_aspect_ratio=False, "
       "pad_to_aspect_ratio=False, fill_mode=\"constant\", fill_value=0.0, data_format=\"channels_last\")"},
      {image, "ops.image.resize(x, (0, 7), pad_to_aspect_ratio=True)",
       "lambda: column 17: an aspect ratio needs images and a size that are known, found (None, 4, 6, 3) and (0, 7)"},
      {image, "ops.image.resize(x, (16777216, 7), pad_to_aspect_ratio=True)",
       "lambda: column 17: an aspect ratio needs images and a size that are known, found (None, 4, 6, 3) and "
       "(16777216, 7)"},
      {image, "ops.image.resize(x, (16777215, 16777215), crop_to_aspect_ratio=True)",
       "ops.resize(x[:, 0:4, 1:5, :], size=[16777215, 16777215], interpolation=\"bilinear\", antialias=False, "
       "crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode=\"constant\", fill_value=0.0, "
       "data_format=\"channels_last\")"},
      {image, "ops.image.resize(x, (2, 2, 2), pad_to_aspect_ratio=True)",
       "lambda: column 17: an aspect ratio needs images and a size that are known, found (None, 4, 6, 3) and (2, 2, "
       "2)"},
  };
  check(cases);
}

}  // namespace
}  // namespace revive
