// Commands in this process: how far they say they are, over a clock of this file's own, and what they say of layers
// that a user registered.
#include <gmock/gmock.h>

#include <cstdio>
#include <sstream>

#include "revive/model/layers/identity_layer.h"
#include "revive/model/registry.h"
#include "revive/model/sequential.h"
#include "revive/serializer/keras_archive.h"
#include "revive/tools/command.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

// Sixteen seconds further each time it is asked, so that no step is too soon to be told of.
std::chrono::steady_clock::time_point later() {
  static std::chrono::steady_clock::time_point now;
  return now += std::chrono::seconds(16);
}

std::chrono::steady_clock::time_point at_once() {
  return {};
}

struct Told {
  int exit_code;
  std::string out;
  std::string err;
};

Told told_of(const std::vector<std::string>& arguments, decltype(Console::now) now = std::chrono::steady_clock::now) {
  std::ostringstream out;
  std::ostringstream err;
  Console console{.out = out, .err = err, .now = now};
  const int exit_code = run_program(arguments, console);
  return {exit_code, out.str(), err.str()};
}

class InProcess : public FolderTest {};

TEST_F(InProcess, EveryCommandThatTakesLongSaysHowFarItIs) {
  const std::string dense = corpus("keras/dense.keras");
  struct Job {
    std::vector<std::string> call;
    const char* err;
  };
  const Job jobs[] = {
      {{"check", dense, corpus("keras/reshape.keras")}, "check: 1 of 2\ncheck: 2\ncheck: 2 in [0-9.]+ s\n"},
      // Nobody is asked of an archive but revive, so that no process is started.
      {{"replay", dense, corpus("keras/reshape.keras"), "--subject", "input_layer_lost"},
       "replay: 1 of 2\nreplay: 2\nreplay: 2 in [0-9.]+ s\n"},
      {{"scenarios", dense}, "scenarios: 1\nscenarios: 1 in [0-9.]+ s\n"},
      {{"generate", "-n", "3", "--layers", "ReLU", "--out", in_folder("models")},
       "generate: 1 of 3\ngenerate: 2 of 3\ngenerate: 3\ngenerate: 3 in [0-9.]+ s\n"},
      {{"faults", "input_layer_lost", "--seeds", "2", "--jobs", "1"},
       "faults: 1 of 2\nfaults: 2\nfaults: 2 in [0-9.]+ s\n"},
      // The second of two parts of five cases.
      {{"properties", "bytes_are_stable", "--cases", "5", "--shard", "2/2", "--fresh", "--jobs", "1", "--layers",
        "ReLU", "--out", in_folder("found")},
       "bytes_are_stable: 1 of 2\nbytes_are_stable: 2\nbytes_are_stable: 2 in [0-9.]+ s\n"},
      {{"corrupt", corpus("small/deflated.keras"), "--property", "no_silent_corruption", "--stride", "9999", "--jobs",
        "1"},
       ".*deflated.keras: no_silent_corruption: 1\n(.*: [0-9]+\n)+.* in [0-9.]+ s\n"}};
  for (const Job& job : jobs) {
    const Told told = told_of(job.call, later);
    EXPECT_EQ(told.exit_code, 0) << told.out;
    EXPECT_THAT(told.err, MatchesRegex(job.err));
    if (job.call.front() == "generate") {
      EXPECT_EQ(told.out, in_folder("models") + ": 3 models\n");
    }
    EXPECT_EQ(told_of(job.call, at_once).err, "") << "what is quick says nothing";
  }
}

// The help of all commands, which is a good part of each; the rest of the transcript is of the program itself.
TEST_F(InProcess, HelpIsAsRecorded) {
  const std::string recorded = read_text(std::string(REVIVE_SOURCE_DIR) + "/tools/commands/transcript.txt");
  for (const Command& command : all_commands()) {
    const std::string name(command.name);
    const std::string heading = "\n$ " + name + " --help\n";
    const std::size_t at = recorded.find(heading);
    ASSERT_NE(at, std::string::npos) << name;
    EXPECT_TRUE(recorded.substr(at + heading.size()).starts_with(told_of({name, "--help"}).out)) << name;
  }
  const std::string list = "$ --help\n";
  EXPECT_TRUE(recorded.substr(recorded.find(list) + list.size()).starts_with(told_of({"--help"}).out));
}

// A disk that is full all the time.
class Full : public std::streambuf {};

TEST_F(InProcess, WhatCannotBePrintedIsNotHeld) {
  for (const std::vector<std::string>& call : {std::vector<std::string>{"layers"}, {"layers", "--json"}}) {
    Full full;
    std::ostream out(&full);
    std::ostringstream err;
    Console console{.out = out, .err = err};
    EXPECT_EQ(run_program(call, console), 1);
    EXPECT_EQ(err.str(), "standard output: cannot write\n");
  }
}

struct Same : IdentityLayer {
  std::int64_t number = 3;
};

// In a process of its own, as nothing takes a class off the list again.
int check_registered(const std::string& archive, const std::string& copy, bool json) {
  const auto registered = register_layer_class(declare_identity<Same>("my>Same")
                                                   .module("my")
                                                   .field("number", &Same::number)
                                                   .draw([](LayerDraw&, Same&) {})
                                                   .layer());
  const auto input = make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}});
  const auto same = make_layer("my>Same", {{"number", 4}, {"name", "same"}});
  if (!registered || !input || !same) return 10;
  const auto model = Sequential::make("m", {*input, *same});
  if (!model || !save(*model, archive)) return 11;
  std::vector<std::string> call = {"check", archive, "--output", copy};
  if (json) call.emplace_back("--json");
  const Told told = told_of(call);
  std::fputs(told.out.c_str(), stdout);
  std::fputs(told.err.c_str(), stderr);
  std::fflush(stdout);
  return told.exit_code;
}

TEST_F(InProcess, CheckNamesTheClassesThatAReaderHasToKnow) {
  const std::string archive = in_folder("a.keras");
  const std::string copy = in_folder("b.keras");
  for (const bool json : {false, true}) {
    const auto end = properties::run_in_child([&] { return check_registered(archive, copy, json); }, {});
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->exited_with(0)) << to_string(*end) << end->err;
    EXPECT_EQ(end->err, copy + ": what reads it has to know the class of /layers/1 (my>Same 'same')\n");
    if (json) {
      EXPECT_THAT(end->out, HasSubstr(R"json("registered": ["/layers/1 (my>Same 'same')"], "newer_keras": [])json"));
    } else {
      EXPECT_THAT(end->out, HasSubstr(archive + ": revives (1 layer, 0 parameters, outputs equal)\n"));
    }
  }
}

// Counts what it was asked, and says so: in a config that is another whenever it is built, or in its answers.
struct Counting : IdentityLayer {
  bool answers = false;
  std::int64_t number = 3;

  Result<Built> build(const Shape& input, const BuildContext&) {
    if (!answers) ++number;
    return Built{input};
  }
  Result<Shape> output_shape(const Shape& input) const { return input; }
  Result<Tensor> call(const Tensor& x, const CallContext&) const {
    static float calls = 0;
    if (!answers) return x;
    Tensor y = x;
    for (float& each : y.data<float>()) each = calls;
    ++calls;
    return y;
  }
};

int check_counting(const std::string& archive, bool answers) {
  const auto registered = register_layer_class(declare_identity<Counting>("my>Counting")
                                                   .module("my")
                                                   .field("answers", &Counting::answers)
                                                   .field("number", &Counting::number)
                                                   .draw([](LayerDraw&, Counting&) {})
                                                   .layer());
  const auto input = make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}});
  const auto counting = make_layer("my>Counting", {{"answers", answers}, {"name", "counting"}});
  if (!registered || !input || !counting) return 10;
  const auto model = Sequential::make("m", {*input, *counting});
  if (!model || !save(*model, archive, {.verify = false})) return 11;
  const Told told = told_of({"check", archive});
  std::fputs((told.out + told.err).c_str(), stdout);
  std::fflush(stdout);
  return told.exit_code;
}

TEST_F(InProcess, CheckSaysWhatDoesNotComeBack) {
  const std::string archive = in_folder("a.keras");
  for (const auto& [answers, says] :
       {std::pair(false, "/config/layers/1/config/number: 5 before saving, 6 after loading\n"),
        {true, "output[0]: 0 (bits 00000000) before saving, 1 (bits 3f800000) after loading\n"}}) {
    // What is still to be printed here would be printed by the child, too.
    std::fflush(stdout);
    const auto end = properties::run_in_child([&, of = answers] { return check_counting(archive, of); }, {});
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->exited_with(1)) << to_string(*end);
    EXPECT_EQ(end->out, archive + ": " + says);
  }
}

class HuntAccept : public FolderTest {};

TEST_F(HuntAccept, WantsASiteAndItsArguments) {
  const std::string known = in_folder("known.json");
  write_text(in_folder("program.py"), "pass\n");
  const std::vector<std::string> call = {"hunt", "accept", in_folder(""), "--reason", "r", "--known", known};
  for (const char* const text : {"{}", R"({"site": 3, "arguments": []})", R"({"site": "a"})", R"({"arguments": []})"}) {
    write_text(in_folder("finding.json"), text);
    const Told told = told_of(call);
    EXPECT_EQ(told.exit_code, 1) << text;
    EXPECT_EQ(told.out, "");
    EXPECT_EQ(told.err, in_folder("finding.json") + ": expected a site and arguments\n");
    EXPECT_FALSE(std::filesystem::exists(known));
  }
  write_text(in_folder("finding.json"), R"({"site": "a", "arguments": ["b"]})");
  EXPECT_EQ(told_of(call).out, "a: known\n");
  EXPECT_TRUE(std::filesystem::exists(known));
}

}  // namespace
}  // namespace revive::tools
