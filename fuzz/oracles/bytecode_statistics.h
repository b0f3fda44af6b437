// What a run of bytecode_fuzzer did: how many mutants of which kind were translated, and why the others were not.
//
// The engine calls the mutator and the target one after the other; what runs and is not the last mutant is a seed.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <span>
#include <string_view>

#include "revive/fuzz/mutators/bytecode_mutator.h"
#include "revive/fuzz/oracles/bytecode_oracle.h"

namespace revive::fuzz {

class BytecodeStatistics {
 public:
  void note_mutant(std::span<const std::uint8_t> mutant, BytecodeMutation kind);
  void count(std::span<const std::uint8_t> input, const BytecodeVerdict& verdict);

  void print(std::ostream& out) const;

 private:
  struct Tally {
    std::uint64_t runs = 0;
    std::uint64_t translated = 0;
  };

  std::size_t last_ = 0;
  BytecodeMutation last_kind_ = BytecodeMutation::raw;
  Tally all_;
  std::uint64_t printed_ = 0;
  std::map<std::string_view, Tally> kinds_;
  std::map<std::string_view, std::uint64_t> versions_;
  std::map<std::string_view, std::uint64_t> refusals_;
};

}  // namespace revive::fuzz
