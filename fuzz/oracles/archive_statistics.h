// What a run of archive_fuzzer did: how many inputs loaded, how they were refused, how far from their seeds they are.
//
// The engine calls the mutator and the target one after the other and tells neither about the other, so the mutator
// notes what it made by the hash of its bytes, and the target looks its input up. An input that was not noted is a
// seed. Notes are kept for two generations of kGeneration inputs; one that is forgotten counts as a seed of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <span>
#include <string>
#include <unordered_map>

#include "revive/fuzz/mutators/archive_mutator.h"
#include "revive/fuzz/oracles/archive_oracle.h"

namespace revive::fuzz {

class ArchiveStatistics {
 public:
  // By the mutator: `mutant` was made of `parent`.
  void note_mutant(std::span<const std::uint8_t> parent, std::span<const std::uint8_t> mutant, MutationKind kind);
  // By the target, with the verdict on its input.
  void count(std::span<const std::uint8_t> input, const ArchiveVerdict& verdict);

  void print(std::ostream& out) const;

 private:
  static constexpr std::size_t kGeneration = 1 << 16;

  struct Origin {
    bool seed = true;
    MutationKind kind = MutationKind::raw;
    // The structure of the seed it descends from, and of the input it was made of or the last one before that loaded;
    // 0 when that did not load.
    std::uint64_t seed_structure = 0;
    std::uint64_t parent_structure = 0;
    // Its own, once it was run.
    std::uint64_t structure = 0;
  };
  struct Tally {
    std::uint64_t runs = 0;
    std::uint64_t loaded = 0;
  };

  Origin* find(std::size_t hash);
  Origin& remember(std::size_t hash, Origin origin);

  std::unordered_map<std::size_t, Origin> young_;
  std::unordered_map<std::size_t, Origin> old_;
  std::map<MutationKind, Tally> kinds_;
  std::map<std::string_view, std::uint64_t> refusals_;
  Tally seeds_;
  std::uint64_t ran_ = 0;
  // Of the structured mutants that loaded.
  std::uint64_t differ_from_seed_ = 0;
  std::uint64_t differ_from_parent_ = 0;
};

}  // namespace revive::fuzz
