// Code that no compiler writes: assembled by hand, for CPython 3.8.
#include "revive/serializer/python/translate.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "revive/model/lambda/printer.h"
#include "revive/model/testing/recorded.h"

namespace revive::python {
namespace {

struct Step {
  std::string_view name;
  int argument = 0;
};

std::string number(std::size_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 255);
  return bytes;
}

std::string text(std::string_view value) {
  return "u" + number(value.size()) + std::string(value);
}

// def f(x): with a local y, the constants None and 1, and the names exec and abs.
std::string function(const std::vector<Step>& steps, std::size_t stack = 8) {
  std::string code;
  for (const Step& step : steps) {
    code += static_cast<char>(opcode_number(Version::py3_8, step.name));
    code += static_cast<char>(step.argument);
  }
  const std::string empty = "(" + number(0);
  std::string bytes = "c";
  for (const std::size_t field :
       {std::size_t{1}, std::size_t{0}, std::size_t{0}, std::size_t{2}, stack, std::size_t{67}}) {
    bytes += number(field);
  }
  return bytes + "s" + number(code.size()) + code + "(" + number(2) + "Ni" + number(1) + "(" + number(2) +
         text("exec") + text("abs") + "(" + number(2) + text("x") + text("y") + empty + empty + text("m.py") +
         text("f") + number(1) + "s" + number(0);
}

Result<Translation> translated(const std::vector<Step>& steps, std::size_t stack = 8) {
  const auto code = read_code(function(steps, stack));
  if (!code) return std::unexpected(code.error());
  return translate(*code);
}

constexpr Step kX{"LOAD_FAST", 0};
constexpr Step kOne{"LOAD_CONST", 1};
constexpr Step kReturn{"RETURN_VALUE"};

TEST(Translate, TheAssemblerOfThisTestMakesFunctions) {
  const auto translation = translated({kX, kOne, {"BINARY_ADD"}, kReturn});
  ASSERT_TRUE(translation) << translation.error().text();
  EXPECT_EQ(tree_to_text(translation->tree), "lambda x: x + 1");
  EXPECT_EQ(translation->versions, (std::vector{Version::py3_8, Version::py3_9}));
}

TEST(Translate, RefusesCodeThatNoCompilerWrites) {
  struct Case {
    std::vector<Step> steps;
    ErrorCode code;
    std::string text;
  };
  const std::array cases = {
      Case{{{"BINARY_ADD"}, kReturn}, ErrorCode::bytecode_format, "no value on the stack"},
      Case{{kX}, ErrorCode::bytecode_format, "expected a return, found the end"},
      Case{{kX, kX, kReturn}, ErrorCode::bytecode_format, "expected one value at the return"},
      Case{{{"LOAD_CONST", 9}, kReturn}, ErrorCode::bytecode_format, "constant 9 of 2"},
      Case{{{"LOAD_FAST", 2}, kReturn}, ErrorCode::bytecode_format, "variable 2 of 2"},
      Case{{{"LOAD_GLOBAL", 5}, kReturn}, ErrorCode::bytecode_format, "name 5 of 2"},
      Case{{{"LOAD_FAST", 1}, kReturn}, ErrorCode::bytecode_unsupported, "may be read before it is set"},
      Case{{kX, {"LOAD_METHOD", 1}, {"POP_TOP"}, kReturn}, ErrorCode::bytecode_format, "NULL where a value should be"},
      Case{{kX, kX, kOne, {"CALL_METHOD", 1}, kReturn}, ErrorCode::bytecode_format, "a value where NULL should be"},
      Case{{kX, kX, {"CALL_FUNCTION_KW", 1}, kReturn}, ErrorCode::bytecode_format, "expected a tuple of keywords"},
      Case{{kX, {"BUILD_TUPLE", 200}, kReturn}, ErrorCode::bytecode_format, "too few values on the stack"},
      Case{
          {kX, kX, kX, kX, kX, kX, kX, kX, kX, kReturn}, ErrorCode::bytecode_format, "more than 8 values on the stack"},
      Case{{kX, {"JUMP_ABSOLUTE", 0}, kReturn}, ErrorCode::bytecode_unsupported, "a loop"},
      Case{{kX, {"JUMP_ABSOLUTE", 40}, kReturn}, ErrorCode::bytecode_format, "jumps beside an instruction"},
      Case{{kX, {"JUMP_FORWARD", 1}, kReturn}, ErrorCode::bytecode_format, "jumps beside an instruction"},
      Case{{kX, kOne, kOne, {"BUILD_SLICE", 2}, {"BINARY_ADD"}, kReturn},
           ErrorCode::bytecode_unsupported,
           "a slice stands"},
      Case{{{"LOAD_GLOBAL", 0}, kX, {"CALL_FUNCTION", 1}, {"STORE_FAST", 1}, kX, kReturn},
           ErrorCode::bytecode_unsupported,
           "the result of exec(...) is thrown away"},
      // One way leaves a value more than the other.
      Case{{kX, {"POP_JUMP_IF_FALSE", 6}, kX, kX, kReturn}, ErrorCode::bytecode_format, "equally many values"},
  };
  for (const Case& wrong : cases) {
    const auto translation = translated(wrong.steps);
    ASSERT_FALSE(translation) << wrong.text;
    EXPECT_EQ(translation.error().code, wrong.code) << translation.error().text();
    EXPECT_NE(translation.error().message.find(wrong.text), std::string::npos) << translation.error().text();
    expect_recorded("serializer/sentences.txt", translation.error().text());
  }
}

// x = x + x, sixty times: sixty nodes, and no text of 2^60 names.
TEST(Translate, WhatIsSharedStaysShared) {
  std::vector<Step> steps;
  for (int i = 0; i < 60; ++i) steps.insert(steps.end(), {kX, kX, {"BINARY_ADD"}, {"STORE_FAST", 0}});
  steps.insert(steps.end(), {kX, kReturn});
  const auto translation = translated(steps);
  ASSERT_TRUE(translation) << translation.error().text();
  EXPECT_LE(translation->tree.nodes.size(), 62U);
  EXPECT_FALSE(tree_to_text(translation->tree));
  for (int i = 0; i < 10; ++i) steps.insert(steps.begin(), {kX, kX, {"BINARY_ADD"}, {"STORE_FAST", 0}});
  const auto deeper = translated(steps);
  ASSERT_FALSE(deeper);
  EXPECT_NE(deeper.error().message.find("nested expressions"), std::string::npos);
}

// `if x: pass`, again and again.
TEST(Translate, BranchesAreCounted) {
  const auto chain = [](std::size_t branches) {
    std::vector<Step> steps;
    for (std::size_t i = 0; i < branches; ++i) {
      const std::size_t target = 6 * i + 6;
      steps.insert(
          steps.end(),
          {kX, {"EXTENDED_ARG", static_cast<int>(target >> 8)}, {"POP_JUMP_IF_FALSE", static_cast<int>(target & 255)}});
    }
    steps.insert(steps.end(), {kX, kReturn});
    return steps;
  };
  const auto fits = translated(chain(64));
  EXPECT_TRUE(fits) << fits.error().text();
  const auto refused = translated(chain(65));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::limit_exceeded);
  EXPECT_NE(refused.error().message.find("at most 64 branches"), std::string::npos);
}

}  // namespace
}  // namespace revive::python
