// Functions inside of functions, assembled: when they read what they read, and which defaults their parameters have.
#include <gtest/gtest.h>

#include "revive/model/lambda/printer.h"
#include "revive/serializer/python/assembler_testing.h"
#include "revive/serializer/python/translate.h"

namespace revive::python {
namespace {

using namespace testing;

constexpr Step kX{"LOAD_FAST", 0};
constexpr Step kReturn{"RETURN_VALUE"};

std::string said_of(const Function& function, const std::vector<Step>& steps) {
  const auto read = read_code(function.marshalled(steps));
  if (!read) return read.error().text();
  const auto made = translate(*read);
  return made ? tree_to_text(made->tree).value_or("no text") : made.error().message;
}

// y = x; made = [y for i in x], of an inner function of this name; y = -x; (made, y), by CPython 3.8.
TEST(InnerFunctions, AComprehensionReadsItsVariablesAtOnce) {
  const auto said = [](std::string_view name) {
    Function inner;
    inner.variables = {text("s"), text("i")};
    inner.free = {text("y")};
    inner.flags = 19;
    inner.name = name;
    Function function;
    function.variables = {text("x")};
    function.cells = {text("y")};
    function.constants = {"N",
                          inner.marshalled({{"BUILD_LIST", 0},
                                            kX,
                                            {"FOR_ITER", 8},
                                            {"STORE_FAST", 1},
                                            {"LOAD_DEREF", 0},
                                            {"LIST_APPEND", 2},
                                            {"JUMP_ABSOLUTE", 4},
                                            kReturn}),
                          text("f")};
    return said_of(function, {kX,
                              {"STORE_DEREF", 0},
                              {"LOAD_CLOSURE", 0},
                              {"BUILD_TUPLE", 1},
                              {"LOAD_CONST", 1},
                              {"LOAD_CONST", 2},
                              {"MAKE_FUNCTION", 8},
                              kX,
                              {"GET_ITER"},
                              {"CALL_FUNCTION", 1},
                              kX,
                              {"UNARY_NEGATIVE"},
                              {"STORE_DEREF", 0},
                              {"LOAD_DEREF", 0},
                              {"BUILD_TUPLE", 2},
                              kReturn});
  };
  const std::string list = said("<listcomp>");
  EXPECT_TRUE(list.starts_with("lambda x: (")) << list;
  EXPECT_TRUE(list.ends_with(", -x)")) << list;
  for (const std::string_view name : {"<setcomp>", "<dictcomp>"}) {
    EXPECT_EQ(said(name), "the function holds a comprehension that makes a set or dict") << name;
  }
  for (const std::string_view name : {"<lambda>", "comp", "<listcomp", "setcomp"}) {
    EXPECT_EQ(said(name), R"(the variable "y" changes after an inner function has read it)") << name;
  }
}

// (lambda a, b=7, *, k=8, m=9: a - b - k - m)(x), and with the keyword m alone having a default.
TEST(InnerFunctions, DefaultsAreOfTheLastAndOfKeywords) {
  for (const Version version : {Version::py3_8, Version::py3_10, Version::py3_11, Version::py3_12, Version::py3_13}) {
    const bool modern = version >= Version::py3_11;
    const Step minus = modern ? Step{"BINARY_OP", 10} : Step{"BINARY_SUBTRACT"};
    Function inner;
    inner.version = version;
    inner.variables = {text("a"), text("b"), text("k"), text("m")};
    inner.kinds = std::string(4, '\x20');
    inner.positional = 2;
    inner.keyword_only = 2;
    inner.flags = 19;
    inner.name = "<lambda>";
    Function function;
    function.version = version;
    function.constants = {
        "N",
        inner.marshalled({kX, {"LOAD_FAST", 1}, minus, {"LOAD_FAST", 2}, minus, {"LOAD_FAST", 3}, minus, kReturn}),
        text("<lambda>"),
        "i" + number(7),
        "i" + number(8),
        "i" + number(9),
        text("k"),
        text("m")};
    const auto said = [&](bool both) {
      const auto add = [](std::vector<Step>& steps, const std::vector<Step>& more) {
        steps.insert(steps.end(), more.begin(), more.end());
      };
      std::vector<Step> steps;
      if (version == Version::py3_11 || version == Version::py3_12) add(steps, {{"PUSH_NULL"}});
      // Each stands below the function, and is its attribute from 3.13 on.
      const std::vector<Step> defaults = {{"LOAD_CONST", 3}, {"BUILD_TUPLE", 1}};
      std::vector<Step> keywords;
      if (both) add(keywords, {{"LOAD_CONST", 6}, {"LOAD_CONST", 4}});
      add(keywords, {{"LOAD_CONST", 7}, {"LOAD_CONST", 5}, {"BUILD_MAP", both ? 2 : 1}});
      add(steps, version >= Version::py3_13 ? keywords : defaults);
      add(steps, version >= Version::py3_13 ? defaults : keywords);
      add(steps, {{"LOAD_CONST", 1}});
      if (!modern) add(steps, {{"LOAD_CONST", 2}});
      if (version >= Version::py3_13) {
        add(steps, {{"MAKE_FUNCTION"}, {"SET_FUNCTION_ATTRIBUTE", 1}, {"SET_FUNCTION_ATTRIBUTE", 2}, {"PUSH_NULL"}});
      } else {
        add(steps, {{"MAKE_FUNCTION", 3}});
      }
      add(steps, {kX, modern ? Step{"CALL", 1} : Step{"CALL_FUNCTION", 1}, kReturn});
      return said_of(function, steps);
    };
    EXPECT_EQ(said(true), "lambda x: (lambda a, b=7, k=8, m=9: a - b - k - m)(x)") << name_of(version);
    EXPECT_EQ(said(false), "lambda x: (lambda a, b=7, k, m=9: a - b - k - m)(x)") << name_of(version);
  }
}

// callee(i for i in x) by CPython 3.8.
std::string of_generator(std::string_view callee, std::string_view kind = "<genexpr>") {
  Function inner;
  inner.variables = {text("s"), text("i")};
  inner.flags = kind == "<genexpr>" ? 99 : 67;
  inner.name = kind;
  Function function;
  function.variables = {text("x")};
  function.names = {text(callee)};
  function.constants = {"N",
                        kind == "<genexpr>" ? inner.marshalled({kX,
                                                                {"FOR_ITER", 10},
                                                                {"STORE_FAST", 1},
                                                                {"LOAD_FAST", 1},
                                                                {"YIELD_VALUE"},
                                                                {"POP_TOP"},
                                                                {"JUMP_ABSOLUTE", 2},
                                                                {"LOAD_CONST", 0},
                                                                kReturn})
                                            : inner.marshalled({{"BUILD_LIST", 0},
                                                                kX,
                                                                {"FOR_ITER", 8},
                                                                {"STORE_FAST", 1},
                                                                {"LOAD_FAST", 1},
                                                                {"LIST_APPEND", 2},
                                                                {"JUMP_ABSOLUTE", 4},
                                                                kReturn}),
                        text("f")};
  return said_of(function, {{"LOAD_GLOBAL", 0},
                            {"LOAD_CONST", 1},
                            {"LOAD_CONST", 2},
                            {"MAKE_FUNCTION", 0},
                            kX,
                            {"GET_ITER"},
                            {"CALL_FUNCTION", 1},
                            {"CALL_FUNCTION", 1},
                            kReturn});
}

TEST(InnerFunctions, WhatWalksThroughAGeneratorTakesItsList) {
  const std::string list = of_generator("f", "<listcomp>");
  ASSERT_TRUE(list.starts_with("lambda x: f(")) << list;
  const std::string items = list.substr(12, list.size() - 13);
  for (const std::string callee : {"all", "any", "list", "max", "min", "sorted", "sum", "tuple"}) {
    EXPECT_EQ(of_generator(callee), "lambda x: " + callee + "(" + items + ")");
  }
  for (const std::string callee : {"f", "len", "enumerate", "zip", "iter"}) {
    EXPECT_EQ(of_generator(callee), "lambda x: " + callee + "(iter(" + items + "))");
  }
}

TEST(InnerFunctions, AnIteratorOfAnythingElseStays) {
  Function function;
  function.variables = {text("x")};
  function.names = {text("sum"), text("iter")};
  const Step of_sum{"LOAD_GLOBAL", 0};
  const Step of_iter{"LOAD_GLOBAL", 1};
  const Step call{"CALL_FUNCTION", 1};
  EXPECT_EQ(said_of(function, {of_sum, of_iter, kX, call, call, kReturn}), "lambda x: sum(iter(x))");
  EXPECT_EQ(said_of(function, {of_sum, of_iter, kX, kX, {"BINARY_SUBSCR"}, kX, {"CALL_FUNCTION", 2}, call, kReturn}),
            "lambda x: sum(iter(x[x], x))");
  EXPECT_EQ(said_of(function, {of_sum, of_sum, kX, kX, {"BINARY_SUBSCR"}, call, call, kReturn}),
            "lambda x: sum(sum(x[x]))");
}

// def f(x, *r, **k), of which nobody gives the last two, outside and inside.
TEST(InnerFunctions, TheRestOfArgumentsIsEmpty) {
  Function function;
  function.variables = {text("x"), text("r"), text("k")};
  const auto said = [&](std::size_t flags) {
    function.flags = 67 | flags;
    return said_of(function, {kX, {"LOAD_FAST", 1}, {"LOAD_FAST", 2}, {"BUILD_TUPLE", 3}, kReturn});
  };
  EXPECT_EQ(said(4 | 8), "lambda x: (x, (), {})");
  EXPECT_EQ(said(4), R"(the variable "k" may be read before it is set)");
  EXPECT_EQ(said(8), R"(the variable "k" may be read before it is set)");
  const auto inside = [&](std::size_t flags) {
    Function inner;
    inner.variables = {text("a"), text("r"), text("k")};
    inner.flags = 19 | flags;
    inner.name = "<lambda>";
    Function outer;
    outer.variables = {text("x")};
    outer.constants = {"N", inner.marshalled({kX, {"LOAD_FAST", 1}, {"BUILD_TUPLE", 2}, kReturn}), text("f")};
    return said_of(outer,
                   {{"LOAD_CONST", 1}, {"LOAD_CONST", 2}, {"MAKE_FUNCTION", 0}, kX, {"CALL_FUNCTION", 1}, kReturn});
  };
  EXPECT_EQ(inside(4), "lambda x: (lambda a, *r: (a, r))(x)");
  const std::string refused = "an inner function takes **kwargs; name its arguments";
  EXPECT_EQ(inside(8), refused);
  EXPECT_EQ(inside(4 | 8), refused);
}

TEST(InnerFunctions, KeywordsAreStrings) {
  Function function;
  function.names = {text("f")};
  const auto said = [&](const std::vector<std::string>& keywords) {
    function.constants = {"N", tuple(keywords)};
    return said_of(function, {{"LOAD_GLOBAL", 0}, kX, kX, {"LOAD_CONST", 1}, {"CALL_FUNCTION_KW", 2}, kReturn});
  };
  EXPECT_EQ(said({text("a")}), "lambda x: f(x, a=x)");
  EXPECT_EQ(said({text("a"), text("b")}), "lambda x: f(a=x, b=x)");
  EXPECT_EQ(said({text("a"), "i" + number(1)}), "as Python 3.8: expected keywords that are strings at instruction 4");
  EXPECT_EQ(said({text("a"), text("b"), text("c")}), "as Python 3.8: more keywords than arguments at instruction 4");
}

}  // namespace
}  // namespace revive::python
