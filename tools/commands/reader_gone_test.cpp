// Whoever reads what a command prints may stop, as `| head` does: the command then ends as by SIGPIPE, whichever it is
// and however much it still had to do.
#include <gmock/gmock.h>

#include <chrono>

#include "revive/tools/commands/commands.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

// As a shell says it of a program that SIGPIPE ended.
constexpr int kEndedBySigpipe = 128 + 13;

class ReaderGone : public FolderTest {
 protected:
  // The command with a pipe as its standard output, and a reader that does so much.
  static properties::ChildEnd piped(const std::string& before, std::vector<std::string> arguments,
                                    const std::string& reader) {
    const std::string script = "set -o pipefail; { " + before + "exec \"$0\" \"$@\"; } | " + reader;
    std::vector<std::string> command = {"bash", "-c", script, REVIVE_PROGRAM};
    command.insert(command.end(), arguments.begin(), arguments.end());
    auto end = properties::run_child(command, {.wall_seconds = 120});
    EXPECT_TRUE(end.has_value());
    return end.value_or(properties::ChildEnd{});
  }
};

TEST_F(ReaderGone, EveryCommandEndsAsBySigpipe) {
  const std::string archive = corpus("small/deflated.keras");
  std::filesystem::create_directories(in_folder("build/fuzz"));
  write_text(in_folder("build/fuzz_targets.txt"), "two_bugs\n");
  std::filesystem::copy_file(REVIVE_TWO_BUGS, in_folder("build/fuzz/two_bugs"));
  const std::vector<std::vector<std::string>> calls = {
      {"--help"},
      {"show", archive},
      {"check", archive},
      {"diff", archive, corpus("small/eleven_layers.keras")},
      {"generate", "-n", "1", "--out", in_folder("generated")},
      {"properties", "--list"},
      {"properties", "config_survives", "--cases", "3", "--out", in_folder("found")},
      {"faults", "captures_by_name"},
      {"scenarios", "--manifest", in_folder("manifest.json")},
      {"corrupt", archive, "--stride", "500"},
      {"fuzz", "--build", in_folder("build"), "--corpus", in_folder("corpus"), "--time", "60"},
      {"replay", archive},
      {"promote", in_folder("deflated.keras"), "--reason", "a test", "--manifest", in_folder("manifest.json")},
      {"repro", archive},
      {"layers"},
      {"ops"},
      {"evaluate", in_folder("questions.jsonl")},
      {"verdict", archive},
  };
  write_text(in_folder("manifest.json"), "[]\n");
  write_text(in_folder("questions.jsonl"),
             R"({"lambda": "lambda x: x + 1", "input": {"dtype": "float32", "shape": [1, 1], "data": "AACAPw=="}})");
  std::filesystem::copy_file(archive, in_folder("deflated.keras"));
  std::vector<std::string_view> missing;
  for (const Command& command : all_commands()) missing.push_back(command.name);
  for (const auto& call : calls) {
    const properties::ChildEnd end = piped("sleep 0.1; ", call, "true");
    EXPECT_TRUE(end.exited_with(kEndedBySigpipe)) << call.front() << " " << to_string(end) << ": " << end.err;
    std::erase(missing, call.front());
  }
  // The first prints nothing, as what it computes goes to a file; the second needs an installed Keras.
  EXPECT_THAT(missing, testing::ElementsAre("run", "hunt"));
}

TEST_F(ReaderGone, WhatWouldGoOnForLongEndsSoon) {
  const auto start = std::chrono::steady_clock::now();
  const properties::ChildEnd end = piped(
      "", {"properties", "config_survives", "--cases", "20", "--time", "60", "--out", in_folder("found")}, "head -n 1");
  EXPECT_EQ(end.out, "seed 0\n");
  EXPECT_TRUE(end.exited_with(kEndedBySigpipe)) << to_string(end) << ": " << end.err;
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST_F(ReaderGone, AReaderThatReadsAllIsNoTrouble) {
  EXPECT_TRUE(piped("", {"layers"}, "cat").exited_with(0));
}

}  // namespace
}  // namespace revive::tools
