// Every word of the program: what is printed for the calls of transcript.txt, byte by byte.
//
// A call stands in the file behind "$ ", and below it the lines of standard output, those of standard error behind
// "! ", and the exit code where it is not 0. It runs in a folder of its own, which calls after it find as it was left
// and where `corpus` is this tree's. What a new layer or op changes has no place in it. After a change that is meant:
//
//     REVIVE_WRITE_TRANSCRIPT=1 build/release/tools/tools_test --gtest_filter='Transcript.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <sstream>

#include "revive/tools/command.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

constexpr std::string_view kCall = "$ ";

class Transcript : public FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    std::filesystem::create_directory_symlink(corpus(""), in_folder("corpus"));
  }

  // Words are split at blanks; '...' holds blanks, and no word is in part inside of it.
  static std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    while (!line.empty()) {
      const char end = line.front() == '\'' ? '\'' : ' ';
      if (end == '\'') line.remove_prefix(1);
      const std::size_t length = std::min(line.find(end), line.size());
      if (length > 0 || end == '\'') words.emplace_back(line.substr(0, length));
      line.remove_prefix(std::min(length + 1, line.size()));
    }
    return words;
  }

  std::string told(const std::string& call) const {
    std::vector<std::string> command = words_of(call);
    command.insert(command.begin(), REVIVE_PROGRAM);
    const auto end = properties::run_child({.command = command, .folder = in_folder("")}, {.wall_seconds = 120});
    if (!end) return end.error().text();
    std::string text = end->out;
    if (!text.empty() && !text.ends_with('\n')) text += "(no end of line)\n";
    std::istringstream lines(end->err);
    // How far it has come, and how long that took, is told from the second second on.
    const std::regex progress(".+: [0-9]+ (of [0-9]+|in [0-9.]+ s)");
    for (std::string line; std::getline(lines, line);) {
      if (!std::regex_match(line, progress)) text += "! " + line + "\n";
    }
    if (!end->exited_with(0)) text += fmt::format("({})\n", to_string(*end));
    return text;
  }
};

TEST_F(Transcript, EveryWordIsAsRecorded) {
  const std::string path = std::string(REVIVE_SOURCE_DIR) + "/tools/commands/transcript.txt";
  const std::string recorded = read_text(path);
  ASSERT_TRUE(recorded.starts_with(kCall));
  std::string whole;
  std::string all_calls;
  for (std::size_t at = 0; at < recorded.size();) {
    const std::size_t next = std::min(recorded.find("\n$ ", at) + 1, recorded.size());
    const std::size_t until = next == 0 ? recorded.size() : next;
    const std::string entry = recorded.substr(at, until - at);
    const std::string call = entry.substr(kCall.size(), entry.find('\n') - kCall.size());
    const std::string now = fmt::format("{}{}\n{}", kCall, call, told(call));
    EXPECT_EQ(now, entry);
    whole += now;
    all_calls += call + "\n";
    at = until;
  }
  for (const Command& command : all_commands()) {
    EXPECT_TRUE(all_calls.contains(fmt::format("{} --help\n", command.name))) << command.name;
  }
  if (std::getenv("REVIVE_WRITE_TRANSCRIPT") != nullptr) write_text(path, whole);
}

}  // namespace
}  // namespace revive::tools
