#include "revive/fuzz/mutators/field_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "revive/fuzz/mutators/pinned.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layer_draw.h"
#include "revive/model/registry.h"
#include "revive/serializer/json/json.h"

namespace revive::fuzz {
namespace {

using testing::Contains;
using testing::ElementsAre;

constexpr std::uint64_t kSeeds = 2000;

// Values of a field as JSON, how often each came.
std::map<std::string, int> drawn(const Field& field, const FieldRef& ref) {
  std::map<std::string, int> values;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random(seed);
    ++values[print_json(field_value(field, ref, random))];
  }
  return values;
}
std::set<std::string> kinds_of(const std::map<std::string, int>& values) {
  std::set<std::string> kinds;
  for (const auto& [text, count] : values) {
    const char first = text[0];
    kinds.insert(first == '['                                      ? "array"
                 : first == '{'                                    ? "object"
                 : first == '"'                                    ? "string"
                 : text == "null"                                  ? "null"
                 : text == "true" || text == "false"               ? "bool"
                 : text.find_first_of(".NIe") != std::string::npos ? "real"
                                                                   : "int");
  }
  return kinds;
}
int count_of(const std::map<std::string, int>& values, const std::string& text) {
  const auto found = values.find(text);
  return found == values.end() ? 0 : found->second;
}

Field bounded(double minimum, double maximum) {
  Field field;
  field.legal.minimum = minimum;
  field.legal.maximum = maximum;
  return field;
}

// From one below the least to one above the most, those near the bounds more often than others.
TEST(FieldValue, AnIntegerIsInItsRangeOrNextToIt) {
  std::int64_t value = 3;
  const auto values = drawn(bounded(10, 20), &value);
  for (const std::string near : {"9", "10", "11"}) EXPECT_NEAR(count_of(values, near), kSeeds / 12.0, 60) << near;
  for (const std::string near : {"19", "20", "21"}) EXPECT_NEAR(count_of(values, near), kSeeds / 32.0, 30) << near;
  for (int small = 1; small <= 8; ++small) EXPECT_NEAR(count_of(values, std::to_string(small)), kSeeds / 12.2, 60);
  EXPECT_EQ(values.size(), 3U + 3U + 8U);
}

// Without bounds there is something else at their place.
TEST(FieldValue, WithoutBoundsAnIntegerIsOddAtTimes) {
  std::int64_t value = 3;
  const auto values = drawn(Field(), &value);
  EXPECT_THAT(kinds_of(values), ElementsAre("array", "bool", "int", "null", "object", "real", "string"));
  EXPECT_GT(count_of(values, "8"), 60);
  EXPECT_EQ(count_of(values, "9"), 0);
}

TEST(FieldValue, ABoolIsTheOther) {
  bool value = true;
  EXPECT_THAT(drawn(Field(), &value), ElementsAre(std::pair("false", kSeeds)));
  value = false;
  EXPECT_THAT(drawn(Field(), &value), ElementsAre(std::pair("true", kSeeds)));
}

TEST(FieldValue, ANumberIsARealEveryOtherTime) {
  Number value;
  const auto values = drawn(bounded(0, 1), &value);
  int reals = 0;
  double least = 1;
  double most = 0;
  for (const auto& [text, count] : values) {
    if (text.find('.') == std::string::npos) continue;
    reals += count;
    least = std::min(least, std::stod(text));
    most = std::max(most, std::stod(text));
  }
  EXPECT_NEAR(reals, kSeeds / 2.0, 100);
  EXPECT_LT(least, -0.4);
  EXPECT_GE(least, -0.5);
  EXPECT_GT(most, 1.4);
  EXPECT_LT(most, 1.5);
}

TEST(FieldValue, AnEnumIsAnyOfItsNamesOrNone) {
  const EnumNames names{"a colour", {"red", "green", "blue"}, {}, {}};
  std::uint8_t index = 0;
  const auto values = drawn(Field(), EnumRef{&index, &names});
  for (const std::string name : {"\"red\"", "\"green\"", "\"blue\""}) {
    EXPECT_NEAR(count_of(values, name), kSeeds * 7 / 24.0, 100) << name;
  }
  EXPECT_THAT(kinds_of(values), Contains("object"));
}

// One in eight has an item too many.
TEST(FieldValue, AListHasItsLengthOrOneMore) {
  IntList list;
  Field field = bounded(1, 9);
  field.legal.items = 2;
  std::map<std::size_t, int> sizes;
  for (const auto& [text, count] : drawn(field, &list)) {
    sizes[static_cast<std::size_t>(std::ranges::count(text, ',')) + 1] += count;
  }
  ASSERT_THAT(sizes, testing::SizeIs(2));
  EXPECT_NEAR(sizes[3], kSeeds / 8.0, 60);
  EXPECT_GT(sizes[2], 1600);
  field.legal.items.reset();
  sizes.clear();
  for (const auto& [text, count] : drawn(field, &list)) {
    sizes[static_cast<std::size_t>(std::ranges::count(text, ',')) + 1] += count;
  }
  EXPECT_THAT(sizes, testing::SizeIs(4));
}

TEST(FieldValue, PairsAreOfTwoNumbersOrOfOne) {
  IntPairs pairs;
  Field field = bounded(0, 3);
  field.legal.items = 2;
  int numbers = 0;
  int mixed = 0;
  int whole = 0;
  for (const auto& [text, count] : drawn(field, &pairs)) {
    const auto brackets = std::ranges::count(text, '[');
    (brackets == 0 ? numbers : brackets == 3 ? whole : mixed) += count;
    EXPECT_TRUE(brackets != 3 || std::ranges::count(text, ',') == 3) << text;
  }
  EXPECT_NEAR(numbers, kSeeds / 8.0, 60);
  EXPECT_NEAR(mixed, kSeeds * 7 / 8.0 * 15 / 64, 90);
  EXPECT_GT(whole, 1200);
}

TEST(FieldValue, NumbersAreOneOrAList) {
  Numbers numbers;
  const auto values = drawn(bounded(0, 3), &numbers);
  EXPECT_THAT(kinds_of(values), ElementsAre("array", "int", "real"));
  int lists = 0;
  std::set<std::ptrdiff_t> commas;
  for (const auto& [text, count] : values) {
    if (text[0] != '[') continue;
    lists += count;
    commas.insert(std::ranges::count(text, ','));
  }
  EXPECT_NEAR(lists, kSeeds / 2.0, 100);
  EXPECT_THAT(commas, ElementsAre(0, 1, 2));
}

// What may be missing is so one time in three; what it is otherwise is what it would be.
TEST(FieldValue, WhatIsOptionalIsNullAtTimes) {
  std::optional<std::int64_t> integer;
  const auto values = drawn(bounded(1, 9), &integer);
  EXPECT_NEAR(count_of(values, "null"), kSeeds / 3.0, 100);
  EXPECT_THAT(kinds_of(values), ElementsAre("int", "null"));
  std::optional<std::string> text = "ab";
  const auto texts = drawn(Field(), &text);
  EXPECT_GT(count_of(texts, "\"aa\""), 100);
  EXPECT_GT(count_of(texts, "null"), 500);
}

TEST(FieldValue, AShapeHasABatchAndUpToThreeAxes) {
  Shape shape;
  std::set<std::ptrdiff_t> ranks;
  int unknown = 0;
  int axes = 0;
  for (const auto& [text, count] : drawn(bounded(1, 9), &shape)) {
    EXPECT_TRUE(text.starts_with("[null, ")) << text;
    const auto commas = std::ranges::count(text, ',');
    ranks.insert(commas);
    axes += count * static_cast<int>(commas);
    for (std::size_t at = text.find("null", 2); at != std::string::npos; at = text.find("null", at + 1))
      unknown += count;
  }
  EXPECT_THAT(ranks, ElementsAre(1, 2, 3));
  EXPECT_NEAR(unknown, axes / 4.0, axes / 20.0);
}

TEST(FieldValue, ADTypeIsAnyOfThem) {
  DType dtype = DType::float32;
  const auto values = drawn(Field(), &dtype);
  EXPECT_EQ(values.size(), static_cast<std::size_t>(DType::boolean) + 1);
  EXPECT_GT(count_of(values, "\"bool\""), 50);
}

// A character is another one of the text, or is gone.
TEST(FieldValue, ATextIsItsOwnLettersWithOneLessOrChanged) {
  std::string text = "abc";
  const auto values = drawn(Field(), &text);
  for (const std::string gone : {"\"bc\"", "\"ac\"", "\"ab\""})
    EXPECT_NEAR(count_of(values, gone), kSeeds * 7 / 96.0, 60);
  for (const std::string other : {"\"bbc\"", "\"aac\"", "\"abb\"", "\"cbc\""}) EXPECT_GT(count_of(values, other), 80);
  EXPECT_THAT(kinds_of(values), Contains("object"));
  text = "";
  EXPECT_THAT(kinds_of(drawn(Field(), &text)), testing::SizeIs(7)) << "there is nothing to change";
}

// All that is drawn for a field of each type, value by value.
TEST(FieldValue, IsTheSameForASeedEverywhere) {
  std::string all;
  const auto draw = [&](const Field& field, auto value) {
    for (const auto& [text, count] : drawn(field, &value)) all += text + ' ' + std::to_string(count) + '\n';
  };
  Field items = bounded(-3, 5);
  items.legal.items = 2;
  const Field two = std::move(items);
  const Field one = bounded(1, 9);
  const Field any;
  for (const Field* const each : {&one, &two, &any}) {
    const Field& field = *each;
    draw(field, std::int64_t{3});
    draw(field, Number());
    draw(field, IntList());
    draw(field, IntPairs());
    draw(field, Numbers());
    draw(field, Shape());
    draw(field, std::optional<std::int64_t>(3));
    draw(field, std::optional<IntList>(IntList{1, 2}));
    draw(field, std::string("abcd"));
    draw(field, LambdaFunction());
  }
  const EnumNames names{"a colour", {"red", "green", "blue"}, {}, {}};
  std::uint8_t index = 0;
  for (const auto& [text, count] : drawn(Field(), EnumRef{&index, &names})) all += text + std::to_string(count);
  expect_pinned("field.values", all);
}

// Of a class of its own: each draw of its fields at the ends of their ranges, and an input that it accepts.
TEST(FieldValue, ClassesAreDrawnUpToSixteenTimesForAnInput) {
  struct Drawn {
    int asked = 0;
    std::set<std::size_t> ranks;
    std::set<std::int64_t> axes, integers;
    std::set<std::size_t> alternatives;
    std::set<bool> flags, open;
  };
  static Drawn seen;
  static std::size_t only_rank = 0;
  seen = {};
  LayerClass own;
  own.name = "Own";
  own.create = [] { return std::make_shared<int>(0); };
  own.accepts = [](const Shape& input) {
    ++seen.asked;
    return only_rank == 0 || input.rank() == only_rank;
  };
  own.draw = [](LayerDraw& draw, void*) {
    const Dims& probe = draw.context().probe;
    seen.ranks.insert(probe.size());
    for (std::size_t i = 0; i < probe.size(); ++i) {
      seen.axes.insert(probe[i]);
      seen.open.insert(draw.context().shape[i] == kUnknown);
      EXPECT_TRUE(draw.context().shape[i] == kUnknown || draw.context().shape[i] == probe[i]);
    }
    seen.integers.insert(draw.integer(-2, 3));
    seen.alternatives.insert(draw.alternative(4));
    seen.flags.insert(draw.flag());
    EXPECT_TRUE(draw.stack().empty());
  };
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    drawn_for_any_input(own, random);
  }
  EXPECT_EQ(seen.asked, 400) << "the first that is accepted is the one";
  EXPECT_THAT(seen.ranks, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(seen.axes, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(seen.integers, ElementsAre(-2, -1, 0, 1, 2, 3));
  EXPECT_THAT(seen.alternatives, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(seen.flags.size() + seen.open.size(), 4U);
  // Where none is accepted, it is given up.
  only_rank = 99;
  seen = {};
  Random random(1);
  drawn_for_any_input(own, random);
  EXPECT_EQ(seen.asked, 16);
  EXPECT_TRUE(seen.ranks.empty());
}

TEST(FieldValue, StepsAsideByOneWithoutAnOverflow) {
  std::set<std::string> made;
  std::string all;
  for (const Value& value : {Value(5), Value(INT64_MAX), Value(INT64_MIN), Value(0.5), Value("x"),
                             Value(Value::Array{1, Value::Array{7}}), Value(Value::Array{})}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Random random(seed);
      Value stepped = value;
      step_aside(stepped, random);
      made.insert(print_json(stepped));
    }
  }
  EXPECT_THAT(made, testing::UnorderedElementsAre("4", "6", "9223372036854775807", "9223372036854775806",
                                                  "-9223372036854775808", "-9223372036854775807", "0.5", "\"x\"",
                                                  "[0, [7]]", "[2, [7]]", "[1, [6]]", "[1, [8]]", "[]"));
}

// The least and the most come up a third of the time each.
TEST(FieldValue, ClassesAreDrawnAtTheEndsOfTheirRanges) {
  std::map<std::int64_t, int> units;
  std::map<bool, int> biases;
  std::set<std::string> activations;
  const LayerClass& dense = *find_layer_class("Dense");
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    Random random(seed);
    const Layer layer = drawn_for_any_input(dense, random);
    visit_fields(layer, [&](const Layer& holder, const Field& field) {
      const Value value = write_field(holder.ref(field));
      if (field.name == "units") ++units[value.as_int()];
      if (field.name == "use_bias") ++biases[value.as_bool()];
      if (field.name == "activation") activations.insert(print_json(value));
    });
  }
  ASSERT_GE(units.size(), 3U);
  EXPECT_GT(units.begin()->second, 150);
  EXPECT_GT(units.rbegin()->second, 150);
  EXPECT_GT(biases[true], 150);
  EXPECT_GT(biases[false], 150);
  EXPECT_GT(activations.size(), 5U);
}

// Every class that draws its fields finds an input that it takes.
TEST(FieldValue, EveryClassIsDrawnForAnInputThatItAccepts) {
  for (const LayerClass* layer_class : layer_classes()) {
    if (!layer_class->draw) continue;
    const Layer plain(*layer_class);
    std::size_t other = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      Random random(seed);
      const Layer layer = drawn_for_any_input(*layer_class, random);
      EXPECT_EQ(&layer.layer_class(), layer_class);
      bool differs = false;
      visit_fields(layer, [&](const Layer& holder, const Field& field) {
        if (&holder != &layer || layer.lambda() != nullptr) return;
        differs = differs || write_field(holder.ref(field)) != write_field(plain.ref(field));
      });
      other += differs ? 1 : 0;
    }
    EXPECT_TRUE(layer_class->fields.empty() || plain.lambda() != nullptr || other > 0) << layer_class->name;
  }
}

}  // namespace
}  // namespace revive::fuzz
