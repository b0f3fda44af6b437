#include "revive/model/base/utf8.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace revive {
namespace {

TEST(Utf8, DecodesTheEdgesOfEveryLength) {
  const std::vector<std::pair<std::string_view, char32_t>> cases = {
      {"a", U'a'},
      {"\x7F", 0x7F},
      {"\xC2\x80", 0x80},
      {"\xDF\xBF", 0x7FF},
      {"\xE0\xA0\x80", 0x800},
      {"\xED\x9F\xBF", 0xD7FF},
      {"\xEE\x80\x80", 0xE000},
      {"\xEF\xBF\xBF", 0xFFFF},
      {"\xF0\x90\x80\x80", 0x10000},
      {"\xF4\x8F\xBF\xBF", 0x10FFFF},
  };
  for (const auto& [text, point] : cases) {
    std::size_t at = 0;
    EXPECT_EQ(next_code_point(text, at), point);
    EXPECT_EQ(at, text.size());
  }
}

TEST(Utf8, RefusesWhatIsNotTheShortestFormOfACharacter) {
  for (const std::string_view text :
       {"\x80", "\xC1\xBF", "\xC2", "\xC2z", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x82",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xF8\x90\x80\x80", "\xF9\x80\x80\x80",
        "\xFF\xBF\xBF\xBF", "\xFF"}) {
    std::size_t at = 0;
    EXPECT_FALSE(next_code_point(text, at));
    EXPECT_EQ(at, 1u);
    EXPECT_FALSE(is_utf8(text));
  }
}

TEST(Utf8, ATextIsCheckedToItsEnd) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("caf\xC3\xA9 \xF0\x9F\x90\x8D"));
  EXPECT_FALSE(is_utf8("caf\xC3\xA9\xC3"));
}

}  // namespace
}  // namespace revive
