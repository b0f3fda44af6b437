// From a code object to the tree of the expression that it computes.
//
// Nothing says which version of CPython made the bytes, so they are read as every version that their layout allows;
// what more than one can read has to be the same tree in all of them. An archive thus means one thing or is refused.
#pragma once

#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/lambda/syntax_tree.h"
#include "revive/serializer/python/code.h"
#include "revive/serializer/python/opcodes.h"

namespace revive::python {

struct Translation {
  // Parameters as the function has them, without their defaults, which the code does not hold. No positions.
  Tree tree;
  // As which versions the bytes could be read; not empty.
  std::vector<Version> versions;
};

// Errors: bytecode_format when no version fits or two disagree, bytecode_unsupported, limit_exceeded.
Result<Translation> translate(const Code& code, const Limits& limits = {});

}  // namespace revive::python
