#include "revive/tools/console/closest.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace revive::tools {
namespace {

constexpr std::array<std::string_view, 4> kWords = {"show", "check", "replay", "repro"};

TEST(Closest, FindsWhatWasMeant) {
  EXPECT_EQ(closest("chek", kWords), "check");
  EXPECT_EQ(closest("cehck", kWords), "check");
  EXPECT_EQ(closest("replays", kWords), "replay");
  EXPECT_EQ(closest("shwo", kWords), "show");
}

TEST(Closest, DoesNotGuess) {
  EXPECT_EQ(closest("convert", kWords), std::nullopt);
  EXPECT_EQ(closest("", kWords), std::nullopt);
}

bool is_close(std::string_view word, std::string_view other) {
  return closest(word, std::array{other}).has_value();
}

TEST(Closest, IsWhatOneOfThreeLettersMakes) {
  const std::pair<const char*, const char*> close[] = {
      {"abc", "abd"},     {"abc", "xbc"},          {"abc", "bac"},       {"abc", "acb"},
      {"abcd", "abc"},    {"abcdef", "xycdef"},    {"abcdef", "badcef"}, {"abcdef", "bacdfe"},
      {"xyabcd", "abcd"}, {"xyzabcdef", "abcdef"}, {"abcdxy", "abcd"}};
  for (const auto& [word, other] : close) {
    EXPECT_TRUE(is_close(word, other)) << word << " " << other;
    EXPECT_TRUE(is_close(other, word)) << other << " " << word;
  }
  const std::pair<const char*, const char*> far[] = {{"ab", "ac"},   {"abc", "cab"},         {"abcde", "xycde"},
                                                     {"xbc", "byc"}, {"bxc", "ybc"},         {"abcdef", "xyzdef"},
                                                     {"", "a"},      {"xyzabcde", "abcde"},  {"abcd", "badc"},
                                                     {"abc", "adb"}, {"abcdefg", "axydefz"}, {"abcdef", "fbcdea!"}};
  for (const auto& [word, other] : far) {
    EXPECT_FALSE(is_close(word, other)) << word << " " << other;
    EXPECT_FALSE(is_close(other, word)) << other << " " << word;
  }
}

TEST(Closest, IsTheFirstOfThoseThatNeedLeast) {
  EXPECT_EQ(closest("abcdef", std::array<std::string_view, 3>{"abcdxy", "abcdez", "abcdyx"}), "abcdez");
  EXPECT_EQ(closest("abcdef", std::array<std::string_view, 3>{"abcdex", "abcdey", "uvwxyz"}), "abcdex");
}

}  // namespace
}  // namespace revive::tools
