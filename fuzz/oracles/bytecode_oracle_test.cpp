#include "revive/fuzz/oracles/bytecode_oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "revive/fuzz/oracles/each_leg.h"
#include "revive/fuzz/seeds/seeds.h"
#include "revive_build/source_dir.h"

namespace revive::fuzz {
namespace {

std::string code_of(std::string_view name) {
  std::ifstream file(REVIVE_SOURCE_DIR "/corpus/lambdas/python3.11.json");
  const auto seeds = bytecode_seeds(std::string((std::istreambuf_iterator<char>(file)), {}));
  const auto seed = std::ranges::find(*seeds, name, &BytecodeSeed::name);
  return {reinterpret_cast<const char*>(seed->bytes.data()), seed->bytes.size()};
}

// The calls as they are for an input that everything is asked of.
struct Asked : BytecodeCalls {
  Asked() {
    hash = [](std::string_view) { return std::size_t{0}; };
  }
};

using Change = std::function<void(python::Translation&)>;
Asked translates(int nth, const Change& change) {
  Asked calls;
  calls.translate = [=, count = 0, translate = calls.translate](const python::Code& code) mutable {
    auto translation = translate(code);
    if (++count == nth) change(*translation);
    return translation;
  };
  return calls;
}

std::vector<LegFault<Asked>> faults() {
  Asked unread;
  unread.read = [](std::string_view) -> Result<python::Code> { return fail(ErrorCode::bytecode_format, "byte 3", ""); };
  Asked untranslated;
  untranslated.translate = [](const python::Code&) -> Result<python::Translation> {
    return fail(ErrorCode::bytecode_unsupported, "byte 4", "");
  };
  Asked only_once;
  only_once.translate = [count = 0, translate = only_once.translate](const python::Code& code) mutable {
    return ++count == 1 ? translate(code)
                        : Result<python::Translation>(fail(ErrorCode::bytecode_unsupported, "", "no more"));
  };
  Asked prints_no_text;
  prints_no_text.print = [](const Tree&) { return std::string("lambda x: )"); };
  Asked prints_another;
  prints_another.print = [](const Tree&) { return std::string("lambda x: x * 7"); };
  Asked parses_another;
  parses_another.parse = [](std::string_view) { return parse_lambda("lambda x: x", {}); };
  return {
      {"refused_with_sentence", unread, "bytecode_format 'byte 3'"},
      {"refused_with_sentence", untranslated, "bytecode_unsupported 'byte 4'"},
      {"children_first", translates(1, [](auto& made) { made.tree.nodes[1].children = {1}; }),
       "node 1 has the child 1"},
      {"children_first", translates(1, [](auto& made) { made.tree.nodes[0].children = {kNoTree, 2}; }),
       "node 0 has the child 2"},
      {"has_a_body", translates(1, [](auto& made) { made.tree.body = static_cast<TreeIndex>(made.tree.nodes.size()); }),
       "the body is node"},
      {"has_a_body", translates(1, [](auto& made) { made.tree.body = kNoTree; }), "the body is node 4294967295"},
      {"translates_again", only_once, "does not translate again: no more"},
      {"same_versions_again", translates(2, [](auto& made) { made.versions.resize(1); }),
       "versions at first, of 1 the second time"},
      {"same_tree_again", translates(2, [](auto& made) { made.tree.parameters[0].name = "y"; }),
       "is another tree the second time: lambda y"},
      {"text_parses", prints_no_text, "lambda x: )\ndoes not parse: "},
      {"text_is_the_tree", prints_another, "lambda x: x * 7\nparses to another tree: lambda x: x * 7"},
      {"text_is_the_tree", parses_another, "parses to another tree: lambda x: x"},
  };
}

TEST(BytecodeOracle, EachLegFindsAFaultThatNoOtherFinds) {
  const std::string code = code_of("arithmetic_6");
  expect_each_leg_finds(
      "bytecode", bytecode_legs(), faults(),
      [&](const Asked& calls, std::span<const BytecodeLeg> legs) { return judge_bytecode(code, calls, legs).finding; });
}

TEST(BytecodeOracle, WhatIsTranslatedIsOfItsVersionsAndPrinted) {
  const auto verdict = judge_bytecode(code_of("arithmetic_6"), Asked());
  EXPECT_FALSE(verdict.refused);
  EXPECT_FALSE(verdict.finding);
  EXPECT_THAT(verdict.versions, testing::Contains(python::Version::py3_11));
  EXPECT_TRUE(verdict.printed);
}

TEST(BytecodeOracle, WhatIsRefusedHasNoVersionsAndIsNoFinding) {
  const auto verdict = judge_bytecode("no code", Asked());
  ASSERT_TRUE(verdict.refused);
  EXPECT_EQ(verdict.refused->code, ErrorCode::bytecode_format);
  EXPECT_FALSE(verdict.finding);
  EXPECT_TRUE(verdict.versions.empty());
  EXPECT_FALSE(verdict.printed);
}

// Some trees have no text.
TEST(BytecodeOracle, ATreeWithoutATextIsNotCompared) {
  Asked calls;
  calls.print = [](const Tree&) { return std::nullopt; };
  calls.parse = [](std::string_view) -> Result<Tree> {
    ADD_FAILURE() << "parsed";
    return fail(ErrorCode::expression_syntax, "", "");
  };
  const auto verdict = judge_bytecode(code_of("arithmetic_6"), calls);
  EXPECT_FALSE(verdict.printed);
  EXPECT_FALSE(verdict.finding);
}

TEST(BytecodeOracle, TheHashDecidesWhatIsAskedAndHowOften) {
  const std::string code = code_of("arithmetic_6");
  std::size_t translated = 0;
  std::size_t printed = 0;
  constexpr std::size_t kInputs = 64;
  for (std::size_t hash = 0; hash < kInputs; ++hash) {
    BytecodeCalls calls;
    calls.hash = [&](std::string_view bytes) {
      EXPECT_EQ(bytes, code);
      return hash;
    };
    calls.translate = [&, translate = calls.translate](const python::Code& read) {
      ++translated;
      return translate(read);
    };
    const bool asked = judge_bytecode(code, calls).printed;
    EXPECT_EQ(asked, hash % 4 == 0) << hash;
    printed += asked ? 1 : 0;
  }
  EXPECT_EQ(translated, kInputs + kInputs / 32);
  EXPECT_EQ(printed, kInputs / 4);
}

TEST(BytecodeOracle, KeepsWhatIsTranslatedAndFewOfTheRefused) {
  const auto refused = [](ErrorCode code) {
    BytecodeVerdict verdict;
    verdict.refused = Error{code, "", "no"};
    return verdict;
  };
  EXPECT_TRUE(worth_keeping("aaa", {}));
  EXPECT_FALSE(worth_keeping(std::string(3, '\0'), refused(ErrorCode::bytecode_format)));
  // The byte in the middle decides.
  EXPECT_TRUE(worth_keeping(std::string("a\xF0z", 3), refused(ErrorCode::bytecode_unsupported)));
  EXPECT_FALSE(worth_keeping(std::string("\xF0z\xF0", 3), refused(ErrorCode::bytecode_unsupported)));
  std::size_t kept = 0;
  for (int byte = 0; byte < 256; ++byte) {
    kept += worth_keeping(std::string(1, static_cast<char>(byte)), refused(ErrorCode::limit_exceeded)) ? 1 : 0;
  }
  EXPECT_EQ(kept, 16U);
}

}  // namespace
}  // namespace revive::fuzz
