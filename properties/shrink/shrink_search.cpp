#include "revive/properties/shrink/shrink_search.h"

namespace revive::properties {
namespace {

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  return Random(hash ^ word).next();
}

std::uint64_t hash_of(const Tokens& tokens) {
  std::uint64_t hash = 1;
  for (const Token& token : tokens) {
    hash = mix(hash, static_cast<std::uint64_t>(token.kind) << 32 | token.label.id);
    hash = mix(hash, token.value);
  }
  return hash;
}

std::uint64_t hash_of(const Values& values) {
  std::uint64_t hash = 2;
  for (const std::uint64_t value : values) hash = mix(hash, value);
  return hash;
}

}  // namespace

bool ShrinkSearch::begin(std::span<const std::uint64_t> start) {
  Choices choices = Choices::replay(Values(start.begin(), start.end()));
  ++result_.runs;
  ++result_.tries;
  std::move_only_function<bool()> fails = prepare_(choices);
  adopt(choices.take_recording());
  result_.reproduced = fails();
  return result_.reproduced;
}

ShrinkResult ShrinkSearch::take_result() {
  result_.recording.tokens = std::move(tokens_);
  return std::move(result_);
}

bool ShrinkSearch::propose(Tokens tokens) {
  const std::uint64_t hash = hash_of(tokens);
  return propose(Choices::replay(Recording{std::move(tokens)}), hash);
}

bool ShrinkSearch::propose(Values values) {
  const std::uint64_t hash = hash_of(values);
  return propose(Choices::replay(std::move(values)), hash);
}

bool ShrinkSearch::propose(Choices choices, std::uint64_t hash) {
  if (proposed_.contains(hash) || !searching()) return false;
  result_.out_of_time = budget_.out_of_time && budget_.out_of_time();
  result_.budget_spent = result_.out_of_time || result_.runs >= budget_.runs || result_.tries >= budget_.tries;
  if (result_.budget_spent) return false;
  proposed_.insert(hash);
  ++result_.runs;
  std::move_only_function<bool()> fails = prepare_(choices);
  Recording recording = choices.take_recording();
  const Values values = recording.values();
  if (!simpler(values, values_) || !tested_.insert(hash_of(values)).second) return false;
  ++result_.tries;
  if (!fails()) return false;
  adopt(std::move(recording));
  ++accepted_;
  return true;
}

void ShrinkSearch::adopt(Recording recording) {
  values_ = recording.values();
  tokens_ = std::move(recording.tokens);
  closes_ = closes_of(tokens_);
  places_.clear();
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (tokens_[i].is_value()) places_.push_back(i);
  }
}

}  // namespace revive::properties
