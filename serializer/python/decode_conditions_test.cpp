// Instructions of each version of CPython with one byte changed at a time: what they are read as, and what is said.
#include "revive/serializer/python/decode.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/serializer/python/assembler_testing.h"

namespace revive::python {
namespace {

using namespace testing;

constexpr Step kX{"LOAD_FAST", 0};
constexpr Step kReturn{"RETURN_VALUE"};
constexpr Version kVersions[] = {Version::py3_6,  Version::py3_7,  Version::py3_8,  Version::py3_9, Version::py3_10,
                                 Version::py3_11, Version::py3_12, Version::py3_13, Version::py3_14};

// "3 instructions", or the sentence.
std::string read(const Function& function, const std::string& instructions) {
  const auto code = read_code(function.marshalled(instructions));
  if (!code) return "no code: " + code.error().text();
  const auto decoded = decode(*code, function.version);
  return decoded ? fmt::format("{} instructions", decoded->size()) : decoded.error().text();
}

std::string read(const Function& function, const std::vector<Step>& steps) {
  return read(function, function.instructions(steps));
}

Function of(Version version) {
  Function made;
  made.version = version;
  return made;
}

TEST(DecodeConditions, EveryIndexIsHeldToItsTable) {
  struct Row {
    std::string_view name;
    // The least argument that is beyond the table, before 3.11, in 3.11, and from 3.12 on.
    int old, in_3_11, modern;
    std::string_view said;
  };
  const Row rows[] = {
      {"LOAD_CONST", 4, 4, 4, "constant 4 of 4"},
      {"RETURN_CONST", 4, 4, 4, "constant 4 of 4"},
      {"KW_NAMES", 4, 4, 4, "constant 4 of 4"},
      {"LOAD_GLOBAL", 5, 10, 10, "name 5 of 5"},
      {"LOAD_ATTR", 5, 5, 10, "name 5 of 5"},
      {"LOAD_METHOD", 5, 5, 5, "name 5 of 5"},
      {"IMPORT_NAME", 5, 5, 5, "name 5 of 5"},
      {"IMPORT_FROM", 5, 5, 5, "name 5 of 5"},
      {"LOAD_FAST", 2, 2, 2, "variable 2 of 2"},
      {"LOAD_FAST_CHECK", 2, 2, 2, "variable 2 of 2"},
      {"LOAD_FAST_AND_CLEAR", 2, 2, 2, "variable 2 of 2"},
      {"LOAD_FAST_BORROW", 2, 2, 2, "variable 2 of 2"},
      {"STORE_FAST", 2, 2, 2, "variable 2 of 2"},
      {"DELETE_FAST", 2, 2, 2, "variable 2 of 2"},
      {"MAKE_CELL", 2, 2, 2, "variable 2 of 2"},
      {"LOAD_FAST_LOAD_FAST", 0x20, 0x20, 0x20, "variable 2 of 2"},
      {"LOAD_FAST_LOAD_FAST", 0x02, 0x02, 0x02, "variable 2 of 2"},
      {"STORE_FAST_LOAD_FAST", 0x20, 0x20, 0x20, "variable 2 of 2"},
      {"STORE_FAST_LOAD_FAST", 0x02, 0x02, 0x02, "variable 2 of 2"},
      {"STORE_FAST_STORE_FAST", 0x20, 0x20, 0x20, "variable 2 of 2"},
      {"STORE_FAST_STORE_FAST", 0x02, 0x02, 0x02, "variable 2 of 2"},
      {"LOAD_CLOSURE", 0, 2, 2, "variable 2 of 2"},
      {"STORE_DEREF", 0, 2, 2, "variable 2 of 2"},
      {"LOAD_DEREF", 0, 2, 2, "variable 2 of 2"},
  };
  for (const Version version : kVersions) {
    for (const auto& [name, old, in_3_11, modern, said] : rows) {
      if (opcode_number(version, name) < 0) continue;
      const Function function = of(version);
      const bool resumed = version >= Version::py3_11;
      const int beyond = version >= Version::py3_12 ? modern : resumed ? in_3_11 : old;
      const int step = name.find("FAST_") != std::string_view::npos && name.find("FAST", 6) != std::string_view::npos &&
                               beyond == 0x20
                           ? 0x10
                           : 1;
      EXPECT_EQ(read(function, {{name, beyond}, kReturn}), fmt::format("instruction {}: as Python {}: {} asks for {}",
                                                                       resumed ? 1 : 0, name_of(version), name, said));
      if (beyond > 0) {
        EXPECT_EQ(read(function, {{name, beyond - step}, kReturn}), fmt::format("{} instructions", resumed ? 3 : 2))
            << name << " in " << name_of(version);
      }
    }
  }
}

TEST(DecodeConditions, EveryCacheIsZero) {
  for (const Version version : kVersions) {
    const Function function = of(version);
    for (int opcode = 0; opcode < 256; ++opcode) {
      const Opcode* const found = find_opcode(version, static_cast<std::uint8_t>(opcode));
      if (found == nullptr || found->caches == 0 || found->operation == Operation::refused) continue;
      if (is_jump(found->operation) || found->operation == Operation::to_bool || opcode == kWindowsByte) continue;
      const std::string whole = function.instructions({{found->name}, kReturn});
      EXPECT_EQ(read(function, whole), "3 instructions") << found->name << " in " << name_of(version);
      const std::size_t first = function.instructions({}).size() + 2;
      for (std::size_t at = first; at < first + std::size_t{2} * found->caches; ++at) {
        std::string changed = whole;
        changed[at] = 1;
        EXPECT_EQ(read(function, changed), fmt::format("instruction 1: as Python {}: expected {} words of 0 after {}",
                                                       name_of(version), found->caches, found->name));
      }
      EXPECT_EQ(read(function, whole.substr(0, first + std::size_t{2} * found->caches - 2)),
                fmt::format("instruction 1: as Python {}: expected {} words of 0 after {}", name_of(version),
                            found->caches, found->name));
    }
  }
}

TEST(DecodeConditions, WhatNoExpressionHoldsIsNamed) {
  for (const Version version : kVersions) {
    const Function function = of(version);
    const bool resumed = version >= Version::py3_11;
    for (int opcode = 0; opcode < 256; ++opcode) {
      if (opcode == kWindowsByte) continue;
      const std::string code = function.instructions({}) + std::string{static_cast<char>(opcode), '\0'} +
                               std::string(20, '\0') + function.instructions({kReturn}).substr(resumed ? 2 : 0);
      const Opcode* const found = find_opcode(version, static_cast<std::uint8_t>(opcode));
      if (found == nullptr) {
        EXPECT_EQ(read(function, code),
                  fmt::format("instruction {}: as Python {}: expected an opcode that stands in expressions, found {}",
                              resumed ? 1 : 0, name_of(version), opcode));
      } else if (found->operation == Operation::refused) {
        EXPECT_EQ(read(function, code),
                  fmt::format("the function holds {} ({}); a lambda is one expression", found->text, found->name));
      }
    }
  }
}

TEST(DecodeConditions, AnArgumentHasFourBytes) {
  const Step prefix{"EXTENDED_ARG", 0};
  for (const Version version : kVersions) {
    const Function function = of(version);
    const std::string first = version >= Version::py3_11 ? "instruction 1: " : "instruction 0: ";
    const std::string as = "as Python " + std::string(name_of(version)) + ": ";
    const std::string fits = version >= Version::py3_11 ? "3 instructions" : "2 instructions";
    EXPECT_EQ(read(function, {prefix, prefix, prefix, kX, kReturn}), fits);
    EXPECT_EQ(read(function, {prefix, prefix, prefix, prefix, kX, kReturn}),
              first + as + "more EXTENDED_ARG than an argument has bytes");
    EXPECT_EQ(read(function, {prefix}), first + as + "expected an opcode after EXTENDED_ARG, found the end");
    EXPECT_EQ(read(function, {{"EXTENDED_ARG", 1}, kX, kReturn}), first + as + "LOAD_FAST asks for variable 256 of 2");
    EXPECT_EQ(read(function, {{"EXTENDED_ARG", 1}, prefix, {"LOAD_FAST", 3}, kReturn}),
              first + as + "LOAD_FAST asks for variable 65539 of 2");
  }
}

// What a jump's argument leads to: the index of an instruction, -1 where it is refused.
int target(Version version, const std::vector<Step>& steps, std::size_t jump) {
  const Function function = of(version);
  const auto code = read_code(function.marshalled(steps));
  if (!code) return -3;
  const auto decoded = decode(*code, version);
  if (!decoded) return decoded.error().message.find("jumps beside an instruction") != std::string::npos ? -1 : -2;
  const std::size_t resumed = version >= Version::py3_11 ? 1 : 0;
  return static_cast<int>((*decoded)[resumed + jump].target - resumed);
}

TEST(DecodeConditions, JumpsCountBytesThenUnits) {
  // 0: x, 1: the jump, 2: x, 3: return, 4: x, 5: return
  const auto steps = [](std::string_view name, int argument) {
    return std::vector<Step>{kX, {name, argument}, kX, kReturn, kX, kReturn};
  };
  for (const Version version : {Version::py3_6, Version::py3_7, Version::py3_8, Version::py3_9}) {
    EXPECT_EQ(target(version, steps("POP_JUMP_IF_FALSE", 8), 1), 4);
    EXPECT_EQ(target(version, steps("POP_JUMP_IF_FALSE", 10), 1), 5);
    EXPECT_EQ(target(version, steps("POP_JUMP_IF_FALSE", 7), 1), -1);
    EXPECT_EQ(target(version, steps("POP_JUMP_IF_FALSE", 12), 1), -1);
    EXPECT_EQ(target(version, steps("JUMP_IF_TRUE_OR_POP", 8), 1), 4);
    EXPECT_EQ(target(version, steps("JUMP_FORWARD", 4), 1), 4);
    EXPECT_EQ(target(version, steps("JUMP_FORWARD", 0), 1), 2);
    EXPECT_EQ(target(version, steps("JUMP_FORWARD", 3), 1), -1);
    EXPECT_EQ(target(version, steps("JUMP_FORWARD", 8), 1), -1);
    EXPECT_EQ(target(version, steps("JUMP_ABSOLUTE", 4), 1), 2);
    EXPECT_EQ(target(version, steps("JUMP_ABSOLUTE", 2), 1), -2);
    EXPECT_EQ(target(version, steps("JUMP_ABSOLUTE", 0), 1), -2);
    EXPECT_EQ(target(version, steps("FOR_ITER", 4), 1), 4);
  }
  EXPECT_EQ(target(Version::py3_10, steps("POP_JUMP_IF_FALSE", 4), 1), 4);
  EXPECT_EQ(target(Version::py3_10, steps("POP_JUMP_IF_FALSE", 3), 1), 3);
  EXPECT_EQ(target(Version::py3_10, steps("POP_JUMP_IF_FALSE", 6), 1), -1);
  EXPECT_EQ(target(Version::py3_10, steps("POP_JUMP_IF_FALSE", 0), 1), -2);
  EXPECT_EQ(target(Version::py3_10, steps("JUMP_FORWARD", 2), 1), 4);
  EXPECT_EQ(target(Version::py3_10, steps("FOR_ITER", 2), 1), 4);
  for (const Version version : {Version::py3_11, Version::py3_12, Version::py3_13, Version::py3_14}) {
    EXPECT_EQ(target(version, steps("POP_JUMP_IF_FALSE", 2), 1), 4);
    EXPECT_EQ(target(version, steps("POP_JUMP_IF_TRUE", 1), 1), 3);
    EXPECT_EQ(target(version, steps("POP_JUMP_IF_NONE", 2), 1), 4);
    EXPECT_EQ(target(version, steps("POP_JUMP_IF_NOT_NONE", 3), 1), 5);
    EXPECT_EQ(target(version, steps("POP_JUMP_IF_FALSE", 4), 1), -1);
    EXPECT_EQ(target(version, steps("JUMP_FORWARD", 0), 1), 2);
    EXPECT_EQ(target(version, steps("JUMP_BACKWARD", 2), 1), -2);
    EXPECT_EQ(target(version, steps("JUMP_BACKWARD", 200), 1), -1);
  }
  // Behind RESUME and x stands the jump: three units, the first of them 0.
  EXPECT_EQ(target(Version::py3_11, steps("JUMP_BACKWARD", 3), 1), -2);
  EXPECT_EQ(target(Version::py3_11, steps("JUMP_BACKWARD", 4), 1), -1);
  EXPECT_EQ(target(Version::py3_11, steps("POP_JUMP_BACKWARD_IF_FALSE", 2), 1), -2);
  EXPECT_EQ(target(Version::py3_11, steps("POP_JUMP_BACKWARD_IF_FALSE", 200), 1), -1);
}

// A jump into the caches of an instruction, or behind its prefix, is beside it.
TEST(DecodeConditions, JumpsLeadToTheStartOfAnInstruction) {
  const auto steps = [](int argument) {
    return std::vector<Step>{kX, {"POP_JUMP_IF_FALSE", argument}, kX, kX, {"BINARY_OP"}, kReturn, kX, kReturn};
  };
  EXPECT_EQ(target(Version::py3_12, steps(2), 1), 4);
  EXPECT_EQ(target(Version::py3_12, steps(3), 1), -1);
  EXPECT_EQ(target(Version::py3_12, steps(4), 1), 5);
  const auto prefixed = [](int argument) {
    return std::vector<Step>{kX, {"POP_JUMP_IF_FALSE", argument}, {"EXTENDED_ARG", 0}, kX, kReturn, kX, kReturn};
  };
  EXPECT_EQ(target(Version::py3_10, prefixed(2), 1), 2);
  EXPECT_EQ(target(Version::py3_10, prefixed(3), 1), -1);
  EXPECT_EQ(target(Version::py3_10, prefixed(4), 1), 3);
}

TEST(DecodeConditions, ALoopEndsAsItsVersionEndsIt) {
  // 0: x, 1: GET_ITER, 2: FOR_ITER, 3: the item, 4: JUMP_BACKWARD, then what it jumps over
  const auto loop = [](std::vector<Step> end, int over, int back) {
    std::vector<Step> steps = {kX, {"GET_ITER"}, {"FOR_ITER", over}, {"STORE_FAST", 1}, {"JUMP_BACKWARD", back}};
    steps.insert(steps.end(), end.begin(), end.end());
    steps.push_back(kX);
    steps.push_back(kReturn);
    return steps;
  };
  const Step end{"END_FOR"};
  const Step pop{"POP_TOP"};
  const Step pop_iter{"POP_ITER"};
  EXPECT_EQ(target(Version::py3_11, loop({}, 2, 3), 2), 5);
  EXPECT_EQ(target(Version::py3_12, loop({end}, 2, 4), 2), 6);
  EXPECT_EQ(target(Version::py3_12, loop({pop}, 2, 4), 2), -2);
  EXPECT_EQ(target(Version::py3_12, loop({}, 2, 4), 2), -2);
  EXPECT_EQ(target(Version::py3_13, loop({end, pop}, 3, 5), 2), 7);
  EXPECT_EQ(target(Version::py3_13, loop({end, end}, 3, 5), 2), -2);
  EXPECT_EQ(target(Version::py3_13, loop({pop, pop}, 3, 5), 2), -2);
  EXPECT_EQ(target(Version::py3_13, loop({end}, 3, 5), 2), -2);
  EXPECT_EQ(target(Version::py3_14, loop({end, pop_iter}, 3, 5), 2), 7);
  EXPECT_EQ(target(Version::py3_14, loop({end, pop}, 3, 5), 2), -2);
  // And goes back to its FOR_ITER.
  EXPECT_EQ(target(Version::py3_12, loop({end}, 2, 4), 4), 2);
  EXPECT_EQ(target(Version::py3_12, loop({end}, 2, 2), 4), -2);
  EXPECT_EQ(target(Version::py3_11, loop({}, 2, 3), 4), 2);
  EXPECT_EQ(target(Version::py3_11, loop({}, 2, 1), 4), -2);
  // Behind the end stands something.
  std::vector<Step> ended = loop({end}, 2, 4);
  ended.resize(ended.size() - 2);
  EXPECT_EQ(target(Version::py3_12, ended, 2), -2);
  ended.push_back(kReturn);
  EXPECT_EQ(target(Version::py3_12, ended, 2), 6);
}

TEST(DecodeConditions, ModernFunctionsBeginWithResume) {
  for (const Version version : {Version::py3_11, Version::py3_12, Version::py3_13, Version::py3_14}) {
    Function function = of(version);
    function.starts = true;
    const auto said = [&](const std::vector<Step>& steps) { return read(function, steps); };
    const std::string as = ": as Python " + std::string(name_of(version)) + ": ";
    const std::string missing = "instruction 0" + as + "expected RESUME at the start";
    EXPECT_EQ(said({{"RESUME"}, kX, kReturn}), "3 instructions");
    EXPECT_EQ(said({kX, kReturn}), missing);
    EXPECT_EQ(said({{"RESUME", 1}, kX, kReturn}), missing);
    EXPECT_EQ(said({{"NOP"}, {"RESUME"}, kX, kReturn}), missing);
    EXPECT_EQ(said({{"RESUME"}, kX, {"RESUME"}, kReturn}), "instruction 4" + as + "expected RESUME at the start only");
    EXPECT_EQ(said({{"RESUME"}, {"COPY_FREE_VARS"}, kX, kReturn}),
              "instruction 4" + as + "expected RESUME at the start only");
    EXPECT_EQ(said({{"RESUME"}, kX, {"YIELD_VALUE"}, {"RESUME"}, kReturn}), "5 instructions");
    // x is local, y a cell.
    function.kinds = std::string("\x20\x40", 2);
    EXPECT_EQ(said({{"MAKE_CELL", 1}, {"RESUME"}, kX, kReturn}), "4 instructions");
    EXPECT_EQ(said({{"RESUME"}, kX, kReturn}), missing);
    EXPECT_EQ(said({{"MAKE_CELL", 1}, kX, kReturn}), missing);
    EXPECT_EQ(said({{"MAKE_CELL", 1}}), missing);
    // y is free.
    function.kinds = std::string("\x20\x80", 2);
    EXPECT_EQ(said({{"COPY_FREE_VARS", 1}, {"RESUME"}, kX, kReturn}), "4 instructions");
    EXPECT_EQ(said({{"COPY_FREE_VARS", 2}, {"RESUME"}, kX, kReturn}), missing);
    EXPECT_EQ(said({{"COPY_FREE_VARS", 0}, {"RESUME"}, kX, kReturn}), missing);
    EXPECT_EQ(said({{"NOP", 1}, {"RESUME"}, kX, kReturn}), missing);
    EXPECT_EQ(said({{"RESUME"}, kX, kReturn}), missing);
    // x is a cell, y free.
    function.kinds = std::string("\x40\x80", 2);
    EXPECT_EQ(said({{"COPY_FREE_VARS", 1}, {"MAKE_CELL", 0}, {"RESUME"}, kX, kReturn}), "5 instructions");
    EXPECT_EQ(said({{"MAKE_CELL", 0}, {"COPY_FREE_VARS", 1}, {"RESUME"}, kX, kReturn}), missing);
  }
}

// A generator is made and dropped before RESUME; only functions within others may be one.
TEST(DecodeConditions, GeneratorsBeginWithWhatMakesThem) {
  const Step makes{"RETURN_GENERATOR"};
  const Step pop{"POP_TOP"};
  const Step free{"COPY_FREE_VARS", 1};
  const Step resume{"RESUME"};
  for (const Version version : {Version::py3_11, Version::py3_12, Version::py3_13, Version::py3_14}) {
    Function function = of(version);
    function.starts = true;
    const auto takes = [&](std::vector<Step> steps, bool yields) {
      steps.insert(steps.end(), {kX, kReturn});
      auto code = read_code(function.marshalled(steps));
      EXPECT_TRUE(code) << (code ? "" : code.error().text());
      if (!code) return false;
      code->yields = yields;
      return decode(*code, version).has_value();
    };
    EXPECT_TRUE(takes({makes, pop, resume}, true)) << name_of(version);
    EXPECT_FALSE(takes({makes, pop, resume}, false));
    EXPECT_FALSE(takes({resume}, true));
    EXPECT_TRUE(takes({resume}, false));
    EXPECT_FALSE(takes({makes, resume}, true));
    EXPECT_FALSE(takes({pop, resume}, true));
    EXPECT_FALSE(takes({pop, makes, resume}, true));
    EXPECT_FALSE(takes({makes, {"NOP"}, resume}, true));
    EXPECT_FALSE(takes({{"NOP"}, pop, resume}, true));
    EXPECT_FALSE(takes({makes, pop}, true));
    EXPECT_FALSE(takes({makes, pop, {"NOP"}, resume}, true));
    // y is free.
    function.kinds = std::string("\x20\x80", 2);
    EXPECT_TRUE(takes({free, makes, pop, resume}, true));
    EXPECT_FALSE(takes({{"COPY_FREE_VARS", 2}, makes, pop, resume}, true));
    EXPECT_FALSE(takes({{"NOP"}, makes, pop, resume}, true));
  }
}

TEST(DecodeConditions, TruthValuesAreUsed) {
  for (const Version version : {Version::py3_13, Version::py3_14}) {
    const Function function = of(version);
    const std::string refused = "as Python " + std::string(name_of(version)) + ": TO_BOOL before something";
    const auto takes = [&](const std::vector<Step>& steps) {
      return read(function, steps).find(refused) == std::string::npos;
    };
    EXPECT_TRUE(takes({kX, {"TO_BOOL"}, {"UNARY_NOT"}, kReturn}));
    EXPECT_TRUE(takes({kX, {"TO_BOOL"}, {"POP_JUMP_IF_FALSE", 0}, kX, kReturn}));
    EXPECT_TRUE(takes({kX, {"TO_BOOL"}, {"POP_JUMP_IF_TRUE", 0}, kX, kReturn}));
    EXPECT_FALSE(takes({kX, {"TO_BOOL"}, kReturn}));
    EXPECT_FALSE(takes({kX, {"TO_BOOL"}, {"JUMP_FORWARD", 0}, kX, kReturn}));
    EXPECT_FALSE(takes({kX, {"TO_BOOL"}}));
  }
}

// 0x2F is BUILD_MAP in 3.14 where no cache follows, and LOAD_GLOBAL where Windows lost a 0x5C.
TEST(DecodeConditions, AByteOfWindowsIsWhatItWas) {
  const auto second = [](Version version, const std::string& code) {
    const Function function = of(version);
    const auto read = read_code(function.marshalled(function.instructions({}) + code + assembled(version, kReturn)));
    if (!read) return Operation::refused;
    const auto decoded = decode(*read, version);
    return decoded ? (*decoded)[version >= Version::py3_11 ? 1 : 0].operation : Operation::refused;
  };
  const std::string slash = {kWindowsByte, '\0'};
  const std::string caches(8, '\0');
  EXPECT_EQ(second(Version::py3_14, slash), Operation::build_map);
  EXPECT_EQ(second(Version::py3_14, slash + caches), Operation::load_global);
  EXPECT_EQ(second(Version::py3_14, slash + caches.substr(2)), Operation::refused);
  // What follows BUILD_MAP decides, not the words of 0 further on.
  const std::string later = assembled(Version::py3_14, kX) + assembled(Version::py3_14, {"LOAD_ATTR", 0});
  EXPECT_EQ(second(Version::py3_14, slash + later), Operation::build_map);
  EXPECT_EQ(second(Version::py3_14, slash + std::string(6, '\0') + later), Operation::refused);
  EXPECT_EQ(second(Version::py3_13, slash), Operation::build_list);
  EXPECT_EQ(second(Version::py3_12, slash + std::string(2, '\0')), Operation::unpack_sequence);
  EXPECT_EQ(second(Version::py3_12, slash), Operation::refused);
  EXPECT_EQ(second(Version::py3_8, slash), Operation::unpack_sequence);
}

}  // namespace
}  // namespace revive::python
