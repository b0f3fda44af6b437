#include "revive/fuzz/mutators/mutate_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "revive/fuzz/mutators/each_row.h"
#include "revive/fuzz/mutators/pick.h"
#include "revive/serializer/json/json.h"

namespace revive::fuzz {
namespace {

using testing::ElementsAre;

const Value::Object kObject = {{"a", 1}, {"b", "two"}, {"c", Value::Array{3}}, {"d", nullptr}};
const Value::Array kArray = {1, "two", Value::Object{{"three", 3}}, nullptr};

bool moved(const auto& before, const auto& after) {
  return std::ranges::is_permutation(before, after);
}
bool one_less(const auto& before, const auto& after) {
  return after.size() + 1 == before.size() &&
         std::ranges::all_of(after, [&](const auto& each) { return std::ranges::count(before, each) == 1; });
}
// The last is new.
bool one_more(const auto& before, const auto& after) {
  return after.size() == before.size() + 1 && std::equal(before.begin(), before.end(), after.begin());
}
// One of those that were there is there twice.
bool one_twice(const auto& before, const auto& after) {
  return after.size() == before.size() + 1 &&
         std::ranges::all_of(after, [&](const auto& each) { return std::ranges::count(before, each) == 1; });
}

TEST(JsonMutations, IntegersBecomeOthers) {
  constexpr std::array<std::int64_t, 7> kValues = {0, 1, -5, 300, 17, INT64_MAX, INT64_MIN};
  using Int = std::int64_t;
  expect_each_row_changes<Int>(
      "json.integer", integer_rows(), [](Int value, Random&) { return value; },
      {{"next", 100, [](Int a, Int b) { return b == (a == INT64_MAX ? INT64_MIN : a + 1); }},
       {"previous", 100, [](Int a, Int b) { return b == (a == INT64_MIN ? INT64_MAX : a - 1); }},
       {"negative", 100, [](Int a, Int b) { return b == (a == 0 || a == INT64_MIN ? INT64_MAX : -a); }},
       {"small", 80, [](Int, Int b) { return b >= 0 && b < 16; }},
       {"special", 80, [](Int, Int) { return true; }}},
      [&](const IntegerRow& row, Random& random) {
        const Int value = pick(random, kValues);
        const Int made = row.change(value, random);
        return Step<Int>{value, made, made != value, std::to_string(made)};
      });
  expect_rows_come_up(integer_rows());
}

TEST(JsonMutations, StringsBecomeOthers) {
  const std::array<std::string, 3> kTexts = {"", "dense", "a"};
  using Text = std::string;
  expect_each_row_changes<Text>(
      "json.string", string_rows(), [](Text&, Random&) {},
      {{"longer", 100, [](const Text& a, const Text& b) { return b.starts_with(a); }},
       {"special", 80, [](const Text&, const Text&) { return true; }},
       {"cut", 100, [](const Text& a, const Text& b) { return a.empty() ? b == "a" : a.starts_with(b); }}},
      [&](const StringRow& row, Random& random) {
        const Text& text = pick(random, kTexts);
        Text made = text;
        row.change(made, random);
        return Step<Text>{text, made, made != text, made};
      });
  expect_rows_come_up(string_rows());
}

TEST(JsonMutations, ObjectsLoseGainRenameAndMoveMembers) {
  using Object = Value::Object;
  const auto keys = [](const Object& object) {
    std::vector<std::string> all;
    for (const auto& [key, value] : object) all.push_back(key);
    return all;
  };
  const auto values = [](const Object& object) {
    std::vector<Value> all;
    for (const auto& [key, value] : object) all.push_back(value);
    return all;
  };
  expect_each_row_changes<Object>(
      "json.object", object_rows(), [](Object&, Random&) {},
      {{"drop", 100, one_less<Object, Object>},
       {"rename", 80, [&](const Object& a, const Object& b) { return values(a) == values(b); }},
       {"double", 100, one_twice<Object, Object>},
       {"move", 100, moved<Object, Object>},
       {"exchange", 100,
        [&](const Object& a, const Object& b) { return keys(a) == keys(b) && moved(values(a), values(b)); }},
       {"add", 100, one_more<Object, Object>}},
      [&](const ObjectRow& row, Random& random) {
        Object made = kObject;
        row.change(made, random);
        return Step<Object>{kObject, made, made != kObject, print_json(made)};
      });
  expect_rows_come_up(object_rows());
}

TEST(JsonMutations, ArraysLoseGainAndMoveItems) {
  using Array = Value::Array;
  expect_each_row_changes<Array>(
      "json.array", array_rows(), [](Array&, Random&) {},
      {{"drop", 100, one_less<Array, Array>},
       {"double", 100, [](const Array& a, const Array& b) { return one_more(a, b) && one_twice(a, b); }},
       {"move", 100, moved<Array, Array>},
       {"add", 100, one_more<Array, Array>}},
      [&](const ArrayRow& row, Random& random) {
        Array made = kArray;
        row.change(made, random);
        return Step<Array>{kArray, made, made != kArray, print_json(made)};
      });
  expect_rows_come_up(array_rows());
}

// With one item there is nothing to move it to.
TEST(JsonMutations, WhatHasOneItemIsNotMoved) {
  for (const ArrayRow& row : array_rows()) {
    Random random(1);
    Value::Array one = {7};
    row.change(one, random);
    EXPECT_EQ(one == Value::Array{7}, row.name == "move") << row.name;
  }
}

// With two there is one other.
TEST(JsonMutations, WhatHasTwoItemsIsTurnedAround) {
  for (const std::string_view name : {"move", "exchange"}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Random random(seed);
      Value::Array array = {1, 2};
      const auto in_array = std::ranges::find(array_rows(), name, &ArrayRow::name);
      if (in_array != array_rows().end()) in_array->change(array, random);
      EXPECT_EQ(array == (Value::Array{2, 1}), name == "move");
      Value::Object object = {{"a", 1}, {"b", 2}};
      std::ranges::find(object_rows(), name, &ObjectRow::name)->change(object, random);
      EXPECT_EQ(Value(object),
                name == "move" ? Value(Value::Object{{"b", 2}, {"a", 1}}) : Value(Value::Object{{"a", 2}, {"b", 1}}));
    }
  }
}

std::size_t depth_of(const Value& value) {
  std::size_t depth = 0;
  if (value.is_array()) {
    for (const Value& item : value.as_array()) depth = std::max(depth, depth_of(item));
  } else if (value.is_object()) {
    for (const auto& [key, member] : value.as_object()) depth = std::max(depth, depth_of(member));
  } else {
    return 0;
  }
  return depth + 1;
}

TEST(JsonMutations, OddValuesAreOfEveryKind) {
  const Value friendly("a friendly value");
  std::size_t deepest = 0;
  std::size_t longest = 0;
  bool nan = false;
  expect_each_row_changes<Value>(
      "json.odd", odd_value_rows(), [](Random&) { return Value("a friendly value"); },
      {{"null", 100, [](auto&, const Value& made) { return made.is_null(); }},
       {"boolean", 100, [](auto&, const Value& made) { return made.is_bool(); }},
       {"integer", 100, [](auto&, const Value& made) { return made.is_int(); }},
       {"real", 100,
        [&](auto&, const Value& made) {
          nan = nan || std::isnan(made.as_real());
          return made.is_real();
        }},
       {"string", 100, [](auto&, const Value& made) { return made.is_string(); }},
       {"empty_array", 100, [](auto&, const Value& made) { return made == Value(Value::Array{}); }},
       {"empty_object", 100, [](auto&, const Value& made) { return made == Value(Value::Object{}); }},
       {"long_array", 100,
        [&](auto&, const Value& made) {
          const Value::Array& items = made.as_array();
          longest = std::max(longest, items.size());
          return items[0].is_int() && std::ranges::all_of(items, [&](const Value& item) { return item == items[0]; });
        }},
       {"deep", 100,
        [&](auto&, const Value& made) {
          deepest = std::max(deepest, depth_of(made));
          return true;
        }}},
      [&](const OddRow& row, Random& random) {
        const Value made = odd_value(random, std::span(&row, 1));
        return Step<Value>{friendly, made, made != friendly, print_json(made)};
      });
  EXPECT_EQ(longest, 40U);
  EXPECT_EQ(deepest, 79U);
  EXPECT_TRUE(nan);
  expect_rows_come_up(odd_value_rows());
}

Value document() {
  return Value::Object{{"config", Value::Object{{"units", 3}, {"name", "dense"}, {"rate", 0.5}, {"bias", true}}},
                       {"shape", Value::Array{nullptr, 4, Value::Array{}}},
                       {"empty", Value::Object{}}};
}

TEST(JsonMutations, AllValuesAreInOrderOfTheTextWithTheRootFirst) {
  Value root = document();
  const std::vector<Value*> all = all_values(root);
  std::string text;
  for (const Value* value : all) text += value->is_array() || value->is_object() ? "-" : print_json(*value) + " ";
  EXPECT_EQ(all.front(), &root);
  EXPECT_EQ(text, "--3 \"dense\" 0.5 true -null 4 --");
}

TEST(JsonMutations, ATreeIsChangedInOnePlace) {
  const auto anything = [](const Value&, const Value&) { return true; };
  expect_each_row_changes<Value>(
      "json.tree", tree_rows(), [](Value&, const std::vector<Value*>&, Random&) {},
      {{"odd", 95, anything}, {"copy", 80, anything}, {"nudge", 80, anything}},
      [&](const TreeRow& row, Random& random) {
        Value made = document();
        mutate_tree(made, random, std::span(&row, 1));
        return Step<Value>{document(), made, made != document(), print_json(made)};
      });
  expect_rows_come_up(tree_rows());
}

// A value of each kind stays of its kind, but for null, and for an int that becomes the float of the same number.
TEST(JsonMutations, NudgedValuesAreNearWhatTheyWere) {
  const std::array<Value, 8> kValues = {nullptr, true, 7, 0.25, "text", kArray, Value(kObject), Value::Array{}};
  std::string made;
  std::size_t changed = 0;
  std::size_t floats = 0;
  constexpr std::uint64_t kSeeds = 100;
  for (const Value& value : kValues) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      Random random(seed);
      Value nudged = value;
      nudge_value(nudged, random);
      changed += nudged != value ? 1 : 0;
      made += print_json(nudged) + '\n';
      floats += value.is_int() && nudged == Value(7.0) ? 1 : 0;
      const bool may_change_kind = value.is_null() || (value.is_int() && nudged == Value(7.0));
      EXPECT_TRUE(may_change_kind || nudged.kind() == value.kind()) << print_json(nudged);
      EXPECT_TRUE(!value.is_bool() || nudged == Value(false));
    }
  }
  EXPECT_GT(floats, 0U);
  EXPECT_GE(100 * changed, 95 * kValues.size() * kSeeds);
  expect_pinned("json.nudge", made);
}

TEST(JsonMutations, TextsAreSpelledAsNoTreeIs) {
  const std::string text = print_json(document());
  // Before, and after with the spelling behind a tab.
  using Text = std::string;
  const auto parts = [](const Text& made) {
    const std::size_t tab = made.find('\t');
    return std::pair(made.substr(0, tab), made.substr(tab + 1));
  };
  expect_each_row_changes<Text>(
      "json.text", text_rows(), [](Text&, const Text&, Random&) {},
      {{"front", 100, [&](const Text& a, const Text& b) { return parts(b).second == parts(b).first + a; }},
       {"back", 100, [&](const Text& a, const Text& b) { return parts(b).second == a + parts(b).first; }},
       {"value", 70,
        [&](const Text&, const Text& b) { return parts(b).second.find(parts(b).first) != std::string::npos; }},
       {"string", 70,
        [&](const Text& a, const Text& b) {
          const auto& [spelling, made] = parts(b);
          const std::size_t at = static_cast<std::size_t>(std::ranges::mismatch(a, made).in1 - a.begin());
          return made.size() == a.size() + spelling.size() && a.rfind('"', at) != std::string::npos;
        }},
       {"cut", 100, [&](const Text& a, const Text& b) { return a.starts_with(parts(b).second); }}},
      [&](const TextRow& row, Random& random) {
        const Text& spelling = pick(random, odd_spellings());
        Text made = text;
        row.change(made, spelling, random);
        return Step<Text>{text, spelling + '\t' + made, made != text, made};
      });
  expect_rows_come_up(text_rows());
  for (const TextRow& row : text_rows()) {
    Random random(1);
    Text empty;
    row.change(empty, "", random);
    EXPECT_EQ(empty, "") << row.name;
  }
}

TEST(JsonMutations, ATextIsChangedByASpellingOfTheTable) {
  const std::string text = print_json(document());
  std::set<std::string> fronts;
  std::string made;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    std::string changed = text;
    mutate_json_text(changed, random, text_rows().first(1));
    fronts.insert(changed.substr(0, changed.size() - text.size()));
    changed = text;
    mutate_json_text(changed, random);
    made += changed;
  }
  EXPECT_EQ(fronts, std::set<std::string>(odd_spellings().begin(), odd_spellings().end()));
  expect_pinned("json.text", made);
}

}  // namespace
}  // namespace revive::fuzz
