// A session on a script that takes the flags of libFuzzer: what it reports, field by field. The command on top of it,
// and what only time shows, is in commands/fuzz_test.cpp.
#include "revive/tools/run/fuzz_session.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <sstream>

#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// What the script does, in a shell, as each of the processes of a session. `$prefix` is where findings go, `$smaller`
// where a smaller input does, `$last` the last argument, `$session` the test's own process.
struct Script {
  std::string fuzzes = "exit 0";
  std::string minimizes = "exit 1";
  std::string alone = "echo 'SUMMARY: Stand-in: broken' >&2; exit 77";
  std::string helps = "echo max_total_time";
};

class FuzzSession : public FolderTest {
 protected:
  Result<FuzzReport> run(const Script& script, int jobs = 1) {
    FuzzTarget target{.name = "wild", .program = in_folder("wild"), .flags = {"-own=1"}, .seeds = ""};
    write_text(target.program, "#!/bin/sh\nsession=" + std::to_string(getpid()) + "; folder='" + in_folder("") +
                                   "'\n"
                                   "for last; do case $last in\n"
                                   "  -help=1) " +
                                   script.helps +
                                   "; exit 0 ;;\n"
                                   "  -artifact_prefix=*) prefix=${last#*=} ;;\n"
                                   "  -exact_artifact_path=*) smaller=${last#*=} ;;\n"
                                   "esac; done\n"
                                   "if [ -n \"$smaller\" ]; then " +
                                   script.minimizes + "; fi\nif [ -z \"$prefix\" ]; then " + script.alone + "; fi\n" +
                                   script.fuzzes + "\n");
    std::filesystem::permissions(target.program, std::filesystem::perms::owner_all);
    err_.str("");
    std::ostringstream out;
    Console console{.out = out, .err = err_, .now = later};
    const Interruption interruption;
    // Processes are started once: there is no time to start them again.
    return fuzz(target, {.seconds = 0, .jobs = jobs, .corpus = in_folder("corpus")}, interruption, console);
  }
  FuzzReport report(const Script& script, int jobs = 1) {
    auto made = run(script, jobs);
    EXPECT_TRUE(made) << made.error().text();
    return made ? std::move(*made) : FuzzReport{};
  }
  // How far it said that it was, each once, without how long that took.
  std::vector<std::string> progress() const {
    std::vector<std::string> lines;
    std::istringstream said(err_.str());
    for (std::string line; std::getline(said, line);) {
      line = line.substr(0, line.rfind(" in "));
      if (lines.empty() || lines.back() != line) lines.push_back(line);
    }
    return lines;
  }
  std::string found(const std::string& name) const { return in_folder("corpus/found/wild/" + name); }
  void store(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories(in_folder("corpus/found/wild"));
    write_text(found(name), content);
  }
  // Each with its content.
  std::vector<std::string> stored() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(in_folder("corpus/found/wild"))) {
      all.push_back(entry.path().filename().string() + ": " + read_text(entry.path().string()));
    }
    std::ranges::sort(all);
    return all;
  }
  std::string without_folder(std::string text) const {
    for (std::size_t at = 0; (at = text.find(in_folder(""))) != std::string::npos;)
      text.erase(at, in_folder("").size());
    return text;
  }
  // Each on a line, without the folder.
  std::vector<std::string> told(const FuzzReport& report) const {
    std::vector<std::string> lines;
    for (const FuzzFinding& finding : report.findings) {
      std::string line = fmt::format("{} {} '{}' said {}, {} bytes, seen {}{}{}", finding.kind, finding.path,
                                     finding.summary, finding.log, finding.bytes, finding.seen,
                                     finding.stored_earlier ? ", stored earlier" : "", finding.repeats ? "" : ", held");
      for (std::size_t at = 0; (at = line.find(in_folder(""))) != std::string::npos;)
        line.erase(at, in_folder("").size());
      lines.push_back(std::move(line));
    }
    return lines;
  }

 private:
  // So far on each time it is asked that no step is too soon to be told of.
  static std::chrono::steady_clock::time_point later() {
    static std::chrono::steady_clock::time_point now;
    return now += std::chrono::seconds(16);
  }

  std::ostringstream err_;
};

constexpr const char* kFindsLarge = "printf large > \"${prefix}crash-1\"; echo '#7\tpulse ft: 20 corp: 3/30b'; exit 77";

TEST_F(FuzzSession, AFindingIsReportedWithAllThatIsKnownOfIt) {
  const FuzzReport made = report({.fuzzes = kFindsLarge});
  EXPECT_EQ(made.runs, 7U);
  EXPECT_EQ(made.interrupted_by, 0);
  EXPECT_THAT(made.news, IsEmpty());
  EXPECT_THAT(made.troubles, IsEmpty());
  EXPECT_THAT(told(made), ElementsAre("crash corpus/found/wild/crash-broken-cdd3bd00 'SUMMARY: Stand-in: broken' said "
                                      "corpus/run/wild.logs/crash-broken-cdd3bd00.log, 5 bytes, seen 1"));
  EXPECT_EQ(read_text(in_folder("corpus/run/wild.logs/crash-broken-cdd3bd00.log")), "SUMMARY: Stand-in: broken\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(in_folder("corpus/run/wild.logs")), {}), 1)
      << "and its log of before it was tried is gone";
}

TEST_F(FuzzSession, WhatIsStoredIsTriedFirst) {
  store("crash-0123456789ab", "never failed alone");
  store("crash-fails-01234567", "A");
  store("crash-mended-01234567", "B");
  const FuzzReport made =
      report({.alone = "case $(cat \"$last\") in A) echo 'SUMMARY: Stand-in: broken' >&2; exit 77 ;; "
                       "esac; exit 0"});
  EXPECT_THAT(told(made),
              ElementsAre("crash corpus/found/wild/crash-broken-cdd3bd00 'SUMMARY: Stand-in: broken' said "
                          "corpus/run/wild.logs/crash-broken-cdd3bd00.log, 1 bytes, seen 0, stored earlier"));
  EXPECT_THAT(made.news, ElementsAre(found("crash-0123456789ab") +
                                         ": does not fail when it is tried alone; it stays until it is removed",
                                     found("crash-mended-01234567") + ": mended: it does not fail now, and is " +
                                         in_folder("corpus/run/wild/mended-df7e70e50215") + " from here on"));
  EXPECT_THAT(stored(), ElementsAre("crash-0123456789ab: never failed alone", "crash-broken-cdd3bd00: A"));
  EXPECT_EQ(made.runs, 0U);
  EXPECT_THAT(progress(),
              ElementsAre("wild: 2 stored findings to replay", "wild: 1 stored finding to replay",
                          "wild: 0 stored findings to replay", "wild: 0 runs, 0 features, 0 inputs, 1 finding"));
}

// What it asks its target, and with which of the sanitizers' options.
TEST_F(FuzzSession, EveryKindOfProcessHasItsCall) {
  for (const char* const name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "MSAN_OPTIONS", "TSAN_OPTIONS"}) unsetenv(name);
  const std::string notes = "echo \"$0 $@ ($ASAN_OPTIONS)\" >> \"$folder/calls\"; ";
  report({.fuzzes = notes + kFindsLarge,
          .minimizes = notes + "exit 1",
          .alone = notes + "exit 77",
          .helps = notes + "echo max_total_time"});
  std::istringstream calls(without_folder(read_text(in_folder("calls"))));
  std::vector<std::string> lines;
  for (std::string line; std::getline(calls, line);) lines.push_back(line);
  EXPECT_THAT(
      lines,
      ElementsAre("wild -help=1 ()",
                  "wild -timeout=25 -rss_limit_mb=2560 -own=1 -max_total_time=1 -print_final_stats=1 "
                  "-artifact_prefix=corpus/run/wild.artifacts/0/ corpus/run/wild (symbolize=0)",
                  "wild -timeout=25 -rss_limit_mb=2560 -own=1 corpus/found/wild/crash-d35c416a85b8 ()",
                  "wild -timeout=25 -rss_limit_mb=2560 -own=1 -minimize_crash=1 -mutate_depth=1 -max_total_time=20 "
                  "-exact_artifact_path=corpus/run/wild.smaller corpus/found/wild/crash-bug-75a11da4 (symbolize=0)"));
}

// Of one bug the smallest input is stored, and every input is counted, once.
TEST_F(FuzzSession, InputsOfOneBugAreCounted) {
  const FuzzReport made = report({.fuzzes = "until [ \"${prefix%/0/}\" != \"$prefix\" ] || ls "
                                            "\"$folder/corpus/run/wild.logs\" | grep -q broken; do sleep 0.05; done\n"
                                            "case $prefix in\n"
                                            "  */0/) printf large > \"${prefix}crash-1\" ;;\n"
                                            "  */1/) printf mid > \"${prefix}crash-1\" ;;\n"
                                            "  *) printf longer > \"${prefix}crash-1\" ;;\n"
                                            "esac; exit 77"},
                                 3);
  EXPECT_THAT(told(made), ElementsAre("crash corpus/found/wild/crash-broken-cdd3bd00 'SUMMARY: Stand-in: broken' said "
                                      "corpus/run/wild.logs/crash-broken-cdd3bd00.log, 3 bytes, seen 3"));
  EXPECT_THAT(stored(), ElementsAre("crash-broken-cdd3bd00: mid"));
}

// The tenth process has a folder whose name begins as that of another.
TEST_F(FuzzSession, WhatAProcessFoundIsItsOwn) {
  const FuzzReport made =
      report({.fuzzes = "case $prefix in\n"
                        "  */10/) printf large > \"${prefix}crash-1\"; touch \"$folder/found\"\n"
                        "    until [ -e \"$folder/failed\" ]; do sleep 0.05; done; sleep 0.5; exit 77 ;;\n"
                        "  */1/) until [ -e \"$folder/found\" ]; do sleep 0.05; done\n"
                        "    echo 'no memory' >&2; touch \"$folder/failed\"; exit 3 ;;\n"
                        "esac; exit 0"},
             11);
  EXPECT_THAT(made.troubles, ElementsAre("ended with exit code 3: no memory"));
  EXPECT_EQ(made.findings.size(), 1U);
}

// A process says what it knows of all: the runs of all, the most of what they share.
TEST_F(FuzzSession, SaysHowFarAllProcessesAre) {
  const FuzzReport made = report({.fuzzes = "case $prefix in\n"
                                            "  */0/) echo '#100\tpulse ft: 20 corp: 3/30b' ;;\n"
                                            "  *) echo '#200\tpulse ft: 30 corp: 2/30b' ;;\n"
                                            "esac; sleep 1; exit 0"},
                                 2);
  EXPECT_EQ(made.runs, 300U);
  EXPECT_THAT(progress(), testing::Contains("wild: 300 runs, 30 features, 3 inputs, 0 findings"));
  EXPECT_THAT(progress(), testing::Each(testing::Not(testing::HasSubstr("400 runs"))));
  EXPECT_THAT(progress(), testing::Each(testing::Not(testing::HasSubstr("500 runs"))));
}

// Where no sanitizer says it in a line of its own, the process is said to have ended, and what it said last.
TEST_F(FuzzSession, AFindingWithoutASummaryHasItsLastWord) {
  const FuzzReport fails = report({.fuzzes = kFindsLarge, .alone = "sleep 0.3; echo 'it is a bug' >&2; exit 3"});
  EXPECT_THAT(told(fails), ElementsAre("crash corpus/found/wild/crash-bug-75a11da4 'ended with exit code 3: it is a "
                                       "bug' said corpus/run/wild.logs/crash-bug-75a11da4.log, 5 bytes, seen 1"));
  std::filesystem::remove_all(in_folder("corpus"));
  const FuzzReport holds =
      report({.fuzzes = "printf large > \"${prefix}leak-1\"; echo 'a process that said it' >&2; exit 77",
              .alone = "echo 'it holds' >&2; exit 0"});
  EXPECT_THAT(told(holds), ElementsAre("leak corpus/found/wild/leak-d35c416a85b8 'it holds' said "
                                       "corpus/run/wild.logs/leak-d35c416a85b8.log, 5 bytes, seen 1, held"));
}

// One that an earlier session stored is no finding of this one, as small as it gets.
TEST_F(FuzzSession, ASmallerInputOfAStoredOneIsStoredEarlier) {
  store("crash-fails-01234567", "large");
  const FuzzReport made = report({.minimizes = "printf less > \"$smaller\"; exit 1",
                                  .alone = "if [ $(cat \"$last\") = less ]; then exit 0; fi; exit 77"});
  EXPECT_THAT(told(made), ElementsAre("crash corpus/found/wild/crash-bug-75a11da4 'ended with exit code 77: ' said "
                                      "corpus/run/wild.logs/crash-bug-75a11da4.log, 5 bytes, seen 0, stored earlier"));
  EXPECT_THAT(made.news, ElementsAre(found("crash-4fdd3b6201a2") +
                                     ": does not fail when it is tried alone; it stays until it is removed"));
  EXPECT_THAT(stored(), ElementsAre("crash-4fdd3b6201a2: less", "crash-bug-75a11da4: large"));
}

TEST_F(FuzzSession, ItsLockIsNotForOthersToRun) {
  const mode_t before = umask(022);
  report({});
  umask(before);
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(in_folder("corpus/run/wild.lock")).permissions(),
            perms::owner_read | perms::owner_write | perms::group_read | perms::others_read);
}

// What a minimiser leaves is a smaller input or nothing.
TEST_F(FuzzSession, OnlyASmallerInputTakesThePlaceOfOne) {
  const std::pair<const char*, const char*> cases[] = {{":", "large"},
                                                       {"printf '' > \"$smaller\"", "large"},
                                                       {"printf other > \"$smaller\"", "large"},
                                                       {"printf longer > \"$smaller\"", "large"},
                                                       {"printf less > \"$smaller\"", "less"},
                                                       {"printf l > \"$smaller\"", "l"}};
  for (const auto& [minimizes, kept] : cases) {
    std::filesystem::remove_all(in_folder("corpus"));
    EXPECT_EQ(report({.fuzzes = kFindsLarge, .minimizes = minimizes + std::string("; exit 1")}).findings.size(), 1U);
    EXPECT_THAT(stored(), ElementsAre(testing::EndsWith(std::string(": ") + kept))) << minimizes;
  }
}

// Only of a crash is it said by ending that a smaller input is still the same finding.
TEST_F(FuzzSession, CrashesAloneAreMadeSmallerAndOnce) {
  const std::string notes = "echo \"$last\" >> \"$folder/minimized\"; exit 1";
  const std::pair<const char*, std::size_t> cases[] = {
      {"heap-buffer-overflow", 1}, {"timeout", 0}, {"out-of-memory", 0}, {"3 byte(s) leaked", 0}};
  for (const auto& [kind, times] : cases) {
    std::filesystem::remove_all(in_folder("corpus"));
    write_text(in_folder("minimized"), "");
    const std::string alone = fmt::format("echo 'SUMMARY: Stand-in: {}' >&2; exit 77", kind);
    for (int session = 0; session < 2; ++session) {
      EXPECT_EQ(report({.fuzzes = kFindsLarge, .minimizes = notes, .alone = alone}).findings.size(), 1U);
      const std::string lines = read_text(in_folder("minimized"));
      EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(lines, '\n')), times) << kind << session;
    }
  }
}

// The process that is tried alone sends the signal, once both are stored, and then takes too long.
TEST_F(FuzzSession, ASignalEndsItWithWhatIsNotTriedYet) {
  const FuzzReport made =
      report({.fuzzes = "case $prefix in\n"
                        "  */0/) printf first > \"${prefix}crash-a\"; echo 'SUMMARY: Stand-in: one' >&2 ;;\n"
                        // Stopped, and nobody's trouble.
                        "  */2/) sleep 60; exit 0 ;;\n"
                        "  *) until ls \"$folder/corpus/run/wild.logs\" | grep -q crash; do sleep 0.05; done\n"
                        "     printf second > \"${prefix}timeout-b\"; echo 'SUMMARY: Stand-in: two' >&2 ;;\n"
                        "esac; echo '#100\tpulse ft: 20 corp: 3/30b'; exit 77",
              .alone = "until ls \"$folder/corpus/run/wild.logs\" | grep -q timeout; do sleep 0.05; done\n"
                       "kill -INT $session; sleep 60"},
             3);
  EXPECT_EQ(made.interrupted_by, SIGINT);
  EXPECT_EQ(made.runs, 200U);
  EXPECT_THAT(made.news, IsEmpty());
  EXPECT_THAT(made.troubles, IsEmpty());
  EXPECT_THAT(told(made), ElementsAre("crash corpus/found/wild/crash-a7937b64b8ca 'SUMMARY: Stand-in: one' said "
                                      "corpus/run/wild.logs/crash-a7937b64b8ca.log, 5 bytes, seen 1",
                                      "timeout corpus/found/wild/timeout-16367aacb67a 'SUMMARY: Stand-in: two' said "
                                      "corpus/run/wild.logs/timeout-16367aacb67a.log, 6 bytes, seen 1"));
}

// Nothing new was found, and nothing new is said of what is stored.
TEST_F(FuzzSession, ASignalEndsItBeforeAllThatIsStoredWasTried) {
  store("crash-bug-0123abcd", "A");
  store("crash-bug-4567abcd", "B");
  const FuzzReport made = report({.fuzzes = "touch \"$folder/started\"", .alone = "kill -TERM $session; sleep 60"});
  EXPECT_EQ(made.interrupted_by, SIGTERM);
  EXPECT_THAT(told(made), IsEmpty());
  EXPECT_THAT(made.news, IsEmpty());
  EXPECT_THAT(stored(), ElementsAre("crash-bug-0123abcd: A", "crash-bug-4567abcd: B"));
  EXPECT_FALSE(std::filesystem::exists(in_folder("started")));
}

TEST_F(FuzzSession, WhatIsNoTargetOfTheEngineIsNotBegun) {
  const auto made = run({.helps = "echo no flags"});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::usage);
  EXPECT_EQ(made.error().text(), in_folder("wild") + ": built without libFuzzer; the preset fuzz builds with it");
  EXPECT_EQ(report({.helps = "echo max_total_time >&2"}).runs, 0U) << "the engine says it to standard error";
}

TEST_F(FuzzSession, FoldersThatCannotBeMadeAreErrors) {
  struct Case {
    const char* file;
    const char* said;
  };
  const Case cases[] = {{"corpus/run/wild.artifacts/0", ": cannot make the folder: "},
                        {"corpus/found/wild", ": cannot make the folder: "}};
  for (const auto& [file, said] : cases) {
    std::filesystem::remove_all(in_folder("corpus"));
    std::filesystem::create_directories(std::filesystem::path(in_folder(file)).parent_path());
    write_text(in_folder(file), "a file");
    const auto made = run({});
    ASSERT_FALSE(made) << file;
    EXPECT_EQ(made.error().code, ErrorCode::file_unwritable);
    EXPECT_THAT(made.error().text(), testing::StartsWith(in_folder(file) + said));
  }
  std::filesystem::remove_all(in_folder("corpus"));
  std::filesystem::create_directories(in_folder("corpus/run/wild.lock"));
  const auto made = run({});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::file_unwritable);
  EXPECT_EQ(made.error().text(), in_folder("corpus/run/wild.lock") + ": cannot write");
}

}  // namespace
}  // namespace revive::tools
