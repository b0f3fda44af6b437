// The mutator of model_fuzzer, whose inputs are choice sequences (properties/choices/recording.h has the bytes).
//
// Half of the mutants are made on the spans that the generator opens: a layer dropped, doubled, moved or put in another
// one's place stays a layer. The others change single values, or bytes. A pure function of its arguments; what comes
// out is at most `max` bytes long, and shorter than before where `max` is below `size`.
#pragma once

#include <cstddef>
#include <cstdint>

#include "revive/fuzz/mutators/engine.h"

namespace revive::fuzz {

std::size_t mutate_choices(std::uint8_t* data, std::size_t size, std::size_t max, std::uint32_t seed,
                           ByteMutator mutate);

}  // namespace revive::fuzz
