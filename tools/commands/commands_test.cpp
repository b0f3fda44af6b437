// The commands on what is right, as someone at a terminal would call them.
#include <gmock/gmock.h>

#include <sstream>

#include "revive/tools/command.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Commands : public FolderTest {};

std::string output_of(const std::vector<std::string>& arguments, int exit_code = 0) {
  const properties::ChildEnd end = revive(arguments);
  EXPECT_TRUE(end.exited_with(exit_code)) << testing::PrintToString(arguments) << to_string(end) << end.err;
  return end.out;
}

TEST_F(Commands, EveryHelpEndsInAnExample) {
  for (const Command& command : all_commands()) {
    std::ostringstream out;
    std::ostringstream err;
    Console console{.out = out, .err = err};
    const std::vector<std::string> arguments = {std::string(command.name), "--help"};
    EXPECT_EQ(run_program(arguments, console), 0);
    EXPECT_THAT(out.str(), HasSubstr("Example: revive " + std::string(command.name)));
    EXPECT_EQ(err.str(), "");
  }
}

TEST_F(Commands, CheckSaysWhatItComparedAndWritesTheSameModel) {
  const std::string copy = in_folder("copy.keras");
  const std::string archive = corpus("keras/dense.keras");
  const std::string out = output_of({"check", archive, "--output", copy});
  EXPECT_THAT(out, HasSubstr(archive + ": revives (1 layer, "));
  EXPECT_THAT(out, HasSubstr(" parameters, outputs equal, matches what Keras recorded: max difference "));
  // The copy lacks the axes that no Keras before 3.15 takes, and that are None.
  EXPECT_EQ(output_of({"diff", archive, copy}), "no difference\n");
  EXPECT_EQ(output_of({"diff", archive, copy, "--outputs"}), "no difference\n");
  // Nothing is recorded beside the copy.
  const std::string again = in_folder("again.keras");
  EXPECT_THAT(output_of({"check", copy, "--output", again}), HasSubstr(" parameters, outputs equal)\n"));
  EXPECT_EQ(output_of({"diff", copy, again}), "no difference\n");
  EXPECT_EQ(output_of({"diff", copy, again, "--outputs"}), "no difference\n");
}

TEST_F(Commands, CheckLooksAtEveryFileWhateverBecameOfTheOthers) {
  const properties::ChildEnd end =
      revive({"check", "--json", corpus("refusals/empty.keras"), corpus("keras/dense.keras")});
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_THAT(end.out, HasSubstr(R"("verdict": "fails", "error": {"code": "archive_not_zip")"));
  EXPECT_THAT(end.out, HasSubstr(R"(keras/dense.keras", "verdict": "revives", "layers": 1, )"));
}

TEST_F(Commands, ScenariosSayWhichHeldAndWhatDidNotLoad) {
  const std::string dense = corpus("keras/dense.keras");
  EXPECT_THAT(output_of({"scenarios", dense}), HasSubstr("saves_do_not_disturb: held: 1 archive\n"));
  const properties::ChildEnd end = revive({"scenarios", "--json", corpus("refusals/empty.keras"), dense});
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_THAT(end.out, HasSubstr(R"(empty.keras", "held": false, "error": {"code": "archive_not_zip")"));
  EXPECT_THAT(end.out, HasSubstr(R"("scenario": "only_the_target_is_touched", "held": true})"));
  EXPECT_TRUE(revive({"scenarios", "--subject", "nobody", dense}).exited_with(2));
}

TEST_F(Commands, ShowNamesLayersShapesAndLambdas) {
  const std::string out = output_of({"show", corpus("keras/lambda_last_steps.keras")});
  EXPECT_THAT(out, HasSubstr("layer"));
  EXPECT_THAT(out, HasSubstr("Lambda"));
  EXPECT_THAT(out, HasSubstr(": lambda x: x[:, -3:"));
  EXPECT_THAT(output_of({"show", "--json", corpus("keras/dense.keras")}), HasSubstr(R"("class_name": "Dense")"));
}

TEST_F(Commands, ShowNamesTheLayersOfAModelThatDoesNotLoad) {
  const std::string archive = corpus("refusals/classes_of_the_user.keras");
  const properties::ChildEnd end = revive({"show", archive});
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_THAT(end.out, HasSubstr("not known\n"));
  EXPECT_THAT(end.out, HasSubstr("InputLayer\n"));
  EXPECT_THAT(end.err, HasSubstr("/config/layers/1/class_name: no layer class "));
}

TEST_F(Commands, JsonIsPrintedForARefusedFileToo) {
  const properties::ChildEnd end = revive({"show", "--json", corpus("refusals/empty.keras")});
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_TRUE(end.out.starts_with(R"({"error": {"code": "archive_not_zip", "place": ")")) << end.out;
}

TEST_F(Commands, AVersionIsPrinted) {
  EXPECT_THAT(output_of({"--version"}), testing::MatchesRegex("revive [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(Commands, AWordThatIsNoCommandSuggestsOne) {
  const properties::ChildEnd end = revive({"chek", "model.keras"});
  EXPECT_TRUE(end.exited_with(2));
  EXPECT_EQ(end.err, "revive: there is no command 'chek'; did you mean `check`; `revive --help` says what it takes\n");
}

// A dot at its end is the word's own.
TEST_F(Commands, AWordTooManyIsSaidAsItWasWritten) {
  const properties::ChildEnd end = revive({"show", "model.keras", "b."});
  EXPECT_TRUE(end.exited_with(2));
  EXPECT_EQ(end.err,
            "revive show: The following argument was not expected: b.; `revive show --help` says what it takes\n");
}

TEST_F(Commands, TrainingStateThatIsCodeIsLeftOutUnlessAskedFor) {
  const std::string archive = corpus("training_code/loss_is_a_lambda.keras");
  const std::string safe = in_folder("safe.keras");
  const properties::ChildEnd end = revive({"check", archive, "--output", safe});
  EXPECT_TRUE(end.exited_with(0)) << end.err;
  EXPECT_EQ(end.err, safe + ": not written: compile_config: loss: a Python lambda\n");
  EXPECT_THAT(output_of({"show", "--json", safe}), testing::Not(HasSubstr("__lambda__")));
  const std::string whole = in_folder("whole.keras");
  EXPECT_TRUE(revive({"check", archive, "--output", whole, "--keep-training-code"}).exited_with(0));
  EXPECT_THAT(output_of({"show", "--json", whole}), HasSubstr("__lambda__"));
}

TEST_F(Commands, RunAnswersAsRecorded) {
  const std::string answer = in_folder("y.npy");
  const std::string stem = corpus("keras/reshape");
  EXPECT_EQ(output_of({"run", stem + ".keras", "--input", stem + ".input.npy", "--output", answer}), "");
  // The last bytes are the numbers, which a Reshape does not change.
  const std::string ours = read_text(answer);
  const std::string recorded = read_text(stem + ".output.npy");
  ASSERT_GT(recorded.size(), 128U);
  EXPECT_EQ(ours.substr(ours.size() - (recorded.size() - 128)), recorded.substr(128));
}

TEST_F(Commands, DiffNamesTheFirstDifference) {
  const std::string out = output_of({"diff", corpus("keras/dense.keras"), corpus("keras/dense_no_bias.keras")}, 1);
  EXPECT_THAT(out, HasSubstr("/config/"));
  EXPECT_EQ(std::ranges::count(out, '\n'), 1);
}

TEST_F(Commands, GenerateWritesTheSameFromTheSameSeedAndItChecks) {
  output_of({"generate", "-n", "2", "--seed", "5", "--profile", "tame", "--out", in_folder("a")});
  output_of({"generate", "-n", "2", "--seed", "5", "--profile", "tame", "--out", in_folder("b")});
  for (const char* name : {"0000.keras", "0000.input.npy", "0001.output.npy"}) {
    EXPECT_EQ(read_text(in_folder("a/") + name), read_text(in_folder("b/") + name)) << name;
  }
  EXPECT_NE(read_text(in_folder("a/0000.keras")), read_text(in_folder("a/0001.keras")));
  // Seeds that are neighbours have no model in common.
  output_of({"generate", "-n", "1", "--seed", "6", "--profile", "tame", "--out", in_folder("c")});
  EXPECT_NE(read_text(in_folder("a/0001.keras")), read_text(in_folder("c/0000.keras")));
  EXPECT_THAT(output_of({"check", in_folder("a/0000.keras"), in_folder("a/0001.keras")}),
              HasSubstr("max difference 0)\n"));
}

TEST_F(Commands, GenerateMakesTenWildModelsOfSeedZeroUnlessToldOtherwise) {
  EXPECT_EQ(output_of({"generate", "--out", in_folder("a")}), in_folder("a") + ": 10 models\n");
  output_of({"generate", "-n", "10", "--seed", "0", "--profile", "wild", "--out", in_folder("b")});
  output_of({"generate", "-n", "10", "--seed", "0", "--profile", "tame", "--out", in_folder("c")});
  bool tame = true;
  for (int i = 0; i < 10; ++i) {
    for (const char* const part : {".keras", ".input.npy", ".output.npy"}) {
      const std::string name = "/000" + std::to_string(i) + part;
      EXPECT_EQ(read_text(in_folder("a") + name), read_text(in_folder("b") + name)) << name;
      tame = tame && read_text(in_folder("a") + name) == read_text(in_folder("c") + name);
    }
  }
  EXPECT_FALSE(tame);
  EXPECT_FALSE(std::filesystem::exists(in_folder("a/0010.keras")));
}

// The classes of the layers that `show` lists, below the heading and the input.
std::vector<std::string> classes_shown(const std::string& archive) {
  std::istringstream lines(output_of({"show", archive}));
  std::vector<std::string> classes;
  bool listed = false;
  for (std::string line; std::getline(lines, line) && !(listed && line.empty());) {
    std::istringstream words(line);
    std::string layer;
    std::string layer_class;
    words >> layer >> layer_class;
    if (listed && layer_class != "InputLayer") classes.push_back(layer_class);
    listed = listed || layer == "layer";
  }
  return classes;
}

TEST_F(Commands, GenerateMakesStacksOfWhatIsAskedForAlone) {
  const std::vector<std::string> call = {"generate", "-n", "4", "--seed", "1", "--out"};
  const auto made = [&](const std::string& folder, const std::vector<std::string>& more) {
    std::vector<std::string> whole = call;
    whole.push_back(in_folder(folder));
    whole.insert(whole.end(), more.begin(), more.end());
    output_of(whole);
    std::vector<std::string> classes;
    for (int i = 0; i < 4; ++i) {
      for (std::string& each : classes_shown(in_folder(folder + "/000" + std::to_string(i) + ".keras"))) {
        classes.push_back(std::move(each));
      }
    }
    EXPECT_FALSE(classes.empty());
    return classes;
  };
  EXPECT_THAT(made("lambdas", {"--lambdas"}), testing::Each("Lambda"));
  EXPECT_THAT(made("two", {"--layers", "Dense,ReLU"}), testing::Each(testing::AnyOf("Dense", "ReLU")));
  EXPECT_THAT(made("any", {}), testing::Not(testing::Each(testing::AnyOf("Lambda", "Dense", "ReLU"))));
}

TEST_F(Commands, AFaultIsFoundStoredAndReplayed) {
  const std::string out = output_of(
      {"properties", "outputs_survive", "--subject", "captures_by_name", "--cases", "500", "--out", in_folder("found")},
      1);
  EXPECT_THAT(out, HasSubstr("outputs_survive: FAILED, "));
  EXPECT_THAT(out, HasSubstr("shrunk to 1 layer "));
  EXPECT_THAT(out, HasSubstr("keras.layers.Lambda("));
  const std::string replay = "  replay:  revive replay ";
  const std::size_t at = out.find(replay);
  ASSERT_NE(at, std::string::npos);
  const std::string stored = out.substr(at + replay.size(), out.find('\n', at + 1) - at - replay.size());
  EXPECT_THAT(revive({"replay", stored}).err, HasSubstr("outputs_survive of captures_by_name is violated: "));
  EXPECT_EQ(output_of({"replay", stored}, 1), "replay: 1 failed: 1 file\n");
  EXPECT_THAT(output_of({"replay", stored, "--subject", "revive"}), HasSubstr("outputs_survive of revive holds\n"));
  EXPECT_THAT(output_of({"verdict", stored}),
              HasSubstr(R"({"verdict": "violated", "sentence": ")" + stored + ": outputs_survive of captures_by_name"));
  EXPECT_THAT(output_of({"verdict", stored}), HasSubstr(R"(, "property": "outputs_survive", "site": ")"));
  EXPECT_THAT(output_of({"repro", stored}), HasSubstr("keras.layers.Lambda("));
  EXPECT_THAT(output_of({"repro", stored, "--cpp"}), HasSubstr("int main(int argc, char** argv) {"));
}

TEST_F(Commands, FaultsSayUnderWhichSeedsTheyWereFound) {
  const std::vector<std::string> call = {"faults", "input_layer_lost", "ints_as_reals", "--seeds", "2", "--jobs", "1"};
  const std::string out = output_of(call);
  EXPECT_THAT(out,
              testing::ContainsRegex("fault +found by +cases +layers\ninput_layer_lost +[a-z_]+ +[0-9]+ +[0-9]\n"));
  EXPECT_THAT(out, HasSubstr("2 of 2 faults found under 2 seeds, after "));
  std::vector<std::string> json = call;
  json.emplace_back("--json");
  const std::string value = output_of(json);
  EXPECT_THAT(value, testing::MatchesRegex(".\\{\"fault\": \"input_layer_lost\".*\"seed\": 1, .*\"seed\": 2, "
                                           ".*\"fault\": \"ints_as_reals\".*\"seed\": 1, .*\"seed\": 2, .*\n"));
  EXPECT_EQ(value.find("\"seed\": 0"), std::string::npos);
  std::vector<std::string> in_threads = call;
  in_threads.back() = "2";
  EXPECT_EQ(output_of(in_threads), out);
}

TEST_F(Commands, CorruptCountsWhatBecomesOfChanges) {
  const std::vector<std::string> call = {"corrupt", corpus("small/capturing_lambda.keras"), "--stride", "256"};
  const std::string out = output_of(call);
  EXPECT_THAT(out, HasSubstr(": no_silent_corruption: 28"));
  EXPECT_THAT(out, HasSubstr(": sealed_corruption_is_explained: config.json: 1"));
  EXPECT_EQ(std::ranges::count(out, '\n'), 4);
  EXPECT_EQ(out, output_of(call));
  const std::string json = output_of(
      {"corrupt", corpus("small/deflated.keras"), "--stride", "512", "--property", "no_silent_corruption", "--json"});
  EXPECT_THAT(json, HasSubstr(R"("property": "no_silent_corruption", "tried": 51)"));
  EXPECT_THAT(json, HasSubstr(R"("stable": 0, "different": 0, "codes": ["archive_)"));
  EXPECT_THAT(revive({"corrupt", corpus("refusals/empty.keras")}).err, HasSubstr("empty.keras: archive: expected"));
}

TEST_F(Commands, LayersComeFromTheDeclarations) {
  const std::string out = output_of({"layers", "--markdown"});
  EXPECT_THAT(out, HasSubstr("| Dense | units | int | required |\n"));
  EXPECT_THAT(out, HasSubstr("| Dense | use_bias | bool | true |\n"));
}

class Replay : public FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    std::filesystem::create_directories(in_folder("keras"));
    std::filesystem::copy_file(corpus("keras/dense.keras"), dense());
    std::filesystem::copy_file(corpus("refusals/crc_wrong.keras"), in_folder("keras/crc.keras"));
    write_text(manifest(), R"([{"file": "keras/crc.keras", "verdict": "refused", "code": "archive_crc"},
                               {"file": "keras/dense.keras", "verdict": "revives", "digest": null}])");
  }
  std::string dense() const { return in_folder("keras/dense.keras"); }
  std::string manifest() const { return in_folder("manifest.json"); }
  properties::ChildEnd replay() const { return revive({"replay", "--manifest", manifest()}); }
  void promote_dense() const {
    output_of({"promote", dense(), "--reason", "first recorded", "--manifest", manifest()});
  }
};

TEST_F(Replay, WantsADigestAndPromoteRecordsIt) {
  EXPECT_THAT(replay().err, HasSubstr("expected revives (no digest), found revives (digest "));
  promote_dense();
  EXPECT_EQ(replay().out, "replay: held: 2 files\n");
  EXPECT_THAT(read_text(manifest()), HasSubstr("\"reason\": \"first recorded\""));
}

TEST_F(Replay, AChangedVerdictFails) {
  promote_dense();
  std::filesystem::copy_file(corpus("keras/dense_no_bias.keras"), dense(),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_TRUE(replay().exited_with(1));
  EXPECT_THAT(replay().err, HasSubstr(dense() + ": expected revives (digest "));
}

TEST_F(Replay, AnotherErrorCodeFails) {
  promote_dense();
  std::filesystem::copy_file(corpus("refusals/empty.keras"), in_folder("keras/crc.keras"),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(replay().err, HasSubstr("expected refused (archive_crc), found refused (archive_not_zip): "));
}

TEST_F(Replay, AMissingFileFails) {
  promote_dense();
  std::filesystem::remove(dense());
  EXPECT_THAT(replay().err, HasSubstr(dense() + ": the file is missing\n"));
}

TEST_F(Replay, AFileThatIsNotListedFailsUnlessItIsAWorkingFile) {
  promote_dense();
  std::filesystem::create_directories(in_folder("found"));
  std::filesystem::copy_file(corpus("keras/dense.keras"), in_folder("found/a.keras"));
  EXPECT_TRUE(replay().exited_with(0));
  const std::string more = in_folder("keras/more.keras");
  std::filesystem::copy_file(corpus("keras/dense.keras"), more);
  EXPECT_THAT(replay().err, HasSubstr(more + ": not in the manifest; `revive promote "));
  EXPECT_TRUE(revive({"replay", "--manifest", manifest(), more}).exited_with(1));
  EXPECT_TRUE(revive({"replay", "--manifest", manifest(), in_folder("found")}).exited_with(0));
}

TEST_F(Replay, WhatDoesNotGiveTheRecordedOutputHasNoVerdict) {
  std::filesystem::copy_file(corpus("keras/dense.input.npy"), in_folder("keras/dense.input.npy"));
  std::string recorded = read_text(corpus("keras/dense.output.npy"));
  recorded.back() = static_cast<char>(recorded.back() ^ 0x40);
  write_text(in_folder("keras/dense.output.npy"), recorded);
  const std::string before = read_text(manifest());
  const properties::ChildEnd end = revive({"promote", dense(), "--reason", "wishful", "--manifest", manifest()});
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_THAT(end.err, HasSubstr(dense() + ": output: "));
  EXPECT_EQ(read_text(manifest()), before);
}

}  // namespace
}  // namespace revive::tools
