// bytecode_fuzzer: bytes are a marshalled code object, as Keras stores lambdas.
//
// Property: whatever the bytes, python::read_code() and translate() give a clean Error, or a tree that is the same when
// translated again and whose text parses to the same tree (bytecode_oracle.h). Memory is held to malloc_limit_mb.
//
// 1. The mutator reads the code, changes a constant, a name, an operand, an operation, an instruction or the header of
//    the code object, and marshals it again; one mutant in twenty is raw (bytecode_mutator.h).
// 2. The target judges the input.
// 3. At exit it prints what the run was made of (bytecode_statistics.h).
//
// Out of scope: base64 and JSON around the code (archive_fuzzer), and what the tree means (lambda_fuzzer).
#include <cstdint>

#include "revive/fuzz/targets/targets.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);

namespace {

revive::fuzz::BytecodeTarget& target() {
  static revive::fuzz::PrintedAtExit<revive::fuzz::BytecodeTarget> instance;
  return instance;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed) {
  return target().mutate(data, size, max, seed, LLVMFuzzerMutate);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return target().run({data, size});
}
