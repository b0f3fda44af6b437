// model_fuzzer: bytes are choices.
//
// Property: the properties of properties/property.h, on the case that the generator makes of the bytes, with revive's
// own serializer as the subject. The first of their table, which are cheap and telling, are asked of every input; the
// others take turns, by a hash of the bytes, so that an input always gets the same verdict. Any bytes are a valid case,
// on every engine; the mutator only helps (choice_mutator.h).
//
// On a violation it prints the property, the difference, and the choices as hex, which `revive properties` and the case
// files take, and which the shrinker starts from.
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <span>

#include "revive/fuzz/mutators/choice_mutator.h"
#include "revive/model/base/random.h"
#include "revive/properties/choices/recording.h"
#include "revive/properties/generate/generate.h"
#include "revive/properties/property.h"
#include "revive/properties/subject.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);

namespace {

// Choices beyond kMostDraws are not read.
constexpr std::size_t kMostBytes = 2 * revive::properties::Choices::kMostDraws;

// The properties of survival, and that captures are values.
constexpr std::size_t kAlwaysAsked = 5;

// Which of `count` properties has its turn.
std::size_t turn_of(std::span<const std::uint8_t> bytes, std::size_t count) {
  std::uint64_t state = bytes.size();
  for (const std::uint8_t byte : bytes) state = revive::Random(state ^ byte).next();
  return static_cast<std::size_t>(state % count);
}

[[noreturn]] void report(std::string_view what, std::string_view message, const revive::properties::Choices& choices) {
  std::cerr << "model_fuzzer: " << what << '\n'
            << message << "\nchoices: " << revive::properties::to_hex(choices.recording().values()) << '\n';
  __builtin_trap();
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed) {
  return revive::fuzz::mutate_choices(data, size, max, seed, LLVMFuzzerMutate);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kMostBytes) return 0;
  static const revive::properties::Subject subject = revive::properties::revive_subject();
  auto choices = revive::properties::Choices::from_fuzz({data, size});
  const auto drawn = revive::properties::generate_case(choices);
  if (!drawn) report("The generator makes valid models only.", drawn.error().text(), choices);
  const auto ask = [&](const revive::properties::Property& property) {
    // A fuzzer does not measure allocations.
    if (!revive::properties::applies(property, subject)) return;
    if (const auto violation = property.check(*drawn, subject)) report(property.sentence, violation->message, choices);
  };
  const auto all = revive::properties::all_properties();
  const auto in_turn = all.subspan(kAlwaysAsked);
  std::ranges::for_each(all.first(kAlwaysAsked), ask);
  ask(in_turn[turn_of({data, size}, in_turn.size())]);
  return 0;
}
