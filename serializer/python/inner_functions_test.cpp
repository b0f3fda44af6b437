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

}  // namespace
}  // namespace revive::python
