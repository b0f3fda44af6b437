// x.at[key].set(value): where it may lead, and what may be placed there.
#include <gtest/gtest.h>

#include <span>

#include "revive/model/lambda/testing.h"

namespace revive {
namespace {

using Case = testing::LambdaCase;

TEST(PlacingConditions, AnEllipsisMayStandForTheBatch) {
  const TensorType floats{DType::float32, {kUnknown, 2, 3}};
  const Case cases[] = {
      {floats, "x.at[..., 0].set(1.0)", "ops.where(array((1, 2, 3), bool), array((1, 2, 3), float32), x)"},
      {floats, "x.at[..., 0, 0].set(1.0)", "ops.where(array((1, 2, 3), bool), array((1, 2, 3), float32), x)"},
      {floats, "x.at[..., None, 0, 0].set(1.0)", "ops.where(array((1, 2, 3), bool), array((1, 2, 3), float32), x)"},
      {floats, "x.at[:, None, 0].add(1.0)", "ops.where(array((1, 2, 3), bool), (x + array((1, 2, 3), float32)), x)"},
      {floats, "x.at[:, 0].multiply(x[:, 1])",
       "ops.reshape(ops.take(ops.concatenate([ops.reshape(x, newshape=[-1, 6]), ops.reshape((x[:, 0] * x[:, 1]), "
       "newshape=[-1, 3])], axis=1), [6, 7, 8, 3, 4, 5], axis=1), newshape=[-1, 2, 3])"},
      {floats, "x.at[:, 0, 1:].set(x[:, 1, :2])",
       "ops.reshape(ops.take(ops.concatenate([ops.reshape(x, newshape=[-1, 6]), ops.reshape(x[:, 1, :2], "
       "newshape=[-1, 2])], axis=1), [0, 6, 7, 3, 4, 5], axis=1), newshape=[-1, 2, 3])"},
  };
  testing::expect_each(cases, {});
}

TEST(PlacingConditions, WhatIsNotCertainIsRefused) {
  const TensorType floats{DType::float32, {kUnknown, 2, 3}};
  const TensorType ints{DType::int32, {kUnknown, 2, 3}};
  const TensorType open{DType::float32, {kUnknown, kUnknown, 3}};
  const Case cases[] = {
      {floats, "x.at[0].set(1.0)",
       "lambda: column 12: an index on the batch axis would change one sample; the first index of `.at` has to be :"},
      {floats, "x.at[..., 0, 0, 0].set(1.0)",
       "lambda: column 23: an index on the batch axis would change one sample; the first index of `.at` has to be :"},
      {floats, "x.at[1:].set(1.0)",
       "lambda: column 13: an index on the batch axis would change one sample; the first index of `.at` has to be :"},
      {floats, "x.at[:1, 0].set(1.0)",
       "lambda: column 16: an index on the batch axis would change one sample; the first index of `.at` has to be :"},
      {floats, "x.at[::-1].set(1.0)",
       "lambda: column 15: an index on the batch axis would change one sample; the first index of `.at` has to be :"},
      {floats, "x.at[None, 0].set(1.0)",
       "lambda: column 18: an index on the batch axis would change one sample; the first index of `.at` has to be :"},
      {floats, "x.at[:, [0, 0]].add(1.0)", "lambda: column 20: `.at` with one place twice is set in any order"},
      {open, "x.at[:, 0].set(1.0)", "lambda: column 15: `.at` is known of tensors whose axes are, but for the batch"},
      {ints, "x.at[:, 0].set(0.5)",
       "lambda: column 15: `.at` of ints with a float cuts off its fraction; cast it first"},
      {ints, "x.at[:, 0].set(x[:, 1] * 0.5)",
       "lambda: column 15: `.at` is known with a tensor of its own dtype and the shape (None, 3), found (None, 3) of "
       "float32"},
      {floats, "x.at[:, 0].set(x)",
       "lambda: column 15: `.at` is known with a tensor of its own dtype and the shape (None, 3), found (None, 2, 3) "
       "of "
       "float32"},
      {floats, "x.at[:, 0].get()",
       "lambda: column 11: the attribute `.get` of a function is not part of the expression language"},
      {floats, "x.at[:, 5].set(1.0)", "lambda: column 15: index 5 is out of range for axis 1 of length 2"},
      {{},
       "x.at[:, 0].set(1.0)",
       "lambda: column 15: this needs the shape of the input; make the lambda with the input's type"},
  };
  testing::expect_each(cases, {});
}

}  // namespace
}  // namespace revive
