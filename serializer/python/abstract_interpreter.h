// Runs a function's instructions on expressions instead of values: what is on the stack in the end is the expression
// that the function computes. Nothing is called, looked up or imported.
//
// At a branch both ways are run up to where they meet again, and what they left differently becomes a conditional. The
// body of a `for` is run once, on names that stand for the item and for what the body changes, and becomes a loop of
// the tree; a function inside becomes a lambda of the tree, a comprehension the loop that it is. All other jumps lead
// forward (see decode.h), so this ends; kMostBranches and kMostSteps bound how often code is run twice.
#pragma once

#include <span>

#include "revive/model/base/error.h"
#include "revive/model/lambda/syntax_tree.h"
#include "revive/serializer/python/code.h"
#include "revive/serializer/python/decode.h"

namespace revive::python {

inline constexpr std::size_t kMostBranches = 64;
inline constexpr std::size_t kMostSteps = 20'000;
// Functions and loops inside, and how deep they may stand in one another.
inline constexpr std::size_t kMostScopes = 64;
inline constexpr std::size_t kMostDepth = 8;

// REQUIRES: `instructions` are those of `code` in this version. Errors: bytecode_format (a stack that is too short or
// too long, a local that is not set), bytecode_unsupported, limit_exceeded.
Result<Tree> execute(const Code& code, Version version, std::span<const Instruction> instructions,
                     const Limits& limits);

}  // namespace revive::python
