// What the entry functions of the fuzz targets do, each with what it calls and counts.
//
// run() takes any input and gives what LLVMFuzzerTestOneInput returns: 0, or -1 for an input that is not worth keeping.
// On a finding it prints the target's name and what is wrong, and ends the process by a trap, as engines expect.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <span>
#include <string_view>

#include "revive/fuzz/mutators/engine.h"
#include "revive/fuzz/oracles/archive_oracle.h"
#include "revive/fuzz/oracles/archive_statistics.h"
#include "revive/fuzz/oracles/bytecode_oracle.h"
#include "revive/fuzz/oracles/bytecode_statistics.h"
#include "revive/fuzz/oracles/lambda_case.h"
#include "revive/fuzz/oracles/model_case.h"

namespace revive::fuzz {

class ArchiveTarget {
 public:
  ArchiveCalls calls = {};

  std::size_t mutate(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed, ByteMutator engine);
  int run(std::span<const std::uint8_t> input);
  void print(std::ostream& out) const { statistics_.print(out); }

 private:
  ArchiveStatistics statistics_;
};

class BytecodeTarget {
 public:
  // What -max_len in bytecode_fuzzer.options says, too; lambdas that people write stay below.
  static constexpr std::size_t kMostBytes = 1024;

  BytecodeCalls calls = {};

  std::size_t mutate(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed, ByteMutator engine);
  int run(std::span<const std::uint8_t> input);
  void print(std::ostream& out) const { statistics_.print(out); }

 private:
  BytecodeStatistics statistics_;
};

class LambdaTarget {
 public:
  LambdaCalls calls = {};

  int run(std::span<const std::uint8_t> input) const;
};

class ModelTarget {
 public:
  ModelCalls calls = {};

  int run(std::span<const std::uint8_t> input) const;
};

// Prints to standard error when the process ends normally, as it does when -runs or -max_total_time is up.
template <typename Target>
class PrintedAtExit : public Target {
 public:
  PrintedAtExit() = default;
  PrintedAtExit(const PrintedAtExit&) = delete;
  PrintedAtExit& operator=(const PrintedAtExit&) = delete;
  ~PrintedAtExit();
};

}  // namespace revive::fuzz
