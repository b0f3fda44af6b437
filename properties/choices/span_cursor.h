// Walks a recording alongside a generator that may have changed its mind since: the machinery of span-wise replay.
//
// Values are found within the span the generator is in, spans by their label; what is not found counts as zeros and
// leaves the rest in place. Owns the tokens, which must be balanced.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "revive/properties/choices/recording.h"

namespace revive::properties {

class SpanCursor {
 public:
  explicit SpanCursor(std::vector<Token> tokens) : tokens_(std::move(tokens)), closes_(closes_of(tokens_)) {}

  // The next value of the current span, passing over spans before it; nothing, and no move, when there is none.
  std::optional<std::uint64_t> take();
  // Enters the next span of that name, passing over what stands before it; a span of zeros when there is none.
  void open(SpanLabel label);
  // Leaves the span entered last, passing over what was not used of it.
  void close();

 private:
  // Where a span ends that the recording does not have.
  static constexpr std::size_t kNowhere = SIZE_MAX;

  std::size_t end() const { return ends_.empty() ? tokens_.size() : ends_.back(); }
  std::size_t after(std::size_t i) const { return tokens_[i].kind == Token::Kind::open ? closes_[i] + 1 : i + 1; }

  std::vector<Token> tokens_;
  std::vector<std::size_t> closes_;
  std::vector<std::size_t> ends_;
  std::size_t next_ = 0;
};

}  // namespace revive::properties
