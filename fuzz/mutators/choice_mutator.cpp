#include "revive/fuzz/mutators/choice_mutator.h"

#include <algorithm>
#include <cstring>
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

std::uint64_t other_value(std::uint64_t value, std::uint64_t max, Random& random) {
  switch (random.below(6)) {
    case 0: return 0;
    case 1: return max;
    case 2: return value == max ? max : value + 1;
    case 3: return value == 0 ? 0 : value - 1;
    case 4: return random.small_up_to(max);
    default: return random.up_to(max);
  }
}

struct Span {
  std::size_t open;
  std::size_t end;  // behind its close
};

std::vector<Span> spans_of(const Tokens& tokens) {
  std::vector<Span> spans;
  const std::vector<std::size_t> closes = properties::closes_of(tokens);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind == Token::Kind::open) spans.push_back({i, closes[i] + 1});
  }
  return spans;
}

Tokens slice(const Tokens& tokens, Span span) {
  return {tokens.begin() + static_cast<std::ptrdiff_t>(span.open),
          tokens.begin() + static_cast<std::ptrdiff_t>(span.end)};
}

void splice(Tokens& tokens, Span span, const Tokens& with) {
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

void mutate_spans(Tokens& tokens, Random& random) {
  const std::vector<Span> spans = spans_of(tokens);
  if (spans.empty()) return mutate_values(tokens, random);
  const Span span = pick(random, spans);
  std::vector<Span> alike;
  for (const Span& each : spans) {
    const bool apart = each.end <= span.open || each.open >= span.end;
    if (apart && tokens[each.open].label == tokens[span.open].label) alike.push_back(each);
  }
  switch (random.below(alike.empty() ? 3 : 5)) {
    case 0: splice(tokens, span, {}); break;
    case 1: splice(tokens, {span.open, span.open}, slice(tokens, span)); break;
    case 2: mutate_values(tokens, random); break;
    case 3: splice(tokens, span, slice(tokens, pick(random, alike))); break;
    default: {
      const Span other = pick(random, alike);
      const Span first = other.open < span.open ? other : span;
      const Span second = other.open < span.open ? span : other;
      const Tokens a = slice(tokens, first);
      const Tokens b = slice(tokens, second);
      splice(tokens, second, a);
      splice(tokens, first, b);
      break;
    }
  }
}

// What the generator makes of the edited spans, as values.
Values generated_from(Choices choices, Recording* recording) {
  static_cast<void>(properties::generate_case(choices));
  *recording = choices.take_recording();
  return recording->values();
}

Values mutate_by_spans(std::span<const std::uint8_t> bytes, Random& random) {
  Recording recording;
  generated_from(Choices::from_fuzz(bytes), &recording);
  mutate_spans(recording.tokens, random);
  Choices edited = Choices::replay(std::move(recording));
  return generated_from(std::move(edited), &recording);
}

void mutate_flat(properties::FuzzInput& input, Random& random) {
  Values& values = input.values;
  if (values.empty() || chance(random, 1, 8)) {
    // Another tail, drawn by chance from here on.
    input.seed = static_cast<std::uint16_t>(random.next());
    values.resize(index_below(random, values.size() + 1));
    return;
  }
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(random.below(values.size()));
  switch (random.below(5)) {
    case 0: values.erase(at); break;
    case 1: values.insert(at, random.small_up_to(UINT16_MAX)); break;
    case 2: std::swap(*at, pick(random, values)); break;
    default: *at = other_value(*at, chance(random, 1, 8) ? UINT64_MAX : UINT8_MAX, random); break;
  }
}

std::vector<std::uint8_t> written(const properties::FuzzInput& input) {
  std::vector<std::uint8_t> bytes = properties::to_fuzz_bytes(input.values);
  bytes[0] = static_cast<std::uint8_t>(input.seed);
  bytes[1] = static_cast<std::uint8_t>(input.seed >> 8);
  return bytes;
}

std::size_t put(std::uint8_t* data, std::size_t max, const std::vector<std::uint8_t>& bytes) {
  const std::size_t size = std::min(max, bytes.size());
  if (size > 0) std::memcpy(data, bytes.data(), size);
  return size;
}

}  // namespace

std::size_t mutate_choices(std::uint8_t* data, std::size_t size, std::size_t max, std::uint32_t seed,
                           ByteMutator mutate) {
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
      mutate_flat(input, random);
      return put(data, max, written(input));
    }
    default: return put(data, max, properties::to_fuzz_bytes(mutate_by_spans(bytes, random)));
  }
}

}  // namespace revive::fuzz
