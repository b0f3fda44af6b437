// model_fuzzer: bytes are choices.
//
// Property: every property of properties/property.h, on the case that the generator makes of the bytes, with revive's
// own serializer as the subject. Any bytes are a valid case, on every engine; the mutator only helps
// (choice_mutator.h).
//
// On a violation it prints the property, the difference, and the choices as hex, which `revive properties` and the case
// files take, and which the shrinker starts from.
#include <cstdint>
#include <iostream>

#include "fuzz/choice_mutator.h"
#include "properties/generate.h"
#include "properties/property.h"
#include "properties/recording.h"
#include "properties/subject.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);

namespace {

// Choices beyond kMostDraws are not read.
constexpr std::size_t kMostBytes = 2 * revive::properties::Choices::kMostDraws;

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
  for (const revive::properties::Property& property : revive::properties::all_properties()) {
    if (const auto violation = property.check(*drawn, subject)) report(property.sentence, violation->message, choices);
  }
  return 0;
}
