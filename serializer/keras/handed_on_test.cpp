#include "revive/serializer/keras/handed_on.h"

#include <gtest/gtest.h>

#include "revive/model/lambda/lambda_function.h"

namespace revive {
namespace {

bool hands_on(std::string_view text, const TensorType& type) {
  const auto made = make_expression(text, {}, {.input = type, .limits = {}});
  EXPECT_TRUE(made) << text << ": " << made.error().text();
  return made && may_hand_on_its_input(made->graph, type);
}

// Each function that only moves what it is given, where it moves nothing or another moves it back; and the others.
TEST(HandedOn, EachFunctionThatMovesAlone) {
  const TensorType type{DType::float32, {kUnknown, 3, 3}};
  for (const std::string_view text :
       {"ops.cast(x, 'float32')", "ops.concatenate([x], axis=1)", "x[:, 0:3]",
        "ops.moveaxis(ops.moveaxis(x, 1, 2), 2, 1)", "ops.reshape(x, (-1, 3, 3))", "ops.squeeze(x[:, :, None], axis=2)",
        "ops.swapaxes(ops.swapaxes(x, 1, 2), 1, 2)", "ops.transpose(ops.transpose(x, (0, 2, 1)), (0, 2, 1))"}) {
    EXPECT_TRUE(hands_on(text, type)) << text;
  }
  for (const std::string_view text :
       {"ops.flip(ops.flip(x, axis=1), axis=1)", "ops.roll(x, 0, axis=1)", "ops.abs(x)", "ops.tile(x, (1, 1, 1))",
        "ops.take(x, [0, 1, 2], axis=1)", "ops.repeat(x, 1, axis=1)", "x + 0.0"}) {
    EXPECT_FALSE(hands_on(text, type)) << text;
  }
}

TEST(HandedOn, WhatMovesNothingMayBeTheInput) {
  const TensorType type{DType::float32, {kUnknown, 3, 3}};
  for (const std::string_view text :
       {"x[:]", "x[...]", "ops.cast(x, 'float32')", "ops.reshape(x, (-1, 3, 3))", "ops.stop_gradient(x)",
        "ops.transpose(ops.transpose(x, (0, 2, 1)), (0, 2, 1))", "ops.concatenate([x], axis=1)"}) {
    EXPECT_TRUE(hands_on(text, type)) << text;
  }
  for (const std::string_view text :
       {"x", "x[:, ::-1]", "x * 1", "ops.transpose(x, (0, 2, 1))", "ops.copy(x)", "ops.cast(x, 'int32')",
        "ops.reshape(x, (-1, 9))", "x[:, :2]", "x[:, :, None]", "ops.cast(ops.cast(x, 'int32'), 'float32') * 1"}) {
    EXPECT_FALSE(hands_on(text, type)) << text;
  }
  EXPECT_TRUE(hands_on("x[:, :4]", {DType::boolean, {kUnknown, kUnknown}}));
  // Where nobody knows how long an axis is, a cut that a longer one would notice is none.
  EXPECT_TRUE(hands_on("x[:, :3]", {DType::float32, {kUnknown, kUnknown}}));
  EXPECT_FALSE(hands_on("x[:, :2]", {DType::float32, {kUnknown, kUnknown}}));
  // Bools do not stand alike from both ends, nor along two axes.
  EXPECT_FALSE(hands_on("x[:, ::-1]", {DType::boolean, {kUnknown, 3}}));
  EXPECT_FALSE(hands_on("ops.swapaxes(x, 1, 2)", {DType::boolean, {kUnknown, 2, 2}}));
  // The same bytes are another tensor with another dtype.
  EXPECT_FALSE(hands_on("ops.cast(x, 'uint8')", {DType::boolean, {kUnknown, 3}}));
}

}  // namespace
}  // namespace revive
