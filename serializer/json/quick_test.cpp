#include "revive/serializer/json/quick.h"

#include <gtest/gtest.h>

#include <limits>

#include "revive/model/base/random.h"

namespace revive {
namespace {

// What print_json prints holds every kind, every escape and numbers at their edges.
Value everything() {
  const double infinity = std::numeric_limits<double>::infinity();
  return Value::Object{
      {"module", "keras"},
      {"", Value::Array{}},
      {"empty", Value::Object{}},
      {"numbers",
       Value::Array{0, -1, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}},
      {"reals", Value::Array{0.0, -0.0, 0.1, 1e-300, 5e-324, -1.5e300, std::numeric_limits<double>::max(), 1e22}},
      {"more", Value::Array{infinity, -infinity, std::numeric_limits<double>::quiet_NaN(), true, false, nullptr}},
      {"text\"", "a\\/\b\f\n\r\t\x7F \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\x8D"},
      {"long enough for a block of its own", Value::Array{Value::Object{{"config", Value::Array{1, "lambda x: x"}}}}},
  };
}

TEST(QuickJson, TakesWhatIsPrinted) {
  const auto value = quick_json(print_json(everything()), {});
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, everything());
}

TEST(QuickJson, LeavesWhatItDoubts) {
  for (const std::string_view text : {"",
                                      " ",
                                      "[",
                                      "[1",
                                      "[1,",
                                      "[1,]",
                                      "{\"a\"",
                                      "{\"a\":1,}",
                                      "{\"a\":1 \"b\":2}",
                                      "[1] 2",
                                      "tru",
                                      "nulls",
                                      "NaNs",
                                      "-",
                                      "01",
                                      "-01",
                                      "1.",
                                      ".5",
                                      "1e",
                                      "1e+",
                                      "+1",
                                      "--1",
                                      "-Inf",
                                      "9223372036854775808",
                                      "1e999",
                                      "\"",
                                      "\"\\",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\u12g4\"",
                                      "\"\\ud800\"",
                                      "\"\\ud800\\u0041\"",
                                      "\"\\udc00\"",
                                      "\"\xC3\xA9\"",
                                      "\"\n\"",
                                      "{\"a\":1,\"a\":2}",
                                      "\xEF\xBB\xBF{}"}) {
    EXPECT_FALSE(quick_json(text, {})) << text;
  }
  EXPECT_FALSE(quick_json(std::string_view("1\0", 2), {}));
}

TEST(QuickJson, KeepsTheLimits) {
  EXPECT_TRUE(quick_json("[[[]]]", {.json_depth = 3}));
  EXPECT_FALSE(quick_json("[[[]]]", {.json_depth = 2}));
  EXPECT_FALSE(quick_json("[1]", {.json_bytes = 2}));
  EXPECT_FALSE(quick_json("[1, 2, 3]", {.json_memory_bytes = 100}));
  const std::string text = "\"" + std::string(1000, 'x') + "\"";
  EXPECT_FALSE(quick_json(text, {.json_memory_bytes = 1000}));
  EXPECT_TRUE(quick_json(text, {.json_memory_bytes = 2000}));
}

// A printed text in which a few characters are changed, left out or said twice.
std::string damaged(std::string text, Random& random) {
  constexpr std::string_view kCharacters = "{}[]:,\"\\0123456789-+.eEuNaInfytruls \n/\x01\x7F\xC3\xA9";
  for (std::uint64_t changes = 1 + random.below(3); changes > 0 && !text.empty(); --changes) {
    const auto at = static_cast<std::size_t>(random.below(text.size()));
    const char c = kCharacters[static_cast<std::size_t>(random.below(kCharacters.size()))];
    switch (random.below(4)) {
      case 0: text[at] = c; break;
      case 1: text.insert(at, 1, c); break;
      case 2: text.erase(at, 1); break;
      default: text.insert(at, text.substr(at, 1 + random.below(6)));
    }
  }
  return text;
}

TEST(QuickJson, NeverReadsAnythingElseThanFullJson) {
  const std::string printed = print_json(everything());
  Random random(1);
  int taken = 0;
  constexpr int kTexts = 50'000;
  for (int i = 0; i < kTexts; ++i) {
    const std::string text = damaged(printed, random);
    const auto quick = quick_json(text, {});
    if (!quick) continue;
    ++taken;
    const auto full = full_json(text, {}, "config.json");
    ASSERT_TRUE(full) << text << "\n" << full.error().text();
    ASSERT_EQ(*quick, *full) << text;
  }
  EXPECT_GT(taken, kTexts / 10);
  EXPECT_LT(taken, kTexts - kTexts / 10);
}

}  // namespace
}  // namespace revive
