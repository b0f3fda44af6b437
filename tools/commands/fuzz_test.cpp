// The `fuzz` command, on stand-ins for libFuzzer: a script that takes its flags and finds what it is told to find, and
// a target with two bugs (testing/two_bugs_fuzzer.cpp).
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>

#include "revive/tools/run/fuzz_target.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(FuzzTarget, OptionsBecomeFlags) {
  EXPECT_THAT(
      flags_from_options("[other]\nmax_len = 1\n\n[libfuzzer]\nmax_len = 4096\n# a remark = 2\ndict=a.dict\n", "out"),
      ElementsAre("-max_len=4096", "-dict=out/a.dict"));
}

TEST(FuzzTarget, StatusLinesAreRead) {
  const FuzzStatus status = last_fuzz_status(
      "INFO: seed corpus: files: 12\n"
      "#13\tINITED cov: 900 ft: 2000 corp: 12/30Kb exec/s: 0 rss: 60Mb\n"
      "#4096\tpulse  cov: 950 ft: 2100 corp: 17/31Kb lim: 4096 exec/s: 1024 rss: 61Mb\n"
      "Done 5000 runs in 4 second(s)\n");
  EXPECT_EQ(status.runs, 4096U);
  EXPECT_EQ(status.features, 2100U);
  EXPECT_EQ(status.inputs, 17U);
  EXPECT_FALSE(parse_fuzz_status("# a remark").has_value());
  EXPECT_FALSE(parse_fuzz_status("#7 0x55d0 in read_dims /src/a.cpp:3:5").has_value());
}

class Fuzz : public FolderTest {
 protected:
  // `finds`: what the script does instead of minimising or listing its flags; `minimises`: what it does besides, where
  // it minimises.
  void make_target(const std::string& name, const std::string& finds, const std::string& minimises = ":") {
    std::filesystem::create_directories(in_folder("build/fuzz"));
    write_text(in_folder("build/fuzz_targets.txt"), name + "\n");
    const std::string path = in_folder("build/fuzz/" + name);
    write_text(path,
               "#!/bin/sh\n"
               "for flag; do case $flag in\n"
               "  -help=1) echo 'max_total_time 0'; exit 0 ;;\n"
               "  -artifact_prefix=*) prefix=${flag#*=} ;;\n"
               "  -exact_artifact_path=*) smaller=${flag#*=} ;;\n"
               "esac; done\n"
               "if [ -n \"$smaller\" ]; then " +
                   minimises +
                   "; printf less > \"$smaller\"; exit 1; fi\n"
                   // One input alone.
                   "if [ -z \"$prefix\" ]; then echo 'SUMMARY: Stand-in: broken' >&2; exit 77; fi\n"
                   "echo '#100\tpulse  cov: 9 ft: 20 corp: 3/30b'\n" +
                   finds + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  properties::ChildEnd fuzz(std::vector<std::string> more = {}) const {
    std::vector<std::string> call = {"fuzz", "--build", in_folder("build"), "--corpus", in_folder("corpus")};
    if (std::ranges::find(more, "--time") == more.end()) call.insert(call.end(), {"--time", "1"});
    call.insert(call.end(), more.begin(), more.end());
    return revive(call);
  }
};

TEST_F(Fuzz, WithoutAFindingAllHeld) {
  make_target("calm", "exit 0");
  const properties::ChildEnd end = fuzz({"--jobs", "2"});
  EXPECT_TRUE(end.exited_with(0)) << end.err;
  EXPECT_EQ(end.out, "calm: no finding\n");
}

TEST_F(Fuzz, AFindingIsMinimisedAndStoredWithItsReplay) {
  make_target("wild", "printf large > \"${prefix}crash-1\"; exit 77");
  const properties::ChildEnd end = fuzz();
  EXPECT_TRUE(end.exited_with(1)) << end.err;
  EXPECT_THAT(end.out, HasSubstr("wild: 1 finding\n  crash: "));
  EXPECT_THAT(end.out,
              HasSubstr("  replay: " + in_folder("build/fuzz/wild") + " " + in_folder("corpus/found/wild/crash-")));
  std::vector<std::string> contents;
  for (const auto& entry : std::filesystem::directory_iterator(in_folder("corpus/found/wild"))) {
    contents.push_back(read_text(entry.path().string()));
  }
  EXPECT_THAT(contents, ElementsAre("less"));
}

TEST_F(Fuzz, TheSameInputFoundTwiceIsOneFinding) {
  make_target("wild",
              "printf large > \"${prefix}crash-1\"; echo \"$$ differs\" | tr 0-9 a-j >&2; echo '==1== ERROR: "
              "libFuzzer: deadly signal' >&2; exit 77");
  const properties::ChildEnd end = fuzz({"--jobs", "3", "--time", "2"});
  EXPECT_TRUE(end.exited_with(1)) << end.err;
  EXPECT_THAT(end.out, HasSubstr("wild: 1 finding\n"));
}

TEST_F(Fuzz, AFindingIsMinimisedOneMutationAtATime) {
  make_target("wild", "printf large > \"${prefix}crash-1\"; exit 77", "echo \"$@\" > '" + in_folder("minimise") + "'");
  EXPECT_TRUE(fuzz().exited_with(1));
  EXPECT_THAT(read_text(in_folder("minimise")), HasSubstr("-minimize_crash=1 -mutate_depth=1 "));
  // Once is enough.
  EXPECT_THAT(read_text(in_folder("corpus/run/wild.minimized")), testing::MatchesRegex("crash-[-a-zA-Z0-9]+\n"));
}

// Ten processes that die of one bug are no reason to stop, and none to do nothing else but start them.
TEST_F(Fuzz, ATargetThatDiesAtOnceIsStartedAgainAfterAPauseThatGrows) {
  make_target("wild", "printf large > \"${prefix}crash-1\"; echo x >> '" + in_folder("starts") + "'; exit 77");
  const auto start = std::chrono::steady_clock::now();
  const properties::ChildEnd end = fuzz({"--time", "4"});
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_THAT(end.out, HasSubstr("wild: 1 finding\n"));
  const std::size_t starts = read_text(in_folder("starts")).size() / 2;
  EXPECT_GE(starts, 3U);
  EXPECT_LE(starts, 10U);
}

TEST_F(Fuzz, ASeedThatIsAFindingIsLeftOut) {
  make_target("wild",
              "for last; do :; done; if [ -e \"$last/bad\" ]; then cp \"$last/bad\" \"${prefix}crash-1\"; exit 77; "
              "fi; ls \"$last\"; exit 0");
  std::filesystem::create_directories(in_folder("build/fuzz/seeds/wild"));
  write_text(in_folder("build/fuzz/seeds/wild/bad"), "it fails");
  write_text(in_folder("build/fuzz/seeds/wild/good"), "it holds");
  const properties::ChildEnd end = fuzz({"--time", "5"});
  EXPECT_TRUE(end.exited_with(1)) << end.err;
  EXPECT_THAT(end.out, HasSubstr("wild: 1 finding\n"));
  EXPECT_THAT(read_text(in_folder("corpus/run/wild.0.log")), HasSubstr("good\n"));
  EXPECT_TRUE(std::filesystem::exists(in_folder("build/fuzz/seeds/wild/bad")));
}

TEST_F(Fuzz, WhatAProcessFoundIsKeptThoughItOutlivesTheTime) {
  make_target("slow", "printf large > \"${prefix}crash-1\"; sleep 2; exit 77");
  const properties::ChildEnd end = fuzz({"--time", "1"});
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_THAT(end.out, HasSubstr("slow: 1 finding\n  crash: "));
}

TEST_F(Fuzz, AProcessThatFailsWithoutAFindingAfterAnotherFoundOneIsReported) {
  const std::string first = in_folder("first");
  make_target("wild", "if [ -e '" + first + "' ]; then echo 'no memory' >&2; exit 1; fi; touch '" + first +
                          "'; printf large > \"${prefix}crash-1\"; exit 77");
  const properties::ChildEnd end = fuzz({"--time", "5"});
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_THAT(end.out, HasSubstr("wild: 1 finding\n"));
  const std::string trouble = "  a process ended with exit code 1: no memory\n";
  EXPECT_THAT(end.out, HasSubstr(trouble));
  EXPECT_EQ(end.out.find(trouble), end.out.rfind(trouble)) << "it is not started again";
}

TEST_F(Fuzz, AProcessThatFailsWithoutAFindingIsNotTakenForAQuietOne) {
  make_target("broken", "echo 'cannot open the dictionary' >&2; exit 1");
  const properties::ChildEnd end = fuzz();
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_EQ(end.out, "broken: 0 findings\n  a process ended with exit code 1: cannot open the dictionary\n");
}

// What a finding says is its sanitizer's word, not where it lies.
TEST_F(Fuzz, AFindingIsShownWithItsSummary) {
  make_target("wild", "printf large > \"${prefix}crash-1\"; exit 77");
  EXPECT_THAT(fuzz().out, HasSubstr("\n    SUMMARY: Stand-in: broken\n    4 bytes"));
}

TEST_F(Fuzz, ProcessesAreCalledWithTheFlagsOfTheirTarget) {
  make_target("calm", "echo \"$@\" > '" + in_folder("call") +
                          "'; echo \"$ASAN_OPTIONS/$UBSAN_OPTIONS/$MSAN_OPTIONS/$TSAN_OPTIONS\" > '" +
                          in_folder("environment") + "'; exit 0");
  write_text(in_folder("build/fuzz/calm.options"), "[libfuzzer]\nmax_len=3\n");
  std::filesystem::create_directories(in_folder("build/fuzz/seeds/calm"));
  setenv("ASAN_OPTIONS", "verbosity=0", 1);
  for (const char* const name : {"UBSAN_OPTIONS", "MSAN_OPTIONS", "TSAN_OPTIONS"}) unsetenv(name);
  EXPECT_TRUE(fuzz().exited_with(0));
  EXPECT_THAT(read_text(in_folder("call")),
              testing::StrEq("-timeout=25 -rss_limit_mb=2560 -max_len=3 -max_total_time=1 -print_final_stats=1 "
                             "-artifact_prefix=" +
                             in_folder("corpus/run/calm.artifacts/0/") + " " + in_folder("corpus/run/calm") + " " +
                             in_folder("build/fuzz/seeds/calm") + "\n"));
  EXPECT_EQ(read_text(in_folder("environment")), "verbosity=0:symbolize=0/symbolize=0/symbolize=0/symbolize=0\n");
}

TEST_F(Fuzz, JsonTellsOfRunsFindingsAndTroubles) {
  make_target("calm", "exit 0");
  EXPECT_EQ(fuzz({"--json", "--jobs", "3"}).out,
            "[{\"target\": \"calm\", \"runs\": 300, \"findings\": [], \"news\": [], \"troubles\": [], "
            "\"interrupted_by\": 0}]\n");
  make_target("broken", "echo 'no memory' >&2; exit 1");
  const properties::ChildEnd broken = fuzz({"--json"});
  EXPECT_TRUE(broken.exited_with(1));
  EXPECT_THAT(broken.out, HasSubstr("\"runs\": 100, \"findings\": [], \"news\": [], \"troubles\": [\"ended with exit "
                                    "code 1: no memory\"], \"interrupted_by\": 0}]\n"));
  make_target("wild", "printf large > \"${prefix}crash-1\"; exit 77");
  const std::string wild = fuzz({"--json"}).out;
  const std::string found = in_folder("corpus/found/wild/crash-");
  EXPECT_THAT(wild, HasSubstr("\"findings\": [{\"kind\": \"crash\", \"path\": \"" + found));
  EXPECT_THAT(wild, HasSubstr("\"summary\": \"SUMMARY: Stand-in: broken\", \"bytes\": 4, \"seen\": "));
  EXPECT_THAT(wild, HasSubstr("\"stored_earlier\": false, \"repeats\": true, \"said\": \"" +
                              in_folder("corpus/run/wild.logs/crash-")));
  EXPECT_THAT(wild, HasSubstr("\"replay\": [\"" + in_folder("build/fuzz/wild") + "\", \"" + found));
  // The next session tells whose finding it is.
  make_target("wild", "exit 0");
  const std::string again = fuzz({"--json"}).out;
  EXPECT_THAT(again, HasSubstr("\"bytes\": 4, \"seen\": 0, \"stored_earlier\": true, \"repeats\": true"));
}

// It has no other session to be known from.
TEST_F(Fuzz, AFindingThatHoldsAloneIsKeptAndSaidToHold) {
  make_target("wild", "printf large > \"${prefix}timeout-1\"; echo 'SUMMARY: Stand-in: slow' >&2; exit 70");
  const std::string path = in_folder("build/fuzz/wild");
  std::string script = read_text(path);
  const std::string fails = "then echo 'SUMMARY: Stand-in: broken' >&2; exit 77; fi";
  script.replace(script.find(fails), fails.size(), "then exit 0; fi");
  write_text(path, script);
  const properties::ChildEnd end = fuzz();
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_THAT(end.out, HasSubstr("wild: 1 finding\n  timeout: " + in_folder("corpus/found/wild/timeout-")));
  EXPECT_THAT(end.out, HasSubstr("\n    SUMMARY: Stand-in: slow\n    5 bytes"));
  EXPECT_THAT(end.out, HasSubstr(", held when it was tried alone\n"));
}

// Minimising may make an input of it that fails no more.
TEST_F(Fuzz, ASmallerInputThatHoldsIsAFindingThatHeld) {
  make_target("wild", "printf large > \"${prefix}crash-1\"; exit 77");
  const std::string path = in_folder("build/fuzz/wild");
  std::string script = read_text(path);
  const std::string alone = "if [ -z \"$prefix\" ]; then ";
  script.replace(script.find(alone), alone.size(),
                 alone + "for last; do :; done; if [ \"$(cat \"$last\")\" = less ]; then exit 0; fi; ");
  write_text(path, script);
  const properties::ChildEnd end = fuzz({"--time", "2"});
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_THAT(end.out, HasSubstr("wild: 2 findings\n"));
  EXPECT_THAT(end.out, testing::Not(HasSubstr("mended")));
  std::vector<std::string> contents;
  for (const auto& entry : std::filesystem::directory_iterator(in_folder("corpus/found/wild"))) {
    EXPECT_THAT(entry.path().filename().string(), testing::StartsWith("crash-"));
    contents.push_back(read_text(entry.path().string()));
  }
  EXPECT_THAT(contents, testing::UnorderedElementsAre("large", "less"));
}

TEST_F(Fuzz, ASessionThatTakesTimeSaysHowFarItIs) {
  make_target("slow", "sleep 2.3; exit 0");
  const properties::ChildEnd end = fuzz({"--time", "3", "--jobs", "2"});
  EXPECT_TRUE(end.exited_with(0));
  EXPECT_THAT(end.err,
              testing::MatchesRegex("slow: 200 runs, 20 features, 3 inputs, 0 findings\n"
                                    "slow: 200 runs, [0-9]+ features, [0-9]+ inputs, 0 findings in [2-9]\\.[0-9] s\n"));
}

class TwoBugs : public Fuzz {
 protected:
  void SetUp() override {
    Fuzz::SetUp();
    std::filesystem::create_directories(in_folder("build/fuzz"));
    write_text(in_folder("build/fuzz_targets.txt"), "two_bugs\n");
    std::filesystem::copy_file(REVIVE_TWO_BUGS, in_folder("build/fuzz/two_bugs"));
  }
  std::vector<std::string> stored() const {
    std::vector<std::string> contents;
    for (const auto& entry : std::filesystem::directory_iterator(in_folder("corpus/found/two_bugs"))) {
      contents.push_back(read_text(entry.path().string()));
    }
    std::ranges::sort(contents);
    return contents;
  }
};

TEST_F(TwoBugs, AreToldApartAndMadeSmall) {
  const properties::ChildEnd end = fuzz({"--time", "4", "--jobs", "2"});
  EXPECT_TRUE(end.exited_with(1)) << end.err;
  EXPECT_THAT(end.out, HasSubstr("two_bugs: 2 findings\n"));
  EXPECT_THAT(stored(), ElementsAre("A", "B"));
}

TEST_F(TwoBugs, WhatAKilledSessionLeftIsStoredByTheNext) {
  std::filesystem::create_directories(in_folder("corpus/run/two_bugs.artifacts/7"));
  write_text(in_folder("corpus/run/two_bugs.artifacts/7/crash-1"), "Alpha");
  write_text(in_folder("corpus/run/two_bugs.artifacts/7/crash-2"), "Another");
  const properties::ChildEnd end = fuzz({"--minimize-time", "1"});
  EXPECT_TRUE(end.exited_with(1)) << end.err;
  EXPECT_THAT(end.out, HasSubstr("  2 findings of a session that was killed: stored\n"));
  EXPECT_THAT(stored(), testing::Contains("A"));
  EXPECT_THAT(stored(), testing::Not(testing::Contains("Another")));
}

TEST_F(TwoBugs, AStoredFindingIsTriedAgainAndLeavesOnceItIsMended) {
  std::filesystem::create_directories(in_folder("corpus/found/two_bugs"));
  write_text(in_folder("corpus/found/two_bugs/crash-read-0123abcd"), "harmless");
  write_text(in_folder("corpus/found/two_bugs/crash-other-0123abcd"), "B");
  write_text(in_folder("corpus/found/two_bugs/crash-0123456789ab"), "never failed alone");
  const properties::ChildEnd end = fuzz();
  EXPECT_THAT(end.out, HasSubstr("crash-read-0123abcd: mended: it does not fail now"));
  EXPECT_THAT(end.out, HasSubstr("crash-0123456789ab: does not fail when it is tried alone; it stays"));
  EXPECT_THAT(end.out, HasSubstr("stored by an earlier session"));
  EXPECT_THAT(stored(), testing::IsSupersetOf({"B", "never failed alone"}));
  EXPECT_THAT(stored(), testing::Not(testing::Contains("harmless")));
  bool among_inputs = false;
  for (const auto& entry : std::filesystem::directory_iterator(in_folder("corpus/run/two_bugs"))) {
    among_inputs = among_inputs || read_text(entry.path().string()) == "harmless";
  }
  EXPECT_TRUE(among_inputs);
}

TEST_F(TwoBugs, ASecondSessionOfTheSameCorpusIsRefused) {
  std::filesystem::create_directories(in_folder("corpus/run"));
  const int lock = open(in_folder("corpus/run/two_bugs.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  ASSERT_EQ(flock(lock, LOCK_EX | LOCK_NB), 0);
  const properties::ChildEnd end = fuzz();
  close(lock);
  EXPECT_TRUE(end.exited_with(2)) << end.out;
  EXPECT_THAT(end.err, HasSubstr("another session fuzzes this target with this corpus"));
}

TEST_F(Fuzz, WithoutABuildOrATargetItSaysHowToGetOne) {
  EXPECT_THAT(fuzz().err, HasSubstr("cmake --preset fuzz"));
  make_target("calm", "exit 0");
  const properties::ChildEnd end = fuzz({"wild"});
  EXPECT_TRUE(end.exited_with(2));
  EXPECT_THAT(end.err, HasSubstr("has no target wild; there are calm"));
}

}  // namespace
}  // namespace revive::tools
