// A whole hunt over the stand-ins for Keras and its worker: what its report counts, and which interpreter runs.
#include "revive/tools/run/hunt_session.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>

#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

using testing::Contains;
using testing::Not;
using testing::StartsWith;

class HuntSession : public FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    std::filesystem::copy(std::string(REVIVE_SOURCE_DIR) + "/tools/testing/hunt_stand_in", stand_in(),
                          std::filesystem::copy_options::recursive);
  }
  std::string stand_in(const std::string& file = "") const { return in_folder("stand_in" + file); }
  HuntOptions options() const {
    HuntOptions options;
    options.worker.python = stand_in("/python");
    options.worker.script = stand_in("/hunt_worker.py");
    options.worker.scratch = in_folder("scratch");
    options.parameters = stand_in("/parameters.json");
    options.seed = 1;
    options.cases = 12;
    options.jobs = 2;
    options.shrinks = false;
    return options;
  }
};

TEST_F(HuntSession, ReportsWhatItWasAskedAndWhatItTook) {
  std::string parameters = read_text(stand_in("/parameters.json"));
  const std::string skip = R"("classes": {)";
  parameters.insert(parameters.find(skip) + skip.size(), R"("Loss": {"skip": "by this test"}, )");
  write_text(stand_in("/parameters.json"), parameters);
  const auto report = run_hunt(options(), [](const properties::hunt::Finding&) {});
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->seed, 1U);
  EXPECT_EQ(report->jobs, 2);
  EXPECT_EQ(report->cases, 12U);
  EXPECT_GT(report->seconds, 0);
  EXPECT_EQ(report->hello.find("name")->as_string(), "Keras 3.0.0");
  EXPECT_TRUE(report->other.is_null());
  EXPECT_TRUE(report->findings.empty());
  EXPECT_FALSE(report->waiting.empty());
  // What is left out, or refused whatever it is given, misses no argument.
  EXPECT_EQ(report->skipped.at("keras.losses.Loss"), "by this test");
  EXPECT_EQ(report->skipped.at("keras.layers.Sparse"), "needs another library");
  EXPECT_THAT(report->not_exercised, Not(Contains(StartsWith("keras.losses.Loss."))));
  if (report->skipped.contains("keras.layers.Never")) {
    EXPECT_THAT(report->skipped.at("keras.layers.Never"), StartsWith("Keras refuses it: ValueError: never"));
    EXPECT_THAT(report->not_exercised, Not(Contains(StartsWith("keras.layers.Never."))));
  }
  // Each argument was given or was not.
  for (const std::string& name : report->exercised) EXPECT_THAT(report->not_exercised, Not(Contains(name)));
}

TEST_F(HuntSession, AsksAnotherInterpreterOnlyWhereThereIsOne) {
  HuntOptions two = options();
  two.other = two.worker;
  const auto report = run_hunt(two, [](const properties::hunt::Finding&) {});
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->other.find("name")->as_string(), "Keras 3.0.0");
  EXPECT_TRUE(std::filesystem::exists(in_folder("scratch/job-1/other")));
}

TEST_F(HuntSession, WithoutParametersOrAModuleDoesNotBegin) {
  HuntOptions nowhere = options();
  nowhere.parameters = in_folder("none.json");
  EXPECT_FALSE(run_hunt(nowhere, [](const properties::hunt::Finding&) {}));
  HuntOptions module = options();
  module.modules = {"m"};
  const auto report = run_hunt(module, [](const properties::hunt::Finding&) {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::usage);
  EXPECT_EQ(report.error().text(), "there is no module m");
}

TEST_F(HuntSession, AProgramAloneSaysWhatItSaidLast) {
  const std::pair<const char*, AloneOutcome> programs[] = {
      {"pass", {false, "", ""}},
      {"import sys\nprint('a\\nb', file=sys.stderr)\nsys.exit(3)", {true, "b", ""}},
      {"raise ValueError('one: two\\nthree')", {true, "ValueError: one: two", "ValueError"}},
      {"raise KeyboardInterrupt", {true, "KeyboardInterrupt", "KeyboardInterrupt"}},
      {"try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise TypeError('it')", {true, "TypeError: it", "TypeError"}}};
  for (const auto& [text, expected] : programs) {
    std::filesystem::create_directories(in_folder("alone"));
    write_text(in_folder("alone/left"), "by an earlier one");
    const auto alone = run_alone(options().worker, text, in_folder("alone"));
    ASSERT_TRUE(alone) << text;
    EXPECT_EQ(alone->failed, expected.failed) << text;
    EXPECT_EQ(alone->said, expected.said) << text;
    EXPECT_EQ(alone->exception, expected.exception) << text;
    EXPECT_FALSE(std::filesystem::exists(in_folder("alone/left")));
  }
}

// A name is looked for in PATH, whatever file is so called here; a path is taken from here.
TEST_F(HuntSession, AnInterpreterIsANameOrAPath) {
  std::filesystem::create_directories(in_folder("here/site"));
  write_text(in_folder("here/site/program.py"), "raise ValueError('it fails')\n");
  write_text(in_folder("here/python"), "no program");
  std::filesystem::create_directory_symlink(stand_in(), in_folder("here/link"));
  for (const char* const python : {"python", "link/python", "./link/python"}) {
    const auto end = properties::run_child(
        {.command = {REVIVE_PROGRAM, "hunt", "replay", "site", "--python", python, "--keras", stand_in()},
         .environment = {fmt::format("PATH={}:{}", stand_in(), std::getenv("PATH"))},
         .folder = in_folder("here")},
        {.wall_seconds = 120});
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->exited_with(1)) << python;
    EXPECT_EQ(end->out, fmt::format("{} (Keras 3.0.0): FAILS: ValueError: it fails\n", python)) << end->err;
  }
}

}  // namespace
}  // namespace revive::tools
