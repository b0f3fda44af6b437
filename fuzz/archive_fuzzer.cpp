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
#include <cstdint>

#include "revive/fuzz/targets/targets.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);

namespace {

revive::fuzz::ArchiveTarget& target() {
  static revive::fuzz::PrintedAtExit<revive::fuzz::ArchiveTarget> instance;
  return instance;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed) {
  return target().mutate(data, size, max, seed, LLVMFuzzerMutate);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return target().run({data, size});
}
