// The mutator of archive_fuzzer: opens an archive, changes one thing on one level, seals the levels outside of it.
//
// A pure function of its arguments, as libFuzzer asks. What comes out is at most `max` bytes long. Where `max` is below
// `size`, as when libFuzzer minimises, mutants only get smaller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "revive/fuzz/mutators/engine.h"
#include "revive/fuzz/mutators/limited_archive.h"
#include "revive/fuzz/mutators/row.h"

namespace revive::fuzz {

// X(kind, weight, "what is changed"). The weights are shares among the structured kinds, chosen so that most mutants
// load and most of those are another model, while every way of being refused still comes up in a short run.
#define REVIVE_MUTATION_KINDS(X)                                         \
  X(model, 40, "config and weights together, so that the archive loads") \
  X(config, 14, "config.json, as Keras might have written it")           \
  X(tree, 6, "anything in the tree of a JSON member")                    \
  X(text, 3, "the text of a JSON member")                                \
  X(metadata, 4, "metadata.json")                                        \
  X(weights_tree, 16, "the tree of model.weights.h5")                    \
  X(weights_bytes, 7, "one structure of model.weights.h5")               \
  X(zip, 10, "the zip records")                                          \
  X(shrink, 0, "something is left out, to be smaller")                   \
  X(fresh, 0, "a generated model instead of bytes that are no archive")  \
  X(raw, 0, "bytes, by the engine")

enum class MutationKind : std::uint8_t {
#define REVIVE_MUTATION_ENUMERATOR(kind, weight, meaning) kind,
  REVIVE_MUTATION_KINDS(REVIVE_MUTATION_ENUMERATOR)
#undef REVIVE_MUTATION_ENUMERATOR
};

std::string_view name_of(MutationKind kind);
// Whether mutants of this kind are archives opened, changed and sealed.
bool is_structured(MutationKind kind);

// What each kind does to an archive that was opened. Nothing where there is nothing to change, and of raw ones.
using ArchiveRow = Row<std::optional<std::string>, const ArchiveParts&, Random&, ByteMutator>;
// In order of the kinds.
std::span<const ArchiveRow> archive_rows();

struct Mutant {
  MutationKind kind = MutationKind::raw;
  // The new size; the bytes are where the input was.
  std::size_t size = 0;
};

// REQUIRES: `data` has room for `max` and for `size` bytes, and max > 0.
// `rows` is as long as archive_rows().
Mutant mutate_archive(std::uint8_t* data, std::size_t size, std::size_t max, std::uint32_t seed, ByteMutator mutate,
                      std::span<const ArchiveRow> rows = archive_rows());

}  // namespace revive::fuzz
