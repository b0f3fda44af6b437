// `revive properties` as someone at a terminal, or a CI service, would call it: the memory for what it found, the same
// bytes for the same seed, parts of a run.
#include <gmock/gmock.h>

#include <filesystem>
#include <regex>

#include "revive/serializer/json/json.h"
#include "revive/tools/testing.h"
#include "revive_build/source_dir.h"

namespace revive::tools {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kNaive = REVIVE_SOURCE_DIR "/examples/naive_subject/naive_subject.py";

class PropertiesCommand : public FolderTest {
 protected:
  // Runs with a store in this test's folder.
  properties::ChildEnd run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "properties");
    arguments.insert(arguments.end(), {"--out", in_folder("found")});
    return revive(arguments);
  }
  // Under which the fault's first case is one that captures the N of a text.
  static constexpr const char* kSeed = "1";
  // Finds a fault; its one case is then at broken().
  properties::ChildEnd find_fault() const {
    return run({"outputs_survive", "--subject", "captures_by_name", "--cases", "500", "--seed", kSeed});
  }
  std::string broken() const { return in_folder("found/captures_by_name/outputs_survive-output-N.case"); }
  // Leaves broken() its model, and choices of another one.
  void change_choices() const {
    const std::string text = read_text(broken());
    const std::size_t at = text.find(kChoices) + kChoices.size();
    write_text(broken(), text.substr(0, at) + "0000" + text.substr(text.find('"', at)));
  }
  static constexpr std::string_view kChoices = R"("choices": ")";
  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
  }
};

TEST_F(PropertiesCommand, ThoseThatKerasDecidesAreScriptsOfThatName) {
  const auto listed = parse_json(run({"--list", "--json"}).out, {}, "list");
  ASSERT_TRUE(listed) << listed.error().text();
  std::vector<std::string> names;
  for (const Value& property : listed->as_array()) {
    if (property.find("run_by")->as_string() != "revive") names.push_back(property.find("name")->as_string());
  }
  EXPECT_FALSE(names.empty());
  for (const std::string& name : names) {
    EXPECT_TRUE(std::filesystem::exists(REVIVE_SOURCE_DIR "/tools/keras/" + name + ".py")) << name;
  }
}

TEST_F(PropertiesCommand, AFailurePrintsAllThatOneNeeds) {
  const properties::ChildEnd end = find_fault();
  EXPECT_TRUE(end.exited_with(1)) << end.err;
  EXPECT_THAT(end.out, HasSubstr("outputs_survive: FAILED, "));
  EXPECT_THAT(end.out, testing::ContainsRegex("  After save and load, every output has the same bits.\n"
                                              "  output.[0-9]+.\n    before: .* .bits [0-9a-f]+.\n"
                                              "    after:  .* .bits [0-9a-f]+.\n"));
  EXPECT_THAT(end.out, HasSubstr("Layer layer_1 = need(make_lambda("));
  EXPECT_THAT(end.out, HasSubstr("layer_1 = keras.layers.Lambda("));
  EXPECT_THAT(end.out, HasSubstr(std::string("  seed:    ") + kSeed + "\n"));
  EXPECT_THAT(end.out, HasSubstr("  stored:  " + broken() + "\n  replay:  revive replay " + broken() + "\n"));
  EXPECT_THAT(end.out,
              HasSubstr(std::string("  again:   revive properties outputs_survive --fresh --cases 500 --seed ") +
                        kSeed + " --subject captures_by_name\n"));
}

TEST_F(PropertiesCommand, AFailureIsReplayedFirstByTheNextRun) {
  EXPECT_TRUE(find_fault().exited_with(1));
  const properties::ChildEnd next = run(
      {"outputs_survive", "--subject", "captures_by_name", "--cases", "1", "--seed", "99", "--layers", "Dense,ReLU"});
  EXPECT_TRUE(next.exited_with(1));
  EXPECT_THAT(next.out, HasSubstr("outputs_survive: FAILED, 1 case\n  " + broken() + ": still fails\n"));
  EXPECT_THAT(next.out, HasSubstr(" layer, stored by an earlier run; the model in C++:"));
  EXPECT_THAT(next.out, HasSubstr(std::string("  seed:    ") + kSeed + "\n"));
  EXPECT_THAT(next.out, Not(HasSubstr("  again: ")));
  // It is that subject's alone, and can be left aside.
  EXPECT_THAT(run({"outputs_survive", "--cases", "5"}).out, HasSubstr("outputs_survive: held, 5 cases\n"));
  // Models without a lambda come through even there.
  const properties::ChildEnd fresh =
      run({"outputs_survive", "--subject", "captures_by_name", "--cases", "5", "--fresh", "--layers", "Dense,ReLU"});
  EXPECT_THAT(fresh.out, HasSubstr("outputs_survive: held, 5 cases\n"));
}

TEST_F(PropertiesCommand, AStoredFailureDoesNotHideAnother) {
  const std::vector<std::string> call = {
      "weights_survive", "--cases", "300", "--seed", "1", "--subject", kNaive + " --mended falsy,nesting"};
  EXPECT_TRUE(run(call).exited_with(1));
  const properties::ChildEnd next = run(call);
  EXPECT_TRUE(next.exited_with(1)) << next.err;
  EXPECT_THAT(next.out, HasSubstr(".case: still fails\n"));
  // What is shown is the new one.
  EXPECT_THAT(next.out, HasSubstr("  again:   revive properties weights_survive"));
}

// A failure that is listed is counted, what stands behind it is found, and once it is mended the list is told of.
TEST_F(PropertiesCommand, AKnownFailureIsCountedAndMissedWhenItIsGone) {
  const std::string known = in_folder("known.json");
  const auto subject = [](const std::string& mended) { return kNaive + " --mended " + mended; };
  const auto entry = [&](const std::string& mended) {
    return "{\"subject\": \"" + subject(mended) +
           "\", \"property\": \"weights_survive\", \"site\": \"layers-*\", "
           "\"reason\": \"six digits\", \"since\": \"2026-11-29\"}";
  };
  const std::string floats_left = "falsy,nesting,captures,order";
  write_text(known, "[" + entry(floats_left) + ", " + entry("falsy,nesting,captures,order,floats") + "]");
  const properties::ChildEnd counted =
      run({"weights_survive", "--cases", "100", "--seed", "1", "--known", known, "--subject", subject(floats_left)});
  EXPECT_TRUE(counted.exited_with(0)) << counted.out << counted.err;
  EXPECT_THAT(counted.out, HasSubstr("weights_survive: held, 100 cases\n  layers-*: known: "));
  EXPECT_THAT(counted.out, HasSubstr(" cases (six digits, since 2026-11-29)\n"));
  const properties::ChildEnd gone = run({"weights_survive", "--cases", "100", "--seed", "1", "--known", known,
                                         "--subject", subject("falsy,nesting,captures,order,floats")});
  EXPECT_TRUE(gone.exited_with(0)) << gone.out;
  EXPECT_THAT(gone.out, HasSubstr("  layers-*: known, and did not occur in 100 cases; if it is mended, remove it"));
}

TEST_F(PropertiesCommand, ACaseOfAProgramIsPromotedReplayedAndListedAsKnown) {
  const std::string subject = kNaive + " --mended falsy,nesting";
  EXPECT_TRUE(run({"weights_survive", "--cases", "300", "--seed", "1", "--subject", subject}).exited_with(1));
  std::vector<std::string> cases;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(in_folder("found"))) {
    if (entry.is_regular_file()) cases.push_back(entry.path().string());
  }
  ASSERT_EQ(cases.size(), 1U);
  const std::string manifest = in_folder("manifest.json");
  const std::vector<std::string> promote = {"promote", cases[0], "--reason", "six digits", "--manifest", manifest};
  // Nobody is asked who was not named.
  EXPECT_THAT(revive(promote).err, HasSubstr("name a subject with --subject"));
  auto named = promote;
  named.insert(named.end(), {"--subject", subject});
  const properties::ChildEnd promoted = revive(named);
  EXPECT_TRUE(promoted.exited_with(0)) << promoted.err;
  EXPECT_THAT(promoted.out, HasSubstr("regressions/weights_survive-"));
  EXPECT_THAT(promoted.out, HasSubstr(": holds, was not listed\n"));
  const std::vector<std::string> replay = {"replay", "--manifest", manifest, "--subject", subject};
  EXPECT_THAT(revive(replay).out, HasSubstr("replay: 1 failed: 1 file\n"));

  const std::string known = in_folder("known.json");
  const std::string kept = std::filesystem::directory_iterator(in_folder("regressions"))->path().string();
  const properties::ChildEnd listed =
      revive({"promote", kept, "--reason", "six digits", "--known", known, "--subject", subject});
  EXPECT_TRUE(listed.exited_with(0)) << listed.err;
  EXPECT_THAT(listed.out, HasSubstr("is known to fail at layers-N-vars-N-kernel-of-Dense-N"));
  auto with_known = replay;
  with_known.insert(with_known.end(), {"--known", known});
  const properties::ChildEnd passed_over = revive(with_known);
  EXPECT_TRUE(passed_over.exited_with(0)) << passed_over.err;
  EXPECT_THAT(passed_over.out, HasSubstr("replay: held: 1 file, 1 failed as is known\n"));
}

TEST_F(PropertiesCommand, ReplayAsksASubjectOnlyWhatItCanAnswer) {
  EXPECT_TRUE(find_fault().exited_with(1));
  std::filesystem::create_directories(in_folder("corpus"));
  std::filesystem::copy_file(corpus("small/deflated.keras"), in_folder("corpus/deflated.keras"));
  std::filesystem::copy_file(broken(), in_folder("corpus/outputs.case"));
  write_text(in_folder("corpus/manifest.json"),
             R"([{"file": "deflated.keras", "verdict": "revives"}, {"file": "outputs.case", "verdict": "violated"}])");
  const properties::ChildEnd end =
      revive({"replay", "--manifest", in_folder("corpus/manifest.json"), "--subject", kNaive + " --mended falsy"});
  EXPECT_TRUE(end.exited_with(0)) << end.err;
  EXPECT_THAT(end.out, HasSubstr("replay: held: 2 files, 2 not asked\n"));
}

TEST_F(PropertiesCommand, WhatIsMendedLeavesTheStore) {
  EXPECT_TRUE(find_fault().exited_with(1));
  // The same case, had it been revive that failed.
  const std::string ours = in_folder("found/outputs_survive-output-N.case");
  write_text(ours, replaced(read_text(broken()), R"("subject": "captures_by_name")", R"("subject": "revive")"));
  const properties::ChildEnd end = run({"outputs_survive", "--cases", "5"});
  EXPECT_TRUE(end.exited_with(0)) << end.out;
  EXPECT_THAT(end.out, HasSubstr("outputs_survive: held, 5 cases\n  " + ours + ": mended: it holds now"));
  EXPECT_FALSE(std::filesystem::exists(ours));
  EXPECT_THAT(run({"outputs_survive", "--cases", "5"}).out, Not(HasSubstr("mended")));
}

TEST_F(PropertiesCommand, ACaseWhoseChoicesMeanAnotherModelIsReplayedFromItsModel) {
  EXPECT_TRUE(find_fault().exited_with(1));
  change_choices();
  const std::vector<std::string> call = {"outputs_survive", "--subject", "captures_by_name", "--cases", "1"};
  const properties::ChildEnd end = run(call);
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_THAT(end.out, HasSubstr(broken() +
                                 ": re-encoded: its choices now mean another model, because the generator draws "
                                 "otherwise; its model was replayed\n  " +
                                 broken() + ": still fails\n"));
  // From then on the case is its model.
  EXPECT_THAT(read_text(broken()), HasSubstr(std::string(kChoices) + '"'));
  const properties::ChildEnd again = run(call);
  EXPECT_THAT(again.out, HasSubstr(broken() + ": still fails\n"));
  EXPECT_THAT(again.out, Not(HasSubstr("re-encoded")));
}

TEST_F(PropertiesCommand, ReplaySaysWhyACaseMeansAnotherModel) {
  EXPECT_TRUE(find_fault().exited_with(1));
  change_choices();
  EXPECT_THAT(revive({"replay", broken()}).err,
              HasSubstr("outputs_survive of captures_by_name (re-encoded: its choices now mean another model, because "
                        "the generator draws otherwise) is violated: "));
}

TEST_F(PropertiesCommand, ACaseOfAnotherProfileIsReplayedFirstAndNotReEncoded) {
  const std::vector<std::string> call = {"outputs_survive", "--subject", "captures_by_name", "--cases", "500"};
  for (const char* profile : {"tame", "specials"}) {
    std::filesystem::remove_all(in_folder("found"));
    std::vector<std::string> first = call;
    first.insert(first.end(), {"--profile", profile});
    const properties::ChildEnd found = run(first);
    EXPECT_TRUE(found.exited_with(1));
    EXPECT_THAT(found.out, HasSubstr(std::string(" --profile ") + profile));
    const properties::ChildEnd end = run(call);
    EXPECT_THAT(end.out, HasSubstr("FAILED, "));
    EXPECT_THAT(end.out, HasSubstr(".case: still fails\n"));
    EXPECT_THAT(end.out, Not(HasSubstr("re-encoded")));
  }
}

TEST_F(PropertiesCommand, JsonSaysWhatDoesNotHoldAndHowToSeeItAgain) {
  const properties::ChildEnd end =
      run({"outputs_survive", "--subject", "captures_by_name", "--cases", "500", "--json"});
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_THAT(end.out, HasSubstr(R"("sentence": "After save and load, every output has the same bits.")"));
  // Whichever failure came first.
  const std::string_view key = R"("case": ")";
  const std::size_t start = end.out.find(key);
  ASSERT_NE(start, std::string::npos) << end.out;
  const std::string rest = end.out.substr(start + key.size());
  const std::string stored = rest.substr(0, rest.find('"'));
  EXPECT_THAT(stored, testing::StartsWith(in_folder("found/captures_by_name/outputs_survive-")));
  EXPECT_TRUE(std::filesystem::exists(stored)) << stored;
  EXPECT_THAT(end.out, HasSubstr(R"("replay": "revive replay )" + stored + '"'));
  EXPECT_THAT(end.out, HasSubstr(R"("again": "revive properties outputs_survive --fresh --cases 500 --seed 0 )"));
  EXPECT_THAT(end.out, Not(HasSubstr("out_of_time")));
}

// A program is started for each job, and once where nobody asks for more.
TEST_F(PropertiesCommand, EveryJobStartsAProgramOfItsOwn) {
  const std::string program = in_folder("program");
  const std::string starts = in_folder("starts");
  write_text(program, "#!/bin/sh\necho x >>" + starts + "\nexec python3 " + kNaive + " --mended falsy,nesting\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  std::vector<std::string> call = {"weights_survive", "--cases",   "2",    "--layers", "ReLU",
                                   "--fresh",         "--subject", program};
  EXPECT_TRUE(run(call).exited_with(0));
  EXPECT_EQ(read_text(starts), "x\n");
  call.insert(call.end(), {"--jobs", "3"});
  EXPECT_TRUE(run(call).exited_with(0));
  EXPECT_EQ(read_text(starts), "x\nx\nx\nx\n");
}

TEST_F(PropertiesCommand, ThereIsNoJobWithoutAThread) {
  EXPECT_TRUE(run({"outputs_survive", "--jobs", "0"}).exited_with(2));
}

TEST_F(PropertiesCommand, WhatIsNoCaseIsSaidAndLeft) {
  const std::string path = in_folder("found/outputs_survive-x.case");
  std::filesystem::create_directories(in_folder("found"));
  write_text(path, "{}");
  const properties::ChildEnd end = run({"outputs_survive", "--cases", "5"});
  EXPECT_TRUE(end.exited_with(0));
  EXPECT_THAT(end.err, HasSubstr(path + ": not a case that can be replayed; remove it\n"));
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(PropertiesCommand, AnyNumberOfJobsPrintsTheSame) {
  const std::vector<std::string> call = {"--cases", "60", "--seed", "3", "--stats", "--fresh"};
  const std::string one = run(call).out;
  EXPECT_THAT(one, HasSubstr("outputs_survive: held, 60 cases\n"));
  EXPECT_THAT(one, HasSubstr("has a capturing lambda"));
  EXPECT_THAT(one, HasSubstr("op of a lambda"));
  std::vector<std::string> more = call;
  more.insert(more.end(), {"--jobs", "3"});
  EXPECT_EQ(run(more).out, one);
  more.back() = "1";
  EXPECT_EQ(run(more).out, one);
  EXPECT_EQ(run(call).out, one);
  std::vector<std::string> fault = {"--subject", "captures_by_name", "--cases", "300", "--fresh"};
  const std::string found = run(fault).out;
  fault.insert(fault.end(), {"--jobs", "3"});
  EXPECT_EQ(run(fault).out, found);
}

TEST_F(PropertiesCommand, ShardsMakeTheirPart) {
  EXPECT_THAT(run({"outputs_survive", "--cases", "10", "--shard", "1/3"}).out, HasSubstr("held, 4 cases\n"));
  EXPECT_THAT(run({"outputs_survive", "--cases", "10", "--shard", "3/3"}).out, HasSubstr("held, 3 cases\n"));
  for (const char* wrong : {"0/3", "4/3", "1", "1/", "/3", "1/3x", "-1/3", "1/99999999999999999999"}) {
    const properties::ChildEnd end = run({"outputs_survive", std::string("--shard=") + wrong});
    EXPECT_TRUE(end.exited_with(2)) << wrong;
    EXPECT_THAT(end.err, HasSubstr("--shard: expected I/N")) << wrong;
  }
}

TEST_F(PropertiesCommand, TimeGoesOnWithFurtherSeeds) {
  const properties::ChildEnd end = run({"lowering_is_exact", "--cases", "20", "--seed", "5", "--time", "1s"});
  EXPECT_TRUE(end.exited_with(0)) << end.err;
  EXPECT_THAT(end.out, testing::ContainsRegex("lowering_is_exact: held, [0-9,]+ cases in [0-9]+ rounds\n"));
  std::smatch part;
  ASSERT_TRUE(std::regex_search(end.out, part, std::regex("([0-9]+) whole rounds? with seeds 5 to ([0-9]+)\n")));
  EXPECT_EQ(std::stoi(part[2]), 5 + std::stoi(part[1]) - 1);
}

TEST_F(PropertiesCommand, JUnitTellsOfEveryProperty) {
  const std::string path = in_folder("junit.xml");
  const properties::ChildEnd end = run({"captures_are_values", "outputs_survive", "lowering_is_exact", "--subject",
                                        "captures_by_name", "--cases", "300", "--junit", path});
  EXPECT_TRUE(end.exited_with(1));
  const std::string xml = read_text(path);
  EXPECT_THAT(xml, HasSubstr("tests=\"3\" failures=\"2\" errors=\"0\" skipped=\"0\">\n"));
  EXPECT_THAT(xml,
              HasSubstr("<testcase classname=\"captures_by_name\" name=\"outputs_survive\">\n    <failure message="));
  EXPECT_THAT(xml, HasSubstr("make_lambda(&quot;"));
}

class Promotion : public PropertiesCommand {
 protected:
  void SetUp() override {
    PropertiesCommand::SetUp();
    write_text(manifest(), "[]\n");
    EXPECT_TRUE(find_fault().exited_with(1));
  }
  std::string manifest() const { return in_folder("manifest.json"); }
  properties::ChildEnd promote(const std::string& path) const {
    return revive({"promote", path, "--reason", "names are not values", "--manifest", manifest()});
  }
  properties::ChildEnd replay() const { return revive({"replay", "--manifest", manifest()}); }
};

TEST_F(Promotion, MovesACaseToTheRegressionsWithItsVerdict) {
  EXPECT_TRUE(replay().exited_with(0));
  EXPECT_EQ(promote(broken()).out, "regressions/outputs_survive-output-N.case: violated, was not listed\n");
  EXPECT_FALSE(std::filesystem::exists(broken()));
  EXPECT_EQ(replay().out, "replay: held: 1 file\n");
  EXPECT_THAT(read_text(manifest()), HasSubstr("\"reason\": \"names are not values\""));
  // A second one of that name gets a name of its own.
  EXPECT_TRUE(find_fault().exited_with(1));
  EXPECT_EQ(promote(broken()).out, "regressions/outputs_survive-output-N-2.case: violated, was not listed\n");
}

TEST_F(Promotion, AManifestThatCannotBeWrittenLeavesTheCaseWhereItWas) {
  // More than the program may write, while a case is less.
  constexpr std::size_t kRoom = 100'000;
  const std::string text = R"([{"file": "a.keras", "verdict": "refused", "code": "archive_crc", "reason": ")" +
                           std::string(kRoom, 'x') + "\"}]\n";
  write_text(manifest(), text);
  const properties::ChildEnd end = revive(
      {"promote", broken(), "--reason", "names are not values", "--manifest", manifest()}, {.file_bytes = kRoom});
  expect_refusal(end, manifest() + ": cannot write");
  EXPECT_TRUE(std::filesystem::exists(broken()));
  EXPECT_FALSE(std::filesystem::exists(in_folder("regressions/outputs_survive-output-N.case")));
  EXPECT_EQ(read_text(manifest()), text);
}

TEST_F(Promotion, ACaseOfOurOwnHasToHold) {
  const std::string ours = in_folder("found/outputs_survive-output-N.case");
  write_text(ours, replaced(read_text(broken()), R"("subject": "captures_by_name")", R"("subject": "revive")"));
  EXPECT_EQ(promote(ours).out, "regressions/outputs_survive-output-N.case: holds, was not listed\n");
  EXPECT_EQ(replay().out, "replay: held: 1 file\n");
}

}  // namespace
}  // namespace revive::tools
