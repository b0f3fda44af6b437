// archive_fuzzer: bytes are a .keras archive.
//
// Property: whatever the bytes, load_bytes() gives a clean Error, or a model that survives being saved: the same
// config, weights and output bits, and a second save gives the bytes of the first (archive_oracle.h).
//
// 1. The mutator opens an archive, changes the zip records, a JSON tree, the HDF5 tree, plain bytes of a member, or
//    config and weights together, and seals what lies around the change; one mutant in ten is raw (archive_mutator.h).
// 2. The target judges the input under limits that keep every run short (fuzz_limits.h).
// 3. At exit it prints what the run was made of (archive_statistics.h).
//
// Out of scope: files and their failures (unit tests of serializer/io/file.h), and loading for another environment.
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <span>
#include <vector>

#include "revive/fuzz/mutators/archive_mutator.h"
#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/fuzz/oracles/archive_oracle.h"
#include "revive/fuzz/oracles/archive_statistics.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);

namespace {

using revive::fuzz::ArchiveStatistics;

// Prints when the process ends normally, as it does when -runs or -max_total_time is up.
struct PrintedAtExit : ArchiveStatistics {
  PrintedAtExit() = default;
  PrintedAtExit(const PrintedAtExit&) = delete;
  PrintedAtExit& operator=(const PrintedAtExit&) = delete;
  ~PrintedAtExit() { print(std::cerr); }
};

ArchiveStatistics& statistics() {
  static PrintedAtExit instance;
  return instance;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed) {
  const std::vector<std::uint8_t> parent(data, data + size);
  const revive::fuzz::Mutant mutant = revive::fuzz::mutate_archive(data, size, max, seed, LLVMFuzzerMutate);
  statistics().note_mutant(parent, {data, mutant.size}, mutant.kind);
  return mutant.size;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > revive::fuzz::kMostArchiveBytes) return 0;
  const std::span<const std::uint8_t> input(data, size);
  const revive::fuzz::ArchiveVerdict verdict = revive::fuzz::judge_archive(std::as_bytes(input));
  if (verdict.finding) {
    std::cerr << "archive_fuzzer: " << verdict.finding->text << '\n';
    __builtin_trap();
  }
  statistics().count(input, verdict);
  return 0;
}
