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
#include <iostream>
#include <span>
#include <string_view>

#include "revive/fuzz/mutators/bytecode_mutator.h"
#include "revive/fuzz/oracles/bytecode_oracle.h"
#include "revive/fuzz/oracles/bytecode_statistics.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);

namespace {

using revive::fuzz::BytecodeStatistics;

// What -max_len in bytecode_fuzzer.options says, too; lambdas that people write stay below.
constexpr std::size_t kMostBytes = 1024;

// Prints when the process ends normally, as it does when -runs or -max_total_time is up.
struct PrintedAtExit : BytecodeStatistics {
  PrintedAtExit() = default;
  PrintedAtExit(const PrintedAtExit&) = delete;
  PrintedAtExit& operator=(const PrintedAtExit&) = delete;
  ~PrintedAtExit() { print(std::cerr); }
};

BytecodeStatistics& statistics() {
  static PrintedAtExit instance;
  return instance;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed) {
  const revive::fuzz::BytecodeMutant mutant = revive::fuzz::mutate_bytecode(data, size, max, seed, LLVMFuzzerMutate);
  statistics().note_mutant({data, mutant.size}, mutant.kind);
  return mutant.size;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kMostBytes) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto verdict = revive::fuzz::judge_bytecode(bytes);
  if (verdict.finding) {
    std::cerr << "bytecode_fuzzer: " << verdict.finding->text << '\n';
    __builtin_trap();
  }
  statistics().count({data, size}, verdict);
  // -1 keeps an input out of the corpus.
  return revive::fuzz::worth_keeping(bytes, verdict) ? 0 : -1;
}
