// Instructions of each version of CPython with one argument or operand changed at a time: the lambda that they say, or
// the sentence. translate_conditions_test.cpp has what 3.8 shares with the others, branches_conditions_test.cpp cells
// and branches.
#include <gtest/gtest.h>

#include "revive/serializer/python/steps_testing.h"
#include "revive/serializer/python/translate.h"

namespace revive::python {
namespace {

using namespace testing;

TEST(OperationsConditions, EveryOperatorIsWhatCPythonSays) {
  // Include/opcode.h, NB_ADD on.
  const std::vector<std::string> symbols = {"+", "&", "//", "<<", "@", "*", "%", "|", "**", ">>", "-", "/", "^"};
  for (const Version version : kModern) {
    for (std::size_t i = 0; i < symbols.size(); ++i) {
      for (const std::size_t argument : {i, i + symbols.size()}) {
        EXPECT_EQ(said_of(version, {kX, kOne, {"BINARY_OP", static_cast<int>(argument)}, kReturn}),
                  "lambda x: x " + symbols[i] + " 1");
      }
    }
    EXPECT_EQ(said_of(version, {kX, kOne, {"BINARY_OP", 26}, kReturn}),
              version == Version::py3_14 ? "lambda x: x[1]" : "the unknown operator 26 at instruction 3");
    EXPECT_EQ(said_of(version, {kX, kOne, {"BINARY_OP", 27}, kReturn}), "the unknown operator 27 at instruction 3");
  }
}

TEST(OperationsConditions, EveryComparisonIsWhatCPythonSays) {
  const std::vector<std::string> symbols = {"<", "<=", "==", "!=", ">", ">="};
  // 1 unordered, 2 less, 4 greater, 8 equal.
  const int masks[] = {2, 10, 8, 7, 4, 12};
  for (int i = 0; i < 6; ++i) {
    const std::string expected = "lambda x: x " + symbols[static_cast<std::size_t>(i)] + " 1";
    const auto compared = [&](Version version, int argument) {
      return said_of(version, {kX, kOne, {"COMPARE_OP", argument}, kReturn});
    };
    const auto unknown = [](int argument) {
      return "the unknown comparison " + std::to_string(argument) + " at instruction 3";
    };
    EXPECT_EQ(compared(Version::py3_11, i), expected);
    EXPECT_EQ(compared(Version::py3_12, i << 4 | masks[i]), expected);
    for (const Version version : {Version::py3_13, Version::py3_14}) {
      EXPECT_EQ(compared(version, i << 5 | masks[i]), expected);
      EXPECT_EQ(compared(version, i << 5 | 16 | masks[i]), expected);
      for (int mask = 0; mask < 16; ++mask) {
        if (mask == masks[i]) continue;
        EXPECT_EQ(compared(version, i << 5 | mask), unknown(i << 5 | mask));
      }
    }
    for (int mask = 0; mask < 16; ++mask) {
      const int argument = i << 4 | mask;
      // What Windows leaves of `>=`.
      if (argument == 0x2F) {
        EXPECT_EQ(compared(Version::py3_12, argument), "lambda x: x >= 1");
      } else if (mask != masks[i]) {
        EXPECT_EQ(compared(Version::py3_12, argument), unknown(argument));
      }
    }
  }
  EXPECT_EQ(said_of(Version::py3_11, {kX, kOne, {"COMPARE_OP", 6}, kReturn}),
            "the unknown comparison 6 at instruction 3");
  EXPECT_EQ(said_of(Version::py3_9, {kX, kOne, {"COMPARE_OP", 6}, kReturn}),
            "the unknown comparison 6 at instruction 2");
  EXPECT_EQ(said_of(Version::py3_12, {kX, kOne, {"COMPARE_OP", 0x62}, kReturn}),
            "the unknown comparison 98 at instruction 3");
  const std::vector<std::string> old = {"<", "<=", "==", "!=", ">", ">=", "in", "not in", "is", "is not"};
  for (std::size_t i = 0; i < old.size(); ++i) {
    EXPECT_EQ(said_of(Version::py3_8, {kX, kOne, {"COMPARE_OP", static_cast<int>(i)}, kReturn}),
              "lambda x: x " + old[i] + " 1");
  }
}

TEST(OperationsConditions, IdentityAndMembershipHaveTwoArguments) {
  for (const Version version :
       {Version::py3_9, Version::py3_10, Version::py3_11, Version::py3_12, Version::py3_13, Version::py3_14}) {
    const std::string at = version >= Version::py3_11 ? " at instruction 3" : " at instruction 2";
    EXPECT_EQ(said_of(version, {kX, kNone, {"IS_OP", 0}, kReturn}), "lambda x: x is None");
    EXPECT_EQ(said_of(version, {kX, kNone, {"IS_OP", 1}, kReturn}), "lambda x: x is not None");
    EXPECT_EQ(said_of(version, {kX, kNone, {"IS_OP", 2}, kReturn}), "the unknown comparison 2" + at);
    EXPECT_EQ(said_of(version, {kOne, kX, {"CONTAINS_OP", 0}, kReturn}), "lambda x: 1 in x");
    EXPECT_EQ(said_of(version, {kOne, kX, {"CONTAINS_OP", 1}, kReturn}), "lambda x: 1 not in x");
    EXPECT_EQ(said_of(version, {kOne, kX, {"CONTAINS_OP", 2}, kReturn}), "the unknown comparison 2" + at);
  }
}

TEST(OperationsConditions, UnariesAndIntrinsics) {
  for (const Version version : kModern) {
    EXPECT_EQ(said_of(version, {kX, {"UNARY_NEGATIVE"}, kReturn}), "lambda x: -x");
    EXPECT_EQ(said_of(version, {kX, {"UNARY_INVERT"}, kReturn}), "lambda x: ~x");
    EXPECT_EQ(said_of(version, {kX, {"UNARY_NOT"}, kReturn}), "lambda x: not x");
  }
  for (const Version version : {Version::py3_12, Version::py3_13, Version::py3_14}) {
    const auto intrinsic = [&](int argument) {
      return said_of(version, {kX, {"BUILD_LIST", 1}, {"CALL_INTRINSIC_1", argument}, kReturn});
    };
    EXPECT_EQ(intrinsic(5), "lambda x: +[x]");
    EXPECT_EQ(intrinsic(6), "lambda x: (x,)");
    for (const int unknown : {0, 1, 2, 3, 4, 7, 8}) {
      EXPECT_EQ(intrinsic(unknown), "the intrinsic function " + std::to_string(unknown) + " at instruction 3");
    }
    EXPECT_EQ(said_of(version, {kX, {"CALL_INTRINSIC_1", 6}, kReturn}), "an unpacked list that is none");
  }
}

TEST(OperationsConditions, SlicesAndSubscripts) {
  for (const Version version : kModern) {
    const Step subscript = version == Version::py3_14 ? Step{"BINARY_OP", 26} : Step{"BINARY_SUBSCR"};
    EXPECT_EQ(said_of(version, {kX, kOne, subscript, kReturn}), "lambda x: x[1]");
    EXPECT_EQ(said_of(version, {kX, kNone, kOne, {"BUILD_SLICE", 2}, subscript, kReturn}), "lambda x: x[:1]");
    EXPECT_EQ(said_of(version, {kX, kOne, kNone, kOne, {"BUILD_SLICE", 3}, subscript, kReturn}), "lambda x: x[1::1]");
    EXPECT_EQ(said_of(version, {kX, kOne, {"BUILD_SLICE", 1}, subscript, kReturn}),
              "a slice of 1 parts at instruction 3");
    EXPECT_EQ(said_of(version, {kX, kX, kX, kX, kX, {"BUILD_SLICE", 4}, subscript, kReturn}),
              "a slice of 4 parts at instruction 6");
    if (version == Version::py3_11) continue;
    EXPECT_EQ(said_of(version, {kX, kOne, kNone, {"BINARY_SLICE"}, kReturn}), "lambda x: x[1:]");
    EXPECT_EQ(said_of(version, {kX, kNone, kOne, {"BINARY_SLICE"}, kReturn}), "lambda x: x[:1]");
    EXPECT_EQ(said_of(version, {kX, {"BINARY_SLICE"}, kReturn}), "too few values on the stack at instruction 2");
  }
}

TEST(OperationsConditions, DisplaysGrowByOne) {
  for (const Version version : {Version::py3_9, Version::py3_11, Version::py3_13, Version::py3_14}) {
    const auto said = [&](std::vector<Step> steps) {
      steps.push_back(kReturn);
      return said_of(version, steps);
    };
    const Step list{"BUILD_LIST", 0};
    const Step map{"BUILD_MAP", 0};
    const Step pair{"BUILD_MAP", 1};
    EXPECT_EQ(said({list, kX, {"LIST_APPEND", 1}}), "lambda x: [x]");
    EXPECT_EQ(said({list, kX, {"LIST_EXTEND", 1}, kX, {"LIST_APPEND", 1}}), "lambda x: [*x, x]");
    EXPECT_EQ(said({list, kKeys, {"LIST_EXTEND", 1}}), "lambda x: ['a']");
    EXPECT_EQ(said({list, kKeys, {"LIST_EXTEND", 2}}), "the function changes a list or dict");
    EXPECT_EQ(said({kX, kKeys, {"LIST_EXTEND", 1}}), "the function changes a list or dict");
    EXPECT_EQ(said({map, kKeys, {"LIST_EXTEND", 1}}), "the function changes a list or dict");
    EXPECT_EQ(said({kX, kX, {"LIST_APPEND", 1}}), "the function changes a list or dict");
    EXPECT_EQ(said({kX, kX, kX, {"LIST_APPEND", 2}, kPop}), "the function changes a list");
    EXPECT_EQ(said({list, kX, kX, {"LIST_APPEND", 2}, kPop}), "lambda x: [] + [x]");
    EXPECT_EQ(said({map, kText, kOne, pair, {"DICT_UPDATE", 1}}), "lambda x: {'a': 1}");
    EXPECT_EQ(said({map, kText, kOne, pair, {"DICT_MERGE", 1}}), "lambda x: {'a': 1}");
    EXPECT_EQ(said({map, kText, kOne, pair, {"DICT_UPDATE", 2}}), "the function changes a list or dict");
    EXPECT_EQ(said({list, kText, kOne, pair, {"DICT_UPDATE", 1}}), "the function changes a list or dict");
    EXPECT_EQ(said({kText, kX, kOne, kX, {"BUILD_MAP", 2}}), "lambda x: {'a': x, 1: x}");
  }
  for (const Version version : {Version::py3_9, Version::py3_11}) {
    EXPECT_EQ(said_of(version, {kX, kOne, {"BUILD_LIST", 2}, {"LIST_TO_TUPLE"}, kReturn}), "lambda x: (x, 1)");
    EXPECT_EQ(said_of(version, {kX, {"LIST_TO_TUPLE"}, kReturn}), "an unpacked list that is none");
  }
}

TEST(OperationsConditions, TwoVariablesFitOneArgument) {
  for (const Version version : {Version::py3_13, Version::py3_14}) {
    EXPECT_EQ(
        said_of(version,
                {kX, {"UNARY_NEGATIVE"}, {"STORE_FAST", 1}, {"LOAD_FAST_LOAD_FAST", 0x01}, {"BINARY_OP", 10}, kReturn}),
        "lambda x: x - -x");
    EXPECT_EQ(
        said_of(version,
                {kX, {"UNARY_NEGATIVE"}, {"STORE_FAST", 1}, {"LOAD_FAST_LOAD_FAST", 0x10}, {"BINARY_OP", 10}, kReturn}),
        "lambda x: -x - x");
    EXPECT_EQ(
        said_of(version,
                {kX, {"UNARY_NEGATIVE"}, {"STORE_FAST_LOAD_FAST", 0x10}, {"LOAD_FAST", 1}, {"BINARY_OP", 10}, kReturn}),
        "lambda x: x - -x");
    EXPECT_EQ(
        said_of(version,
                {kOne, kX, {"STORE_FAST_STORE_FAST", 0x10}, {"LOAD_FAST_LOAD_FAST", 0x01}, {"BINARY_OP", 10}, kReturn}),
        "lambda x: 1 - x");
    EXPECT_EQ(
        said_of(version,
                {kOne, kX, {"STORE_FAST_STORE_FAST", 0x01}, {"LOAD_FAST_LOAD_FAST", 0x01}, {"BINARY_OP", 10}, kReturn}),
        "lambda x: x - 1");
  }
  EXPECT_EQ(said_of(Version::py3_14, {{"LOAD_SMALL_INT", 7}, kReturn}), "lambda x: 7");
}

TEST(OperationsConditions, ValuesChangePlaces) {
  const Step minus{"BINARY_SUBTRACT"};
  EXPECT_EQ(said_of(Version::py3_8, {kX, kOne, {"DUP_TOP"}, minus, minus, kReturn}), "lambda x: x - (1 - 1)");
  EXPECT_EQ(said_of(Version::py3_8, {kX, kOne, {"DUP_TOP_TWO"}, minus, minus, minus, kReturn}),
            "lambda x: x - (1 - (x - 1))");
  EXPECT_EQ(said_of(Version::py3_8, {kX, kOne, kText, {"ROT_THREE"}, minus, minus, kReturn}),
            "lambda x: 'a' - (x - 1)");
  EXPECT_EQ(said_of(Version::py3_8, {kX, kOne, kText, kNone, {"ROT_FOUR"}, minus, minus, minus, kReturn}),
            "lambda x: None - (x - (1 - 'a'))");
  EXPECT_EQ(said_of(Version::py3_10, {kX, kOne, kText, {"ROT_N", 3}, minus, minus, kReturn}),
            "lambda x: 'a' - (x - 1)");
  EXPECT_EQ(said_of(Version::py3_10, {kX, kOne, {"ROT_N", 0}, minus, kReturn}),
            "too few values on the stack at instruction 2");
  for (const Version version : kModern) {
    const Step difference{"BINARY_OP", 10};
    EXPECT_EQ(said_of(version, {kX, kOne, {"COPY", 2}, difference, difference, kReturn}), "lambda x: x - (1 - x)");
    EXPECT_EQ(said_of(version, {kX, kOne, {"COPY", 1}, difference, difference, kReturn}), "lambda x: x - (1 - 1)");
    EXPECT_EQ(said_of(version, {kX, kOne, {"COPY", 3}, kReturn}), "too few values on the stack at instruction 3");
    EXPECT_EQ(said_of(version, {kX, kOne, {"COPY", 0}, kReturn}), "too few values on the stack at instruction 3");
    EXPECT_EQ(said_of(version, {kX, kOne, {"SWAP", 2}, difference, kReturn}), "lambda x: 1 - x");
    EXPECT_EQ(said_of(version, {kX, kOne, {"SWAP", 1}, difference, kReturn}), "lambda x: x - 1");
    EXPECT_EQ(said_of(version, {kX, kOne, {"SWAP", 3}, difference, kReturn}),
              "too few values on the stack at instruction 3");
    EXPECT_EQ(said_of(version, {kX, kOne, kText, {"SWAP", 3}, difference, difference, kReturn}),
              "lambda x: 'a' - (1 - x)");
  }
}

TEST(OperationsConditions, CallsStandInTheirOrder) {
  // f is name 1; from 3.11 on the lowest bit of LOAD_GLOBAL asks for NULL.
  const Step f{"LOAD_GLOBAL", 3};
  const Step plain_f{"LOAD_GLOBAL", 2};
  for (const Version version : kModern) {
    EXPECT_EQ(said_of(version, {f, kX, kOne, {"CALL", 2}, kReturn}), "lambda x: f(x, 1)");
    EXPECT_EQ(said_of(version, {f, {"CALL", 0}, kReturn}), "lambda x: f()");
    const std::vector<Step> pushed = version >= Version::py3_13
                                         ? std::vector<Step>{plain_f, kNull, kX, {"CALL", 1}, kReturn}
                                         : std::vector<Step>{kNull, plain_f, kX, {"CALL", 1}, kReturn};
    EXPECT_EQ(said_of(version, pushed), "lambda x: f(x)");
    const std::string wrong = said_of(version, {plain_f, kX, kX, {"CALL", 1}, kReturn});
    EXPECT_EQ(wrong, "a value where NULL should be at instruction 4");
    EXPECT_EQ(said_of(version, {f, kX, kText, {"CALL", 3}, kReturn}), "NULL where a value should be at instruction 4");
  }
  for (const Version version : {Version::py3_11, Version::py3_12}) {
    EXPECT_EQ(said_of(version, {f, kX, kOne, {"KW_NAMES", 2}, {"CALL", 2}, kReturn}), "lambda x: f(x, a=1)");
    EXPECT_EQ(said_of(version, {f, kX, kOne, {"KW_NAMES", 2}, {"KW_NAMES", 2}, {"CALL", 2}, kReturn}),
              "keywords twice at instruction 5");
    EXPECT_EQ(said_of(version, {f, kX, {"KW_NAMES", 3}, {"CALL", 1}, kReturn}),
              "expected a tuple of keywords at instruction 4");
    EXPECT_EQ(said_of(version, {f, {"KW_NAMES", 2}, {"CALL", 0}, kReturn}),
              "more keywords than arguments at instruction 3");
    EXPECT_EQ(said_of(version, {kX, {"KW_NAMES", 2}, kReturn}), "expected one value at the return at instruction 3");
    // The keywords are for one call.
    EXPECT_EQ(said_of(version, {f, f, kOne, {"KW_NAMES", 2}, {"CALL", 1}, {"CALL", 1}, kReturn}),
              "lambda x: f(f(a=1))");
  }
  for (const Version version : {Version::py3_13, Version::py3_14}) {
    EXPECT_EQ(said_of(version, {f, kX, kOne, kKeys, {"CALL_KW", 2}, kReturn}), "lambda x: f(x, a=1)");
    EXPECT_EQ(said_of(version, {f, kX, kText, {"CALL_KW", 1}, kReturn}),
              "expected a tuple of keywords at instruction 4");
    EXPECT_EQ(said_of(version, {f, kX, kX, {"CALL_KW", 1}, kReturn}), "expected a tuple of keywords at instruction 4");
  }
}

TEST(OperationsConditions, MethodsAreAttributesThatAreCalled) {
  EXPECT_EQ(said_of(Version::py3_11, {kX, {"LOAD_METHOD", 1}, kOne, {"PRECALL", 1}, {"CALL", 1}, kReturn}),
            "lambda x: x.f(1)");
  for (const Version version : {Version::py3_12, Version::py3_13, Version::py3_14}) {
    EXPECT_EQ(said_of(version, {kX, {"LOAD_ATTR", 3}, kOne, {"CALL", 1}, kReturn}), "lambda x: x.f(1)");
    EXPECT_EQ(said_of(version, {kX, {"LOAD_ATTR", 2}, kReturn}), "lambda x: x.f");
    EXPECT_EQ(said_of(version, {kX, {"LOAD_ATTR", 3}, kReturn}),
              version == Version::py3_12 ? "expected one value at the return at instruction 3"
                                         : "NULL where a value should be at instruction 3");
  }
  EXPECT_EQ(said_of(Version::py3_11, {kX, {"LOAD_ATTR", 1}, kReturn}), "lambda x: x.f");
  EXPECT_EQ(said_of(Version::py3_8, {kX, {"LOAD_ATTR", 3}, kReturn}), "lambda x: x.math");
}

TEST(OperationsConditions, UnpackedArguments) {
  const Step tuple_of_x{"BUILD_TUPLE", 1};
  const Step pair{"BUILD_MAP", 1};
  for (const Version version : {Version::py3_11, Version::py3_12, Version::py3_13}) {
    const Step f{"LOAD_GLOBAL", 3};
    EXPECT_EQ(said_of(version, {f, kX, tuple_of_x, {"CALL_FUNCTION_EX", 0}, kReturn}), "lambda x: f(x)");
    EXPECT_EQ(said_of(version, {f, kX, tuple_of_x, kText, kOne, pair, {"CALL_FUNCTION_EX", 1}, kReturn}),
              "lambda x: f(x, a=1)");
    EXPECT_EQ(said_of(version, {f, kX, {"CALL_FUNCTION_EX", 0}, kReturn}), "lambda x: f(*x)");
  }
  const Step f{"LOAD_GLOBAL", 3};
  EXPECT_EQ(said_of(Version::py3_14, {f, kX, tuple_of_x, kNull, {"CALL_FUNCTION_EX", 0}, kReturn}), "lambda x: f(x)");
  EXPECT_EQ(said_of(Version::py3_14, {f, kX, tuple_of_x, kText, kOne, pair, {"CALL_FUNCTION_EX", 0}, kReturn}),
            "lambda x: f(x, a=1)");
}

TEST(OperationsConditions, TheRestIsUnpackedAsAList) {
  const auto said = [](int argument, const std::vector<Step>& pops) {
    std::vector<Step> steps = {kX, {"UNPACK_EX", argument}};
    steps.insert(steps.end(), pops.begin(), pops.end());
    steps.push_back(kReturn);
    return said_of(Version::py3_8, steps);
  };
  const Step minus{"BINARY_SUBTRACT"};
  EXPECT_EQ(said(0, {}), "lambda x: list(x[:])");
  EXPECT_EQ(said(1, {minus}), "lambda x: list(x[1:]) - x[0]");
  EXPECT_EQ(said(2, {minus, minus}), "lambda x: list(x[2:]) - (x[1] - x[0])");
  EXPECT_EQ(said_of(Version::py3_8, {kX, {"EXTENDED_ARG", 1}, {"UNPACK_EX", 1}, minus, minus, kReturn}),
            "lambda x: x[-1] - (list(x[1:-1]) - x[0])");
  EXPECT_EQ(said_of(Version::py3_8, {kX, {"EXTENDED_ARG", 2}, {"UNPACK_EX", 0}, minus, minus, kReturn}),
            "lambda x: x[-1] - (x[-2] - list(x[:-2]))");
}

TEST(OperationsConditions, ImportsAreOfKnownModules) {
  Function function;
  function.names = {text("numpy"), text("tensorflow.math"), text("keras"), text("math"), text("functools"), text("os"),
                    text("sin"),   text("keras.ops.image")};
  function.constants = {"N", "i" + number(0), tuple({text("sin")}), "i" + number(1)};
  const Step zero{"LOAD_CONST", 1};
  const auto whole = [&](int name) { return said_of(function, {zero, kNone, {"IMPORT_NAME", name}, kReturn}); };
  EXPECT_EQ(whole(0), "lambda x: np");
  EXPECT_EQ(whole(1), "lambda x: tf");
  EXPECT_EQ(whole(2), "lambda x: keras");
  EXPECT_EQ(whole(3), "lambda x: math");
  EXPECT_EQ(whole(4), "lambda x: functools");
  EXPECT_EQ(whole(7), "lambda x: keras");
  EXPECT_EQ(whole(5), R"(the function imports "os"; bind what it takes from there instead)");
  const auto from = [&](int name) {
    return said_of(function, {zero, kKeys, {"IMPORT_NAME", name}, {"IMPORT_FROM", 6}, {"ROT_TWO"}, kPop, kReturn});
  };
  EXPECT_EQ(from(0), "lambda x: np.sin");
  EXPECT_EQ(from(1), "lambda x: tf.math.sin");
  EXPECT_EQ(from(7), "lambda x: keras.ops.image.sin");
  // Of a package that a file would stand in.
  EXPECT_EQ(said_of(function, {{"LOAD_CONST", 3}, kNone, {"IMPORT_NAME", 0}, kReturn}),
            R"(the function imports "numpy"; bind what it takes from there instead)");
  EXPECT_EQ(said_of(function, {{"IMPORT_FROM", 6}, kReturn}), "too few values on the stack at instruction 0");
}

TEST(OperationsConditions, TextsAreFormattedAsStr) {
  const std::string refused = "the function holds an f-string with a format";
  for (const Version version : {Version::py3_8, Version::py3_12}) {
    EXPECT_EQ(said_of(version, {kX, {"FORMAT_VALUE", 0}, kReturn}), "lambda x: str(x)");
    EXPECT_EQ(said_of(version, {kX, {"FORMAT_VALUE", 1}, kReturn}), "lambda x: str(x)");
    EXPECT_EQ(said_of(version, {kX, {"FORMAT_VALUE", 2}, kReturn}), refused);
    EXPECT_EQ(said_of(version, {kX, {"FORMAT_VALUE", 3}, kReturn}), refused);
    EXPECT_EQ(said_of(version, {kX, kText, {"FORMAT_VALUE", 4}, kReturn}), refused);
    EXPECT_EQ(said_of(version, {kX, kText, {"FORMAT_VALUE", 5}, kReturn}), refused);
  }
  for (const Version version : {Version::py3_13, Version::py3_14}) {
    EXPECT_EQ(said_of(version, {kX, {"FORMAT_SIMPLE", 9}, kReturn}), "lambda x: str(x)");
    EXPECT_EQ(said_of(version, {kX, {"CONVERT_VALUE", 1}, kReturn}), "lambda x: str(x)");
    EXPECT_EQ(said_of(version, {kX, {"CONVERT_VALUE", 2}, kReturn}), refused);
  }
  EXPECT_EQ(said_of(Version::py3_8, {kText, kX, kText, {"BUILD_STRING", 3}, kReturn}), "lambda x: 'a' + x + 'a'");
  EXPECT_EQ(said_of(Version::py3_8, {kText, {"BUILD_STRING", 1}, kReturn}), "lambda x: 'a'");
}

TEST(OperationsConditions, ListsThatAreTheFunctionsOwnGrow) {
  // append is name 2.
  const auto said = [](std::vector<Step> made, int arguments, const Step& kept) {
    made.insert(made.end(), {{"STORE_FAST", 1}, {"LOAD_FAST", 1}, {"LOAD_METHOD", 2}});
    for (int i = 0; i < arguments; ++i) made.push_back(kX);
    made.insert(made.end(), {{"CALL_METHOD", arguments}, kPop, kept, kReturn});
    return said_of(Version::py3_8, made);
  };
  const Step y{"LOAD_FAST", 1};
  const std::string refused = "the function changes a list that is not its own, or that something else holds";
  EXPECT_EQ(said({{"BUILD_LIST", 0}}, 1, y), "lambda x: [] + [x]");
  EXPECT_EQ(said({{"BUILD_LIST", 0}}, 2, y), refused);
  EXPECT_EQ(said({{"BUILD_LIST", 0}}, 0, y), refused);
  EXPECT_EQ(said({kX}, 1, y), refused);
  EXPECT_EQ(said({kX, {"BUILD_TUPLE", 1}}, 1, y), refused);
  // A tuple holds it.
  EXPECT_EQ(said_of(Version::py3_8, {{"BUILD_LIST", 0},
                                     {"DUP_TOP"},
                                     {"STORE_FAST", 1},
                                     {"BUILD_TUPLE", 1},
                                     y,
                                     {"LOAD_METHOD", 2},
                                     kX,
                                     {"CALL_METHOD", 1},
                                     kPop,
                                     kReturn}),
            refused);
  Function extends;
  extends.names = {text("extend"), text("index")};
  const auto method = [&](int name) {
    return said_of(
        extends,
        {{"BUILD_LIST", 0}, {"STORE_FAST", 1}, y, {"LOAD_METHOD", name}, kX, {"CALL_METHOD", 1}, kPop, y, kReturn});
  };
  EXPECT_EQ(method(0), "lambda x: [] + list(x)");
  EXPECT_EQ(method(1), "the result of [].index(...) is thrown away; a lambda has nothing but its result");
  // A function of that name is no method.
  EXPECT_EQ(said_of(Version::py3_8, {{"LOAD_GLOBAL", 2}, kX, {"CALL_FUNCTION", 1}, kPop, kX, kReturn}),
            "the result of append(...) is thrown away; a lambda has nothing but its result");
}

// From 3.14 on the kinds of variables say which are arguments.
TEST(OperationsConditions, KindsOfVariablesTellTheVersion) {
  const auto versions = [](std::string_view kinds) -> std::string {
    Function function;
    function.version = Version::py3_14;
    function.kinds = kinds;
    const auto code = read_code(function.marshalled({kX, kReturn}));
    if (!code) return code.error().message;
    EXPECT_EQ(code->arguments_marked, (kinds[0] & 0x0E) != 0);
    const auto translation = translate(*code);
    if (!translation) return translation.error().message;
    std::string names;
    for (const Version version : translation->versions) names += std::string(name_of(version)) + " ";
    return names;
  };
  for (const std::string_view kinds : {"\x22\x20", "\x24\x20", "\x28\x20", "\x26\x20"})
    EXPECT_EQ(versions(kinds), "3.14 ");
  EXPECT_NE(versions("\x20\x20"), "3.14 ");
  EXPECT_EQ(versions("\x20"), "its variables and their kinds are not equally many");
  EXPECT_EQ(versions("\x20\x20\x20"), "its variables and their kinds are not equally many");
  EXPECT_EQ(versions("\x20\x10"), "a variable of the unknown kind 0x10");
  EXPECT_EQ(versions("\x01\x20"), "a variable of the unknown kind 0x01");
}

}  // namespace
}  // namespace revive::python
