// Variables of inner functions, the two ways of a branch and the end of what is computed, instruction by instruction:
// the lambda that they say, or the sentence. cells_test.cpp has what CPython compiles.
#include <gtest/gtest.h>

#include "revive/serializer/python/steps_testing.h"

namespace revive::python {
namespace {

using namespace testing;

TEST(BranchConditions, VariablesOfInnerFunctionsAreCells) {
  Function function;
  function.version = Version::py3_8;
  const Step deref{"LOAD_DEREF", 0};
  function.free = {text("w")};
  EXPECT_EQ(said_of(function, {deref, kX, {"BINARY_ADD"}, kReturn}), "lambda x: w + x");
  EXPECT_EQ(said_of(function, {{"LOAD_CLOSURE", 0}, kReturn}), "lambda x: w");
  EXPECT_EQ(said_of(function, {kX, {"STORE_DEREF", 0}, deref, kReturn}), "a free variable is set at instruction 1");
  function.free = {};
  function.cells = {text("x")};
  EXPECT_EQ(said_of(function, {deref, kReturn}), "lambda x: x");
  function.cells = {text("z")};
  EXPECT_EQ(said_of(function, {deref, kReturn}), R"(the variable "z" may be read before it is set)");
  EXPECT_EQ(said_of(function, {kX, {"UNARY_NEGATIVE"}, {"STORE_DEREF", 0}, deref, kReturn}), "lambda x: -x");
  for (const Version version : kModern) {
    Function modern;
    modern.version = version;
    EXPECT_EQ(said_of(modern, {{"LOAD_DEREF", 0}, kReturn}), "expected a cell or free variable at instruction 1");
    EXPECT_EQ(said_of(modern, {kX, {"DELETE_FAST", 0}, kReturn}), "lambda x: x");
    EXPECT_EQ(said_of(modern, {{"DELETE_FAST", 0}, kX, kReturn}), R"(the variable "x" may be read before it is set)");
    EXPECT_EQ(said_of(modern, {{"DELETE_FAST", 1}, kX, kReturn}),
              "a variable that is not set is deleted at instruction 1");
    EXPECT_EQ(said_of(modern, {kX, {"YIELD_VALUE"}, kReturn}), "a yield outside of a generator at instruction 2");
  }
}

TEST(BranchConditions, BothWaysOfABranchLeaveTheSame) {
  // Jumps of 3.8 count bytes.
  const auto set_in_one = [](std::string_view jump) {
    return said_of(Version::py3_8, {kX, {jump, 8}, kOne, {"STORE_FAST", 1}, {"LOAD_FAST", 1}, kReturn});
  };
  const std::string unset = R"(the variable "y" may be read before it is set)";
  EXPECT_EQ(set_in_one("POP_JUMP_IF_FALSE"), unset);
  EXPECT_EQ(set_in_one("POP_JUMP_IF_TRUE"), unset);
  // if x: y = 1 else: y = -x, and the other way round.
  const auto set_in_both = [](std::string_view jump) {
    return said_of(Version::py3_8, {kX,
                                    {jump, 10},
                                    kOne,
                                    {"STORE_FAST", 1},
                                    {"JUMP_FORWARD", 6},
                                    kX,
                                    {"UNARY_NEGATIVE"},
                                    {"STORE_FAST", 1},
                                    {"LOAD_FAST", 1},
                                    kReturn});
  };
  EXPECT_EQ(set_in_both("POP_JUMP_IF_FALSE"), "lambda x: 1 if x else -x");
  EXPECT_EQ(set_in_both("POP_JUMP_IF_TRUE"), "lambda x: 1 if not x else -x");
  // What is set before stays where a way leaves it.
  EXPECT_EQ(
      said_of(
          Version::py3_8,
          {kX, {"STORE_FAST", 1}, kX, {"POP_JUMP_IF_FALSE", 12}, kOne, {"STORE_FAST", 1}, {"LOAD_FAST", 1}, kReturn}),
      "lambda x: 1 if x else x");
  EXPECT_EQ(said_of(Version::py3_8, {kX, {"POP_JUMP_IF_FALSE", 6}, kOne, kX, kReturn}),
            "expected two ways to leave equally many values at instruction 1");
  EXPECT_EQ(said_of(Version::py3_11, {kX, {"POP_JUMP_IF_FALSE", 1}, {"KW_NAMES", 2}, kX, kReturn}),
            "expected two ways to leave equally many values at instruction 2");
}

// A tuple of twice as many, seventeen times.
TEST(BranchConditions, WhatIsComputedHasAnEnd) {
  std::vector<Step> steps = {kX, {"BUILD_TUPLE", 1}};
  for (int i = 0; i < 15; ++i) steps.insert(steps.end(), {{"DUP_TOP"}, {"BUILD_TUPLE_UNPACK", 2}});
  const auto returned = [&] {
    std::vector<Step> whole = steps;
    whole.push_back(kReturn);
    return said_of(Version::py3_8, whole);
  };
  EXPECT_NE(returned(), "the function computes more than a lambda may");
  for (int i = 0; i < 2; ++i) steps.insert(steps.end(), {{"DUP_TOP"}, {"BUILD_TUPLE_UNPACK", 2}});
  EXPECT_EQ(returned(), "the function computes more than a lambda may");
}

}  // namespace
}  // namespace revive::python
