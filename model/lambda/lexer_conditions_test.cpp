// Spellings of numbers and strings: what is taken, and what is refused one character beside it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "revive/model/lambda/lexer.h"
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
      {"x + 0x1_F", "(x + 31)"},
      {"x + 0x_1f", "(x + 31)"},
      {"x + 0b1_0_1", "(x + 5)"},
      {"x + 0o1_7", "(x + 15)"},
      {"x + 0x1__F", "lambda: column 5: an int that does not fit 64 bits or its base"},
      {"x + 0x__1", "lambda: column 5: an int that does not fit 64 bits or its base"},
      {"x + 0x1F_", "lambda: column 5: an int that does not fit 64 bits or its base"},
      {"x + 0x_", "lambda: column 5: an int that does not fit 64 bits or its base"},
      {"x + 0x1_-1", "lambda: column 5: an int that does not fit 64 bits or its base"},
      {"x + 0b1_2", "lambda: column 5: an int that does not fit 64 bits or its base"},
      {"x + 0x7fffffffffffffff", "(x + 9223372036854775807)"},
      {"x + 0x8000000000000000", "lambda: column 5: an int that does not fit 64 bits or its base"},
      {"x 0x1F", "lambda: column 3: expected the end, found `0x1F`"},
      {"x 12.5 ", "lambda: column 3: expected the end, found `12.5`"},
  };
  check(cases);
}

// Of one to four bytes, on both sides of where one more is needed.
TEST(LexerConditions, EscapedCharactersAreUtf8) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {R"(\x41)", "A"},
      {R"(\x7f)", "\x7F"},
      {R"(\x80)", "\xC2\x80"},
      {R"(\u0041)", "A"},
      {R"(\u00e9)", "\xC3\xA9"},
      {R"(\u07ff)", "\xDF\xBF"},
      {R"(\u0800)", "\xE0\xA0\x80"},
      {R"(\u20ac)", "\xE2\x82\xAC"},
      {R"(\ud7ff)", "\xED\x9F\xBF"},
      {R"(\ue000)", "\xEE\x80\x80"},
      {R"(\uffff)", "\xEF\xBF\xBF"},
      {R"(\U00010000)", "\xF0\x90\x80\x80"},
      {R"(\U0001f600)", "\xF0\x9F\x98\x80"},
      {R"(\U000fffff)", "\xF3\xBF\xBF\xBF"},
      {R"(\U0010ffff)", "\xF4\x8F\xBF\xBF"},
  };
  for (const auto& [escape, bytes] : rows) {
    const auto tokens = tokenize("'" + std::string(escape) + "'");
    ASSERT_TRUE(tokens) << escape;
    EXPECT_EQ(tokens->front().value, Value(bytes)) << escape;
  }
}

std::string told(std::string_view text) {
  const auto tokens = tokenize(text);
  if (!tokens) return tokens.error().text();
  std::string all;
  for (const Token& token : *tokens) {
    all +=
        fmt::format("{} {} `{}` {}, ", static_cast<int>(token.kind), token.position, token.text, token.value.brief());
  }
  return all;
}

// What stands behind the text in memory is none of it.
TEST(LexerConditions, ATextEndsWhereItEnds) {
  for (const std::string_view whole : {"ab12  (x != 1_000.5e+10 ** 0x1F_F)   ", "'a\\n' \"b\\u00e9\"  '''c''' '\\0'",
                                       "f'a{ x[1:2] }b{y}' F\"{{}}\" + 3e5", "x ... .5 <= := 007"}) {
    for (std::size_t length = 0; length <= whole.size(); ++length) {
      const std::string_view part = whole.substr(0, length);
      EXPECT_EQ(told(part), told(std::string(part))) << part;
    }
  }
  for (const std::string_view name : {"a", "z", "A", "Z", "_", "b0", "y9", "zZaA_09"}) {
    EXPECT_TRUE(is_name(name)) << name;
  }
  for (const std::string_view name : {"0", "9a", "a`", "a{", "a@", "a[", "a/", "a:", "\xC3\xA9"}) {
    EXPECT_FALSE(is_name(name)) << name;
  }
}

TEST(LexerConditions, FieldsOfFormattedStrings) {
  const Case cases[] = {
      {"x if F'a{1}' == 'a1' else -x", "x"},
      {"x if f'a{1}' 'b' f'{2}c' == 'a1b2c' else -x", "x"},
      {"x if f'{ 1 }' == '1' else -x", "x"},
      {"x if f'{(1, 2)[0:1][0]}' == '1' else -x", "x"},
      {"x if f'{ {1: 2}[1] }' == '2' else -x", "x"},
      {"x if f'{(lambda t: t)(3)}' == '3' else -x", "x"},
      {"x if f'{)}' == '3' else -x", "lambda: column 9: a bracket that was not opened"},
      {"x if f'{]}' == '3' else -x", "lambda: column 9: a bracket that was not opened"},
      {R"(x if f'{f"a"}' == 'a' else -x)",
       "lambda: column 9: a string in a field of an f-string is not part of the language"},
      {R"(x if f'{1 + "a"}' == 'a' else -x)",
       "lambda: column 13: a string in a field of an f-string is not part of the language"},
      {R"(x if f'{\n}' == 'a' else -x)", "lambda: column 9: a character that no lambda holds, byte 0x5c"},
      {"x if f'{1", "lambda: column 8: a field of an f-string without its closing bracket"},
      {"x if f'{(1}' == '1' else -x", "lambda: column 8: a field of an f-string without its closing bracket"},
      // A string behind a value is no call of it.
      {"x f'{1}'", "lambda: column 3: a string behind a value"},
      {"x * len f'{1}'", "lambda: column 9: a string behind a value"},
      {"x * 3 f'{1}'", "lambda: column 7: a string behind a value"},
      {"x * (1) f'{1}'", "lambda: column 9: a string behind a value"},
      {"x * [1] f'{1}'", "lambda: column 9: a string behind a value"},
      {"x * {} f'{1}'", "lambda: column 8: a string behind a value"},
      {"x * ... f'{1}'", "lambda: column 9: a string behind a value"},
      {"x * None f'{1}'", "lambda: column 10: a string behind a value"},
      {"x * True f'{1}'", "lambda: column 10: a string behind a value"},
      {"x * False f'{1}'", "lambda: column 11: a string behind a value"},
      {"x if not f'{1}' else -x", "(-x)"},
      {"x * len(f'{1}')", "(x * 1)"},
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
