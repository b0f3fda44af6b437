// What options make of their words, and what they refuse.
#include "revive/tools/arguments.h"

#include <gmock/gmock.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>

namespace revive::tools {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// What is said of `words`; "" where they are taken.
std::string refusal(CLI::App& app, std::vector<std::string> words) {
  std::ranges::reverse(words);
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  return "";
}

// One option --n that is declared by `declare`, given `word`.
template <typename T>
std::string refusal_of(const std::string& word, T& value, const std::function<void(Argument)>& declare) {
  CLI::App app("test", "test");
  Arguments arguments(app);
  declare(arguments.add_option("--n", value, "A number"));
  return refusal(app, {"--n", word});
}

TEST(Arguments, SecondsHaveUnits) {
  const auto declare = [](Argument argument) { argument.seconds(); };
  const std::pair<const char*, std::uint64_t> counts[] = {{"1", 1},    {"60", 60},   {"90s", 90},  {"1m", 60},
                                                          {"3m", 180}, {"1h", 3600}, {"2h", 7200}, {"2 m", 120}};
  for (const auto& [word, count] : counts) {
    std::uint64_t value = 0;
    EXPECT_EQ(refusal_of(word, value, declare), "") << word;
    EXPECT_EQ(value, count) << word;
    int same = 0;
    EXPECT_EQ(refusal_of(word, same, declare), "") << word;
    EXPECT_EQ(static_cast<std::uint64_t>(same), count) << word;
  }
  for (const char* const word : {"0", "0m", "-1", "-2h"}) {
    std::uint64_t value = 5;
    EXPECT_THAT(refusal_of(word, value, declare), HasSubstr("--n: expected a number above 0, found ")) << word;
    EXPECT_EQ(value, 5U) << word;
  }
  for (const char* const word : {"", "1d", "soon", "1.5", "1m30s"}) {
    std::uint64_t value = 5;
    EXPECT_NE(refusal_of(word, value, declare), "") << word;
    EXPECT_EQ(value, 5U) << word;
  }
}

TEST(Arguments, SizesHaveUnitsOfPowersOf1024) {
  const auto declare = [](Argument argument) { argument.size(); };
  const std::pair<const char*, std::uint64_t> counts[] = {{"0", 0},
                                                          {"7", 7},
                                                          {"2k", 2048},
                                                          {"2K", 2048},
                                                          {"3M", 3U << 20},
                                                          {"1G", 1U << 30},
                                                          {"5T", std::uint64_t{5} << 40}};
  for (const auto& [word, count] : counts) {
    std::uint64_t value = 1;
    EXPECT_EQ(refusal_of(word, value, declare), "") << word;
    EXPECT_EQ(value, count) << word;
  }
  for (const char* const word : {"", "5x", "-1", "-2k"}) {
    std::uint64_t value = 1;
    EXPECT_NE(refusal_of(word, value, declare), "") << word;
    EXPECT_EQ(value, 1U) << word;
  }
  std::uint64_t value = 1;
  EXPECT_EQ(refusal_of("-2k", value, declare), "--n: expected a size, found -2k");
}

TEST(Arguments, BoundsAreOfARange) {
  const auto range = [](Argument argument) { argument.range(3, 5); };
  const auto positive = [](Argument argument) { argument.positive(); };
  for (int number = -1; number < 8; ++number) {
    const std::string word = std::to_string(number);
    int value = 100;
    const bool is_inside = number >= 3 && number <= 5;
    EXPECT_EQ(refusal_of(word, value, range), is_inside ? "" : "--n: Value " + word + " not in range 3 to 5");
    EXPECT_EQ(value, is_inside ? number : 100);
    int counted = 100;
    EXPECT_EQ(refusal_of(word, counted, positive), number > 0 ? "" : "--n: expected a number above 0, found " + word);
    EXPECT_EQ(counted, number > 0 ? number : 100);
  }
}

TEST(Arguments, APathIsNotEmpty) {
  const auto declare = [](Argument argument) { argument.not_empty(); };
  std::string value = "before";
  EXPECT_EQ(refusal_of("", value, declare), "--n: expected the path of a file, found ''");
  EXPECT_EQ(value, "before");
  EXPECT_EQ(refusal_of("a", value, declare), "");
  EXPECT_EQ(value, "a");
  EXPECT_EQ(refusal_of("", value, [](Argument) {}), "");
  EXPECT_EQ(value, "");
}

TEST(Arguments, AreFlagsOptionsAndWords) {
  struct Values {
    bool flag = false;
    std::string text = "t";
    std::optional<std::string> maybe;
    std::vector<std::string> words;
    std::vector<std::string> each;
    int choice = 0;
  };
  const auto parsed = [](const std::vector<std::string>& words, Values& values) {
    CLI::App app("test", "test");
    Arguments arguments(app);
    const Argument flag = arguments.add_flag("--flag", values.flag, "A flag");
    arguments.add_option("--text", values.text, "A text").excludes(flag);
    arguments.add_option("--maybe", values.maybe, "Another");
    arguments.add_option("WORD", values.words, "Words").required();
    arguments.add_option("--each", values.each, "Of each one").one_value_each();
    arguments.add_option("--choice", values.choice, {{"one", 1}, {"two", 2}}, "One of two");
    return refusal(app, words);
  };
  Values none;
  EXPECT_EQ(parsed({"a"}, none), "");
  EXPECT_FALSE(none.flag);
  EXPECT_EQ(none.text, "t");
  EXPECT_EQ(none.maybe, std::nullopt);
  EXPECT_EQ(none.choice, 0);
  EXPECT_TRUE(none.each.empty());
  Values all;
  EXPECT_EQ(parsed({"--flag", "--maybe", "m", "--each", "1", "a", "--each", "2", "b", "--choice", "two"}, all), "");
  EXPECT_TRUE(all.flag);
  EXPECT_EQ(all.maybe, "m");
  EXPECT_THAT(all.each, ElementsAre("1", "2"));
  EXPECT_THAT(all.words, ElementsAre("a", "b"));
  EXPECT_EQ(all.choice, 2);
  Values text;
  EXPECT_EQ(parsed({"a", "--text", "other", "--choice", "one"}, text), "");
  EXPECT_EQ(text.text, "other");
  EXPECT_EQ(text.choice, 1);
  Values wrong;
  EXPECT_EQ(parsed({}, wrong), "WORD is required");
  EXPECT_EQ(parsed({"a", "--flag", "--text", "b"}, wrong), "--flag excludes --text");
  EXPECT_EQ(parsed({"a", "--choice", "three"}, wrong), "--choice: three not in {one,two}");
}

TEST(Arguments, ShowTheirDefaultsWhereThatIsAskedFor) {
  CLI::App app("test", "test");
  Arguments arguments(app);
  int shown = 17;
  int hidden = 19;
  std::uint64_t count = 23;
  arguments.add_option("--shown", shown, "One").capture_default_str();
  arguments.add_option("--hidden", hidden, "Another");
  arguments.add_option("--count", count, "A third").positive().capture_default_str();
  const std::string help = app.help();
  EXPECT_THAT(help, HasSubstr("INT=17 "));
  EXPECT_THAT(help, Not(HasSubstr("19")));
  EXPECT_THAT(help, HasSubstr("UINT:POSITIVE=23 "));
}

}  // namespace
}  // namespace revive::tools
