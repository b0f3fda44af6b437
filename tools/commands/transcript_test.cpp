// Every word of the program: what is printed for the calls of transcript.txt, byte by byte.
//
// A call stands in the file behind "$ ", and below it the lines of standard output, those of standard error behind
// "! ", and the exit code where it is not 0. Sections begin with "=== NAME"; the calls of one run in a folder of their
// own, which calls after them find as it was left and where `corpus` is this tree's; "$ cat FILE" shows what they
// wrote. What a new layer or op changes has no place in it. After a change that is meant:
//
//     REVIVE_WRITE_TRANSCRIPT=1 build/release/tools/tools_test --gtest_filter='Transcript.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <sstream>

#include "revive/model/sequential.h"
#include "revive/properties/hunt/finding.h"
#include "revive/serializer/keras_archive.h"
#include "revive/serializer/zip/archive.h"
#include "revive/tools/command.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

constexpr std::string_view kCall = "$ ";
constexpr std::string_view kSection = "=== ";

// Lines for `revive evaluate`: an answer, axes that are not known, and each way to be refused.
constexpr std::string_view kQuestions =
    R"json({"lambda": "lambda x: x * 2", "input": {"dtype": "float32", "shape": [1, 2], "data": "AACAPwAAAEA="}}
{"lambda": "lambda x: ops.shape(x)[1] * x", "input": {"dtype": "float32", "shape": [1, 2], "data": "AACAPwAAAEA="}, "unknown": [1]}
{"lambda": "lambda x: x[0]", "input": {"dtype": "float32", "shape": [], "data": "AACAPw=="}}
{"lambda": "lambda x: ops.reshape(x, (-1, 3))", "input": {"dtype": "float32", "shape": [1, 2], "data": "AACAPwAAAEA="}, "unknown": [0, 1]}
{"lambda": "lambda x: ops.reshape(x, (2,))", "input": {"dtype": "float32", "shape": [2], "data": "AACAPwAAAEA="}}
)json";

// Two that scenarios are run on and two that they are not.
constexpr std::string_view kManifest =
    R"([{"file": "corpus/heavy/pool_of_an_hour.keras", "verdict": "not_run", "digest": null},
        {"file": "corpus/keras/dense.keras", "verdict": "revives", "digest": null},
        {"file": "corpus/keras/reshape.keras", "verdict": "revives", "digest": null},
        {"file": "corpus/refusals/crc_wrong.keras", "verdict": "refused", "code": "archive_crc"}])";

std::string transcript() {
  return std::string(REVIVE_SOURCE_DIR) + "/tools/commands/transcript.txt";
}

// Where the line that begins with `what` begins, from `at` on; the end of the text where none does.
std::size_t next_line(std::string_view text, std::string_view what, std::size_t at) {
  if (at == 0 && text.starts_with(what)) return 0;
  const std::size_t found = text.find('\n' + std::string(what), at == 0 ? 0 : at - 1);
  return found == std::string_view::npos ? text.size() : found + 1;
}

class Transcript : public FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    std::filesystem::create_directory_symlink(corpus(""), in_folder("corpus"));
    std::filesystem::create_directory_symlink(std::string(REVIVE_SOURCE_DIR) + "/tools/testing/hunt_stand_in",
                                              in_folder("stand_in"));
    write_text(in_folder("questions.jsonl"), std::string(kQuestions));
    write_text(in_folder("some.json"), std::string(kManifest));
    write_archives();
    write_known();
    for (const auto& [name, line] : {std::pair("no_json", "{"),
                                     {"no_lambda", R"({"lambda": 3, "input": 4})"},
                                     {"no_input", R"({"lambda": "lambda x: x", "input": 4})"}}) {
      write_text(in_folder(std::string(name) + ".jsonl"), std::string(line) + "\n");
    }
    for (const auto& [name, axes] :
         {std::pair("no_axes", "1"), {"negative_axis", "[-1]"}, {"axis_beyond", "[2]"}, {"axis_of_text", R"(["0"])"}}) {
      write_text(in_folder(std::string(name) + ".jsonl"),
                 R"({"lambda": "lambda x: x", "input": {"dtype": "float32", "shape": [1, 1], "data": "AACAPw=="}, )"
                 R"("unknown": )" +
                     std::string(axes) + "}\n");
    }
  }

  // A list of known failures, the programs of those of Keras, and what `revive hunt accept` and `replay` may be given.
  void write_known() const {
    std::string listed;
    const auto list = [&](const std::string& subject, const std::string& property, const std::string& site,
                          const std::string& program) {
      listed +=
          fmt::format(R"({}{{"subject": "{}", "property": "{}", "site": "{}", "reason": "r", "since": "2026-11-29"}})",
                      listed.empty() ? "" : ", ", subject, property, site);
      const auto path = in_folder("listed/" + properties::hunt::file_name_of(site) + ".py");
      if (!program.empty()) write_text(path, program);
    };
    std::filesystem::create_directory(in_folder("listed"));
    list("Keras", "hunt", "state: holds now", "# mended\n");
    list("Keras", "hunt", "state: fails still", "# as it was\n");
    list("Keras", "hunt", "state: has no program", "");
    list("Keras", "hunt", "state: gets no answer", "# unanswered\n");
    list("Keras", "hunt", "state: gets an odd answer", "# answered by a number\n");
    list("Keras", "other", "state: of another property", "# mended\n");
    list("other", "hunt", "state: of another subject", "# mended\n");
    list("Keras", "hunt", "state: holds now as well", "# mended\n");
    write_text(in_folder("listed.json"), fmt::format("[{}]\n", listed));
    const std::pair<const char*, const char*> findings[] = {{"nameless", R"({"arguments": []})"},
                                                            {"odd_name", R"({"site": 3, "arguments": []})"},
                                                            {"no_arguments", R"({"site": "state: a"})"},
                                                            {"no_json", "{"},
                                                            {"no_program", R"({"site": "state: a", "arguments": []})"},
                                                            {"whole", R"({"site": "state: b", "arguments": ["c"]})"}};
    for (const auto& [name, finding] : findings) {
      std::filesystem::create_directories(in_folder(std::string("given/") + name));
      write_text(in_folder(fmt::format("given/{}/finding.json", name)), finding);
    }
    write_text(in_folder("given/whole/program.py"), "print('nothing to object')\n");
    // What one interpreter takes and another does not.
    std::filesystem::create_directories(in_folder("given/picky"));
    write_text(in_folder("given/picky/program.py"),
               "import os\nassert 'stand_in' in os.environ.get('PYTHONPATH', ''), 'no stand-in'\n");
  }

  // What no archive of the corpus is: a stack without an input, an unknown class deep inside, and one with a
  // vocabulary.
  void write_archives() const {
    const auto dense = make_layer("Dense", {{"units", 2}});
    ASSERT_TRUE(dense);
    const auto unbuilt = Sequential::make("open", {*dense});
    ASSERT_TRUE(unbuilt) << unbuilt.error().text();
    EXPECT_TRUE(save(*unbuilt, in_folder("unbuilt.keras")));
    const std::string nested = read_text(corpus("keras/nested_two_deep.keras"));
    const std::string asset = "one\ntwo\n";
    const auto archive = read_archive(std::as_bytes(std::span(nested)), {});
    ASSERT_TRUE(archive);
    std::vector<ArchiveMember> members(archive->members().begin(), archive->members().end());
    const auto write = [&](const std::string& name) {
      const auto bytes = write_archive(members);
      ASSERT_TRUE(bytes);
      write_text(in_folder(name), {reinterpret_cast<const char*>(bytes->bytes().data()), bytes->bytes().size()});
    };
    members.push_back({.name = "assets/words.txt", .bytes = std::as_bytes(std::span(asset))});
    write("with_asset.keras");
    std::string config(archive->find(kConfigMember)->text());
    config.replace(config.find("BatchNormalization"), 5, "Botch");
    std::ranges::find(members, kConfigMember, &ArchiveMember::name)->bytes = std::as_bytes(std::span(config));
    write("inner_unknown.keras");
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
    if (command.empty() || command.front() != "cat") command.insert(command.begin(), REVIVE_PROGRAM);
    const auto end = properties::run_child({.command = command, .folder = in_folder("")}, {.wall_seconds = 120});
    if (!end) return end.error().text();
    // What a hunt took and the day of today are others each time.
    std::string text = std::regex_replace(
        end->out, std::regex("[0-9.]+ s, ([0-9]+ jobs?), .* cases a second in the rest"), "(seconds), $1, (shares)");
    text = std::regex_replace(text, std::regex("\"since\": \"[0-9-]+\""), "\"since\": (today)");
    if (!text.empty() && !text.ends_with('\n')) text += "(no end of line)\n";
    std::istringstream lines(end->err);
    // How far it has come, and how long that took, is told from the second second on.
    const std::regex progress(".+: [0-9]+( of [0-9]+| in [0-9.]+ s)?");
    for (std::string line; std::getline(lines, line);) {
      if (!std::regex_match(line, progress)) text += "! " + line + "\n";
    }
    if (!end->exited_with(0)) text += fmt::format("({})\n", to_string(*end));
    return text;
  }

  void expect_section(const std::string& name) const {
    const std::string recorded = read_text(transcript());
    const std::string heading = fmt::format("{}{}\n", kSection, name);
    const std::size_t begin = next_line(recorded, heading, 0);
    ASSERT_LT(begin, recorded.size()) << name;
    const std::size_t end = next_line(recorded, kSection, begin + 1);
    std::string whole = heading;
    for (std::size_t at = begin + heading.size(); at < end;) {
      ASSERT_TRUE(std::string_view(recorded).substr(at).starts_with(kCall)) << recorded.substr(at, 80);
      const std::size_t next = std::min(next_line(recorded, kCall, at + 1), end);
      const std::string entry = recorded.substr(at, next - at);
      const std::string call = entry.substr(kCall.size(), entry.find('\n') - kCall.size());
      const std::string now = fmt::format("{}{}\n{}", kCall, call, told(call));
      EXPECT_EQ(now, entry);
      whole += now;
      at = next;
    }
    if (std::getenv("REVIVE_WRITE_TRANSCRIPT") != nullptr) {
      write_text(transcript(), recorded.substr(0, begin) + whole + recorded.substr(end));
    }
  }
};

// A test for each section, so that they run side by side and none is slow.
TEST_F(Transcript, Help) {
  expect_section("help");
}
TEST_F(Transcript, Show) {
  expect_section("show");
}
TEST_F(Transcript, Check) {
  expect_section("check");
}
TEST_F(Transcript, Diff) {
  expect_section("diff");
}
TEST_F(Transcript, Run) {
  expect_section("run");
}
TEST_F(Transcript, Repro) {
  expect_section("repro");
}
TEST_F(Transcript, Corrupt) {
  expect_section("corrupt");
}
TEST_F(Transcript, Scenarios) {
  expect_section("scenarios");
}
TEST_F(Transcript, Replay) {
  expect_section("replay");
}
TEST_F(Transcript, Refusals) {
  expect_section("refusals");
}
TEST_F(Transcript, Calls) {
  expect_section("calls");
}
TEST_F(Transcript, Evaluate) {
  expect_section("evaluate");
}

// On a Keras and a worker that are stand-ins, so that it takes neither Keras nor time.
TEST_F(Transcript, Hunt) {
  expect_section("hunt");
}
TEST_F(Transcript, HuntOptions) {
  expect_section("huntOptions");
}
TEST_F(Transcript, Properties) {
  expect_section("properties");
}

TEST_F(Transcript, HasATestForEverySectionAndTheHelpOfEveryCommand) {
  const std::string recorded = read_text(transcript());
  const auto* const suite = ::testing::UnitTest::GetInstance()->current_test_suite();
  std::string tests;
  for (int i = 0; i < suite->total_test_count(); ++i) tests += fmt::format(" {} ", suite->GetTestInfo(i)->name());
  for (std::size_t at = 0; at < recorded.size(); at = next_line(recorded, kSection, at + 1)) {
    std::string name = recorded.substr(at + kSection.size(), recorded.find('\n', at) - at - kSection.size());
    name.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(name.front())));
    EXPECT_TRUE(tests.contains(fmt::format(" {} ", name))) << name;
  }
  for (const Command& command : all_commands()) {
    EXPECT_TRUE(recorded.contains(fmt::format("\n$ {} --help\n", command.name))) << command.name;
  }
}

}  // namespace
}  // namespace revive::tools
