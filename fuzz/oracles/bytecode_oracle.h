// What bytecode_fuzzer asks of every input: a clean error, or a tree that its text says exactly.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revive/fuzz/oracles/leg.h"
#include "revive/model/base/error.h"
#include "revive/model/lambda/syntax_tree.h"
#include "revive/serializer/python/code.h"
#include "revive/serializer/python/opcodes.h"
#include "revive/serializer/python/translate.h"

namespace revive::fuzz {

// What is tried: revive's own, unless somebody looks what the oracle makes of another.
struct BytecodeCalls {
  std::function<Result<python::Code>(std::string_view)> read = python::read_code;
  std::function<Result<python::Translation>(const python::Code&)> translate;
  std::function<std::optional<std::string>(const Tree&)> print;
  std::function<Result<Tree>(std::string_view)> parse;
  // Decides for which bytes what costs a good part of a run is tried.
  std::function<std::size_t(std::string_view)> hash = std::hash<std::string_view>();

  BytecodeCalls();
};

// Of so many inputs one is translated again, and the text of one is parsed.
inline constexpr std::size_t kTranslatedAgainOneIn = 32;
inline constexpr std::size_t kParsedOneIn = 4;

// Each step is there if the one before it succeeded, and the hash chose it.
struct BytecodeTrial {
  // Of reading the code or of translating it.
  std::optional<Error> refused = {};
  std::optional<python::Translation> translation = {};
  std::optional<Result<python::Translation>> again = {};
  std::optional<std::string> text = {};
  std::optional<Result<Tree>> parsed = {};
};

using BytecodeLeg = Leg<BytecodeTrial>;
// In the order in which they are asked.
std::span<const BytecodeLeg> bytecode_legs();

struct BytecodeVerdict {
  // Set when the code was refused.
  std::optional<Error> refused;
  // What is wrong with revive, set when a leg objected.
  std::optional<Finding> finding;
  std::vector<python::Version> versions;
  // Whether the tree's text was asked for, is there, and was parsed and compared.
  bool printed = false;
};

BytecodeVerdict judge_bytecode(std::string_view bytes, const BytecodeCalls& calls = {},
                               std::span<const BytecodeLeg> legs = bytecode_legs());

// Whether a fuzzer should go on from an input. Mutants of what is refused are refused: of code that is, few are worth
// keeping, of what is no code none.
bool worth_keeping(std::string_view bytes, const BytecodeVerdict& verdict);

}  // namespace revive::fuzz
