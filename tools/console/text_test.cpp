#include "revive/tools/console/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/model/base/utf8.h"
#include "revive/model/lambda.h"

namespace revive::tools {
namespace {

TEST(Text, NumbersAreGroupedByThousands) {
  EXPECT_EQ(thousands(0), "0");
  EXPECT_EQ(thousands(999), "999");
  EXPECT_EQ(thousands(1000), "1,000");
  EXPECT_EQ(thousands(-123), "-123");
  EXPECT_EQ(thousands(-1234), "-1,234");
  EXPECT_EQ(thousands(-123456), "-123,456");
  EXPECT_EQ(thousands(1234567), "1,234,567");
  EXPECT_EQ(counted(0, "layer"), "0 layers");
  EXPECT_EQ(counted(1, "layer"), "1 layer");
  EXPECT_EQ(counted(1000, "layer"), "1,000 layers");
}

TEST(Text, TablesAlignTheirColumns) {
  EXPECT_EQ(table({{"layer", "class"}, {"d", "Dense"}, {"flatten", ""}}), "layer    class\nd        Dense\nflatten\n");
  // Rows of any length, and no blank at the end of a line.
  EXPECT_EQ(table({{"aa"}, {"b", "c"}, {"d", "", "e"}, {""}}), "aa\nb   c\nd      e\n\n");
  EXPECT_EQ(table({{"d", "", "e"}, {"b", "cc"}, {"aa"}}), "d       e\nb   cc\naa\n");
  EXPECT_EQ(table({}), "");
  EXPECT_EQ(markdown_table({{"a", "b"}, {"1", "2"}, {"3", ""}}), "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 |  |\n");
}

TEST(Text, ALongCellDoesNotWidenItsColumn) {
  const std::string longest(1000, 'n');
  EXPECT_EQ(table({{"layer", "class"}, {longest, "Dense"}, {"a", "ReLU"}}),
            "layer  class\n" + longest + "  Dense\na      ReLU\n");
  const std::string widest(160, 'n');
  EXPECT_EQ(table({{"a", "b"}, {widest, "c"}}), "a" + std::string(161, ' ') + "b\n" + widest + "  c\n");
  EXPECT_EQ(table({{"a", "b"}, {widest + "n", "c"}}), "a  b\n" + widest + "n  c\n");
  EXPECT_EQ(table({{"a\nb", "c"}}), "a\\x0ab  c\n") << "a row is a line";
}

TEST(Text, LongTextsLoseTheirMiddle) {
  constexpr std::size_t kLongest = 16 << 10;
  const std::string most(kLongest, 'x');
  EXPECT_EQ(shortened(most), most);
  const std::string half(kLongest / 2, 'x');
  EXPECT_EQ(shortened(half + "y" + half), half + " ... (1 bytes left out) ... " + half);
  EXPECT_EQ(shortened(half + "yz" + half), half + " ... (2 bytes left out) ... " + half);
  // Three bytes a sign, and none is torn.
  std::string euros = "a";
  for (std::size_t i = 0; i < kLongest; ++i) euros += "\u20AC";
  const std::string cut = shortened(euros);
  EXPECT_TRUE(is_utf8(cut));
  EXPECT_LT(cut.size(), kLongest + 100);
  EXPECT_TRUE(cut.starts_with("a\u20AC"));
  EXPECT_THAT(cut, testing::HasSubstr(" ... (32772 bytes left out) ... "));
}

TEST(Text, NoSignIsTornWhereverItBegins) {
  // Bytes that end in a one, too.
  for (const char* const sign : {"\u00E9", "\u00E8", "\u20AC", "\U0001F600"}) {
    for (int before = 0; before < 4; ++before) {
      std::string text(static_cast<std::size_t>(before), 'a');
      for (std::size_t i = 0; i < 20'000; ++i) text += sign;
      const std::string cut = shortened(text);
      EXPECT_TRUE(is_utf8(cut)) << sign << before;
      EXPECT_TRUE(cut.ends_with(sign));
    }
  }
  const std::string insides(30'000, '\x80');
  EXPECT_EQ(shortened(std::string_view(insides).substr(0, 20'000)), " ... (20000 bytes left out) ... ");
}

TEST(Text, TheLastLineIsTheLastThatIsNotEmpty) {
  EXPECT_EQ(last_line(""), "");
  EXPECT_EQ(last_line("\n\n"), "");
  EXPECT_EQ(last_line("one"), "one");
  EXPECT_EQ(last_line("one\ntwo\n\n"), "two");
}

TEST(Text, LambdasShowWhatTheyCaptured) {
  const auto array = Tensor::from<float>({2}, {1.0F, 2.0F});
  const auto lambda = make_lambda("lambda x: x[:, -WIDTH:] + b", {{"WIDTH", Value(2)}, {"b", array}});
  ASSERT_TRUE(lambda.has_value());
  const auto alone = make_lambda("lambda x: x * 2", {});
  ASSERT_TRUE(alone.has_value());
  EXPECT_EQ(lambda_text(*alone->lambda()), "lambda x: x * 2");
  EXPECT_EQ(capture_text(Function{.text = "tf.reduce_sum"}), "tf.reduce_sum");
  EXPECT_EQ(capture_text(Value("a")), "\"a\"");
  EXPECT_EQ(lambda_text(*lambda->lambda()), "lambda x: x[:, -WIDTH:] + b   with WIDTH = 2, b = float32 array (2,)");
}

TEST(Text, LambdasWithoutATextShowWhatTheyDo) {
  const auto lambda = make_lambda("lambda x: x * 2", {});
  ASSERT_TRUE(lambda.has_value());
  LambdaFunction bare = *lambda->lambda();
  bare.annotation.reset();
  EXPECT_EQ(lambda_text(bare), "lambda x: " + bare.graph.to_text());
}

TEST(Text, ShellWordsAreQuotedWhereTheyMustBe) {
  EXPECT_EQ(shell_word("./mine-2.0"), "./mine-2.0");
  EXPECT_EQ(shell_word("./mine --flag"), "'./mine --flag'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word("~/a"), "'~/a'");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a_b.c/d-e+f,g:h=i@j%k0Z"), "a_b.c/d-e+f,g:h=i@j%k0Z");
  for (const char c : std::string_view(" !\"#$&()*;<>?[\\]^`{|}~\n\t\x7f\xC3")) {
    EXPECT_EQ(shell_word(std::string("a") + c), std::string("'a") + c + "'");
    EXPECT_EQ(shell_word(std::string(1, c) + "a"), std::string("'") + c + "a'");
  }
}

}  // namespace
}  // namespace revive::tools
