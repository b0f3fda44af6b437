// How much a function may hold and do: both sides of each bound, with instructions of CPython 3.12, whose jumps are
// relative, so that pieces stand one behind the other and one within the other.
#include <gtest/gtest.h>

#include "revive/model/lambda/printer.h"
#include "revive/serializer/python/abstract_interpreter.h"
#include "revive/serializer/python/assembler_testing.h"
#include "revive/serializer/python/translate.h"

namespace revive::python {
namespace {

using namespace testing;
using Steps = std::vector<Step>;

constexpr Step kX{"LOAD_FAST", 0};
constexpr Step kReturn{"RETURN_VALUE"};
constexpr Step kNop{"NOP"};

// Empty where it is read, or the sentence.
std::string refusal(Steps steps, std::size_t stack = 32) {
  Function function;
  function.version = Version::py3_12;
  function.stack = stack;
  steps.insert(steps.end(), {kX, kReturn});
  const auto read = read_code(function.marshalled(steps));
  if (!read) return read.error().text();
  const auto decoded = decode(*read, function.version);
  if (!decoded) return decoded.error().text();
  const auto made = execute(*read, function.version, *decoded, {});
  return made ? "" : made.error().text();
}

Steps repeated(std::size_t count, const Steps& steps) {
  Steps all;
  for (std::size_t i = 0; i < count; ++i) all.insert(all.end(), steps.begin(), steps.end());
  return all;
}

// for y in x: BODY, and the code units that it takes.
struct Loop {
  Steps steps;
  int units;
};

Loop loop(const Loop& body) {
  const int over = body.units + 2;
  Loop made{{kX, {"GET_ITER"}, {"FOR_ITER", over}, {"STORE_FAST", 1}}, over + 5};
  made.steps.insert(made.steps.end(), body.steps.begin(), body.steps.end());
  made.steps.insert(made.steps.end(), {{"JUMP_BACKWARD", over + 2}, {"END_FOR"}});
  return made;
}

Loop nested(std::size_t depth) {
  Loop made{{}, 0};
  for (std::size_t i = 0; i < depth; ++i) made = loop(made);
  return made;
}

TEST(InterpreterLimits, LoopsAreCountedAndNestSoDeep) {
  const std::string refused = "expected at most 64 functions and loops inside, 8 deep";
  EXPECT_EQ(refusal(nested(8).steps), "");
  EXPECT_EQ(refusal(nested(9).steps), refused);
  EXPECT_EQ(refusal(repeated(9, nested(1).steps)), "");
  EXPECT_EQ(refusal(repeated(8, nested(8).steps)), "");
  EXPECT_EQ(refusal(repeated(64, nested(1).steps)), "");
  EXPECT_EQ(refusal(repeated(65, nested(1).steps)), refused);
}

TEST(InterpreterLimits, BranchesAreCounted) {
  const Steps branch = {kX, {"POP_JUMP_IF_FALSE", 1}, kNop};
  EXPECT_EQ(refusal(repeated(64, branch)), "");
  EXPECT_EQ(refusal(repeated(65, branch)), "expected at most 64 branches");
}

// Where a way ends in `raise`, what stands behind is run for each of the others: here twice at each of three levels.
TEST(InterpreterLimits, StepsAreCounted) {
  const Steps level = {kX, {"POP_JUMP_IF_FALSE", 3}, kX, {"POP_JUMP_IF_FALSE", 1}, {"RAISE_VARARGS", 0}};
  const auto steps = [&](std::size_t before, std::size_t behind) {
    Steps all = repeated(before, {kNop});
    const Steps levels = repeated(3, level);
    all.insert(all.end(), levels.begin(), levels.end());
    const Steps rest = repeated(behind, {kNop});
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
  };
  // RESUME, what is before, 5 at each of 1, 2 and 4 ways through a level, and at each of 8 what is behind and a return.
  const auto count = [](std::size_t before, std::size_t behind) { return 1 + before + 5 * 7 + 8 * (behind + 2); };
  ASSERT_EQ(count(4, 2493), kMostSteps);
  EXPECT_EQ(refusal(steps(4, 2493)), "");
  EXPECT_EQ(refusal(steps(5, 2493)), "expected at most 20000 steps");
  EXPECT_EQ(refusal(steps(0, 2494)), "expected at most 20000 steps");
}

TEST(InterpreterLimits, InstructionsAndTheStackAreCounted) {
  // RESUME, x and the return are three.
  EXPECT_EQ(refusal(repeated(4093, {kNop})), "");
  EXPECT_EQ(refusal(repeated(4094, {kNop})), "expected at most 4096 instructions on a stack of 256, found 4097 on 32");
  EXPECT_EQ(refusal({}, 256), "");
  EXPECT_EQ(refusal({}, 257), "expected at most 4096 instructions on a stack of 256, found 3 on 257");
}

}  // namespace
}  // namespace revive::python
