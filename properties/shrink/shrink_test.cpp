#include "revive/properties/shrink/shrink.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <string>

#include "revive/properties/testing/toy.h"

namespace revive::properties {
namespace {

using toy::Item;
using toy::Items;
using toy::Kind;
using Values = std::vector<std::uint64_t>;
using Predicate = std::function<bool(const Items&)>;

struct Named {
  const char* name;
  Predicate fails;
  // The simplest failing case, as toy::to_string writes it.
  const char* simplest;
};

void PrintTo(const Named& named, std::ostream* out) {
  *out << named.name;
}

std::size_t count(const Items& items, const std::function<bool(const Item&)>& matches) {
  const auto all = toy::all_items(items);
  return static_cast<std::size_t>(std::ranges::count_if(all, [&](const Item* item) { return matches(*item); }));
}
bool is_number(const Item& item) {
  return item.kind == Kind::number;
}

// A real in front of a pair with b > 2, anywhere at one level.
bool real_before_pair(const Items& items) {
  bool real = false;
  for (const Item& item : items) {
    if (item.kind == Kind::group && real_before_pair(item.items)) return true;
    if (item.kind == Kind::pair && item.b > 2 && real) return true;
    real |= item.kind == Kind::real;
  }
  return false;
}

bool two_equal_numbers(const Items& items) {
  const auto all = toy::all_items(items);
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      if (is_number(*all[i]) && is_number(*all[j]) && all[i]->a == all[j]->a && all[i]->a > 20) return true;
    }
  }
  return false;
}

std::uint64_t pair_sum(const Items& items) {
  std::uint64_t sum = 0;
  for (const Item* item : toy::all_items(items)) sum += item->kind == Kind::pair ? item->a + item->b : 0;
  return sum;
}

const Named kNamed[] = {
    {"any item", [](const Items& i) { return !i.empty(); }, "[0]"},
    {"number > 77", [](const Items& i) { return count(i, [](const Item& x) { return is_number(x) && x.a > 77; }) > 0; },
     "[78]"},
    {"more than 10 numbers", [](const Items& i) { return count(i, is_number) > 10; },
     "[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]"},
    {"two equal numbers > 20", two_equal_numbers, "[21, 21]"},
    {"pair in a group",
     [](const Items& i) {
       return std::ranges::any_of(toy::all_items(i), [](const Item* x) {
         return x->kind == Kind::group &&
                std::ranges::any_of(x->items, [](const Item& y) { return y.kind == Kind::pair; });
       });
     },
     "[[(0, 0)]]"},
    {"real before pair", real_before_pair, "[0.000000r, (0, 3)]"},
    {"real and pair in any order",
     [](const Items& i) {
       return count(i, [](const Item& x) { return x.kind == Kind::real; }) > 0 &&
              count(i, [](const Item& x) { return x.kind == Kind::pair && x.b > 2; }) > 0;
     },
     "[(0, 3), 0.000000r]"},
    {"NaN",
     [](const Items& i) {
       return count(i, [](const Item& x) { return x.kind == Kind::real && std::isnan(x.real); }) > 0;
     },
     "[nanr]"},
    {"real > 8.5",
     [](const Items& i) { return count(i, [](const Item& x) { return x.kind == Kind::real && x.real > 8.5; }) > 0; },
     "[infr]"},
    {"pairs add up to 100", [](const Items& i) { return pair_sum(i) >= 100; }, "[(40, 60)]"},
    {"numbers add up to 300",
     [](const Items& i) {
       std::uint64_t sum = 0;
       for (const Item* x : toy::all_items(i)) sum += is_number(*x) ? x->a : 0;
       return sum >= 300;
     },
     "[45, 255]"},
};

// The recordings of `want` random cases that fail.
std::vector<Values> failing_cases(const Predicate& fails, std::size_t want) {
  std::vector<Values> found;
  for (std::uint64_t seed = 0; found.size() < want && seed < 200'000; ++seed) {
    Choices choices = Choices::random(seed);
    if (fails(toy::generate(choices))) found.push_back(choices.recording().values());
  }
  return found;
}

std::string shown(const Recording& recording) {
  Choices choices = Choices::replay(recording.values());
  return toy::to_string(toy::generate(choices));
}

class ShrinkTo : public ::testing::TestWithParam<Named> {};

TEST_P(ShrinkTo, TheSimplestCase) {
  const Named& named = GetParam();
  constexpr std::size_t kStarts = 60;
  const std::vector<Values> starts = failing_cases(named.fails, kStarts);
  ASSERT_EQ(starts.size(), kStarts);
  std::vector<std::size_t> tries;
  for (const Values& start : starts) {
    const ShrinkResult result = shrink(start, toy::generate, named.fails);
    ASSERT_TRUE(result.reproduced);
    EXPECT_FALSE(result.budget_spent);
    EXPECT_EQ(shown(result.recording), named.simplest) << "from " << to_hex(start);
    tries.push_back(result.tries);
  }
  std::ranges::sort(tries);
  // Measured: medians of at most 253.
  EXPECT_LT(tries[kStarts / 2], 270u);
}

INSTANTIATE_TEST_SUITE_P(Toy, ShrinkTo, ::testing::ValuesIn(kNamed), [](const auto& param) {
  std::string name = param.param.name;
  std::erase_if(name, [](char c) { return c == '.' || c == '>'; });
  std::ranges::replace(name, ' ', '_');
  return name;
});

const Predicate kManyNumbers = kNamed[2].fails;

TEST(Shrink, TheSameStartGivesTheSameEndInTheSameSteps) {
  const Values start = failing_cases(kManyNumbers, 1).at(0);
  const ShrinkResult a = shrink(start, toy::generate, kManyNumbers);
  const ShrinkResult b = shrink(start, toy::generate, kManyNumbers);
  EXPECT_EQ(a.recording, b.recording);
  EXPECT_EQ(a.tries, b.tries);
  EXPECT_EQ(a.runs, b.runs);
}

TEST(Shrink, TheEndOfOneShrinkIsItsOwnEnd) {
  const Values start = failing_cases(kManyNumbers, 1).at(0);
  const Values end = shrink(start, toy::generate, kManyNumbers).recording.values();
  EXPECT_EQ(shrink(end, toy::generate, kManyNumbers).recording.values(), end);
}

TEST(Shrink, OnlyNewSimplerCasesAreTested) {
  struct Case {
    Items items;
    Values values;
  };
  std::size_t made = 0;
  const auto generate = [&](Choices& choices) {
    ++made;
    Case one{toy::generate(choices), {}};
    one.values = choices.recording().values();
    return one;
  };
  const Values start = failing_cases(kManyNumbers, 1).at(0);
  Values best;
  std::set<Values> tested;
  const auto fails = [&](const Case& one) {
    EXPECT_TRUE(tested.insert(one.values).second) << "tested twice";
    EXPECT_TRUE(best.empty() || simpler(one.values, best));
    if (!kManyNumbers(one.items)) return false;
    best = one.values;
    return true;
  };
  const ShrinkResult result = shrink(start, generate, fails);
  EXPECT_EQ(result.runs, made);
  EXPECT_EQ(result.tries, tested.size());
  EXPECT_LT(result.tries, result.runs);
  EXPECT_EQ(result.recording.values(), best);
}

TEST(Shrink, BudgetsEndTheSearchAndAreReported) {
  const Values start = failing_cases(kManyNumbers, 1).at(0);
  const ShrinkResult few_tries = shrink(start, toy::generate, kManyNumbers, {.tries = 5});
  EXPECT_TRUE(few_tries.budget_spent);
  EXPECT_EQ(few_tries.tries, 5u);
  EXPECT_FALSE(simpler(start, few_tries.recording.values()));
  const ShrinkResult few_runs = shrink(start, toy::generate, kManyNumbers, {.runs = 10});
  EXPECT_TRUE(few_runs.budget_spent);
  EXPECT_EQ(few_runs.runs, 10u);
  EXPECT_FALSE(shrink(start, toy::generate, kManyNumbers).budget_spent);
}

TEST(Shrink, TimeIsALimitOnlyWhereItIsAskedFor) {
  const Values start = failing_cases(kManyNumbers, 1).at(0);
  std::size_t asked = 0;
  const ShrinkResult result = shrink(start, toy::generate, kManyNumbers, {.out_of_time = [&] { return ++asked == 7; }});
  EXPECT_EQ(asked, 7u);
  EXPECT_TRUE(result.out_of_time);
  EXPECT_TRUE(result.budget_spent);
  EXPECT_FALSE(shrink(start, toy::generate, kManyNumbers, {.tries = 5}).out_of_time);
}

TEST(Shrink, AStartThatDoesNotFailIsReportedAndLeftAlone) {
  const Values start = failing_cases(kManyNumbers, 1).at(0);
  const ShrinkResult result = shrink(start, toy::generate, [](const Items&) { return false; });
  EXPECT_FALSE(result.reproduced);
  EXPECT_EQ(result.recording.values(), start);
  EXPECT_EQ(result.runs, 1u);
}

TEST(Shrink, ACountInFrontOfItsElementsShrinksToo) {
  // No list, no spans: the generator that does not know about the shrinker.
  const auto generate = [](Choices& choices) {
    Values values(choices.draw(20));
    for (std::uint64_t& value : values) value = choices.draw(100);
    return values;
  };
  const auto fails = [](const Values& values) {
    return std::ranges::count_if(values, [](std::uint64_t v) { return v > 30; }) >= 2;
  };
  const ShrinkResult result = shrink(Values{6, 1, 99, 3, 4, 60, 7}, generate, fails);
  EXPECT_EQ(result.recording.values(), (Values{2, 31, 31}));
}

TEST(Shrink, AListWithAnEndMarkAndNoSpansShrinksToo) {
  const auto generate = [](Choices& choices) {
    Values values;
    while (const std::uint64_t value = choices.draw(9)) values.push_back(value);
    return values;
  };
  const auto fails = [](const Values& values) { return std::ranges::count(values, 9u) >= 1; };
  EXPECT_EQ(shrink(Values{3, 5, 9, 2, 0}, generate, fails).recording.values(), (Values{9, 0}));
}

TEST(Shrink, FieldsOfASpanThatDoNotMatterAreDroppedTogether) {
  constexpr std::size_t kFields = 30;
  const auto generate = [](Choices& choices) {
    {
      const Choices::Scope scope(choices, "record");
      for (std::size_t i = 0; i < kFields; ++i) choices.draw(9);
    }
    const Choices::Scope scope(choices, "record");
    return choices.draw(1);
  };
  const ShrinkResult result = shrink(Values(kFields + 1, 1), generate, [](std::uint64_t last) { return last == 1; });
  Values simplest(kFields, 0);
  simplest.push_back(1);
  EXPECT_EQ(result.recording.values(), simplest);
  EXPECT_LE(result.tries, 8u);
}

// -(-(...7...)): a node that stands in a field, not in a list.
std::uint64_t generate_expression(Choices& choices) {
  const Choices::Scope scope(choices, "expression");
  const bool is_negation = choices.draw(1) == 1;
  return is_negation ? generate_expression(choices) : choices.draw(9);
}

TEST(Shrink, ANodeTakesThePlaceOfTheOneAroundIt) {
  Values start(40, 1);
  start.insert(start.end(), {0, 7});
  const ShrinkResult result = shrink(start, generate_expression, [](std::uint64_t leaf) { return leaf == 7; });
  EXPECT_EQ(result.recording.values(), (Values{0, 7}));
  EXPECT_LE(result.tries, 52u) << "59 without lifting the innermost";
}

TEST(Shrink, AnIndexPastDeletedElementsFollowsThem) {
  struct Indexed {
    Values values;
    std::uint64_t index = 0;
  };
  const auto generate = [](Choices& choices) {
    Indexed made;
    choices.list("element", 1, 12, [&](std::size_t) { made.values.push_back(choices.draw(100)); });
    made.index = choices.draw(11);
    return made;
  };
  const auto fails = [](const Indexed& made) {
    return made.index < made.values.size() && made.values[made.index] > 50;
  };
  const ShrinkResult result = shrink(Values{1, 3, 1, 4, 1, 5, 1, 99, 1, 6, 0, 3}, generate, fails);
  EXPECT_EQ(result.recording.values(), (Values{1, 51, 0, 0}));
}

// An adapter between two elements that do not fit, where a flag of the first would make them fit.
TEST(Shrink, AnElementGoesWhereAFlagOfTheOneBeforeDoesTheSame) {
  struct Part {
    bool adapts = false;
    std::uint64_t kind = 0;
  };
  constexpr std::uint64_t kAdapter = 2;
  constexpr std::uint64_t kEngine = 1;
  // More than a pass over flat values takes away at once.
  constexpr std::size_t kFields = 12;
  const auto generate = [](Choices& choices) {
    std::vector<Part> parts;
    choices.list("part", 0, 8, [&](std::size_t) {
      Part part;
      part.kind = choices.draw(3);
      part.adapts = choices.flag(1, 2);
      for (std::size_t i = 0; i < kFields; ++i) choices.draw(0);
      parts.push_back(part);
    });
    return parts;
  };
  const auto fails = [](const std::vector<Part>& parts) {
    bool fits = false;
    for (const Part& part : parts) {
      if (part.kind == kEngine && fits) return true;
      fits = part.kind == kAdapter || (part.kind == kEngine && part.adapts);
    }
    return false;
  };
  const auto two_engines = [&](const std::vector<Part>& parts) {
    return fails(parts) && std::ranges::count(parts, kEngine, &Part::kind) >= 2;
  };
  const auto recording_of = [&](const std::vector<Part>& parts) {
    Values values;
    for (const Part& part : parts) {
      values.insert(values.end(), {1, part.kind, part.adapts ? 1u : 0u});
      values.insert(values.end(), kFields, 0);
    }
    values.push_back(0);
    return values;
  };
  const Values start = recording_of({{false, kEngine}, {false, kAdapter}, {false, kEngine}});
  const ShrinkResult result = shrink(start, generate, two_engines);
  EXPECT_EQ(result.recording.values(), recording_of({{true, kEngine}, {false, kEngine}}));
}

}  // namespace
}  // namespace revive::properties
