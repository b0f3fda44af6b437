// What bytecode_fuzzer asks of every input: a clean error, or a tree that its text says exactly.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/serializer/python/opcodes.h"

namespace revive::fuzz {

struct BytecodeVerdict {
  // Set when the code was refused.
  std::optional<Error> refused;
  // What is wrong with revive, set when an oracle failed.
  std::optional<std::string> finding;
  std::vector<python::Version> versions;
  // Whether the tree's text was asked for, is there, and was parsed and compared.
  bool printed = false;
};

// An error has to have a sentence. The children of a translation have to stand before their parents; of one in 32 the
// second translation has to be the same, and of one in four the text, where there is one, has to parse to the same
// tree.
BytecodeVerdict judge_bytecode(std::string_view bytes);

}  // namespace revive::fuzz
