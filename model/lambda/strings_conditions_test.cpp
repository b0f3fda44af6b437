// Images, formatted strings, orders and kinds: what is computed, and what is said one step beside it.
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>

#include "revive/model/lambda/lexer.h"
#include "revive/model/lambda/testing.h"

namespace revive {
namespace {

using Case = testing::LambdaCase;

void check(std::span<const Case> cases) {
  const Captures captures = {{"f", Function{"lambda t: t * 2"}}, {"g", Function{"tf.nn.relu"}}};
  testing::expect_each(cases, captures);
}

TEST(StringConditions, Images) {
  const Case cases[] = {
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}}, "tf.image.resize(x, (2, 0), 'area')",
       "lambda: column 16: an axis of 4 pixels is not resized to 0"},
      {TensorType{DType::float32, {kUnknown, 0, 4, 3}}, "tf.image.resize(x, (2, 2), 'area')",
       "lambda: column 16: an axis of 0 pixels is not resized to 2"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}}, "tf.image.resize(x, (2, 4611686018427387904), 'area')",
       "lambda: column 16: an axis of 4 pixels is not resized to 4611686018427387904"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}}, "tf.image.resize(x, (2, 1048576), 'area')",
       "lambda: column 16: an axis of 4 pixels is not resized to 1048576"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}}, "tf.image.resize(x, (2, 2))",
       R"(ops.resize(x, size=[2, 2], interpolation="bilinear", antialias=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode="constant", fill_value=0.0, data_format="channels_last"))"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}}, "tf.image.resize(x, (2, 0))",
       "lambda: column 16: Resize expects size to be a height and a width, found [2, 0]"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}}, "tf.image.resize(x, (-2, 2))",
       "lambda: column 16: Resize expects size to be a height and a width, found [-2, 2]"},
      {TensorType{DType::float32, {kUnknown, 0, 4, 3}}, "tf.image.resize(x, (2, 2))",
       "lambda: column 16: an image without pixels has no other size"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}}, "tf.image.resize(x, (2, 4611686018427387904))",
       "lambda: node 1 (Resize): expected elements that 64 bits can count, found a result of shape (None, 2, "
       "4611686018427387904, 3)"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}}, "tf.image.resize(x, (2, 1048576))",
       R"(ops.resize(x, size=[2, 1048576], interpolation="bilinear", antialias=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, fill_mode="constant", fill_value=0.0, data_format="channels_last"))"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}}, "tf.image.resize(x, (2, 3), 'nope')",
       "lambda: column 16: the way of resizing `nope` is not known"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}}, "tf.image.resize(x, (2, 3), 3)",
       "lambda: column 16: the way of resizing `` is not known"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}}, "ops.image.nope(x)",
       "lambda: column 10: `ops.image.nope` is not part of the expression language"},
      {TensorType{DType::float32, {kUnknown, 4, 4, 3}}, "ops.image.exp(x)",
       "lambda: column 10: `ops.image.exp` is not part of the expression language"},
  };
  check(cases);
}

TEST(StringConditions, FormattedStrings) {
  const Case cases[] = {
      {{}, "x if f'a{1}' == 'a1' else -x", "x"},
      {{}, "x if f'{1}{2}' == '12' else -x", "x"},
      {{}, "x if f'{{}}' == '{}' else -x", "x"},
      {{},
       "x if f'{1:d}' == '1' else -x",
       "lambda: column 10: an f-string that says how a value is written is not part of the language"},
      {{},
       "x if f'{1=}' == '1' else -x",
       "lambda: column 10: an f-string that says how a value is written is not part of the language"},
      {{},
       "x if f'{1!r}' == '1' else -x",
       "lambda: column 10: an f-string that says how a value is written is not part of the language"},
      {{}, "x if f'{1 != 2}' == 'True' else -x", "x"},
      {{}, "x if f'{(1, 2)[0]}' == '1' else -x", "x"},
      {{}, "x if f'{[1][0]}' == '1' else -x", "x"},
      {{}, "x if f'{len({})}' == '0' else -x", "x"},
      {{}, "x if f'{1' == '1' else -x", "lambda: column 8: a field of an f-string without its closing bracket"},
      {{}, "x if f'{}' == '' else -x", "lambda: column 8: an empty field of an f-string"},
      {{},
       R"(x if f'{"a"}' == 'a' else -x)",
       "lambda: column 9: a string in a field of an f-string is not part of the language"},
      {{}, "x if f'}' == '}' else -x", "lambda: column 8: a single } in an f-string"},
  };
  check(cases);
}

TEST(StringConditions, OrdersAndKinds) {
  const Case cases[] = {
      {{}, "x * sorted((2, 1), reverse=1.5)[0]", "lambda: column 11: reverse is a bool, found a float"},
      {{}, "x * sorted((2, 1), reverse=1)[0]", "(x * 2)"},
      {{}, "x * len(sorted((2, 1, 2, 1, 3, 3, 1.0, 2.0)))", "(x * 8)"},
      {{}, "x if isinstance([1, 2], (list, tuple)) else -x", "x"},
      {TensorType{DType::float32, {kUnknown, 4}}, "x if isinstance(x.shape, tuple) else -x",
       "lambda: column 16: whether a captured value is a tuple or a list is not known; nor is what a shape is"},
      {TensorType{DType::float32, {kUnknown, 4}}, "x if isinstance(x.shape, list) else -x",
       "lambda: column 16: whether a captured value is a tuple or a list is not known; nor is what a shape is"},
      {{}, "x if f is f else -x", "lambda: column 8: `is` does not compare a function and a function"},
      {{}, "x if f is g else -x", "lambda: column 8: `is` does not compare a function and a function"},
      {{}, "x if 'a' in {'a': 1} else -x", "x"},
      {{}, "x if 'b' in {'a': 1} else -x", "(-x)"},
      {{}, "x if (1, 2) < (1, 3) else -x", "x"},
      {{}, "x if (1, 2) < [1, 3] else -x", "lambda: column 13: `<` does not compare a tuple and a list"},
      {{}, "x if [1] < [1, 2] else -x", "x"},
      {TensorType{DType::float32, {kUnknown, 4}}, "x if x.shape == (None, 4) else -x", "x"},
      {TensorType{DType::float32, {kUnknown, 4}}, "x if x.shape == [None, 4] else -x",
       "lambda: column 14: a tuple is no list in Python, and which of them a captured value or a shape is cannot be "
       "known"},
      {TensorType{DType::float32, {kUnknown, 4}}, "x if (None, 4) == x.shape else -x", "x"},
  };
  check(cases);
}

TEST(StringConditions, BlanksAndNames) {
  for (const std::string_view text : {"x + 1", "x\t+\t1", "x\r+ 1", "x\n+ 1"}) {
    const auto made = make_expression(text, {});
    ASSERT_TRUE(made) << text << ": " << made.error().text();
    EXPECT_EQ(made->graph.to_text(), "(x + 1)");
  }
  const auto lines = make_expression("x if '''a\nb''' == 'a\\nb' else -x", {});
  ASSERT_TRUE(lines) << lines.error().text();
  EXPECT_EQ(lines->graph.to_text(), "x");
  const std::pair<std::string_view, bool> names[] = {{"a", true},   {"_a1", true}, {"", false},   {"1a", false},
                                                     {"if", false}, {"iff", true}, {"a.b", false}};
  for (const auto& [name, is_one] : names) EXPECT_EQ(is_name(name), is_one) << name;
}

}  // namespace
}  // namespace revive
