#include "revive/serializer/json/json.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "revive/serializer/json/pointer.h"
#include "revive/serializer/json/quick.h"
#include "revive/serializer/json/reading.h"

namespace revive {
namespace {

using ::testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// What both readers make of it.
Value parsed(std::string_view text) {
  const auto value = parse_json(text, {}, "config.json");
  EXPECT_TRUE(value) << text << ": " << value.error().text();
  const auto full = full_json(text, {}, "config.json");
  EXPECT_TRUE(full) << text << ": " << full.error().text();
  EXPECT_EQ(value.value_or(Value()), full.value_or(Value())) << text;
  return value.value_or(Value());
}

Error refused(std::string_view text, const Limits& limits = {}) {
  const auto value = parse_json(text, limits, "config.json");
  EXPECT_FALSE(value) << text;
  return value ? Error{} : value.error();
}

TEST(JsonParse, KeepsKindsAndOrder) {
  const Value value = parsed(R"( {"b": [1, 1.0, -0, -0.0, true, false, null], "a": {"": "x"}} )");
  EXPECT_EQ(value, Value(Value::Object{
                       {"b", Value::Array{1, 1.0, 0, -0.0, true, false, nullptr}},
                       {"a", Value::Object{{"", "x"}}},
                   }));
  EXPECT_EQ(value.as_object()[0].first, "b");
}

TEST(JsonParse, IntegersReachToTheEdgesOfInt64) {
  EXPECT_EQ(parsed("9223372036854775807"), Value(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(parsed("-9223372036854775808"), Value(std::numeric_limits<std::int64_t>::min()));
}

TEST(JsonParse, StringsAreUnescaped) {
  EXPECT_EQ(parsed(R"("\"\\\/\b\f\n\r\t\u00e9\ud83d\udc0d\u0000")"),
            Value(std::string("\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x90\x8D\0", 15)));
}

TEST(JsonParse, ReadsBareNonFiniteNumbersAsPythonDoes) {
  const Value value = parsed(R"([NaN,Infinity, -Infinity ,0,1e0,{"NaN":"-Infinity, NaN","k\"":NaN}, 7])");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(value, Value(Value::Array{nan, kInfinity, -kInfinity, 0, 1.0,
                                      Value::Object{{"NaN", "-Infinity, NaN"}, {"k\"", nan}}, 7}));
  EXPECT_EQ(parsed("NaN"), Value(nan));
}

TEST(JsonParse, NumbersNextToANonFiniteOneStayThemselves) {
  for (const std::string_view number : {"0", "-0", "1", "-1", "0.5", "1e5", "-2.5E-3", "123456789"}) {
    for (const std::string_view between : {", ", ",", " ,"}) {
      const Value value = parsed(fmt::format("[{0}{1}NaN{1}{0}{1}-Infinity{1}{0}]", number, between));
      for (const std::size_t at : {0U, 2U, 4U}) EXPECT_EQ(value.as_array()[at], parsed(number)) << number << between;
      EXPECT_TRUE(std::isnan(value.as_array()[1].as_real())) << number << between;
      EXPECT_EQ(value.as_array()[3], Value(-kInfinity)) << number << between;
    }
  }
}

TEST(JsonParse, WhatLooksLikeANumberInAStringIsNone) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const std::string_view text : {R"(a\\)", R"(\\\\)", R"(\\\"NaN)", R"(\", NaN, 1)", R"(NaN)", R"(-Infinity)"}) {
    const Value value = parsed(fmt::format(R"({{"{0}": NaN, "b": ["{0}", NaN, 2, "{0}"]}})", text));
    const Value whole = parsed(fmt::format(R"("{}")", text));
    EXPECT_EQ(value, Value(Value::Object{{whole.as_string(), nan}, {"b", Value::Array{whole, nan, 2, whole}}})) << text;
  }
}

struct BadText {
  std::string text;
  ErrorCode code;
  std::string place;
};

TEST(JsonParse, RefusesWithCodeAndPlace) {
  const std::vector<BadText> cases = {
      {"", ErrorCode::json_syntax, "config.json: line 1, column 1"},
      {"  ", ErrorCode::json_syntax, "config.json: line 1, column 3"},
      {"{\"a\": 1,}", ErrorCode::json_syntax, "config.json: line 1, column 9"},
      {"[1,\n 2,\n x]", ErrorCode::json_syntax, "config.json: line 3, column 2"},
      {"[1 2]", ErrorCode::json_syntax, "config.json: line 1, column 4"},
      {"{} {}", ErrorCode::json_syntax, "config.json: line 1, column 4"},
      {"{}\n\nx", ErrorCode::json_syntax, "config.json: line 3, column 1"},
      {"[", ErrorCode::json_syntax, "config.json: line 1, column 2"},
      {"{'a': 1}", ErrorCode::json_syntax, "config.json: line 1, column 2"},
      {"[01]", ErrorCode::json_syntax, "config.json: line 1, column 3"},
      {"[+1]", ErrorCode::json_syntax, "config.json: line 1, column 2"},
      {"[1.]", ErrorCode::json_syntax, "config.json: line 1, column 4"},
      {"[-NaN]", ErrorCode::json_syntax, "config.json: line 1, column 3"},
      {"[NaNs, NaN]", ErrorCode::json_syntax, "config.json: line 1, column 2"},
      {"[NaN, 1NaN]", ErrorCode::json_syntax, "config.json: line 1, column 8"},
      {"{NaN: 1}", ErrorCode::json_syntax, "config.json: line 1, column 2"},
      {"[nan]", ErrorCode::json_syntax, "config.json: line 1, column 3"},
      {"[1] // c", ErrorCode::json_syntax, "config.json: line 1, column 5"},
      {"\"\n\"", ErrorCode::json_syntax, "config.json: line 1, column 2"},
      {"\"\\x\"", ErrorCode::json_syntax, "config.json: line 1, column 3"},
      {"\"abc", ErrorCode::json_syntax, "config.json: line 1, column 5"},
      {"\xEF\xBB\xBF{}", ErrorCode::json_encoding, "config.json"},
      {std::string("{\0}\0", 4), ErrorCode::json_encoding, "config.json"},
      {std::string("{}\0{}", 5), ErrorCode::json_encoding, "config.json"},
      {"\"\xFF\"", ErrorCode::json_encoding, "config.json: line 1, column 2"},
      {"\"\xC0\xAF\"", ErrorCode::json_encoding, "config.json: line 1, column 2"},
      {"\"\xED\xA0\x80\"", ErrorCode::json_encoding, "config.json: line 1, column 3"},
      {"\"\\ud800\"", ErrorCode::json_encoding, "config.json: line 1, column 8"},
      {"\"\\udc00\"", ErrorCode::json_encoding, "config.json: line 1, column 7"},
      {"\"\\ud800\\u0041\"", ErrorCode::json_encoding, "config.json: line 1, column 13"},
      {"{\"a\": [0, 9223372036854775808]}", ErrorCode::json_number, "config.json: /a/1"},
      {"-9223372036854775809", ErrorCode::json_number, "config.json"},
      {"[" + std::string(5000, '9') + "]", ErrorCode::json_number, "config.json: /0"},
      {"{\"x\": {\"y\": 1e999}}", ErrorCode::json_number, "config.json: /x/y"},
      {"[NaN, -1e999]", ErrorCode::json_number, "config.json: /1"},
      {"[0, {\"a\": 1, \"b\": 2, \"a\": 1}]", ErrorCode::json_duplicate_key, "config.json: /1/a"},
      {"{\"a/b\": {\"~\": 1, \"\\u007e\": 2}}", ErrorCode::json_duplicate_key, "config.json: /a~1b/~0"},
  };
  for (const BadText& bad : cases) {
    const Error error = refused(bad.text);
    EXPECT_EQ(name_of(error.code), name_of(bad.code)) << bad.text << ": " << error.text();
    EXPECT_EQ(error.place, bad.place) << bad.text << ": " << error.text();
    EXPECT_FALSE(error.message.empty());
    EXPECT_EQ(error.message.find("json.exception"), std::string::npos) << error.message;
  }
}

TEST(JsonParse, MessagesSayWhatWasExpected) {
  EXPECT_THAT(refused("[1 2]").message, HasSubstr("expected ']'"));
  EXPECT_THAT(refused("[1e999]").message, HasSubstr("found \"1e999\""));
  EXPECT_THAT(refused("99999999999999999999").message, HasSubstr("64 bits"));
}

TEST(JsonParse, FindsDuplicatesInLargeObjects) {
  std::string text = "{";
  for (int i = 0; i < 20'000; ++i) text += "\"k" + std::to_string(i) + "\": 0, ";
  EXPECT_EQ(parsed(text + "\"last\": 0}").as_object().size(), 20'001u);
  const Error error = refused(text + "\"k7\": 0}");
  EXPECT_EQ(error.code, ErrorCode::json_duplicate_key);
  EXPECT_EQ(error.place, "config.json: /k7");
}

TEST(JsonParse, HoldsToTheLimits) {
  Limits limits;
  limits.json_depth = 3;
  limits.json_bytes = 20;
  EXPECT_TRUE(parse_json("[[[0]], 1]", limits, "m"));
  const Error deep = refused("[0, {\"a\": [[]]}]", limits);
  EXPECT_EQ(deep.code, ErrorCode::limit_exceeded);
  EXPECT_EQ(deep.place, "config.json: /1/a/0");
  EXPECT_TRUE(parse_json(std::string(19, ' ') + "0", limits, "m"));
  EXPECT_TRUE(full_json(std::string(19, ' ') + "0", limits, "m"));
  EXPECT_EQ(refused(std::string(20, ' ') + "0", limits).code, ErrorCode::limit_exceeded);
}

TEST(JsonParse, TakesNoMoreMemoryThanTheLimit) {
  Limits limits;
  limits.json_memory_bytes = 1 << 10;
  std::string zeros = "[0";
  for (int i = 0; i < 500; ++i) zeros += ",0";
  const Error full = refused(zeros + "]", limits);
  EXPECT_EQ(full.code, ErrorCode::limit_exceeded);
  EXPECT_THAT(full.place, HasSubstr("config.json: /"));
  EXPECT_THAT(full.message, HasSubstr("1024 bytes of memory (Limits::json_memory_bytes)"));
  // A key is named by its place, also where it is the first of its object.
  EXPECT_EQ(refused("{\"a\": {\"" + std::string(2000, 'k') + "\": 1}}", limits).place,
            "config.json: /a/" + std::string(2000, 'k'));
  EXPECT_EQ(refused("{\"a\": \"" + std::string(2000, 's') + "\"}", limits).place, "config.json: /a");
  limits.json_memory_bytes = 64 << 10;
  EXPECT_TRUE(parse_json(zeros + "]", limits, "m"));
}

// The least that is enough.
std::uint64_t bytes_needed(std::string_view text) {
  std::uint64_t least = 0;
  for (std::uint64_t step = 1 << 16; step > 0; step /= 2) {
    Limits limits;
    limits.json_memory_bytes = least + step;
    if (!full_json(text, limits, "m")) least += step;
  }
  return least + 1;
}

TEST(JsonParse, EveryBlockOfMemoryCounts) {
  const std::uint64_t block = 2 * kBlockOverhead;
  EXPECT_EQ(bytes_needed("1"), 1U);
  EXPECT_EQ(bytes_needed("[]"), 1U);
  // A list and room for two items at once, which grows by half.
  const std::uint64_t list = sizeof(Value::Array) + block;
  EXPECT_EQ(bytes_needed("[1]"), list + 2 * sizeof(Value));
  EXPECT_EQ(bytes_needed("[1, 2]"), list + 2 * sizeof(Value));
  EXPECT_EQ(bytes_needed("[1, 2, 3]"), list + (2 + 5) * sizeof(Value));
  EXPECT_EQ(bytes_needed("[[1]]"), 2 * list + 4 * sizeof(Value));
  EXPECT_EQ(bytes_needed(R"({"a": 1})"), sizeof(Value::Object) + block + 2 * sizeof(Value::Member));
}

TEST(JsonParse, NanIsFoundWithoutACopy) {
  const Value value =
      parsed(R"({"NaN": "Infinity \" -Infinity", "a": [NaN, -1, -Infinity,Infinity , 2.5, "x\\", NaN]})");
  EXPECT_EQ(value.as_object()[0].second, Value("Infinity \" -Infinity"));
  const auto& list = value.find("a")->as_array();
  ASSERT_EQ(list.size(), 7u);
  EXPECT_TRUE(std::isnan(list[0].as_real()));
  EXPECT_EQ(list[1], Value(-1));
  EXPECT_EQ(list[2], Value(-kInfinity));
  EXPECT_EQ(list[3], Value(kInfinity));
  EXPECT_EQ(list[4], Value(2.5));
  EXPECT_EQ(list[5], Value("x\\"));
  EXPECT_TRUE(std::isnan(list[6].as_real()));
  EXPECT_TRUE(std::isnan(parsed("NaN").as_real()));
  EXPECT_EQ(refused("[NaN, NaNa]").code, ErrorCode::json_syntax);
  EXPECT_EQ(refused("[NaN, x]").place, "config.json: line 1, column 7");
}

TEST(JsonParse, AMillionOpenBracketsAreRefusedAtTheLimit) {
  EXPECT_EQ(refused(std::string(1'000'000, '[')).code, ErrorCode::limit_exceeded);
}

TEST(JsonPrint, SpellsFloatsAsPythonDoes) {
  const std::vector<std::pair<double, std::string>> cases = {
      {0.0, "0.0"},
      {-0.0, "-0.0"},
      {1.0, "1.0"},
      {-2.5, "-2.5"},
      {0.1, "0.1"},
      {0.001, "0.001"},
      {0.0001, "0.0001"},
      {0.00012345, "0.00012345"},
      {0.00001, "1e-05"},
      {1e-7, "1e-07"},
      {1.5e-7, "1.5e-07"},
      {123456.789, "123456.789"},
      {1e15, "1000000000000000.0"},
      {1234567890123456.0, "1234567890123456.0"},
      {1e16, "1e+16"},
      {12345678901234567890.0, "1.2345678901234567e+19"},
      {1e22, "1e+22"},
      {1e100, "1e+100"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {static_cast<double>(0.1f), "0.10000000149011612"},
      {static_cast<double>(0.001f), "0.0010000000474974513"},
      {std::numeric_limits<double>::quiet_NaN(), "NaN"},
      {-std::numeric_limits<double>::quiet_NaN(), "NaN"},
      {kInfinity, "Infinity"},
      {-kInfinity, "-Infinity"},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(print_json(value), text);
}

TEST(JsonPrint, SpellsTheRestAsPythonDoes) {
  EXPECT_EQ(print_json(Value::Object{
                {"a", Value::Array{1, true, false, nullptr}}, {"b", Value::Object{}}, {"c", Value::Array{}}}),
            R"({"a": [1, true, false, null], "b": {}, "c": []})");
  EXPECT_EQ(print_json(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(print_json(std::string("\"\\/\b\f\n\r\t\x01\x7F\0", 11)), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7F\\u0000\"");
  EXPECT_EQ(print_json("\xC3\xA9\xE2\x82\xAC\xEF\xBF\xBF\xF0\x9F\x90\x8D"), R"("\u00e9\u20ac\uffff\ud83d\udc0d")");
  EXPECT_EQ(print_json("a\xFFz"), R"("a\ufffdz")");
}

TEST(Json, EveryDoubleComesBack) {
  // A walk over bit patterns that meets every exponent, and the float32 values that Keras prints widened.
  std::uint64_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const double wide = std::bit_cast<double>(state);
    const auto narrow = static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(state >> 32)));
    for (const double value : {wide, narrow}) {
      if (std::isnan(value)) continue;
      const std::string text = print_json(value);
      ASSERT_EQ(parsed(text), Value(value)) << text;
      ASSERT_EQ(print_json(parsed(text)), text);
    }
  }
}

TEST(Json, PrintingIsAFixpoint) {
  for (const std::string_view text :
       {R"({"b":[1,2.50,1E3,-0],"a":"\u00E9é\/","n":NaN,"i":[Infinity,-Infinity],"z":{}})", "[]", "\"\"", "  -0.0 "}) {
    const std::string once = print_json(parsed(text));
    EXPECT_EQ(print_json(parsed(once)), once);
    EXPECT_EQ(parsed(once), parsed(text));
  }
}

// A defect in the text either is refused or gives a value that prints and reads as itself.
TEST(Json, AnyChangedByteIsRefusedOrReadAsItStands) {
  const std::string original = R"({"a": [1, -2.5e3, NaN, "x\u00e9\ud83d\udc0d"], "b": {"c": null, "d": true}})";
  std::string text = original;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      text[at] = static_cast<char>(byte);
      const auto value = parse_json(text, {}, "m");
      if (value) {
        ASSERT_EQ(parsed(print_json(*value)), *value) << text;
      }
    }
    text[at] = original[at];
  }
}

TEST(JsonPointer, EscapesTildeAndSlash) {
  std::string pointer;
  append_json_pointer(pointer, "a/b~c");
  append_json_pointer(pointer, std::size_t{12});
  append_json_pointer(pointer, "");
  EXPECT_EQ(pointer, "/a~1b~0c/12/");
}

}  // namespace
}  // namespace revive
