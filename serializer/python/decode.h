// From a code object's bytes to its instructions, as one version of CPython reads them.
//
// Strict, because strictness is what tells versions apart: every opcode is in the version's table, every cache word is
// 0, every index is in range, jumps lead to the start of an instruction, and backward to that of a loop alone, and from
// 3.11 on a function begins with RESUME. Opcodes that Keras damaged on Windows are read as what they were: the byte
// 0x2F means nothing where it can have been 0x5C.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/serializer/python/code.h"
#include "revive/serializer/python/opcodes.h"

namespace revive::python {

struct Instruction {
  Operation operation = Operation::nothing;
  std::string_view text;
  std::uint32_t argument = 0;
  // Of a jump: the index of an instruction behind it, or of the for_iter that it goes back to. Of for_iter: behind the
  // loop.
  std::uint32_t target = 0;
};

bool is_jump(Operation operation);
// Pops a condition and goes one of two ways.
bool is_branch(Operation operation);

// Errors: bytecode_format, bytecode_unsupported (`while` and what else the table refuses). The views are into `code`.
Result<std::vector<Instruction>> decode(const Code& code, Version version);

}  // namespace revive::python
