#include "revive/properties/choices/span_cursor.h"

namespace revive::properties {

std::optional<std::uint64_t> SpanCursor::take() {
  if (end() == kNowhere) return std::nullopt;
  for (std::size_t i = next_; i < end(); i = after(i)) {
    if (!tokens_[i].is_value()) continue;
    next_ = i + 1;
    return tokens_[i].value;
  }
  return std::nullopt;
}

void SpanCursor::open(SpanLabel label) {
  std::size_t span_end = kNowhere;
  for (std::size_t i = next_; end() != kNowhere && i < end(); i = after(i)) {
    if (tokens_[i].kind != Token::Kind::open || tokens_[i].label != label) continue;
    next_ = i + 1;
    span_end = closes_[i];
    break;
  }
  ends_.push_back(span_end);
}

void SpanCursor::close() {
  if (ends_.back() != kNowhere) next_ = ends_.back() + 1;
  ends_.pop_back();
}

}  // namespace revive::properties
