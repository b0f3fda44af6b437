// Each opcode of each version of CPython with small arguments, on stacks that suit it and stacks that do not: how often
// which sentence is said, and a sum of the lambdas that are read, in stacks.txt. After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/serializer/serializer_test --gtest_filter='EachOpcode.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/model/lambda/printer.h"
#include "revive/model/testing/said.h"
#include "revive/serializer/python/abstract_interpreter.h"
#include "revive/serializer/python/assembler_testing.h"

namespace revive::python {
namespace {

using namespace testing;

constexpr const char* kFile = "serializer/python/stacks.txt";

constexpr Step kX{"LOAD_FAST", 0};
constexpr Step kOne{"LOAD_CONST", 1};
constexpr Step kKeys{"LOAD_CONST", 2};
constexpr Step kText{"LOAD_CONST", 3};

Result<std::string> text_of(const Function& function, const std::string& instructions) {
  REVIVE_ASSIGN_OR_RETURN(const auto code, read_code(function.marshalled(instructions)));
  REVIVE_ASSIGN_OR_RETURN(const auto decoded, decode(code, function.version));
  REVIVE_ASSIGN_OR_RETURN(const auto tree, execute(code, function.version, decoded, {}));
  return tree_to_text(tree).value_or("no text");
}

// What is left on the stack is returned as a tuple, whose length is tried.
Result<std::string> outcome(const Function& function, const std::vector<Step>& before, const std::string& instruction) {
  const std::string start = function.instructions(before) + instruction;
  Result<std::string> made;
  for (const int left : {1, 2, 3, 4, 0}) {
    made = text_of(function, start + assembled(function.version, {"BUILD_TUPLE", left}) +
                                 assembled(function.version, {"RETURN_VALUE"}));
    if (made || !made.error().message.contains("expected one value at the return")) break;
  }
  return made;
}

std::vector<std::vector<Step>> stacks(Version version) {
  // exec is name 0, f name 1.
  const Step f{"LOAD_GLOBAL", version >= Version::py3_11 ? 2 : 1};
  std::vector<std::vector<Step>> all = {
      {},
      {kX},
      {kX, kOne},
      {kOne, kX, kText},
      {kX, kOne, kKeys},
      {{"BUILD_LIST", 0}, kX},
      {{"BUILD_MAP", 0}, kText, kX, {"BUILD_MAP", 1}},
      {f, kX, kOne, kKeys},
      {f, kX, {"BUILD_TUPLE", 1}},
  };
  if (version < Version::py3_11) return all;
  all.push_back({{"PUSH_NULL"}, f, kX, kOne});
  all.push_back({f, {"PUSH_NULL"}, kX, kOne, kKeys});
  return all;
}

TEST(EachOpcode, SaysTheSameOnEachStack) {
  for (const Version version : {Version::py3_6, Version::py3_8, Version::py3_10, Version::py3_11, Version::py3_12,
                                Version::py3_13, Version::py3_14}) {
    Function function;
    function.version = version;
    revive::testing::Said said;
    for (int number = 0; number < 256; ++number) {
      const Opcode* const opcode = find_opcode(version, static_cast<std::uint8_t>(number));
      if (opcode == nullptr) continue;
      for (const char argument : {'\0', '\1', '\2', '\3', '\5'}) {
        const std::string instruction =
            std::string{static_cast<char>(number), argument} + std::string(std::size_t{2} * opcode->caches, '\0');
        for (const auto& stack : stacks(version)) {
          const auto made = outcome(function, stack, instruction);
          made ? said.add_to_sum(*made) : said.add(made.error());
        }
      }
    }
    said.expect(kFile, std::string(name_of(version)));
  }
}

}  // namespace
}  // namespace revive::python
