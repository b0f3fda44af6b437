#include "revive/model/base/printable.h"

#include <gtest/gtest.h>

namespace revive {
namespace {

TEST(Printable, LeavesTextOfAllLanguagesAsItIs) {
  for (const std::string text : {"", "dense_1", "größe \xE5\xB1\xA4 \xD7\xA9\xD7\x9B\xD7\x91\xD7\x94", "a\\b 'c'",
                                 "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(Printable, SpellsOutWhatATerminalObeys) {
  EXPECT_EQ(printable("\x1b[31mred"), "\\x1b[31mred");
  EXPECT_EQ(printable("a\nb\tc\rd"), "a\\x0ab\\x09c\\x0dd");
  EXPECT_EQ(printable(std::string_view("\0\a\x7f", 3)), "\\x00\\x07\\x7f");
  EXPECT_EQ(printable("\xC2\x9B"
                      "2J"),
            "\\xc2\\x9b2J");
}

TEST(Printable, SpellsOutWhatTurnsTextAround) {
  EXPECT_EQ(printable("a\xE2\x80\xAE"
                      "b"),
            "a\\xe2\\x80\\xaeb");
  EXPECT_EQ(printable("\xE2\x81\xA6"), "\\xe2\\x81\\xa6");
  EXPECT_EQ(printable("\xD8\x9C"), "\\xd8\\x9c");
  EXPECT_EQ(printable("\xE2\x80\xA8"), "\\xe2\\x80\\xa8");
}

std::string utf8_of(char32_t point) {
  const auto byte = [](char32_t bits) { return static_cast<char>(static_cast<unsigned char>(bits)); };
  if (point < 0x80) return {byte(point)};
  const char last = byte(0x80 | (point & 0x3F));
  if (point < 0x800) return {byte(0xC0 | (point >> 6)), last};
  const char third = byte(0x80 | ((point >> 6) & 0x3F));
  if (point < 0x10000) return {byte(0xE0 | (point >> 12)), third, last};
  return {byte(0xF0 | (point >> 18)), byte(0x80 | ((point >> 12) & 0x3F)), third, last};
}

TEST(Printable, HidesWholeRangesAndNothingBesideThem) {
  const std::pair<char32_t, char32_t> ranges[] = {
      {0x0, 0x1F},      {0x7F, 0x9F},     {0x61C, 0x61C},   {0x200B, 0x200B}, {0x200E, 0x200F},
      {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}};
  const auto is_hidden = [](char32_t point) { return printable(utf8_of(point)).starts_with("\\x"); };
  for (const auto& [first, last] : ranges) {
    if (first > 0) {
      EXPECT_FALSE(is_hidden(first - 1)) << static_cast<std::uint32_t>(first);
    }
    for (char32_t point = first; point <= last; ++point)
      EXPECT_TRUE(is_hidden(point)) << static_cast<std::uint32_t>(point);
    EXPECT_FALSE(is_hidden(last + 1)) << static_cast<std::uint32_t>(last);
  }
}

TEST(Printable, SpellsOutWhatIsNoUtf8) {
  EXPECT_EQ(printable("a\xFFz"), "a\\xffz");
  EXPECT_EQ(printable("\xC3"), "\\xc3");
}

}  // namespace
}  // namespace revive
