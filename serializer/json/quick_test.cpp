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

TEST(QuickJson, TakesEverySpellingOfAValue) {
  const struct {
    std::string_view text;
    Value value;
  } rows[] = {
      {" \n\r\t1 \n\r\t", 1},
      {"\n[\t1\r,\n2 ]\t", Value::Array{1, 2}},
      {"{ \t\"a\"\r:\n1 , \"b\" : 2 }", Value::Object{{"a", 1}, {"b", 2}}},
      {"[ ]", Value::Array{}},
      {"{\n}", Value::Object{}},
      {"0", 0},
      {"-0", 0},
      {"0.5", 0.5},
      {"1e2", 100.0},
      {"1E2", 100.0},
      {"1e+2", 100.0},
      {"25e-1", 2.5},
      {"[0,0.0,0e0]", Value::Array{0, 0.0, 0.0}},
      {R"("\/\"\\\b\f\n\r\t")", "/\"\\\b\f\n\r\t"},
      {R"("\u007f\u0080\u07ff\u0800")", "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80"},
      {R"("\ud7ff\ue000\uffff")", "\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"},
      {R"("\uD800\uDC00\udbff\udfff")", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
      {R"("\ud83d\ude00")", "\xF0\x9F\x98\x80"},
      {"\" ~\x7F\"", " ~\x7F"},
  };
  for (const auto& [text, value] : rows) {
    const auto quick = quick_json(text, {});
    ASSERT_TRUE(quick) << text;
    EXPECT_EQ(*quick, value) << text;
    EXPECT_EQ(print_json(*quick), print_json(value)) << text;
  }
}

TEST(QuickJson, LeavesTextsThatEndOrErrInTheMiddle) {
  for (const std::string_view text : {"[t]",
                                      "[fals]",
                                      "[Nan]",
                                      "[Infinite]",
                                      "[-I]",
                                      "[1, tru]",
                                      "{\"a\":nul}",
                                      "{a:1}",
                                      "{1:1}",
                                      "{:1}",
                                      "{\"a\":}",
                                      "{\"a\",1}",
                                      "[\"\x1f\"]",
                                      "\"\x80\"",
                                      "\"\\ud800\\udbff\"",
                                      "\"\\ud800\\ue000\"",
                                      "\"\\ud800x\"",
                                      "\"\\ud800dc00\"",
                                      "\"\\ud800\\u12\"",
                                      "\"\\udfff\"",
                                      "\"\\udc00\\udc00\"",
                                      "[1e5.5]",
                                      "[1.5.5]",
                                      "[1-]",
                                      "[0x1]",
                                      "[1 2]",
                                      "[01.5]",
                                      "[.5]"}) {
    EXPECT_FALSE(quick_json(text, {})) << text;
  }
}

// Nothing behind the end is looked at: what stands there would make another value of each.
TEST(QuickJson, ReadsNothingBehindTheEnd) {
  const struct {
    std::string_view before, behind;
    Value value;
  } rows[] = {
      {"12", "3", 12},     {"12", ".5", 12},   {"12", "e2", 12},
      {"12", "E2", 12},    {"1.5", "7", 1.5},  {"1.5", "e7", 1.5},
      {"1e2", "3", 100.0}, {"12", "   x", 12}, {"[1]", " , 2", Value::Array{1}},
  };
  for (const auto& [before, behind, value] : rows) {
    const std::string text = std::string(before) + std::string(behind);
    const auto quick = quick_json(std::string_view(text).substr(0, before.size()), {});
    ASSERT_TRUE(quick) << text;
    EXPECT_EQ(*quick, value) << text;
  }
  for (const std::string_view text : {"\"ab\"", "\"a\\n\"", "\"\\u0041\"", "\"\\ud83d\\ude00\"", "true", "-Infinity",
                                      "-5", "1.5", "1e5", "1e-5", "[1]", "[1,2]", "{}", "{\"a\":1}", "\"\""}) {
    for (std::size_t size = 0; size < text.size(); ++size) {
      const std::string_view begun = text.substr(0, size);
      const auto full = full_json(begun, {}, "config.json");
      EXPECT_EQ(quick_json(begun, {}).has_value(), full.has_value()) << begun;
    }
  }
}

// The least memory with which a text is taken: what it holds at a time, by the sizes of its parts.
TEST(QuickJson, CountsEveryBlock) {
  constexpr std::uint64_t kValue = sizeof(Value), kMember = sizeof(Value::Member), kItems = sizeof(Value::Array);
  constexpr std::uint64_t kBlock = 16, kVector = kItems + 2 * kBlock;
  const std::uint64_t characters = std::string(100, 'x').capacity() + 1 + kBlock;
  const std::string hundred = "\"" + std::string(100, 'x') + "\"";
  std::string many = "[1";
  for (int i = 1; i < 17; ++i) many += ",1";
  many += "]";
  const struct {
    std::string text;
    std::uint64_t bytes;
  } rows[] = {
      {"1", 0},
      {"\"\"", 0},
      {"[]", 0},
      {"{}", 0},
      {"\"short\"", sizeof(std::string) + kBlock},
      {hundred, sizeof(std::string) + kBlock + characters},
      {"[1]", 16 * kValue + kVector + kValue},
      {"[1,2,3]", 16 * kValue + kVector + 3 * kValue},
      {many, 16 * kValue + 32 * kValue + kVector + 17 * kValue},
      {"[[1]]", 16 * kValue + 2 * (kVector + kValue)},
      {"[[],[]]", 16 * kValue + kVector + 2 * kValue},
      {"{\"a\":1}", 16 * kMember + kVector + kMember},
      {"{" + hundred + ":1}", characters + 16 * kMember + kVector + kMember},
  };
  for (const auto& [text, bytes] : rows) {
    EXPECT_TRUE(quick_json(text, {.json_memory_bytes = bytes})) << text;
    if (bytes == 0) continue;
    EXPECT_FALSE(quick_json(text, {.json_memory_bytes = bytes - 1})) << text;
    EXPECT_FALSE(quick_json(text, {.json_memory_bytes = 0})) << text;
  }
}

TEST(QuickJson, DepthIsOfWhatIsOpen) {
  EXPECT_TRUE(quick_json("[[1],[2],[{}],[[]]]", {.json_depth = 3}));
  EXPECT_FALSE(quick_json("[[1],[2],[{\"a\":[]}]]", {.json_depth = 3}));
  EXPECT_FALSE(quick_json("[]", {.json_depth = 0}));
  EXPECT_TRUE(quick_json("[1]", {.json_bytes = 3}));
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
