#include "revive/fuzz/targets/targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "revive/fuzz/mutators/archive_mutator.h"
#include "revive/fuzz/mutators/bytecode_mutator.h"
#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/fuzz/mutators/mutate_model.h"
#include "revive/fuzz/seeds/seeds.h"

namespace revive::fuzz {
namespace {

using testing::ContainsRegex;
using Bytes = std::vector<std::uint8_t>;

Bytes dense_archive() {
  auto model = Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3}}}),
                                      *make_layer("Dense", {{"units", 2}})});
  model->initialize(1);
  const std::string archive = *archive_of(*model);
  return {archive.begin(), archive.end()};
}

template <typename Target>
std::string printed(const Target& target) {
  std::ostringstream out;
  target.print(out);
  return out.str();
}

std::size_t flip_first(std::uint8_t* data, std::size_t size, std::size_t) {
  if (size > 0) data[0] ^= 0xFF;
  return size;
}

bool by_a_trap(int status) {
  return testing::KilledBySignal(SIGILL)(status) || testing::KilledBySignal(SIGTRAP)(status);
}

TEST(ArchiveTarget, RunsAndCountsWhatItIsGiven) {
  ArchiveTarget target;
  const Bytes archive = dense_archive();
  EXPECT_EQ(target.run(archive), 0);
  EXPECT_EQ(target.run(Bytes{1, 2}), 0);
  EXPECT_THAT(printed(target), ContainsRegex("runs +2 +50.0 % load"));
}

TEST(ArchiveTarget, IgnoresWhatIsLargerThanAnArchiveMayBe) {
  ArchiveTarget target;
  EXPECT_EQ(target.run(Bytes(kMostArchiveBytes + 1)), 0);
  EXPECT_THAT(printed(target), ContainsRegex("runs +0 "));
  EXPECT_EQ(target.run(Bytes(kMostArchiveBytes)), 0);
  EXPECT_THAT(printed(target), ContainsRegex("runs +1 "));
}

TEST(ArchiveTarget, NotesMutantsWithTheirParents) {
  ArchiveTarget target;
  const Bytes archive = dense_archive();
  EXPECT_EQ(target.run(archive), 0);
  for (unsigned seed = 0; seed < 20; ++seed) {
    Bytes buffer = archive;
    buffer.resize(kMostArchiveBytes);
    Bytes expected = buffer;
    const std::size_t size = target.mutate(buffer.data(), archive.size(), buffer.size(), seed, flip_first);
    EXPECT_EQ(size, mutate_archive(expected.data(), archive.size(), expected.size(), seed, flip_first).size);
    EXPECT_EQ(buffer, expected);
    EXPECT_EQ(target.run(std::span(buffer).first(size)), 0);
  }
  EXPECT_THAT(printed(target), ContainsRegex("inputs that are no mutants +[12] "));
  EXPECT_THAT(printed(target), ContainsRegex("structured mutants +[0-9][0-9]"));
}

TEST(ArchiveTargetDeath, AFindingEndsTheProcessAndSaysWhatItIs) {
  ArchiveTarget target;
  target.calls.save = [](const Sequential&, const SaveOptions&) -> Result<Buffer> {
    return fail(ErrorCode::config_rule, "", "never");
  };
  EXPECT_EXIT(target.run(dense_archive()), by_a_trap, "archive_fuzzer: a loaded model does not save: never");
}

Bytes code() {
  const std::string seeds = REVIVE_SEEDS_DIR "/bytecode_fuzzer/python3.11_arithmetic_6";
  std::ifstream file(seeds, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(BytecodeTarget, RunsCountsAndKeepsWhatIsWorthIt) {
  BytecodeTarget target;
  ASSERT_GT(code().size(), 50U);
  EXPECT_EQ(target.run(code()), 0);
  EXPECT_EQ(target.run(Bytes{'N'}), -1);
  EXPECT_THAT(printed(target), ContainsRegex("runs +2 +50.0 % translated"));
  EXPECT_EQ(target.run(Bytes(BytecodeTarget::kMostBytes)), -1);
  EXPECT_EQ(target.run(Bytes(BytecodeTarget::kMostBytes + 1)), 0);
  EXPECT_THAT(printed(target), ContainsRegex("runs +3 "));
}

TEST(BytecodeTarget, NotesMutants) {
  BytecodeTarget target;
  for (unsigned seed = 0; seed < 20; ++seed) {
    Bytes buffer = code();
    const std::size_t size = buffer.size();
    buffer.resize(BytecodeTarget::kMostBytes);
    Bytes expected = buffer;
    const std::size_t made = target.mutate(buffer.data(), size, buffer.size(), seed, flip_first);
    EXPECT_EQ(made, mutate_bytecode(expected.data(), size, expected.size(), seed, flip_first).size);
    EXPECT_EQ(buffer, expected);
    target.run(std::span(buffer).first(made));
  }
  EXPECT_THAT(printed(target), testing::Not(testing::HasSubstr("seed")));
  EXPECT_THAT(printed(target), ContainsRegex("operand +[1-9]"));
}

TEST(BytecodeTargetDeath, AFindingEndsTheProcessAndSaysWhatItIs) {
  BytecodeTarget target;
  target.calls.read = [](std::string_view) -> Result<python::Code> { return fail(ErrorCode::bytecode_format, "", ""); };
  EXPECT_EXIT(target.run(code()), by_a_trap, "bytecode_fuzzer: an error without a sentence: bytecode_format");
}

TEST(LambdaTargetDeath, AFindingEndsTheProcessAndSaysTheText) {
  LambdaTarget target;
  EXPECT_EQ(target.run(lambda_bytes(0, "x * 2")), 0);
  target.calls.write = [](const Graph&, const TensorType&, const Limits&) -> Result<Value> {
    return fail(ErrorCode::graph_argument, "", "never");
  };
  EXPECT_EXIT(target.run(lambda_bytes(0, "x * 2")), by_a_trap,
              "lambda_fuzzer: the graph is not written: never\nx \\* 2");
}

TEST(LambdaTarget, IsHeldToTheFuzzersLimits) {
  LambdaTarget target;
  std::uint64_t nodes = 0;
  target.calls.make = [&, make = target.calls.make](std::string_view text, const Captures& captures,
                                                    const LoweringOptions& options) {
    nodes = options.limits.graph_nodes;
    return make(text, captures, options);
  };
  EXPECT_EQ(target.run(lambda_bytes(0, "x")), 0);
  EXPECT_EQ(nodes, kFuzzLimits.graph_nodes);
}

TEST(ModelTargetDeath, AFindingEndsTheProcessAndSaysTheChoices) {
  ModelTarget target;
  EXPECT_EQ(target.run(Bytes{}), 0);
  std::size_t asked = 0;
  target.calls.generate = [&](properties::Choices&) -> Result<properties::Case> {
    ++asked;
    return fail(ErrorCode::config_rule, "", "no model");
  };
  EXPECT_EQ(target.run(Bytes(kMostChoiceBytes + 1)), 0) << "what is not read is not asked";
  EXPECT_EQ(asked, 0U);
  EXPECT_EXIT(target.run(Bytes(kMostChoiceBytes)), by_a_trap,
              "model_fuzzer: The generator makes valid models only.\nno model");
  EXPECT_EXIT(target.run(Bytes{}), by_a_trap, "choices: ");
}

TEST(PrintedAtExit, PrintsWhenItEnds) {
  testing::internal::CaptureStderr();
  {
    PrintedAtExit<ArchiveTarget> target;
    target.run(dense_archive());
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(), ContainsRegex("runs +1 +100.0 % load"));
  testing::internal::CaptureStderr();
  {
    const PrintedAtExit<BytecodeTarget> target;
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(), ContainsRegex("runs +0 "));
}

}  // namespace
}  // namespace revive::fuzz
