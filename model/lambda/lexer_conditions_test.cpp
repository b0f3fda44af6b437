// Spellings of numbers and strings: what is taken, and what is refused one character beside it.
#include <gtest/gtest.h>

#include <span>

#include "revive/model/lambda/testing.h"

namespace revive {
namespace {

using Case = testing::TextCase;

void check(std::span<const Case> cases) {
  testing::expect_each(cases, {});
}

TEST(LexerConditions, Blanks) {
  const Case cases[] = {
      {"x\n+ 1", "(x + 1)"},
      {"(x\n+ 1)", "(x + 1)"},
  };
  check(cases);
}

TEST(LexerConditions, Numbers) {
  const Case cases[] = {
      {"x + 1__0", "lambda: column 5: a number that runs into a name"},
      {"x + 1_0", "(x + 10)"},
      {"x + 1_", "lambda: column 5: a number that runs into a name"},
      {"x + _1", "lambda: `x + _1` reads _1 without a captured value"},
      {"x + 0X1f", "(x + 31)"},
      {"x + 0O17", "(x + 15)"},
      {"x + 0B11", "(x + 3)"},
      {"x + 0x", "lambda: column 5: an int that does not fit 64 bits or its base"},
      {"x + 0b12", "lambda: column 5: an int that does not fit 64 bits or its base"},
      {"x + 1e5", "(x + 100000.0)"},
      {"x + 1E5", "(x + 100000.0)"},
      {"x + 1e", "lambda: column 5: a number that runs into a name"},
      {"x * .5e+1", "(x * 5.0)"},
      {"x * 5.e-1", "(x * 0.5)"},
      {"x * .5", "(x * 0.5)"},
      {"x * 1_0.2_5E+0_1", "(x * 102.5)"},
      {"x + 1e+", "lambda: column 5: a number that runs into a name"},
      {"x + 00", "(x + 0)"},
      {"x + 01", "lambda: column 5: an int must not start with 0"},
      {"x + 0_0", "(x + 0)"},
      {"x + 1._5", "lambda: column 5: a number that runs into a name"},
      {"x + 1.5_5", "(x + 1.55)"},
      {"x + 1e400", "lambda: column 5: a float outside the range of a double"},
  };
  check(cases);
}

TEST(LexerConditions, Strings) {
  const Case cases[] = {
      {"x if 'a\\\n' == 'b' else -x", "lambda: column 8: an escape that strings of a lambda do not have"},
      {R"(x if '\a' == 'b' else -x)", "(-x)"},
      {R"(x if '\q' == 'b' else -x)", "lambda: column 7: an escape that strings of a lambda do not have"},
      {R"(x if '\0' == '\x00' else -x)", "x"},
      {R"(x if '\01' == '\x00' else -x)", "lambda: column 7: an escape that strings of a lambda do not have"},
      {R"(x if '\x4' == '\x00' else -x)", "lambda: column 7: an escape that is no character"},
      {R"(x if '\xzz' == '\x00' else -x)", "lambda: column 7: an escape that is no character"},
      {R"(x if '\x4g' == '\x00' else -x)", "lambda: column 7: an escape that is no character"},
      {R"(x if '\u00e9' == 'é' else -x)", "x"},
      {R"(x if '\ud800' == 'é' else -x)", "lambda: column 7: an escape that is no character"},
      {R"(x if '\udfff' == 'é' else -x)", "lambda: column 7: an escape that is no character"},
      {R"(x if '\ue000' == 'é' else -x)", "(-x)"},
      {R"(x if '\ud7ff' == 'é' else -x)", "(-x)"},
      {R"(x if '\U0010ffff' == 'é' else -x)", "(-x)"},
      {R"(x if '\U00110000' == 'é' else -x)", "lambda: column 7: an escape that is no character"},
      {"x if 'a", "lambda: column 6: a string without its closing quote"},
      {R"(x if "a" == 'a' else -x)", "x"},
  };
  check(cases);
}

}  // namespace
}  // namespace revive
