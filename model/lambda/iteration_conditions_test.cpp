// Python's own functions and methods on static values, by each kind of value that they tell apart.
#include <gtest/gtest.h>

#include <span>

#include "revive/model/lambda/testing.h"

namespace revive {
namespace {

using Case = testing::TextCase;

void check(std::span<const Case> cases) {
  const Captures captures = {{"b", Tensor::from<float>({2}, {1, 2})},
                             {"b0", Tensor::from<float>({}, {2})},
                             {"f", Function{"lambda t: t * 2"}}};
  testing::expect_each(cases, captures);
}

TEST(IterationConditions, Sorting) {
  const Case cases[] = {
      {"x * sum(sorted((3, 1, 2))[:2])", "(x * 3)"},
      {"x * len(sorted((1, 1.0, 1)))", "(x * 3)"},
      {"x * sorted((2, 1, 1.0, 3))[0]", "(x * 1)"},
      {"x * sorted((2, 1.0, 1, 3))[0]", "(x * 1.0)"},
      {"x * sorted((2, 3, 2.0), reverse=True)[1]", "(x * 2)"},
      {"x * sorted((2, 'a'))[0]", "lambda: column 11: sorted() expects numbers or strings, found a string"},
  };
  check(cases);
}

TEST(IterationConditions, Kinds) {
  const Case cases[] = {
      {"x if isinstance([1], list) else -x", "x"},
      {"x if isinstance((1,), list) else -x", "(-x)"},
      {"x if isinstance(1, list) else -x", "(-x)"},
      {"x if isinstance([1], tuple) else -x", "(-x)"},
      {"x if isinstance((1,), tuple) else -x", "x"},
      {"x if isinstance(1, tuple) else -x", "(-x)"},
      {"x if isinstance({'a': 1}, dict) else -x", "x"},
      {"x if isinstance(1, dict) else -x", "(-x)"},
      {"x if isinstance(True, bool) else -x", "x"},
      {"x if isinstance(1, bool) else -x", "(-x)"},
      {"x if isinstance((1,), bool) else -x", "(-x)"},
      {"x if isinstance(True, int) else -x", "x"},
      {"x if isinstance(1, int) else -x", "x"},
      {"x if isinstance(1.0, int) else -x", "(-x)"},
      {"x if isinstance((1,), int) else -x", "(-x)"},
      {"x if isinstance(1.0, float) else -x", "x"},
      {"x if isinstance(1, float) else -x", "(-x)"},
      {"x if isinstance((1,), float) else -x", "(-x)"},
      {"x if isinstance('a', str) else -x", "x"},
      {"x if isinstance(1, str) else -x", "(-x)"},
      {"x if isinstance((1,), str) else -x", "(-x)"},
      {"x if isinstance(x, (int, str)) else -x", "(-x)"},
      {"x if isinstance(x, range) else -x", "lambda: column 16: isinstance() does not know range"},
      {"x if isinstance(x, lambda t: t) else -x", "lambda: column 16: isinstance() does not know a lambda"},
      {"x if isinstance(x, 1) else -x", "lambda: column 16: isinstance() does not know an int"},
  };
  check(cases);
}

TEST(IterationConditions, Strings) {
  const Case cases[] = {
      {"x if str('ab') == 'ab' else -x", "x"},
      {"x if str(12) == '12' else -x", "x"},
      {"x if str(True) == 'True' else -x", "x"},
      {"x if str(False) == 'False' else -x", "x"},
      {"x if str(None) == 'None' else -x", "x"},
      {"x if str(1.5) == '1.5' else -x", "x"},
      {"x if str((1,)) == '1.5' else -x", "lambda: column 9: a string is made of numbers and strings, found a tuple"},
      {"x if 'AbZz[@'.lower() == 'abzz[@' else -x", "x"},
      {"x if 'aBzZ{`'.upper() == 'ABZZ{`' else -x", "x"},
      {"x if 'abc'.startswith('ab') else -x", "x"},
      {"x if 'abc'.endswith('ab') else -x", "(-x)"},
      {"x if 'abc'.endswith('bc') else -x", "x"},
      {"x if 'abc'.startswith(1) else -x", "lambda: column 22: expected a string, found an int"},
      {"x if 'abc'.startswith(('a',)) else -x", "lambda: column 22: expected a string, found a tuple"},
  };
  check(cases);
}

TEST(IterationConditions, WalksThroughItems) {
  const Case cases[] = {
      {"x * (1, 2).index(2)", "(x * 1)"},
      {"x * (1, 2).index(3)", "lambda: column 17: index() does not find the value"},
      {"x * len(list(zip((1, 2), (3, 4, 5))))", "(x * 2)"},
      {"x * len(list(zip()))", "(x * 0)"},
      {"x * sum(map(lambda t: t * 2, (1, 2)))", "(x * 6)"},
      {"x * sum(map(f, (1, 2)))", "(x * 6)"},
      {"x * sum(filter(None, (0, 1, 2)))", "(x * 3)"},
      {"x * sum(filter(f, (0, 1, 2)))", "(x * 3)"},
      {"x * functools.reduce(operator.mul, (1, 2, 3))",
       "lambda: `x * functools.reduce(operator.mul, (1, 2, 3))` reads operator.mul without a captured value"},
      {"x * functools.reduce(f, ())", "lambda: column 21: reduce() of nothing needs a first value"},
      {"x * functools.reduce(f, (), 4)", "(x * 4)"},
      {"x * list(enumerate((5, 6)))[1][0]", "(x * 1)"},
      {"x * list(enumerate((5, 6), 3))[1][0]", "(x * 4)"},
      {"x * list(enumerate((5, 6), start=3))[1][0]", "(x * 4)"},
      {"x * list(enumerate((5, 6), 9223372036854775807))[0][0]",
       "lambda: column 19: enumerate() counts beyond 64 bits"},
      {"x * list(enumerate((5,), 9223372036854775806))[0][0]", "(x * 9223372036854775806)"},
      {"x * list(reversed((5, 6)))[0]", "(x * 6)"},
  };
  check(cases);
}

TEST(IterationConditions, ConditionsOverItems) {
  const Case cases[] = {
      {"x if all((1, 2)) else -x", "x"},    {"x if all((1, 0)) else -x", "(-x)"}, {"x if any((1, 0)) else -x", "x"},
      {"x if any((0, 0)) else -x", "(-x)"}, {"x if any(()) else -x", "(-x)"},     {"x if callable(f) else -x", "x"},
      {"x if callable(1) else -x", "(-x)"},
  };
  check(cases);
}

TEST(IterationConditions, Dicts) {
  const Case cases[] = {
      {"x * {'a': 2}.get('a')", "(x * 2)"},
      {"x * {'a': 2}.get('b', 3)", "(x * 3)"},
      {"x * len({'a': 2}.keys())", "(x * 1)"},
      {"x * sum({'a': 2, 'b': 3}.values())", "(x * 5)"},
      {"x * list({'a': 2, 'b': 3}.items())[1][1]", "(x * 3)"},
      {"x * dict({'a': 2})['a']", "(x * 2)"},
      {"x * len(dict())", "(x * 0)"},
      {"x * len({1: [[0] * 1000] * 1000})", "(x * 1)"},
      {"x * len({1: [[0] * 1000] * 1000, 2: [[0] * 1000] * 1000})",
       "lambda: column 9: expected at most 1048576 items in a dict"},
      {"x * dict(3)['a']", "lambda: column 9: dict() expects a dict, found an int"},
  };
  check(cases);
}

TEST(IterationConditions, ConversionsAndFunctionsOfNumbers) {
  const Case cases[] = {
      {"x + float('1.5')", "lambda: column 10: float() expects a number, found a string"},
      {"x + float('a')", "lambda: column 10: float() expects a number, found a string"},
      {"x + float((1,))", "lambda: column 10: float() expects a number, found a tuple"},
      {"x + int(2.5)", "(x + 2)"},
      {"x + int('3')", "lambda: column 8: int() expects a number, found a string"},
      {"x + int(9.3e18)", "lambda: column 8: int() expects a float that fits 64 bits"},
      {"x + int(-9.3e18)", "lambda: column 8: int() expects a float that fits 64 bits"},
      {"x + int(1e308 * 10)", "lambda: column 8: int() expects a float that fits 64 bits"},
      {"x + abs(b)", "(x + [1.0, 2.0])"},
      {"x + abs(b0)", "(x + array((), float32))"},
      {"x + abs(-3)", "(x + 3)"},
      {"x + len('abc')", "(x + 3)"},
      {"x + len(b)", "(x + 2)"},
      {"x + len(b0)", "lambda: column 8: len() expects a tuple or list, found an array"},
      {"x + len(1)", "lambda: column 8: len() expects a tuple or list, found an int"},
      {"x + math.sqrt(4.0)", "(x + 2.0)"},
      {"x + math.log2(8)", "(x + 3.0)"},
      {"x + math.log10(1)", "(x + 0.0)"},
      {"x + math.log(1)", "(x + 0.0)"},
      {"x + math.exp(0)", "(x + 1.0)"},
      {"x + math.cos(0)", "(x + 1.0)"},
      {"x + math.sin(0)", "(x + 0.0)"},
      {"x + math.tan(-0.0)", "(x + -0.0)"},
      {"x + math.tanh(100)", "(x + 1.0)"},
      {"x + math.sin(1e308 * 10)", "lambda: column 13: math.sin() is not defined for inf"},
      {"x + math.log2(-1)", "lambda: column 14: math.log2() is not defined for -1"},
      {"x + math.log10('a')", "lambda: column 15: math.log10() expects a number, found a string"},
      {"x + math.exp(1000.0)", "lambda: column 13: math.exp() is not defined for 1000"},
      {"x + math.exp(1e308 * 10)", "(x + inf)"},
      {"x + math.log(0.0)", "lambda: column 13: math.log() is not defined for 0"},
  };
  check(cases);
}

}  // namespace
}  // namespace revive
