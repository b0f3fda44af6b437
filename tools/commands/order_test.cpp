// Results and troubles in one stream, as a terminal or a log shows them: each where it came up.
#include <gmock/gmock.h>

#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

class OneStream : public FolderTest {
 protected:
  // What `call` prints to both of its streams, which are one.
  static std::string merged(const std::vector<std::string>& call) {
    std::vector<std::string> command = {"/bin/sh", "-c", "exec \"$0\" \"$@\" 2>&1", REVIVE_PROGRAM};
    command.insert(command.end(), call.begin(), call.end());
    const auto end = properties::run_child(command, {.wall_seconds = 120});
    EXPECT_TRUE(end.has_value());
    return end ? end->out : "";
  }
  std::string copied(const std::string& from, const std::string& to) const {
    std::filesystem::create_directories(std::filesystem::path(in_folder(to)).parent_path());
    std::filesystem::copy_file(corpus(from), in_folder(to));
    return in_folder(to);
  }
};

TEST_F(OneStream, HoldsWhatBecameOfEachFileInTheirOrder) {
  const std::string first = copied("keras/reshape.keras", "found/a.keras");
  const std::string last = copied("keras/reshape.keras", "found/c.keras");
  const std::string unlisted = copied("refusals/crc_wrong.keras", "b.keras");
  const std::string nowhere = in_folder("nowhere.keras");
  const std::string manifest = in_folder("manifest.json");
  write_text(manifest, "[]\n");
  const std::string cannot = nowhere + ": cannot read: No such file or directory\n";
  const std::string revives = ": revives (1 layer, 0 parameters, outputs equal)\n";
  EXPECT_EQ(merged({"check", first, nowhere, last}), first + revives + cannot + last + revives);
  EXPECT_EQ(merged({"replay", "--manifest", manifest, first, unlisted, last}),
            first + revives + unlisted + ": not in the manifest; `revive promote " + unlisted +
                " --reason TEXT` records that it now refused (archive_crc)\n" + last + revives +
                "replay: 1 failed: 3 files\n");
  const std::string small = corpus("small/deflated.keras");
  const std::string tried =
      small + ": no_silent_corruption: 259 tried, 259 refused (1 code), 0 identical, 0 different\n";
  EXPECT_EQ(merged({"corrupt", small, nowhere, small, "--stride", "4999", "--property", "no_silent_corruption",
                    "--jobs", "1"}),
            tried + cannot + tried);
}

// What was printed before it, for people and for machines.
TEST_F(OneStream, HoldsWhatEndsACommandLast) {
  const std::string questions = in_folder("questions.jsonl");
  write_text(questions,
             R"({"lambda": "lambda x: x + 1", "input": {"dtype": "float32", "shape": [1, 1], "data": "AACAPw=="}})"
             "\nno question\n");
  const std::vector<std::string> calls[] = {{"evaluate", questions},
                                            {"show", corpus("refusals/classes_of_the_user.keras")},
                                            {"show", in_folder("nowhere.keras"), "--json"}};
  for (const std::vector<std::string>& call : calls) {
    const properties::ChildEnd end = revive(call);
    EXPECT_TRUE(end.exited_with(1)) << to_string(end);
    EXPECT_NE(end.out, "");
    EXPECT_NE(end.err, "");
    EXPECT_EQ(merged(call), end.out + end.err);
  }
}

TEST_F(OneStream, OfPropertiesSaysWhatEarlierRunsLeftBehindTheSeed) {
  const std::string left = in_folder("found/bytes_are_stable-x.case");
  std::filesystem::create_directories(in_folder("found"));
  write_text(left, "{}");
  EXPECT_EQ(merged({"properties", "bytes_are_stable", "--cases", "1", "--layers", "ReLU", "--jobs", "1", "--seed", "3",
                    "--out", in_folder("found")}),
            "seed 3\n" + left + ": expected the key \"format\"\n" + left +
                ": not a case that can be replayed; remove it\nbytes_are_stable: held, 1 case\n");
}

}  // namespace
}  // namespace revive::tools
