// What a generator drew: the flat values, which are the case, and the spans they were drawn in, which tell the
// shrinker what belongs together.
//
// The flat values alone reproduce a case; spans are found again by running the generator. Written down, values are a
// fuzz input: two bytes of seed (0: when the values are used up, every further one is 0), then each value as LEB128.
// Hex text is those same bytes, so that a line from a report becomes a fuzzer's input and back.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"

namespace revive::properties {

// The name of a span, known by its hash. Spans of the same name may stand in for each other when shrinking.
struct SpanLabel {
  std::uint32_t id = 0;

  constexpr SpanLabel() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a label is written as its name.
  consteval SpanLabel(const char* name) : id(0x811c9dc5) {
    for (; *name != '\0'; ++name) id = (id ^ static_cast<unsigned char>(*name)) * 0x01000193;
  }
  friend bool operator==(SpanLabel, SpanLabel) = default;
};

struct Token {
  enum class Kind : std::uint8_t {
    value,        // a quantity drawn from [0, max]
    alternative,  // the number of one of max + 1 alternatives, whose order says little about what makes a case fail
    forced,       // dictated by the generator, recorded so that neighbouring spans are alike
    open,         // a span begins; `label` is its name
    close,        // the span ends
  };
  Kind kind = Kind::value;
  SpanLabel label = {};
  std::uint64_t value = 0;
  std::uint64_t max = 0;

  bool is_drawn() const { return kind == Kind::value || kind == Kind::alternative; }
  bool is_value() const { return is_drawn() || kind == Kind::forced; }
  friend bool operator==(const Token&, const Token&) = default;
};

struct Recording {
  std::vector<Token> tokens;

  std::vector<std::uint64_t> values() const;
  friend bool operator==(const Recording&, const Recording&) = default;
};

// For each open token the index of its close; for the others 0. The tokens must be balanced.
std::vector<std::size_t> closes_of(std::span<const Token> tokens);

// The order of simplicity: fewer values first, then the smaller value at the first difference.
bool simpler(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b);

std::vector<std::uint8_t> to_fuzz_bytes(std::span<const std::uint64_t> values);
std::string to_hex(std::span<const std::uint64_t> values);
// Fails with case_format on text that to_hex could not have written.
Result<std::vector<std::uint64_t>> values_from_hex(std::string_view hex);

// A fuzz input taken apart. Any bytes are one: a missing seed is 0 and a value cut short is what there is of it.
struct FuzzInput {
  std::uint16_t seed = 0;
  std::vector<std::uint64_t> values;
};
FuzzInput split_fuzz_bytes(std::span<const std::uint8_t> bytes);

}  // namespace revive::properties
