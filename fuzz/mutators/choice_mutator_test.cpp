#include "revive/fuzz/mutators/choice_mutator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "revive/fuzz/mutators/each_row.h"
#include "revive/fuzz/seeds/seeds.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/compare.h"

namespace revive::fuzz {
namespace {

using properties::FuzzInput;
using properties::Token;
using testing::ElementsAre;
using Input = std::vector<std::uint8_t>;
using Tokens = std::vector<Token>;

constexpr std::size_t kMost = 4096;

std::size_t leave(std::uint8_t*, std::size_t size, std::size_t) {
  return size;
}

Input mutate(const Input& input, std::size_t max, std::uint32_t seed, const ChoiceTables& tables = {},
             ByteMutator engine = leave) {
  Input buffer = input;
  buffer.resize(std::max(max, input.size()));
  const std::size_t size = mutate_choices(buffer.data(), input.size(), max, seed, engine, tables);
  EXPECT_LE(size, max);
  buffer.resize(size);
  return buffer;
}

TEST(ChoiceMutator, ChoicesStayWithinTheirRange) {
  using Choice = std::uint64_t;
  constexpr std::array<std::pair<Choice, Choice>, 6> kChoices = {
      {{0, 1}, {1, 1}, {3, 9}, {0, 200}, {200, 200}, {UINT64_MAX, UINT64_MAX}}};
  Choice max = 0;
  expect_each_row_changes<Choice>(
      "choice", choice_rows(), [](Choice value, Choice, Random&) { return value; },
      {{"least", 60, [](Choice, Choice b) { return b == 0; }},
       {"most", 45, [&](Choice, Choice b) { return b == max; }},
       {"next", 100, [&](Choice a, Choice b) { return b == (a == max ? 0 : a + 1); }},
       {"previous", 100, [&](Choice a, Choice b) { return b == (a == 0 ? max : a - 1); }},
       {"small", 60, [&](Choice, Choice b) { return b <= max; }},
       {"any", 60, [&](Choice, Choice b) { return b <= max; }}},
      [&](const ChoiceRow& row, Random& random) {
        const auto& [value, most] = kChoices[random.below(kChoices.size())];
        max = most;
        const Choice made = row.change(value, most, random);
        return Step<Choice>{value, made, made != value, std::to_string(made)};
      });
  expect_rows_come_up(choice_rows());
}

FuzzInput flat_input() {
  return {0, {1, 2, 3, 40, 500, 6000}};
}
std::string text_of(const FuzzInput& input) {
  return std::to_string(input.seed) + ' ' + properties::to_hex(input.values);
}

TEST(ChoiceMutator, FlatValuesAreDroppedAddedSwappedAndChanged) {
  const auto same_seed = [](const FuzzInput& a, const FuzzInput& b) { return a.seed == b.seed; };
  const auto differing = [](const FuzzInput& a, const FuzzInput& b) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i) count += a.values[i] != b.values[i] ? 1 : 0;
    return count;
  };
  expect_each_row_changes<FuzzInput>(
      "choices_flat", flat_rows(), [](FuzzInput&, Random&) {},
      {{"tail", 100,
        [](const FuzzInput& a, const FuzzInput& b) {
          return b.seed != 0 && b.values.size() <= a.values.size() &&
                 std::equal(b.values.begin(), b.values.end(), a.values.begin());
        }},
       {"drop", 100,
        [&](const FuzzInput& a, const FuzzInput& b) {
          return same_seed(a, b) && b.values.size() + 1 == a.values.size() && std::ranges::includes(a.values, b.values);
        }},
       {"add", 100,
        [&](const FuzzInput& a, const FuzzInput& b) {
          return same_seed(a, b) && b.values.size() == a.values.size() + 1 &&
                 std::ranges::all_of(a.values,
                                     [&](std::uint64_t each) { return std::ranges::count(b.values, each) > 0; });
        }},
       {"swap", 75,
        [&](const FuzzInput& a, const FuzzInput& b) {
          return same_seed(a, b) && std::ranges::is_permutation(a.values, b.values) && differing(a, b) == 2;
        }},
       {"value", 90,
        [&](const FuzzInput& a, const FuzzInput& b) {
          return same_seed(a, b) && b.values.size() == a.values.size() && differing(a, b) == 1;
        }}},
      [&](const FlatRow& row, Random& random) {
        FuzzInput made = flat_input();
        row.change(made, random);
        return Step<FuzzInput>{flat_input(), made, text_of(made) != text_of(flat_input()), text_of(made)};
      });
  expect_rows_come_up(flat_rows());
}

// A stack of three layers, of which the second holds another span, and a choice behind them all.
Tokens three_spans() {
  const auto open = [](properties::SpanLabel label) { return Token{Token::Kind::open, label, 0, 0}; };
  const auto value = [](std::uint64_t number) { return Token{Token::Kind::value, {}, number, 9}; };
  const Token close{Token::Kind::close, {}, 0, 0};
  return {open("layer"),
          value(1),
          close,
          open("layer"),
          value(2),
          open("shape"),
          value(3),
          close,
          open("layer"),
          close,
          close,
          value(4),
          Token{Token::Kind::forced, {}, 5, 5}};
}

std::string text_of(const Tokens& tokens) {
  std::string text;
  for (const Token& token : tokens) {
    text += token.kind == Token::Kind::open    ? (token.label == properties::SpanLabel("layer") ? "(" : "[")
            : token.kind == Token::Kind::close ? ")"
                                               : std::to_string(token.value);
  }
  return text;
}

TEST(ChoiceMutator, SpansAreDroppedDoubledReplacedAndExchanged) {
  const Tokens before = three_spans();
  ASSERT_EQ(text_of(before), "(1)(2[3)())45");
  const auto result = [&](auto change) {
    Tokens made = before;
    change(made);
    EXPECT_NO_FATAL_FAILURE(properties::closes_of(made));
    return text_of(made);
  };
  Random random(1);
  const auto span_row = [&](std::string_view name) {
    return std::ranges::find(span_rows(), name, &SpanRow::name)->change;
  };
  const auto pair_row = [&](std::string_view name) {
    return std::ranges::find(pair_rows(), name, &PairRow::name)->change;
  };
  constexpr ChoiceSpan kFirst{0, 3};
  constexpr ChoiceSpan kSecond{3, 11};
  constexpr ChoiceSpan kInner{5, 8};
  EXPECT_EQ(result([&](Tokens& made) { span_row("drop")(made, kFirst, random); }), "(2[3)())45");
  EXPECT_EQ(result([&](Tokens& made) { span_row("drop")(made, kInner, random); }), "(1)(2())45");
  EXPECT_EQ(result([&](Tokens& made) { span_row("double")(made, kFirst, random); }), "(1)(1)(2[3)())45");
  EXPECT_EQ(result([&](Tokens& made) { pair_row("replace")(made, kFirst, kSecond); }), "(2[3)())(2[3)())45");
  EXPECT_EQ(result([&](Tokens& made) { pair_row("replace")(made, kSecond, kFirst); }), "(1)(1)45");
  for (const auto& [a, b] : {std::pair(kFirst, kSecond), std::pair(kSecond, kFirst)}) {
    EXPECT_EQ(result([&](Tokens& made) { pair_row("exchange")(made, a, b); }), "(2[3)())(1)45");
  }
}

// One to three of the values that were drawn, within their range; nothing that was dictated.
TEST(ChoiceMutator, ValuesOfSpansChangeWithinTheirRange) {
  const Tokens before = three_spans();
  std::set<std::size_t> counts;
  expect_each_row_changes<Tokens>(
      "choices_span", span_rows().last(1), [](Tokens&, ChoiceSpan, Random&) {},
      {{"values", 85,
        [&](const Tokens& a, const Tokens& b) {
          std::size_t changed = 0;
          for (std::size_t i = 0; i < a.size(); ++i) {
            if (a[i] == b[i]) continue;
            ++changed;
            if (a[i].kind != Token::Kind::value || b[i].value > b[i].max || a[i].max != b[i].max) return false;
          }
          counts.insert(changed);
          return a.size() == b.size();
        }}},
      [&](const SpanRow& row, Random& random) {
        Tokens made = before;
        row.change(made, {0, 3}, random);
        return Step<Tokens>{before, made, made != before, text_of(made)};
      });
  EXPECT_THAT(counts, ElementsAre(1, 2, 3));
  Random random(1);
  Tokens dictated = {Token{Token::Kind::forced, {}, 5, 5}, Token{Token::Kind::value, {}, 0, 0}};
  const Tokens same = dictated;
  span_rows().back().change(dictated, {0, 0}, random);
  EXPECT_EQ(dictated, same);
  // Nor what has one value alone, however often it stands there; what has two is changed.
  for (const std::uint64_t most : {std::uint64_t{1}, std::uint64_t{9}}) {
    Tokens settled(20, Token{Token::Kind::value, {}, 0, 0});
    settled.push_back(Token{Token::Kind::value, {}, 1, most});
    int changed = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      Random again(seed);
      Tokens made = settled;
      span_rows().back().change(made, {0, 0}, again);
      changed += made != settled ? 1 : 0;
    }
    EXPECT_GT(changed, most == 1 ? 30 : 80) << most;
  }
}

// Each row alone, through the whole mutator, makes other models of the seeds.
TEST(ChoiceMutator, EachRowMakesOtherInputs) {
  const Input input = choice_seeds().back();
  const auto by_spans = [&](const ChoiceTables& tables) {
    std::size_t changed = 0;
    for (std::uint32_t seed = 0; seed < 60; ++seed) changed += mutate(input, kMost, seed, tables) != input ? 1 : 0;
    return changed;
  };
  constexpr FlatRow kFlatOff{"off", 1, [](FuzzInput&, Random&) {}};
  constexpr SpanRow kSpanOff{"off", 1, [](Tokens&, ChoiceSpan, Random&) {}};
  constexpr PairRow kPairOff{"off", 1, [](Tokens&, ChoiceSpan, ChoiceSpan) {}};
  const std::span<const FlatRow> no_flat(&kFlatOff, 1);
  const std::span<const SpanRow> no_spans(&kSpanOff, 1);
  const std::span<const PairRow> no_pairs(&kPairOff, 1);
  EXPECT_EQ(by_spans({no_spans, no_pairs, no_flat}), 0U);
  for (const FlatRow& row : flat_rows()) {
    EXPECT_GT(by_spans({no_spans, no_pairs, std::span(&row, 1)}), 2U) << row.name;
  }
  for (const SpanRow& row : span_rows()) {
    EXPECT_GT(by_spans({std::span(&row, 1), {}, no_flat}), 2U) << row.name;
    EXPECT_GT(by_spans({std::span(&row, 1), no_pairs, no_flat}), 2U) << row.name;
  }
  for (const PairRow& row : pair_rows()) {
    EXPECT_GT(by_spans({no_spans, std::span(&row, 1), no_flat}), 1U) << row.name;
  }
  for (const std::string_view name : {"drop", "double"}) expect_listed("choices_span." + std::string(name), "-");
  for (const PairRow& row : pair_rows()) expect_listed("choices_pair." + std::string(row.name), "-");
  expect_rows_come_up(span_rows());
  expect_rows_come_up(pair_rows());
}

// Two in five of the changes that could be of a pair are; the two lie apart and are of one kind, in either order.
TEST(ChoiceMutator, PairsAreTwoSpansOfOneKindThatLieApart) {
  struct Seen {
    double pairs = 0;
    double others = 0;
    std::set<bool> in_order;
    std::set<bool> side_by_side;
  };
  static Seen seen;
  seen = {};
  constexpr PairRow kPair{"pair", 1, [](Tokens& tokens, ChoiceSpan span, ChoiceSpan other) {
                            ++seen.pairs;
                            seen.in_order.insert(span.open < other.open);
                            EXPECT_EQ(tokens[span.open].label, tokens[other.open].label);
                            EXPECT_TRUE(span.end <= other.open || other.end <= span.open);
                            if (span.end == other.open) seen.side_by_side.insert(true);
                            if (other.end == span.open) seen.side_by_side.insert(false);
                            for (const ChoiceSpan each : {span, other}) {
                              EXPECT_EQ(properties::closes_of(tokens)[each.open] + 1, each.end);
                            }
                          }};
  constexpr SpanRow kSpan{"span", 1, [](Tokens& tokens, ChoiceSpan span, Random&) {
                            const auto closes = properties::closes_of(tokens);
                            for (std::size_t i = 0; i < tokens.size(); ++i) {
                              if (tokens[i].kind != Token::Kind::open || tokens[i].label != tokens[span.open].label)
                                continue;
                              if (closes[i] < span.open || i >= span.end) {
                                ++seen.others;
                                return;
                              }
                            }
                          }};
  const Input input = choice_seeds().back();
  for (std::uint32_t seed = 0; seed < 800; ++seed) {
    mutate(input, kMost, seed, {std::span(&kSpan, 1), std::span(&kPair, 1), flat_rows()});
  }
  EXPECT_NEAR(seen.pairs / (seen.pairs + seen.others), 0.4, 0.05);
  EXPECT_GT(seen.pairs, 100);
  EXPECT_EQ(seen.in_order.size(), 2U);
  EXPECT_EQ(seen.side_by_side.size(), 2U) << "nothing need stand between them";
}

// The seed of what comes behind the values: its low byte, then its high one.
TEST(ChoiceMutator, ATailIsWrittenInTwoBytes) {
  constexpr FlatRow kTail{"tail", 1, [](FuzzInput& input, Random&) { input = {0x1234, {}}; }};
  std::size_t written = 0;
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    written += mutate({7, 8, 9}, kMost, seed, {span_rows(), pair_rows(), std::span(&kTail, 1)}) == Input{0x34, 0x12};
  }
  EXPECT_GT(written, 3U);
}

std::size_t turn_over(std::uint8_t* data, std::size_t size, std::size_t max) {
  EXPECT_EQ(max, kMost);
  for (std::size_t i = 0; i < size; ++i) data[i] ^= 0xFF;
  return size + 1;
}

// One in four.
TEST(ChoiceMutator, TheEngineGetsItsShare) {
  const Input input = choice_seeds().back();
  int by_engine = 0;
  for (std::uint32_t seed = 0; seed < 800; ++seed) {
    const Input made = mutate(input, kMost, seed, {}, turn_over);
    by_engine +=
        made.size() == input.size() + 1 && made[0] == (input[0] ^ 0xFF) && made[9] == (input[9] ^ 0xFF) ? 1 : 0;
  }
  EXPECT_NEAR(by_engine, 200, 25);
}

// An engine that makes more than there is room for is cut.
TEST(ChoiceMutator, KeepsToItsRoom) {
  const Input input = choice_seeds().back();
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    EXPECT_LE(mutate(input, input.size(), seed, {}, [](std::uint8_t*, std::size_t, std::size_t max) { return max + 1; })
                  .size(),
              input.size());
  }
}

TEST(ChoiceMutator, WhatIsNoLayerIsChangedAsValues) {
  for (const Input& input : {Input{}, Input{0}, Input{0, 0}}) {
    std::set<std::uint16_t> seeds;
    for (std::uint32_t seed = 0; seed < 60; ++seed) {
      const Input made = mutate(input, kMost, seed);
      const FuzzInput split = properties::split_fuzz_bytes(made);
      if (split.values.empty()) seeds.insert(split.seed);
    }
    EXPECT_GT(seeds.size(), 8U);
    EXPECT_TRUE(std::ranges::any_of(seeds, [](std::uint16_t seed) { return (seed & 0xFF) != 0 && seed >> 8 != 0; }));
  }
}

TEST(ChoiceMutator, TheSameSeedGivesTheSameMutant) {
  const Input input = choice_seeds().back();
  for (std::uint32_t seed = 0; seed < 50; ++seed) EXPECT_EQ(mutate(input, kMost, seed), mutate(input, kMost, seed));
}

TEST(ChoiceMutator, MutantsAreOtherModels) {
  constexpr std::uint32_t kMutants = 20;
  const auto inputs = choice_seeds();
  std::set<std::string> models;
  for (const Input& input : inputs) {
    for (std::uint32_t seed = 0; seed < kMutants; ++seed) {
      auto choices = properties::Choices::from_fuzz(mutate(input, kMost, seed));
      const auto drawn = properties::generate_case(choices);
      ASSERT_TRUE(drawn) << drawn.error().text();
      models.insert(digest(drawn->model));
    }
  }
  EXPECT_GT(3 * models.size(), kMutants * inputs.size());
}

// As many bytes as there are may come out, and mutants are not held to fewer values.
TEST(ChoiceMutator, AtALimitOfTheSizeMutantsAreLikeOthers) {
  const Input input = choice_seeds().back();
  const std::size_t values = properties::split_fuzz_bytes(input).values.size();
  std::size_t as_many = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    as_many += properties::split_fuzz_bytes(mutate(input, input.size(), seed)).values.size() >= values ? 1 : 0;
  }
  EXPECT_GT(as_many, 20U);
}

// One value is gone, whichever.
TEST(ChoiceMutator, UnderALimitBelowTheSizeMutantsAreSmaller) {
  for (const Input& input : choice_seeds()) {
    for (std::uint32_t seed = 0; seed < 10; ++seed) {
      const Input made = mutate(input, input.size() - 1, seed);
      EXPECT_LT(made.size(), input.size());
      const std::size_t before = properties::split_fuzz_bytes(input).values.size();
      EXPECT_EQ(properties::split_fuzz_bytes(made).values.size() + 1, std::max<std::size_t>(before, 1));
    }
  }
  const Input input = properties::to_fuzz_bytes(flat_input().values);
  std::set<Input> made;
  for (std::uint32_t seed = 0; seed < 60; ++seed) made.insert(mutate(input, input.size() - 1, seed));
  EXPECT_EQ(made.size(), flat_input().values.size());
}

}  // namespace
}  // namespace revive::fuzz
