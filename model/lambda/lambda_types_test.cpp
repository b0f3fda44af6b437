// What a lambda may ask about the type of its input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/model/lambda.h"
#include "revive/model/lambda/lambda_function.h"

namespace revive {
namespace {

using testing::HasSubstr;

const TensorType kInput{DType::float32, {kUnknown, 10, 4}};

Result<LambdaFunction> make(std::string_view text, const TensorType& input = kInput) {
  return make_expression(text, {}, LoweringOptions{.input = input, .limits = {}});
}

std::string text_of(std::string_view text, const TensorType& input = kInput) {
  const auto made = make(text, input);
  return made ? made->graph.to_text() : made.error().text();
}

TEST(ExpressionTypes, ShapesAreStaticAndUnknownAxesAreNone) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"x[:, : x.shape[1] - 1]", "x[:, :9]"},
      {"x * x.shape[-1]", "(x * 4)"},
      {"x * len(x.shape)", "(x * 3)"},
      {"x * x.ndim + K.ndim(x) + tf.rank(x)", "(((x * 3) + 3) + 3)"},
      {"x * K.int_shape(x)[1] + tf.shape(x)[2] + ops.shape(x)[2]", "(((x * 10) + 4) + 4)"},
      {"x * x.get_shape().as_list()[1]", "(x * 10)"},
      {"x if x.shape[0] is None else -x", "x"},
      {"x if x.shape == (None, 10, 4) else -x", "x"},
      {"x if 10 in x.shape and 3 not in x.shape else -x", "x"},
      {"x * 2 if x.dtype == 'float32' else x", "(x * 2)"},
      {"x * 2 if x.dtype == tf.float32 else x", "(x * 2)"},
      {"x[:, 0] * x[:, 0].shape[1]", "(x[:, 0] * 4)"},
      {"(x > 0) if (x > 0).dtype != 'bool' else x", "x"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(text_of(text), expected) << text;
  EXPECT_EQ(text_of("x if x.shape[1] is None else -x", {DType::float32, {kUnknown, kUnknown}}), "x");
}

TEST(ExpressionTypes, WithoutTheInputTheyAreRefused) {
  for (const std::string_view text :
       {"x[:, :x.shape[1]]", "x * len(x.shape)", "x * x.ndim", "x if x.dtype == 'bool' else -x",
        "x * K.int_shape(x)[1]", "ops.squeeze(x)", "ops.split(x, 2, axis=1)[0]"}) {
    const auto made = make_expression(text, {});
    ASSERT_FALSE(made) << text;
    EXPECT_EQ(made.error().code, ErrorCode::expression_type) << text;
    EXPECT_THAT(made.error().message, HasSubstr("needs the shape of the input")) << text;
  }
}

TEST(ExpressionTypes, ALambdaThatLooksAtItsInputRemembersIt) {
  EXPECT_EQ(make("x * x.shape[1]")->annotation->input, kInput);
  EXPECT_EQ(make("x * 2")->annotation->input, std::nullopt);
  const auto layer = make_lambda("x[:, : x.shape[1] // 2]", {}, kInput, "half");
  ASSERT_TRUE(layer) << layer.error().text();
  EXPECT_EQ(layer->lambda()->graph.to_text(), "x[:, :5]");
}

TEST(ExpressionTypes, WhatDoesNotFitIsRefusedAtItsColumn) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"x[:, 10]", "lambda: column 2: index 10 is out of range for axis 1 of length 10"},
      {"x + x[:, :3]", "lambda: column 3: the shapes (None, 10, 4) and (None, 3, 4) do not broadcast"},
      {"x[:, 0, 0, 0]", "lambda: column 2: 4 indices for a tensor of shape (None, 10, 4)"},
      {"x[0]", "the batch axis"},
      {"x[::2]", "the batch axis"},
      {"x[None]", "the batch axis"},
      {"x.shape[5] * x", "index 5 is out of range for a sequence of 3"},
      {"x * x.shape[0]", "expects tensors, arrays or numbers, found None"},
      {"ops.split(x, 3, axis=1)[0]", "axis 1 of (None, 10, 4) does not split into 3 equal parts"},
      {"tf.split(x, [4, 5], 1)[0]", "does not split into parts of (4, 5)"},
      {"tf.unstack(x, 3, axis=2)[0]", "does not unstack into 3 items"},
      {"x.T", "moves the batch axis"},
  };
  for (const auto& [text, message] : cases) EXPECT_THAT(text_of(text), HasSubstr(std::string(message))) << text;
}

}  // namespace
}  // namespace revive
