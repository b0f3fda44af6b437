// Loops of CPython 3.8, assembled: what is carried from turn to turn, and what no loop may do.
#include <gtest/gtest.h>

#include "revive/model/lambda/lambda_function.h"
#include "revive/serializer/python/assembler_testing.h"
#include "revive/serializer/python/translate.h"

namespace revive::python {
namespace {

using namespace testing;
using Steps = std::vector<Step>;

constexpr Step kX{"LOAD_FAST", 0};
constexpr Step kI{"LOAD_FAST", 1};
constexpr Step kA{"LOAD_FAST", 2};
constexpr Step kB{"LOAD_FAST", 3};
constexpr Step kSetA{"STORE_FAST", 2};
constexpr Step kSetB{"STORE_FAST", 3};
constexpr Step kReturn{"RETURN_VALUE"};

// The graph, or what is said.
std::string said_of(const Function& function, const Steps& steps) {
  const auto read = read_code(function.marshalled(steps));
  if (!read) return read.error().text();
  const auto made = translate(*read);
  if (!made) return made.error().message;
  const auto expression = make_expression(made->tree, {}, {});
  return expression ? expression->graph.to_text() : expression.error().message;
}

// The function's constants behind None, its inner function and that one's name.
constexpr Step kZero{"LOAD_CONST", 3};
constexpr Step kOne{"LOAD_CONST", 4};
std::vector<std::string> constants(const std::string& inner = "N") {
  return {"N", inner, text("f"), "i" + number(0), "i" + number(1), tuple({"i" + number(5), "i" + number(7)})};
}

// before; for i in (5, 7): body; return what `behind` leaves
std::string looped(const Steps& before, const Steps& body, const Steps& behind, Function function = {}) {
  function.variables = {text("x"), text("i"), text("a"), text("b")};
  function.names = {text("append"), text("extend"), text("index")};
  if (function.constants.size() < 6) function.constants = constants();
  const auto start = static_cast<int>(2 * (before.size() + 2));
  Steps steps = before;
  steps.insert(
      steps.end(),
      {{"LOAD_CONST", 5}, {"GET_ITER"}, {"FOR_ITER", static_cast<int>(2 * (body.size() + 2))}, {"STORE_FAST", 1}});
  steps.insert(steps.end(), body.begin(), body.end());
  steps.push_back({"JUMP_ABSOLUTE", start});
  steps.insert(steps.end(), behind.begin(), behind.end());
  steps.push_back(kReturn);
  return said_of(function, steps);
}

TEST(Loops, CarryWhatTheyChange) {
  const Step minus{"BINARY_SUBTRACT"};
  const Step times{"BINARY_MULTIPLY"};
  const Step item{"BINARY_SUBSCR"};
  const Steps list = {{"BUILD_LIST", 0}, kSetA};
  const Steps append = {kA, {"LOAD_METHOD", 0}, kI, {"CALL_METHOD", 1}, {"POP_TOP"}};
  const Steps extend = {kA, {"LOAD_METHOD", 1}, kI, kI, {"BUILD_TUPLE", 2}, {"CALL_METHOD", 1}, {"POP_TOP"}};
  const Steps index = {kA, {"LOAD_METHOD", 2}, kI, {"CALL_METHOD", 1}, {"POP_TOP"}};
  const Steps reduce = {kB, kI, minus, kSetB};
  const auto joined = [](Steps first, const Steps& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
  };
  EXPECT_EQ(looped(list, append, {kX, kA, kZero, item, times}), "(x * 5)");
  EXPECT_EQ(looped(list, append, {kX, kA, kOne, item, times}), "(x * 7)");
  EXPECT_EQ(looped(list, extend, {kX, kA, kOne, item, times}), "(x * 5)");
  EXPECT_EQ(looped(list, index, {kX}),
            "the result of [].index(...) is thrown away; a lambda has nothing but its result");
  EXPECT_EQ(looped({kX, kSetB}, reduce, {kB}), "((x - 5) - 7)");
  // A list that grows beside what stays, what changes beside a list that stays, and both at once.
  const Steps both = joined(list, {kX, kSetB});
  EXPECT_EQ(looped(both, append, {kB, kA, kOne, item, times}), "(x * 7)");
  EXPECT_EQ(
      looped(both, reduce, joined({kA, {"LOAD_METHOD", 0}, kB, {"CALL_METHOD", 1}, {"POP_TOP"}}, {kA, kZero, item})),
      "((x - 5) - 7)");
  EXPECT_EQ(looped(both, joined(append, reduce), {kB, kA, kOne, item, times}), "(((x - 5) - 7) * 7)");
}

TEST(Loops, MayRunNoTurn) {
  const std::string unset = R"(the variable "b" may be read before it is set)";
  EXPECT_EQ(looped({}, {kI, kSetB}, {kB}), unset);
  EXPECT_EQ(looped({}, {kB, kSetB}, {kX}), unset);
  EXPECT_EQ(looped({}, {kI, kSetB}, {kI}), R"(the variable "i" may be read before it is set)");
  EXPECT_EQ(looped({}, {kI, kSetB}, {kX, {"UNARY_NEGATIVE"}}), "(-x)");
  EXPECT_EQ(looped({kX, kSetB}, {{"DELETE_FAST", 3}}, {kX}), "a loop deletes a variable");
}

// for i in x: b = i; a = lambda: b
TEST(Loops, ChangeNothingThatAFunctionReads) {
  Function inner;
  inner.positional = 0;
  inner.variables = {};
  inner.free = {text("c")};
  inner.flags = 19;
  inner.name = "<lambda>";
  Function function;
  function.cells = {text("c")};
  function.constants = constants(inner.marshalled({{"LOAD_DEREF", 0}, kReturn}));
  const Steps read = {{"LOAD_CLOSURE", 0},
                      {"BUILD_TUPLE", 1},
                      {"LOAD_CONST", 1},
                      {"LOAD_CONST", 2},
                      {"MAKE_FUNCTION", 8},
                      {"CALL_FUNCTION", 0},
                      kSetA};
  const Steps store = {kI, {"STORE_DEREF", 0}};
  const Steps before = {kX, {"STORE_DEREF", 0}, kX, kSetA};
  Steps store_and_read = store;
  store_and_read.insert(store_and_read.end(), read.begin(), read.end());
  Steps read_and_store = read;
  read_and_store.insert(read_and_store.end(), store.begin(), store.end());
  EXPECT_EQ(looped(before, store_and_read, {kX}, function), "an inner function reads a variable that a loop changes");
  EXPECT_EQ(looped(before, read_and_store, {kX}, function),
            R"(the variable "c" changes after an inner function has read it)");
  EXPECT_EQ(looped(before, read, {kA, {"UNARY_NEGATIVE"}}, function), "(-x)");
}

// lambda x: (lambda x: ...)(x), so many of them.
TEST(Loops, FunctionsNestAsDeep) {
  const auto nested = [](int levels) {
    Function function;
    function.variables = {text("x")};
    std::string code = function.marshalled(Steps{kX, kReturn});
    for (int i = 0; i < levels; ++i) {
      function.constants = {"N", code, text("f")};
      code = function.marshalled(
          Steps{{"LOAD_CONST", 1}, {"LOAD_CONST", 2}, {"MAKE_FUNCTION", 0}, kX, {"CALL_FUNCTION", 1}, kReturn});
    }
    const auto read = read_code(code);
    if (!read) return read.error().text();
    const auto made = translate(*read);
    return made ? std::string() : made.error().message;
  };
  EXPECT_EQ(nested(8), "");
  EXPECT_EQ(nested(9), "expected at most 64 functions and loops inside, 8 deep");
}

}  // namespace
}  // namespace revive::python
