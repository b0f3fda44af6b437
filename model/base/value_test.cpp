#include "revive/model/base/value.h"

#include <gtest/gtest.h>

#include <limits>

namespace revive {
namespace {

TEST(Value, BriefSpellsEveryKind) {
  const struct {
    Value value;
    std::string_view brief;
  } rows[] = {
      {nullptr, "null"},
      {true, "true"},
      {false, "false"},
      {-7, "-7"},
      {1.0, "1.0"},
      {0.5, "0.5"},
      {1e300, "1e+300"},
      {-std::numeric_limits<double>::infinity(), "-inf"},
      {std::numeric_limits<double>::quiet_NaN(), "nan"},
      {"", "\"\""},
      {"a\n \x1F~\x7F", "\"a? ?~?\""},
      {Value::Array{}, "[]"},
      {Value::Array{1, Value::Array{2.0, "b"}}, "[1, [2.0, \"b\"]]"},
      {Value::Object{}, "{}"},
      {Value::Object{{"a", 1}, {"b", Value::Object{{"c", nullptr}}}}, "{\"a\": 1, \"b\": {\"c\": null}}"},
  };
  for (const auto& [value, brief] : rows) EXPECT_EQ(value.brief(), brief);
}

// Sixty bytes, and less where a character would be cut in two.
TEST(Value, BriefEndsBetweenTwoCharacters) {
  const std::string x57(57, 'x');
  EXPECT_EQ(Value(x57 + "y").brief(), "\"" + x57 + "y\"") << "60 bytes with its quotes";
  EXPECT_EQ(Value(x57 + "yz").brief(), "\"" + x57 + "yz...");
  EXPECT_EQ(Value(x57 + "yza").brief(), "\"" + x57 + "yz...");
  // The last bytes that fit are those of a character of one, two, three and four bytes.
  for (const std::string_view character : {"~", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x90\x8D"}) {
    for (std::size_t before = 59 - character.size(); before < 59; ++before) {
      const std::string text = std::string(before, 'x') + std::string(character) + "abcdefgh";
      const bool is_ascii = character.size() == 1;
      const std::string kept = is_ascii ? text.substr(0, 59) : std::string(before, 'x');
      EXPECT_EQ(Value(text).brief(), "\"" + kept + "...") << text;
    }
  }
  EXPECT_EQ(Value(Value::Array(40, 1)).brief(),
            "[1" + std::string(", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1").substr(0, 58) + "...");
  Value::Object many;
  for (int i = 0; i < 20; ++i) many.emplace_back("k", i);
  EXPECT_EQ(Value(many).brief(), "{\"k\": 0, \"k\": 1, \"k\": 2, \"k\": 3, \"k\": 4, \"k\": 5, \"k\": 6, \"k\"...");
}

TEST(Value, FindsTheFirstMemberOfItsName) {
  Value object = Value::Object{{"a", 1}, {"b", 2}, {"a", 3}};
  ASSERT_NE(object.find("a"), nullptr);
  EXPECT_EQ(*object.find("a"), Value(1));
  EXPECT_EQ(*object.find("b"), Value(2));
  EXPECT_EQ(object.find("c"), nullptr);
  EXPECT_EQ(Value(Value::Array{"a"}).find("a"), nullptr);
  *object.find("b") = "changed";
  EXPECT_EQ(object.as_object()[1].second, Value("changed"));
}

TEST(Value, KindsHaveNames) {
  const struct {
    Value value;
    std::string_view name;
  } rows[] = {{nullptr, "null"},
              {true, "a bool"},
              {1, "an int"},
              {1.5, "a float"},
              {"", "a string"},
              {Value::Array{}, "a list"},
              {Value::Object{}, "an object"}};
  for (const auto& [value, name] : rows) EXPECT_EQ(value.kind_name(), name);
}

TEST(Value, RealsAreEqualByTheirBits) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Value(nan), Value(nan));
  EXPECT_NE(Value(nan), Value(-nan));
  EXPECT_NE(Value(0.0), Value(-0.0));
  EXPECT_NE(Value(1.0), Value(1));
  EXPECT_NE(Value(true), Value(1));
  EXPECT_EQ(Value(Value::Array{nan}), Value(Value::Array{nan}));
  EXPECT_NE(Value(Value::Array{0.0}), Value(Value::Array{-0.0}));
  EXPECT_NE(Value(Value::Object{{"a", 1}}), Value(Value::Object{{"b", 1}}));
}

}  // namespace
}  // namespace revive
