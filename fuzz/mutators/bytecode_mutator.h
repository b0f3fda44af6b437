// The mutator of bytecode_fuzzer: reads marshalled code, changes one thing of the function, marshals it again.
//
// A pure function of its arguments, as libFuzzer asks. What comes out is at most `max` bytes long. Where `max` is below
// `size`, as when libFuzzer minimises, the engine's own mutator is asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "revive/fuzz/mutators/engine.h"
#include "revive/fuzz/mutators/row.h"

namespace revive::fuzz {

// X(kind, weight). Most mutants are meant to be a function still: changes of names, constants and operands keep it one,
// those of opcodes and of the code object seldom do. What is changed:
//
//   constant     a constant, or what it holds
//   name         a name that the function reads
//   operand      the argument of an instruction, within range
//   operation    one operation for another of its family
//   instruction  an instruction repeated, left out, moved
//   opcode       an opcode or argument, anything
//   header       counts, flags and tables of the code object
//   raw          bytes, by the engine
#define REVIVE_BYTECODE_MUTATIONS(X) \
  X(constant, 24) X(name, 14) X(operand, 30) X(operation, 12) X(instruction, 8) X(opcode, 4) X(header, 3) X(raw, 5)

enum class BytecodeMutation : std::uint8_t {
#define REVIVE_BYTECODE_ENUMERATOR(kind, weight) kind,
  REVIVE_BYTECODE_MUTATIONS(REVIVE_BYTECODE_ENUMERATOR)
#undef REVIVE_BYTECODE_ENUMERATOR
};
std::string_view name_of(BytecodeMutation kind);

// What each kind does to code that was read; raw ones do nothing.
class CodeMutation;
using BytecodeRow = Row<void, CodeMutation&>;
// In order of the kinds.
std::span<const BytecodeRow> bytecode_rows();

struct BytecodeMutant {
  BytecodeMutation kind = BytecodeMutation::raw;
  // The new size; the bytes are where the input was.
  std::size_t size = 0;
};

// REQUIRES: `data` has room for `max` and for `size` bytes, and max > 0; `rows` is as long as bytecode_rows().
BytecodeMutant mutate_bytecode(std::uint8_t* data, std::size_t size, std::size_t max, std::uint32_t seed,
                               ByteMutator mutate, std::span<const BytecodeRow> rows = bytecode_rows());

}  // namespace revive::fuzz
