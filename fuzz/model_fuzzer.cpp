// model_fuzzer: bytes are choices.
//
// Property: the properties of properties/property.h, on the case that the generator makes of the bytes, with revive's
// own serializer as the subject. The first of their table, which are cheap and telling, are asked of every input; the
// others take turns, by a hash of the bytes, so that an input always gets the same verdict. Any bytes are a valid case,
// on every engine; the mutator only helps (choice_mutator.h).
//
// On a violation it prints the property, the difference, and the choices as hex, which `revive properties` and the case
// files take, and which the shrinker starts from.
#include <cstdint>

#include "revive/fuzz/mutators/choice_mutator.h"
#include "revive/fuzz/targets/targets.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed) {
  return revive::fuzz::mutate_choices(data, size, max, seed, LLVMFuzzerMutate);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const revive::fuzz::ModelTarget target;
  return target.run({data, size});
}
