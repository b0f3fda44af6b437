#include "revive/fuzz/mutators/choice_mutator.h"

#include <algorithm>
#include <array>
#include <vector>

#include "revive/fuzz/mutators/pick.h"
#include "revive/properties/choices/recording.h"
#include "revive/properties/generate/generate.h"

namespace revive::fuzz {
namespace {

using properties::Choices;
using properties::Recording;
using properties::Token;
using Tokens = std::vector<Token>;
using Values = std::vector<std::uint64_t>;

constexpr std::array kChoiceRows = {
    ChoiceRow{"least", 1, [](std::uint64_t, std::uint64_t, Random&) { return std::uint64_t{0}; }},
    ChoiceRow{"most", 1, [](std::uint64_t, std::uint64_t max, Random&) { return max; }},
    ChoiceRow{"next", 1, [](std::uint64_t value, std::uint64_t max, Random&) { return value == max ? 0 : value + 1; }},
    ChoiceRow{"previous", 1,
              [](std::uint64_t value, std::uint64_t max, Random&) { return value == 0 ? max : value - 1; }},
    ChoiceRow{"small", 1, [](std::uint64_t, std::uint64_t max, Random& random) { return random.small_up_to(max); }},
    ChoiceRow{"any", 1, [](std::uint64_t, std::uint64_t max, Random& random) { return random.up_to(max); }},
};

std::uint64_t other_value(std::uint64_t value, std::uint64_t max, Random& random) {
  return draw_row(kChoiceRows, random).change(value, max, random);
}

std::vector<ChoiceSpan> spans_of(const Tokens& tokens) {
  std::vector<ChoiceSpan> spans;
  const std::vector<std::size_t> closes = properties::closes_of(tokens);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind == Token::Kind::open) spans.push_back({i, closes[i] + 1});
  }
  return spans;
}

Tokens slice(const Tokens& tokens, ChoiceSpan span) {
  return {tokens.begin() + static_cast<std::ptrdiff_t>(span.open),
          tokens.begin() + static_cast<std::ptrdiff_t>(span.end)};
}

void splice(Tokens& tokens, ChoiceSpan span, const Tokens& with) {
  const auto at = tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(span.open),
                               tokens.begin() + static_cast<std::ptrdiff_t>(span.end));
  tokens.insert(at, with.begin(), with.end());
}

void mutate_values(Tokens& tokens, Random& random) {
  std::vector<Token*> values;
  for (Token& token : tokens) {
    if (token.is_drawn() && token.max > 0) values.push_back(&token);
  }
  if (values.empty()) return;
  for (std::uint64_t changes = 1 + random.below(3); changes > 0; --changes) {
    Token& token = *pick(random, values);
    token.value = other_value(token.value, token.max, random);
  }
}

constexpr std::array kSpanRows = {
    SpanRow{"drop", 1, [](Tokens& tokens, ChoiceSpan span, Random&) { splice(tokens, span, {}); }},
    SpanRow{
        "double", 1,
        [](Tokens& tokens, ChoiceSpan span, Random&) { splice(tokens, {span.open, span.open}, slice(tokens, span)); }},
    SpanRow{"values", 1, [](Tokens& tokens, ChoiceSpan, Random& random) { mutate_values(tokens, random); }},
};

void exchange(Tokens& tokens, ChoiceSpan span, ChoiceSpan other) {
  const auto [first, second] = std::ranges::minmax({span, other}, {}, &ChoiceSpan::open);
  const Tokens a = slice(tokens, first);
  const Tokens b = slice(tokens, second);
  splice(tokens, second, a);
  splice(tokens, first, b);
}

constexpr std::array kPairRows = {
    PairRow{"replace", 1,
            [](Tokens& tokens, ChoiceSpan span, ChoiceSpan other) { splice(tokens, span, slice(tokens, other)); }},
    PairRow{"exchange", 1, exchange},
};

void mutate_spans(Tokens& tokens, Random& random, const ChoiceTables& tables) {
  const std::vector<ChoiceSpan> spans = spans_of(tokens);
  if (spans.empty()) return mutate_values(tokens, random);
  const ChoiceSpan span = pick(random, spans);
  std::vector<ChoiceSpan> alike;
  for (const ChoiceSpan& each : spans) {
    const bool apart = each.end <= span.open || each.open >= span.end;
    if (apart && tokens[each.open].label == tokens[span.open].label) alike.push_back(each);
  }
  if (!alike.empty() && !tables.pairs.empty() && chance(random, 2, 5)) {
    draw_row(tables.pairs, random).change(tokens, span, pick(random, alike));
  } else {
    draw_row(tables.spans, random).change(tokens, span, random);
  }
}

// What the generator makes of the edited spans, as values.
Values generated_from(Choices choices, Recording* recording) {
  static_cast<void>(properties::generate_case(choices));
  *recording = choices.take_recording();
  return recording->values();
}

Values mutate_by_spans(std::span<const std::uint8_t> bytes, Random& random, const ChoiceTables& tables) {
  Recording recording;
  generated_from(Choices::from_fuzz(bytes), &recording);
  mutate_spans(recording.tokens, random, tables);
  Choices edited = Choices::replay(std::move(recording));
  return generated_from(std::move(edited), &recording);
}

// Another tail, drawn by chance from here on.
void another_tail(properties::FuzzInput& input, Random& random) {
  input.seed = static_cast<std::uint16_t>(random.next());
  input.values.resize(index_below(random, input.values.size() + 1));
}

Values::iterator any_value(properties::FuzzInput& input, Random& random) {
  return input.values.begin() + static_cast<std::ptrdiff_t>(random.below(input.values.size()));
}

constexpr std::array kFlatRows = {
    FlatRow{"tail", 1, another_tail},
    FlatRow{"drop", 1,
            [](properties::FuzzInput& input, Random& random) { input.values.erase(any_value(input, random)); }},
    FlatRow{"add", 1,
            [](properties::FuzzInput& input, Random& random) {
              const auto at = any_value(input, random);
              input.values.insert(at, random.small_up_to(UINT16_MAX));
            }},
    FlatRow{"swap", 1,
            [](properties::FuzzInput& input, Random& random) {
              const auto one = any_value(input, random);
              std::iter_swap(one, any_value(input, random));
            }},
    FlatRow{"value", 3,
            [](properties::FuzzInput& input, Random& random) {
              const auto at = any_value(input, random);
              *at = other_value(*at, chance(random, 1, 8) ? UINT64_MAX : UINT8_MAX, random);
            }},
};

void mutate_flat(properties::FuzzInput& input, Random& random, std::span<const FlatRow> rows) {
  (input.values.empty() ? kFlatRows.front() : draw_row(rows, random)).change(input, random);
}

std::vector<std::uint8_t> written(const properties::FuzzInput& input) {
  std::vector<std::uint8_t> bytes = properties::to_fuzz_bytes(input.values);
  bytes[0] = static_cast<std::uint8_t>(input.seed);
  bytes[1] = static_cast<std::uint8_t>(input.seed >> 8);
  return bytes;
}

std::size_t put(std::uint8_t* data, std::size_t max, const std::vector<std::uint8_t>& bytes) {
  const std::size_t size = std::min(max, bytes.size());
  std::copy_n(bytes.begin(), size, data);
  return size;
}

}  // namespace

std::span<const ChoiceRow> choice_rows() {
  return kChoiceRows;
}
std::span<const SpanRow> span_rows() {
  return kSpanRows;
}
std::span<const PairRow> pair_rows() {
  return kPairRows;
}
std::span<const FlatRow> flat_rows() {
  return kFlatRows;
}

std::size_t mutate_choices(std::uint8_t* data, std::size_t size, std::size_t max, std::uint32_t seed,
                           ByteMutator mutate, const ChoiceTables& tables) {
  Random random(seed);
  const std::span<const std::uint8_t> bytes(data, size);
  if (max < size) {
    properties::FuzzInput input = properties::split_fuzz_bytes(bytes);
    if (!input.values.empty())
      input.values.erase(input.values.begin() + static_cast<std::ptrdiff_t>(random.below(input.values.size())));
    return put(data, max, written(input));
  }
  switch (random.below(4)) {
    case 0: return std::min(mutate(data, size, max), max);
    case 1: {
      properties::FuzzInput input = properties::split_fuzz_bytes(bytes);
      mutate_flat(input, random, tables.flat);
      return put(data, max, written(input));
    }
    default: return put(data, max, properties::to_fuzz_bytes(mutate_by_spans(bytes, random, tables)));
  }
}

}  // namespace revive::fuzz
