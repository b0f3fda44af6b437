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
  EXPECT_EQ(thousands(-1234), "-1,234");
  EXPECT_EQ(thousands(1234567), "1,234,567");
  EXPECT_EQ(counted(1, "layer"), "1 layer");
  EXPECT_EQ(counted(1000, "layer"), "1,000 layers");
}

TEST(Text, TablesAlignTheirColumns) {
  EXPECT_EQ(table({{"layer", "class"}, {"d", "Dense"}, {"flatten", ""}}), "layer    class\nd        Dense\nflatten\n");
  EXPECT_EQ(markdown_table({{"a", "b"}, {"1", "2"}}), "| a | b |\n|---|---|\n| 1 | 2 |\n");
}

TEST(Text, ALongCellDoesNotWidenItsColumn) {
  const std::string longest(1000, 'n');
  EXPECT_EQ(table({{"layer", "class"}, {longest, "Dense"}, {"a", "ReLU"}}),
            "layer  class\n" + longest + "  Dense\na      ReLU\n");
}

TEST(Text, LongTextsLoseTheirMiddle) {
  constexpr std::size_t kLongest = 16 << 10;
  const std::string most(kLongest, 'x');
  EXPECT_EQ(shortened(most), most);
  // Three bytes a sign, and none is torn.
  std::string euros = "a";
  for (std::size_t i = 0; i < kLongest; ++i) euros += "\u20AC";
  const std::string cut = shortened(euros);
  EXPECT_TRUE(is_utf8(cut));
  EXPECT_LT(cut.size(), kLongest + 100);
  EXPECT_TRUE(cut.starts_with("a\u20AC"));
  EXPECT_THAT(cut, testing::HasSubstr(" ... (32772 bytes left out) ... "));
}

TEST(Text, LambdasShowWhatTheyCaptured) {
  const auto array = Tensor::from<float>({2}, {1.0F, 2.0F});
  const auto lambda = make_lambda("lambda x: x[:, -WIDTH:] + b", {{"WIDTH", Value(2)}, {"b", array}});
  ASSERT_TRUE(lambda.has_value());
  EXPECT_EQ(lambda_text(*lambda->lambda()), "lambda x: x[:, -WIDTH:] + b   with WIDTH = 2, b = float32 array (2,)");
}

TEST(Text, ShellWordsAreQuotedWhereTheyMustBe) {
  EXPECT_EQ(shell_word("./mine-2.0"), "./mine-2.0");
  EXPECT_EQ(shell_word("./mine --flag"), "'./mine --flag'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace revive::tools
