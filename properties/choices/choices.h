// Where a generator's decisions come from, and the record of them.
//
// A generator is a function of a Choices. Each draw returns a number in [0, max], 0 the simplest, from one of three
// places: a random number generator (property runs), given values (replay and shrinking) or a fuzzer's bytes; the
// generator cannot tell which. Everything drawn is recorded, and the recorded values alone bring the same case again.
//
// Two rules keep that true. Odds (weights, sizes, `hidden`) say how often a value is drawn at random, never what it
// means. And a draw must be a statement of its own: the order of evaluation of function arguments is not specified.
//
// After kMostDraws draws every further one is 0 and is not recorded, so that a list always ends; values given too few
// end the same way. A Choices is used once, by one thread, and owns its recording.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "revive/model/base/random.h"
#include "revive/properties/choices/recording.h"
#include "revive/properties/choices/span_cursor.h"

namespace revive::properties {

// How likely the numbers of a draw are, where chance decides.
enum class Odds : std::uint8_t {
  even,   // every number equally
  small,  // every bit width equally
};

class Choices {
 public:
  static constexpr std::size_t kMostDraws = std::size_t{1} << 13;
  static constexpr int kFullSize = 100;

  // Chance decides; `size` in [0, kFullSize] scales how long lists get.
  static Choices random(std::uint64_t seed, int size = kFullSize);
  // Values one after the other; one that is out of its range becomes the largest allowed.
  static Choices replay(std::vector<std::uint64_t> values);
  // Values matched span by span: where the generator opens another span than the recording did, or draws more in it
  // than was recorded, only that span is filled with zeros; what follows still finds its own values.
  static Choices replay(Recording recording);
  // Any bytes are an input (recording.h has the format). Values are reduced modulo their range; when they are used up,
  // chance seeded by the first two bytes goes on, or zeros where the seed is 0.
  static Choices from_fuzz(std::span<const std::uint8_t> bytes);

  std::uint64_t draw(std::uint64_t max, Odds odds = Odds::even);
  // `sample(Random&)` is asked where chance decides; a result above max counts as max.
  template <typename Sample>
    requires(!std::is_same_v<Sample, Odds>)
  std::uint64_t draw(std::uint64_t max, Sample sample) {
    return record(obtain(max, sample), max);
  }
  // The number of one of `count` alternatives, each equally likely.
  std::size_t alternative(std::size_t count);
  // A 0 where there is nothing to choose, so that an alternative with less to draw does not count as simpler.
  void pass() {
    draw(0, [](Random&) -> std::uint64_t { return 0; });
  }
  // In [least, most]; the simplest is the one nearest to 0, a positive number before its negative.
  std::int64_t integer(std::int64_t least, std::int64_t most, Odds odds = Odds::even);
  // True `in` times out of `out_of`; false is simpler.
  bool flag(std::uint32_t in, std::uint32_t out_of);
  // One of the alternatives 0 to weights.size() - 1 for which `allowed(id)` holds, as likely as its weight; evenly
  // among them where all their weights are 0. The id is what is recorded, so new alternatives are appended. At least
  // one must be allowed.
  template <typename Allowed>
  std::size_t pick(std::span<const std::uint32_t> weights, Allowed allowed) {
    return pick(weights.size(), allowed, [&](Random& chance, std::span<const std::size_t> ids) {
      return sample_by_weight(chance, weights, ids);
    });
  }
  // The same with odds of another kind: where chance decides, `sample(Random&, ids)` gives one of the allowed ids.
  template <typename Allowed, typename Sample>
  std::size_t pick(std::size_t count, Allowed allowed, Sample sample) {
    std::vector<std::size_t> ids = std::move(scratch_);
    ids.clear();
    for (std::size_t id = 0; id < count; ++id) {
      if (allowed(id)) ids.push_back(id);
    }
    const std::uint64_t max = count - 1;
    const auto among_ids = [&](Random& chance) -> std::uint64_t { return sample(chance, ids); };
    const std::size_t picked = record(allowed_id(obtain(max, among_ids), ids), max, Token::Kind::alternative);
    scratch_ = std::move(ids);
    return picked;
  }
  // One of `ids`, as likely as its weight; evenly among them where all their weights are 0.
  static std::size_t sample_by_weight(Random& chance, std::span<const std::uint32_t> weights,
                                      std::span<const std::size_t> ids);
  std::size_t pick(std::span<const std::uint32_t> weights);
  // Any number of the type, in the order of float_order.h: NaN payloads, infinities and -0 among them.
  float float32();
  double float64();

  // Calls `element(i)` for i = 0 to n - 1 with min <= n <= max. Each element is a span {more?, what it draws}, so that
  // elements can be dropped, swapped and lifted out of each other; elements of one kind share `label` everywhere. Where
  // chance decides, there are at least `likely`, if max allows it.
  template <typename Element>
  void list(SpanLabel label, std::size_t min, std::size_t max, Element element, std::size_t likely = 0) {
    const Scope whole(*this, list_of(label));
    const std::size_t target = list_target(std::clamp(likely, min, max), max);
    for (std::size_t i = 0;; ++i) {
      const Scope one(*this, label);
      if (!more(i, min, max, target)) return;
      element(i);
    }
  }

  // A number for odds only (which kinds this case favours): from chance where there is any, else 0; never recorded,
  // so it must not touch what a value means.
  std::uint64_t hidden(std::uint64_t max) { return chance_ ? chance_->up_to(max) : 0; }
  int size() const { return size_; }

  // The draws made while a Scope lives belong together.
  class Scope {
   public:
    Scope(Choices& choices, SpanLabel label) : choices_(choices) { choices_.open(label); }
    ~Scope() { choices_.close(); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Choices& choices_;
  };

  const Recording& recording() const { return recording_; }
  Recording take_recording() { return std::move(recording_); }

 private:
  Choices() = default;

  static constexpr SpanLabel list_of(SpanLabel element) {
    element.id = ~element.id;
    return element;
  }
  std::optional<std::uint64_t> take();
  void open(SpanLabel label);
  void close();
  std::size_t list_target(std::size_t min, std::size_t max);
  bool more(std::size_t i, std::size_t min, std::size_t max, std::size_t target);
  bool force(bool value);
  static std::uint64_t allowed_id(std::uint64_t id, std::span<const std::size_t> ids);
  template <typename Float>
  Float floating();

  template <typename Sample>
  std::uint64_t obtain(std::uint64_t max, Sample& sample) {
    if (draws_ == kMostDraws) return 0;
    if (const std::optional<std::uint64_t> given = take()) {
      if (*given <= max) return *given;
      return modulo_ ? *given % (max + 1) : max;
    }
    if (!chance_) return 0;
    const std::uint64_t sampled = sample(*chance_);
    return sampled < max ? sampled : max;
  }
  std::uint64_t record(std::uint64_t value, std::uint64_t max, Token::Kind kind = Token::Kind::value) {
    if (draws_ == kMostDraws) return value;
    ++draws_;
    recording_.tokens.push_back({.kind = kind, .value = value, .max = max});
    return value;
  }

  std::vector<std::uint64_t> values_;
  std::size_t next_value_ = 0;
  std::optional<SpanCursor> spans_;
  std::optional<Random> chance_;
  bool modulo_ = false;
  int size_ = kFullSize;
  std::size_t draws_ = 0;
  Recording recording_;
  std::vector<std::size_t> scratch_;
};

}  // namespace revive::properties
