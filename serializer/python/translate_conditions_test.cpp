// Instructions of CPython 3.8 with one argument or operand changed at a time: the lambda that they say, or the
// sentence.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "revive/model/lambda/printer.h"
#include "revive/serializer/python/translate.h"

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

// def f(x): with a local y, the constants None, 1, ('a',) and 'a', and the names exec, f, append, math, os.
std::string said_of(const std::vector<Step>& steps) {
  std::string code;
  for (const Step& step : steps) {
    code += static_cast<char>(opcode_number(Version::py3_8, step.name));
    code += static_cast<char>(step.argument);
  }
  const std::string empty = "(" + number(0);
  std::string bytes = "c";
  for (const int field : {1, 0, 0, 2, 8, 67}) bytes += number(static_cast<std::size_t>(field));
  bytes += "s" + number(code.size()) + code + "(" + number(4) + "Ni" + number(1) + "(" + number(1) + text("a") +
           text("a") + "(" + number(5) + text("exec") + text("f") + text("append") + text("math") + text("os") + "(" +
           number(2) + text("x") + text("y") + empty + empty + text("m.py") + text("f") + number(1) + "s" + number(0);
  const auto read = read_code(bytes);
  if (!read) return read.error().message;
  const auto made = translate(*read);
  return made ? tree_to_text(made->tree).value_or("no text") : made.error().message;
}

constexpr Step kX{"LOAD_FAST", 0};
constexpr Step kNone{"LOAD_CONST", 0};
constexpr Step kOne{"LOAD_CONST", 1};
constexpr Step kKeys{"LOAD_CONST", 2};
constexpr Step kText{"LOAD_CONST", 3};
constexpr Step kF{"LOAD_GLOBAL", 1};
constexpr Step kReturn{"RETURN_VALUE"};

TEST(TranslateConditions, EveryArgumentIsHeldToItsInstruction) {
  struct Row {
    std::vector<Step> steps;
    std::string expected;
  };
  const Row rows[] = {
      {{kX, kOne, {"COMPARE_OP", 0}, kReturn}, "lambda x: x < 1"},
      {{kX, kOne, {"COMPARE_OP", 9}, kReturn}, "lambda x: x is not 1"},
      {{kX, kOne, {"COMPARE_OP", 10}, kReturn}, "as Python 3.8: the unknown comparison 10 at instruction 2"},
      {{kX, kOne, {"COMPARE_OP", 200}, kReturn}, "as Python 3.8: the unknown comparison 200 at instruction 2"},
      {{kX, kOne, kNone, {"BUILD_SLICE", 2}, {"BINARY_SUBSCR"}, kReturn}, "lambda x: x[1:]"},
      {{kX, kOne, kNone, kOne, {"BUILD_SLICE", 3}, {"BINARY_SUBSCR"}, kReturn}, "lambda x: x[1::1]"},
      {{kX, kOne, {"BUILD_SLICE", 1}, {"BINARY_SUBSCR"}, kReturn},
       "as Python 3.8: a slice of 1 parts at instruction 2"},
      {{kX, kX, kX, kX, kX, {"BUILD_SLICE", 4}, {"BINARY_SUBSCR"}, kReturn},
       "as Python 3.8: a slice of 4 parts at instruction 5"},
      {{kX, kKeys, {"BUILD_CONST_KEY_MAP", 1}, kReturn}, "lambda x: {'a': x}"},
      {{kX, kText, {"BUILD_CONST_KEY_MAP", 1}, kReturn}, "as Python 3.8: expected a tuple of keys at instruction 2"},
      {{kX, kX, {"BUILD_CONST_KEY_MAP", 1}, kReturn}, "as Python 3.8: expected a tuple of keys at instruction 2"},
      {{kX, kX, kKeys, {"BUILD_CONST_KEY_MAP", 2}, kReturn},
       "as Python 3.8: expected as many keys as values at instruction 3"},
      {{kX, kOne, {"BUILD_TUPLE", 2}, {"UNPACK_SEQUENCE", 2}, {"BINARY_ADD"}, kReturn}, "lambda x: 1 + x"},
      {{kX, kOne, {"BUILD_LIST", 2}, {"UNPACK_SEQUENCE", 2}, {"BINARY_ADD"}, kReturn}, "lambda x: 1 + x"},
      {{kX, kOne, {"BUILD_TUPLE", 2}, {"UNPACK_SEQUENCE", 1}, kReturn}, "2 values are unpacked into 1 names"},
      {{kX, kOne, {"BUILD_TUPLE", 2}, {"UNPACK_SEQUENCE", 3}, kReturn}, "2 values are unpacked into 3 names"},
      {{kX, {"UNPACK_SEQUENCE", 2}, {"BINARY_ADD"}, kReturn}, "lambda x: x[1] + x[0]"},
      {{kX, {"UNPACK_SEQUENCE", 9}, kReturn},
       "as Python 3.8: more values are unpacked than the stack holds at instruction 1"},
      {{kOne, kNone, {"IMPORT_NAME", 3}, {"POP_TOP"}, kX, kReturn},
       R"(the function imports "math"; bind what it takes from there instead)"},
      {{{"LOAD_CONST", 1}, kNone, {"IMPORT_NAME", 4}, {"POP_TOP"}, kX, kReturn},
       R"(the function imports "os"; bind what it takes from there instead)"},
      {{kX, kOne, {"ROT_TWO"}, {"BINARY_SUBTRACT"}, kReturn}, "lambda x: 1 - x"},
      {{kX, {"ROT_TWO"}, kReturn}, "as Python 3.8: too few values on the stack at instruction 1"},
      {{kF, kX, kOne, kKeys, {"CALL_FUNCTION_KW", 2}, kReturn}, "lambda x: f(x, a=1)"},
      {{kF, kX, kText, {"CALL_FUNCTION_KW", 1}, kReturn},
       "as Python 3.8: expected a tuple of keywords at instruction 3"},
      {{kF, kX, {"BUILD_TUPLE", 1}, kText, kOne, {"BUILD_MAP", 1}, {"CALL_FUNCTION_EX", 1}, kReturn},
       "lambda x: f(x, a=1)"},
      {{kF, kX, {"BUILD_TUPLE", 1}, kOne, kOne, {"BUILD_MAP", 1}, {"CALL_FUNCTION_EX", 1}, kReturn},
       "a call by keywords that are not strings"},
      {{kF, kX, {"BUILD_TUPLE", 1}, kX, kOne, {"BUILD_MAP", 1}, {"CALL_FUNCTION_EX", 1}, kReturn},
       "a call by keywords that are not strings"},
      {{kF, kX, {"BUILD_TUPLE", 1}, kX, {"CALL_FUNCTION_EX", 1}, kReturn}, "lambda x: f(x, **x)"},
      {{kF, kX, {"BUILD_TUPLE", 1}, {"CALL_FUNCTION_EX", 0}, kReturn}, "lambda x: f(x)"},
      {{kX, {"FORMAT_VALUE", 0}, kReturn}, "lambda x: str(x)"},
      {{kX, {"FORMAT_VALUE", 1}, kReturn}, "lambda x: str(x)"},
      {{kX, {"FORMAT_VALUE", 2}, kReturn}, "the function holds an f-string with a format"},
      {{kX, kText, {"FORMAT_VALUE", 4}, kReturn}, "the function holds an f-string with a format"},
      {{kText, kX, {"FORMAT_VALUE", 0}, {"BUILD_STRING", 2}, kReturn}, "lambda x: 'a' + str(x)"},
      {{{"BUILD_LIST", 0}, {"DUP_TOP"}, {"LOAD_METHOD", 2}, kX, {"CALL_METHOD", 1}, {"POP_TOP"}, kReturn},
       "lambda x: [] + [x]"},
      {{kX, {"RAISE_VARARGS", 1}}, "lambda x: raise()"},
      {{kF, kText, {"CALL_FUNCTION", 1}, {"RAISE_VARARGS", 1}}, "lambda x: raise('a')"},
      {{kF, kX, {"CALL_FUNCTION", 1}, {"RAISE_VARARGS", 1}}, "lambda x: raise()"},
      {{kF, {"RAISE_VARARGS", 1}}, "lambda x: raise()"},
      {{kX, kOne, kNone, {"BUILD_SLICE", 2}, {"BUILD_TUPLE", 1}, {"BINARY_SUBSCR"}, kReturn}, "lambda x: x[1:]"},
      {{kX, kOne, {"BUILD_TUPLE", 1}, {"BINARY_SUBSCR"}, kReturn}, "lambda x: x[1,]"},
      {{kX, {"BUILD_TUPLE", 0}, {"BINARY_SUBSCR"}, kReturn}, "lambda x: x[()]"},
  };
  for (const auto& [steps, expected] : rows)
    EXPECT_EQ(said_of(steps), expected) << steps.size() << steps[steps.size() - 2].name;
}

}  // namespace
}  // namespace revive::python
