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

// X(kind, weight). The weights are shares among the structured kinds, chosen so that most mutants load and most of
// those are another model, while every way of being refused still comes up in a short run. What is changed:
//
//   model          config and weights together, so that the archive loads
//   config         config.json, as Keras might have written it
//   tree           anything in the tree of a JSON member
//   text           the text of a JSON member
//   metadata       metadata.json
//   weights_tree   the tree of model.weights.h5
//   weights_bytes  one structure of model.weights.h5
//   zip            the zip records
//   shrink         something is left out, to be smaller
//   fresh          a generated model instead of bytes that are no archive
//   raw            bytes, by the engine
#define REVIVE_MUTATION_KINDS(X) \
  X(model, 40)                   \
  X(config, 14)                  \
  X(tree, 6)                     \
  X(text, 3)                     \
  X(metadata, 4)                 \
  X(weights_tree, 16)            \
  X(weights_bytes, 7)            \
  X(zip, 10)                     \
  X(shrink, 0)                   \
  X(fresh, 0)                    \
  X(raw, 0)

enum class MutationKind : std::uint8_t {
#define REVIVE_MUTATION_ENUMERATOR(kind, weight) kind,
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
