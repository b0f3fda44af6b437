// The `fuzz` command, on a stand-in for libFuzzer: a script that takes its flags and finds what it is told to find.
#include <gmock/gmock.h>

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
                   "; printf small > \"$smaller\"; exit 1; fi\n"
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
  EXPECT_THAT(contents, ElementsAre("small"));
}

TEST_F(Fuzz, AFindingIsMinimisedOneMutationAtATime) {
  make_target("wild", "printf large > \"${prefix}crash-1\"; exit 77", "echo \"$@\" > '" + in_folder("minimise") + "'");
  EXPECT_TRUE(fuzz().exited_with(1));
  EXPECT_THAT(read_text(in_folder("minimise")), HasSubstr("-minimize_crash=1 -mutate_depth=1 "));
}

TEST_F(Fuzz, ATargetThatFailsOnOneSeedIsNotStartedForEver) {
  make_target("wild", "printf large > \"${prefix}crash-1\"; echo x >> '" + in_folder("starts") + "'; exit 77");
  const properties::ChildEnd end = fuzz({"--time", "60"});
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_THAT(end.out, HasSubstr("wild: 1 finding\n"));
  EXPECT_EQ(read_text(in_folder("starts")).size(), 20U);
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
  EXPECT_THAT(end.out, HasSubstr("  a process ended with exit code 1: no memory\n"));
}

TEST_F(Fuzz, AProcessThatFailsWithoutAFindingIsNotTakenForAQuietOne) {
  make_target("broken", "echo 'cannot open the dictionary' >&2; exit 1");
  const properties::ChildEnd end = fuzz();
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_THAT(end.out, HasSubstr("  a process ended with exit code 1: cannot open the dictionary\n"));
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
