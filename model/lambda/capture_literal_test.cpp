#include "revive/model/lambda/capture_literal.h"

#include <gtest/gtest.h>

namespace revive {
namespace {

TEST(CaptureText, LiteralsAreValues) {
  struct Row {
    std::string_view text;
    Value value;
  };
  const Row rows[] = {
      {"3", Value(3)},
      {"-3", Value(-3)},
      {"+0.5", Value(0.5)},
      {"-0.0", Value(-0.0)},
      {"None", Value()},
      {"True", Value(true)},
      {"'channels_last'", Value("channels_last")},
      {"(None, 4)", Value(Value::Array{Value(), Value(4)})},
      {"[[0, 1], [-2, 3.5]]",
       Value(Value::Array{Value(Value::Array{Value(0), Value(1)}), Value(Value::Array{Value(-2), Value(3.5)})})},
  };
  for (const Row& row : rows) {
    const auto capture = parse_capture(row.text);
    ASSERT_TRUE(capture) << row.text << ": " << capture.error().text();
    ASSERT_TRUE(std::holds_alternative<Value>(*capture)) << row.text;
    EXPECT_EQ(std::get<Value>(*capture), row.value) << row.text;
  }
}

TEST(CaptureText, NamesAndLambdasAreFunctions) {
  for (const std::string_view text : {"tf.reduce_sum", "relu", "lambda t: t * 2"}) {
    const auto capture = parse_capture(text);
    ASSERT_TRUE(capture) << text << ": " << capture.error().text();
    ASSERT_TRUE(std::holds_alternative<Function>(*capture)) << text;
    EXPECT_EQ(std::get<Function>(*capture).text, text);
  }
}

TEST(CaptureText, NothingIsComputed) {
  for (const std::string_view text : {"1 + 2", "2 ** 10", "~3", "-'a'", "-(1, 2)", "open('x')", "(1, f(2))", "x[0]"}) {
    const auto capture = parse_capture(text);
    ASSERT_FALSE(capture) << text;
    EXPECT_EQ(capture.error().code, ErrorCode::expression_type) << text;
    EXPECT_NE(capture.error().message.find(text), std::string::npos) << capture.error().message;
  }
  EXPECT_EQ(parse_capture("(1,").error().code, ErrorCode::expression_syntax);
}

}  // namespace
}  // namespace revive
