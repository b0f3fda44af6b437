// Static expressions where one operand of a condition decides alone: what Python would compute, or the sentence.
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

TEST(StaticConditions, PowersAndQuotients) {
  const Case cases[] = {
      {"x + 0 ** 0", "(x + 1)"},
      {"x + 0 ** 3", "(x + 0)"},
      {"x + 1 ** 3", "(x + 1)"},
      {"x + 3 ** 3", "(x + 27)"},
      {"x + (-1) ** 3", "(x + -1)"},
      {"x + 9007199254740992 / 2", "(x + 4503599627370496.0)"},
      {"x + 9007199254740993 / 2", "lambda: column 22: ints beyond 2**53 do not divide exactly"},
      {"x + -9007199254740992 / 2", "(x + -4503599627370496.0)"},
      {"x + -9007199254740993 / 2", "lambda: column 23: ints beyond 2**53 do not divide exactly"},
      {"x + 2 / 9007199254740993", "lambda: column 7: ints beyond 2**53 do not divide exactly"},
      {"x + 2 / -9007199254740993", "lambda: column 7: ints beyond 2**53 do not divide exactly"},
      {"x + 2 / -9007199254740992", "(x + -2.220446049250313e-16)"},
      {"x + 0.0 ** -1.0", "lambda: column 9: zero has no negative power"},
      {"x + 0.0 ** 2.0", "(x + 0.0)"},
      {"x + 2.0 ** -1.0", "(x + 0.5)"},
      {"x + (1e308 * 10) ** 0.5", "(x + inf)"},
      {"x + (1e308 * 10 - 1e308 * 10) ** 2.0", "(x + nan)"},
      {"x + 2.0 ** (1e308 * 10 - 1e308 * 10)", "(x + nan)"},
      {"x + (-8.0) ** 0.5", "lambda: column 12: a negative number to a fractional power is not real"},
      {"x + (-8.0) ** 2.0", "(x + 64.0)"},
      {"x + 10.0 ** 400", "lambda: column 10: a power grows beyond a float"},
      {"x + (1e308 * 10) ** 2.0", "(x + inf)"},
      {"x + 10.0 ** (1e308 * 10)", "(x + inf)"},
  };
  check(cases);
}

TEST(StaticConditions, Shifts) {
  const Case cases[] = {
      {"x + (1 << 0)", "(x + 1)"},
      {"x + (5 >> 0)", "(x + 5)"},
      {"x + (1 << -1)", "lambda: column 8: a negative shift"},
      {"x + (1 >> -1)", "lambda: column 8: a negative shift"},
      {"x + (1 << 62)", "(x + 4611686018427387904)"},
      {"x + (1 << 63)", "lambda: column 8: an int grows beyond 64 bits"},
      {"x + (2 << 62)", "lambda: column 8: an int grows beyond 64 bits"},
      {"x + (-1 << 62)", "(x + -4611686018427387904)"},
      {"x + (-2 << 62)", "(x + -9223372036854775808)"},
      {"x + (0 << 1000)", "(x + 0)"},
      {"x + (-1 >> 1000)", "(x + -1)"},
      {"x + (9223372036854775807 >> 62)", "(x + 1)"},
      {"x + (9223372036854775807 >> 63)", "(x + 0)"},
      {"x + (-9223372036854775807 >> 63)", "(x + -1)"},
  };
  check(cases);
}

TEST(StaticConditions, Floats) {
  const Case cases[] = {
      {"x + 7.5 / 2", "(x + 3.75)"},
      {"x + 7.5 // 2", "(x + 3.0)"},
      {"x + 7.5 % 2", "(x + 1.5)"},
      {"x + 7.5 & 2", "lambda: column 9: this needs the dtype of the input; make the lambda with the input's type"},
      {"x + (7.5 & 2)", "lambda: column 10: `&` does not take floats"},
      {"x + (7.5 << 2)", "lambda: column 10: `<<` does not take floats"},
      {"x + 8.0 % 2", "(x + 0.0)"},
      {"x + 8.0 % -2", "(x + -0.0)"},
      {"x + 7.5 % -2", "(x + -0.5)"},
      {"x + -7.5 % -2", "(x + -1.5)"},
      {"x + 7.5 // -2", "(x + -4.0)"},
      {"x + -7.5 // -2", "(x + 3.0)"},
  };
  check(cases);
}

TEST(StaticConditions, Repetition) {
  const Case cases[] = {
      {"x * len(() * 5000)", "(x * 0)"},
      {"x * len((1,) * 5000)", "lambda: column 14: a sequence grows beyond 4096 items"},
      {"x * len((1, 2) * 2048)", "(x * 4096)"},
      {"x * len((1, 2) * 2049)", "lambda: column 16: a sequence grows beyond 4096 items"},
      {"x * len((1, 2) * -1)", "(x * 0)"},
  };
  check(cases);
}

TEST(StaticConditions, Equality) {
  const Case cases[] = {
      {"x if b == 1 else -x", "lambda: column 3: an array is not a condition"},
      {"x if 1 == b else -x", "lambda: column 3: an array is not a condition"},
      {"x if x == 1 else -x",
       "lambda: column 3: a tensor has no truth value while the model is built; use ops.where to choose by element"},
      {"x if (1, 2) == (1, 2) else -x", "x"},
      {"x if [1, 2] == [1, 2] else -x", "x"},
      {"x if (1, 2) == [1, 2] else -x", "(-x)"},
      {"x if (1, 2) == (1, 3) else -x", "(-x)"},
      {"x if (1, 2) == (1, 2, 3) else -x", "(-x)"},
      {"x if (1, 2) == 1 else -x", "(-x)"},
      {"x if 1 == (1, 2) else -x", "(-x)"},
      {"x if (b, 2) == (1, 2) else -x", "lambda: column 13: a tensor in a comparison of static values"},
      {"x if (1, 2) == (b, 2) else -x", "lambda: column 13: a tensor in a comparison of static values"},
      {"x if 'a' == 'a' else -x", "x"},
      {"x if 'a' == 'b' else -x", "(-x)"},
      {"x if 'a' == (1,) else -x", "(-x)"},
      {"x if (1,) == 'a' else -x", "(-x)"},
      {"x if 1 == 1.0 else -x", "x"},
      {"x if 1.5 == 1 else -x", "(-x)"},
      {"x if 1 == True else -x", "x"},
  };
  check(cases);
}

TEST(StaticConditions, Identity) {
  const Case cases[] = {
      {"x if None is None else -x", "x"},
      {"x if ... is ... else -x", "x"},
      {"x if ... is None else -x", "(-x)"},
      {"x if None is ... else -x", "(-x)"},
      {"x if x is None else -x", "(-x)"},
      {"x if None is x else -x", "(-x)"},
      {"x if x is not None else -x", "x"},
      {"x if b is None else -x", "(-x)"},
      {"x if 3 is 3 else -x", "x"},
      {"x if 3 is 4 else -x", "(-x)"},
      {"x if x is 3 else -x", "lambda: column 8: `is` does not compare a tensor and an int"},
      {"x if 3 is x else -x", "lambda: column 8: `is` does not compare an int and a tensor"},
      {"x if x is x else -x", "lambda: column 8: `is` does not compare a tensor and a tensor"},
      {"x if 3 is True else -x", "(-x)"},
      {"x if True is True else -x", "x"},
  };
  check(cases);
}

TEST(StaticConditions, Containment) {
  const Case cases[] = {
      {"x if 1 in (1, 2) else -x", "x"},
      {"x if 3 in (1, 2) else -x", "(-x)"},
      {"x if 1 in (2, b) else -x", "lambda: column 8: a tensor in a comparison of static values"},
      {"x if 2 in (2, b) else -x", "x"},
      {"x if 'b' in 'abc' else -x", "x"},
      {"x if 'd' in 'abc' else -x", "(-x)"},
      {"x if 1 in 'abc' else -x", "lambda: column 8: `in` does not look for an int in a string"},
      {"x if (1,) in 'abc' else -x", "lambda: column 11: `in` does not look for a tuple in a string"},
      {"x if 'a' in 1 else -x", "lambda: column 10: `in` does not look for a string in an int"},
      {"x if 'a' in b else -x", "lambda: column 10: `in` does not look for a string in an array"},
      {"x if x in 'abc' else -x", "lambda: column 8: `in` does not look for a tensor in a string"},
      {"x if 'a' not in 'abc' else -x", "(-x)"},
  };
  check(cases);
}

TEST(StaticConditions, OperatorsByTheKindsOfTheirOperands) {
  const Case cases[] = {
      {"x + (True & True)", "(x + True)"},
      {"x + (True & 1)", "(x + 1)"},
      {"x + (1 & True)", "(x + 1)"},
      {"x + (True | False)", "(x + True)"},
      {"x + (True ^ True)", "(x + False)"},
      {"x + (True + True)", "(x + 2)"},
      {"x + (True ** True)", "(x + 1)"},
      {"x if 'a' + 'b' == 'ab' else -x", "x"},
      {"x if 'a' + 1 == 'ab' else -x", "lambda: column 10: `+` does not take a string and an int"},
      {"x if 1 + 'a' == 'ab' else -x", "lambda: column 8: `+` does not take an int and a string"},
      {"x if 'a' * 2 == 'aa' else -x", "x"},
      {"x if 'a' - 'b' == 'ab' else -x", "lambda: column 10: `-` does not take a string and a string"},
      {"x if (1,) + (2,) == (1, 2) else -x", "x"},
      {"x if [1] + [2] == [1, 2] else -x", "x"},
      {"x if (1,) + [2] == (1, 2) else -x", "lambda: column 11: `+` does not take a tuple and a list"},
      {"x if (1,) + 2 == (1, 2) else -x", "lambda: column 11: `+` does not take a tuple and an int"},
      {"x if 2 + (1,) == (1, 2) else -x", "lambda: column 8: `+` does not take an int and a tuple"},
      {"x if (1,) - (1,) == (1, 2) else -x", "lambda: column 11: `-` does not take a tuple and a tuple"},
      {"x if (1,) * 2 == (1, 1) else -x", "x"},
      {"x if 2 * (1,) == (1, 1) else -x", "x"},
      {"x if (1,) * 2.0 == (1, 1) else -x",
       "lambda: column 11: a sequence is repeated a whole number of times, found a float"},
      {"x if (1,) * (2,) == (1, 1) else -x", "lambda: column 11: `*` does not take a tuple and a tuple"},
      {"x if (1,) * 'a' == (1, 1) else -x", "lambda: column 11: `*` does not take a tuple and a string"},
      {"x if 'a' * (1,) == (1, 1) else -x", "lambda: column 10: `*` does not take a string and a tuple"},
      {"x if 2 * 'a' == (1, 1) else -x", "(-x)"},
  };
  check(cases);
}

TEST(StaticConditions, OrderAndTruth) {
  const Case cases[] = {
      {"x if 1 < 'a' else -x", "lambda: column 8: `<` does not compare an int and a string"},
      {"x if 'a' < 1 else -x", "lambda: column 10: `<` does not compare a string and an int"},
      {"x if 1 < 2.5 else -x", "x"},
      {"x if 2.5 <= 2 else -x", "(-x)"},
      {"x if 2.5 > 2 else -x", "x"},
      {"x if 2 >= 2 else -x", "x"},
      {"x if 'a' else -x", "x"},
      {"x if '' else -x", "(-x)"},
      {"x if None else -x", "(-x)"},
      {"x if 0.0 else -x", "(-x)"},
      {"x if () else -x", "(-x)"},
      {"x if b0 else -x", "x"},
      {"x if b else -x", "lambda: column 3: an array is not a condition"},
      {"x if f else -x", "lambda: column 3: a function is not a condition"},
      {"x if x else -x",
       "lambda: column 3: a tensor has no truth value while the model is built; use ops.where to choose by element"},
  };
  check(cases);
}

TEST(StaticConditions, ItemsAndSlices) {
  const Case cases[] = {
      {"x + (1, 2)[True]", "(x + 2)"},
      {"x + (1, 2)['a']", "lambda: column 11: a sequence is indexed by an int or a slice, found a string"},
      {"x + (1, 2)[-2]", "(x + 1)"},
      {"x + (1, 2)[-3]", "lambda: column 11: index -3 is out of range for a sequence of 2"},
      {"x + (1, 2)[1]", "(x + 2)"},
      {"x + (1, 2)[2]", "lambda: column 11: index 2 is out of range for a sequence of 2"},
      {"x + (1, 2)[1.0]", "lambda: column 11: a sequence is indexed by an int or a slice, found a float"},
      {"x + (1, 2)[0:1:0][0]", "lambda: column 11: the step of a slice must not be zero"},
      {"x + sum((1, 2, 3)[::2])", "(x + 4)"},
      {"x + sum((1, 2, 3)[5:])", "(x + 0)"},
      {"x + len((1, 2, 3)[::-1])", "(x + 3)"},
      {"x + len((1, 2, 3)[::-9223372036854775807])", "(x + 1)"},
      {"x + len((1, 2, 3)['a':])", "lambda: column 19: the bounds of a slice are ints, found a string"},
      {"x + len((1, 2, 3)[True:])", "(x + 2)"},
      {"x + len((1, 2, 3)[1.0:])", "lambda: column 19: the bounds of a slice are ints, found a float"},
      {"x + -1.5", "(x + -1.5)"},
      {"x + ~1", "(x + -2)"},
      {"x + ~1.5", "lambda: column 5: `~` does not take floats"},
      {"x + +True", "(x + 1)"},
      {"x + -'a'", "lambda: column 5: `-` expects a number, found a string"},
  };
  check(cases);
}

}  // namespace
}  // namespace revive
