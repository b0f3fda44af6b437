#include "revive/properties/choices/choices.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "revive/properties/choices/float_order.h"

namespace revive::properties {
namespace {

// Typical cases are a few dozen draws and as many spans; one allocation holds them.
constexpr std::size_t kTypicalTokens = 128;

}  // namespace

Choices Choices::random(std::uint64_t seed, int size) {
  Choices choices;
  choices.chance_.emplace(seed);
  choices.size_ = std::clamp(size, 0, kFullSize);
  choices.recording_.tokens.reserve(kTypicalTokens);
  return choices;
}

Choices Choices::replay(std::vector<std::uint64_t> values) {
  Choices choices;
  choices.values_ = std::move(values);
  choices.recording_.tokens.reserve(kTypicalTokens);
  return choices;
}

Choices Choices::replay(Recording recording) {
  Choices choices;
  choices.recording_.tokens.reserve(recording.tokens.size());
  choices.spans_.emplace(std::move(recording.tokens));
  return choices;
}

Choices Choices::from_fuzz(std::span<const std::uint8_t> bytes) {
  FuzzInput input = split_fuzz_bytes(bytes);
  Choices choices = replay(std::move(input.values));
  choices.modulo_ = true;
  if (input.seed != 0) choices.chance_.emplace(input.seed);
  return choices;
}

std::uint64_t Choices::draw(std::uint64_t max, Odds odds) {
  return draw(max, [&](Random& chance) { return odds == Odds::even ? chance.up_to(max) : chance.small_up_to(max); });
}

std::int64_t Choices::integer(std::int64_t least, std::int64_t most, Odds odds) {
  // Unsigned arithmetic throughout: the distance between two int64 needs 64 bits without a sign.
  const auto low = static_cast<std::uint64_t>(least);
  const auto high = static_cast<std::uint64_t>(most);
  const std::uint64_t index = draw(high - low, odds);
  if (least >= 0) return static_cast<std::int64_t>(low + index);
  if (most <= 0) return static_cast<std::int64_t>(high - index);
  // 0, 1, -1, 2, -2 ... while both sides last, then on along the longer one.
  const std::uint64_t shorter = std::min(high, 0 - low);
  if (index / 2 + index % 2 > shorter) {
    const std::uint64_t distance = index - shorter;
    return static_cast<std::int64_t>(high > 0 - low ? distance : 0 - distance);
  }
  const std::uint64_t distance = index / 2 + index % 2;
  return static_cast<std::int64_t>(index % 2 == 1 ? distance : 0 - distance);
}

std::size_t Choices::alternative(std::size_t count) {
  const std::uint64_t max = count - 1;
  const auto sample = [&](Random& chance) { return chance.up_to(max); };
  return record(obtain(max, sample), max, Token::Kind::alternative);
}

bool Choices::flag(std::uint32_t in, std::uint32_t out_of) {
  const auto sample = [&](Random& chance) -> std::uint64_t { return chance.up_to(out_of - 1) < in ? 1 : 0; };
  return record(obtain(1, sample), 1, Token::Kind::alternative) == 1;
}

std::size_t Choices::pick(std::span<const std::uint32_t> weights) {
  return pick(weights, [](std::size_t) { return true; });
}

std::size_t Choices::sample_by_weight(Random& chance, std::span<const std::uint32_t> weights,
                                      std::span<const std::size_t> ids) {
  std::uint64_t total = 0;
  for (const std::size_t id : ids) total += weights[id];
  if (total == 0) return ids[chance.up_to(ids.size() - 1)];
  std::uint64_t rest = chance.up_to(total - 1);
  for (const std::size_t id : ids) {
    if (rest < weights[id]) return id;
    rest -= weights[id];
  }
  return ids.back();
}

// What was not drawn here (a fuzzer's value, a neighbour's after an edit) may not be allowed here.
std::uint64_t Choices::allowed_id(std::uint64_t id, std::span<const std::size_t> ids) {
  return std::ranges::binary_search(ids, id) ? id : ids[id % ids.size()];
}

float Choices::float32() {
  return floating<float>();
}
double Choices::float64() {
  return floating<double>();
}

template <typename Float>
Float Choices::floating() {
  using Order = FloatOrder<Float>;
  constexpr auto kExponent = std::bit_cast<typename Order::Bits>(std::numeric_limits<Float>::infinity());
  const auto sample = [](Random& chance) -> std::uint64_t {
    // Of 16 numbers 4 are special, 4 integers (most of them small), 4 sixteenths, 1 a NaN of any payload, 1 subnormal
    // and 2 any bits, few of which would be either.
    const std::uint64_t kind = chance.up_to(15);
    if (kind < 4) return chance.up_to(Order::kFirstInteger - 1);
    if (kind < 8) return Order::kFirstInteger + chance.small_up_to(2 * Order::kIntegers);
    if (kind < 12) return Order::kFirstSixteenth + chance.up_to(2 * Order::kSixteenths);
    const auto any = static_cast<typename Order::Bits>(chance.up_to(Order::kMax));
    if (kind == 12) return Order::index_of(std::bit_cast<Float>(static_cast<typename Order::Bits>(any | kExponent)));
    if (kind == 13) return Order::index_of(std::bit_cast<Float>(static_cast<typename Order::Bits>(any & ~kExponent)));
    return any;
  };
  const auto number = Order::at(static_cast<typename Order::Bits>(obtain(Order::kMax, sample)));
  record(Order::index_of(number), Order::kMax);
  return number;
}

std::size_t Choices::list_target(std::size_t min, std::size_t max) {
  const std::size_t spread = max - min;
  if (!chance_ || spread == 0) return min;
  const auto size = static_cast<std::size_t>(size_);
  // spread * size / kFullSize rounded up, without overflow.
  const std::size_t scaled = spread / kFullSize * size + (spread % kFullSize * size + kFullSize - 1) / kFullSize;
  return min + chance_->small_up_to(scaled);
}

// Forced answers are recorded as well, so that an element is the same tokens wherever it stands.
bool Choices::more(std::size_t i, std::size_t min, std::size_t max, std::size_t target) {
  if (i < min) return force(true);
  if (i == max) return force(false);
  return draw(1, [&](Random&) -> std::uint64_t { return i < target ? 1 : 0; }) == 1;
}

bool Choices::force(bool value) {
  take();
  record(value ? 1 : 0, 1, Token::Kind::forced);
  return value;
}

std::optional<std::uint64_t> Choices::take() {
  if (spans_) return spans_->take();
  if (next_value_ == values_.size()) return std::nullopt;
  return values_[next_value_++];
}

void Choices::open(SpanLabel label) {
  if (spans_) spans_->open(label);
  recording_.tokens.push_back({.kind = Token::Kind::open, .label = label});
}

void Choices::close() {
  if (spans_) spans_->close();
  recording_.tokens.push_back({.kind = Token::Kind::close});
}

}  // namespace revive::properties
