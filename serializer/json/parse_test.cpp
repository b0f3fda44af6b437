// full_json itself, which parse_json asks only where quick_json has its doubts.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "revive/serializer/json/json.h"
#include "revive/serializer/json/quick.h"

namespace revive {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string refused(std::string_view text, const Limits& limits = {}) {
  const auto value = full_json(text, limits, "config.json");
  return value ? "taken: " + print_json(*value) : value.error().text();
}

Value parsed(std::string_view text) {
  auto value = full_json(text, {}, "config.json");
  EXPECT_TRUE(value) << text;
  return value ? *std::move(value) : Value();
}

TEST(FullJson, EachNumberThatIsNoneIsReadAlone) {
  EXPECT_TRUE(std::isnan(parsed("NaN").as_real()));
  EXPECT_EQ(parsed("Infinity"), Value(kInfinity));
  EXPECT_EQ(parsed("-Infinity"), Value(-kInfinity));
  EXPECT_EQ(parsed("[Infinity,0,-Infinity]"), Value(Value::Array{kInfinity, 0, -kInfinity}));
  EXPECT_EQ(parsed("[true,false,null,7,-1,Infinity]"), Value(Value::Array{true, false, nullptr, 7, -1, kInfinity}));
  EXPECT_EQ(parsed("[0,9,1e1,-2.5,Infinity]"), Value(Value::Array{0, 9, 10.0, -2.5, kInfinity}));
  EXPECT_EQ(parsed(R"(["a",1,{"b":2,"NaN":-Infinity},"-Infinity"])"),
            Value(Value::Array{"a", 1, Value::Object{{"b", 2}, {"NaN", -kInfinity}}, "-Infinity"}));
  EXPECT_EQ(parsed("Infinity \n"), Value(kInfinity));
}

TEST(FullJson, RefusesInWords) {
  const struct {
    std::string_view text, words;
  } rows[] = {
      {"",
       "config.json: line 1, column 1: expected JSON as Python writes it, found what is not: unexpected end of input; "
       "expected '[', '{', or a literal"},
      {"1e999", "config.json: expected a number that a double can hold, found \"1e999\""},
      {"[1, 1e999]", "config.json: /1: expected a number that a double can hold, found \"1e999\""},
      {"[9223372036854775808]", "config.json: /0: expected an integer of 64 bits, found \"9223372036854775808\""},
      {"[99999999999999999999]", "config.json: /0: expected an integer of 64 bits, found \"99999999999999999999\""},
      {"\xEF\xBB\xBF{}", "config.json: expected UTF-8 without a byte order mark, found one"},
      {"\xFE\xFF{}", "config.json: expected UTF-8 without a byte order mark, found one"},
      {"\xFF\xFE{}", "config.json: expected UTF-8 without a byte order mark, found one"},
      {"{\"a\":1,\"a\":2}", "config.json: /a: expected each key once, found it twice"},
  };
  for (const auto& [text, words] : rows) {
    EXPECT_EQ(refused(text), words) << text;
  }
  EXPECT_EQ(refused(std::string_view("[1\0]", 4)), "config.json: expected UTF-8 text, found a NUL at byte 2");
}

TEST(FullJson, SaysWhichLimit) {
  EXPECT_EQ(refused("[1]", {.json_bytes = 2}), "config.json: expected at most 2 bytes (Limits::json_bytes), found 3");
  EXPECT_EQ(refused("[1]", {.json_bytes = 3}), "taken: [1]");
  EXPECT_EQ(refused("[[1]]", {.json_depth = 1}),
            "config.json: /0: expected at most 1 nested containers (Limits::json_depth)");
  EXPECT_EQ(refused("[1]", {.json_memory_bytes = 9}),
            "config.json: /0: expected values that take at most 9 bytes of memory (Limits::json_memory_bytes)");
  const std::uint64_t text = sizeof(std::string) + 16;
  EXPECT_EQ(refused("\"short\"", {.json_memory_bytes = text}), "taken: \"short\"");
  EXPECT_EQ(refused("\"short\"", {.json_memory_bytes = text - 1}), "config.json: expected values that take at most " +
                                                                       std::to_string(text - 1) +
                                                                       " bytes of memory (Limits::json_memory_bytes)");
  EXPECT_EQ(refused("\"\"", {.json_memory_bytes = 0}), "taken: \"\"");
}

TEST(JsonPrint, EscapesUpToTheEdges) {
  EXPECT_EQ(print_json("\x1F \x7F"), "\"\\u001f \x7F\"");
  EXPECT_EQ(print_json("\x80"), "\"\\ufffd\"");
  EXPECT_EQ(print_json("\xC2\x80"), "\"\\u0080\"");
  EXPECT_EQ(print_json("\xF0\x90\x80\x80"), "\"\\ud800\\udc00\"");
}

}  // namespace
}  // namespace revive
