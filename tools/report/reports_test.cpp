// Whole reports of runs that are made up, in reports.txt, as people and machines read them. After a change that is
// meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/tools/tools_test --gtest_filter='Reports.*'
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <regex>
#include <sstream>

#include "revive/model/testing/recorded.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/json/json.h"
#include "revive/tools/corpus/manifest.h"
#include "revive/tools/report/fault_table.h"
#include "revive/tools/report/hunt_report.h"
#include "revive/tools/report/property_report.h"
#include "revive/tools/run/hunt_board.h"

namespace revive::tools {
namespace {

using properties::hunt::Finding;
using properties::hunt::Site;

constexpr const char* kFile = "tools/report/reports.txt";

void expect_report(const std::string& name, const std::string& text) {
  expect_recorded(kFile, name, text);
}

Finding finding(const std::string& what, std::string before) {
  Finding made;
  made.key = "changed: " + what;
  made.site = Site{.oracle = "state",
                   .what = what,
                   .format = "keras",
                   .stage = "loaded",
                   .path = "thing." + what,
                   .before = std::move(before),
                   .after = std::string(400, 'a') + "\nsecond line"};
  made.program.make = {
      {.text = "thing = 1", .layer = true, .features = {{"keras.layers.Dense", "Layer", what, "'x'"}}}};
  made.text = "import keras\n";
  made.choices = {1, 2, 300};
  made.case_number = 7;
  made.tries = 12;
  made.sites = {"state: a", "state: b"};
  made.formats = {"h5", "keras"};
  made.cases = 3;
  made.said = "AssertionError: <1> & \"2\"";
  return made;
}

HuntReport whole_hunt() {
  HuntReport report;
  report.hello = Value::Object{{"keras", "3.1"}, {"backend", "jax"}, {"numpy", "2.0"}, {"python", "3.12"}};
  report.other = Value::Object{{"keras", "3.2"}, {"backend", 3}};
  report.seed = 5;
  report.cases = 120;
  report.refused = 20;
  report.unconfirmed = 2;
  report.findings = {finding("dtype", "'float16'"), finding("units", "")};
  report.findings.back().program.make.resize(3, report.findings.back().program.make.front());
  report.known = {{"state: known", 4}, {"state: once", 1}};
  report.gone = {"state: gone"};
  for (int i = 0; i < 25; ++i) report.refusals[fmt::format("ValueError: {}", i)] = static_cast<std::uint64_t>(i % 7);
  report.exercised = {"keras.layers.Dense.units"};
  report.not_exercised = {"keras.layers.Dense.dtype", "keras.layers.Dense.rate"};
  report.refused_parameters = {{"keras.layers.Dense.rate", "ValueError: rate"}};
  report.skipped = {{"keras.layers.Odd", "abstract"}};
  report.unconfirmed_sites = {"state: seen"};
  report.not_judged = {{"no answer", 2}};
  report.waiting = {"state: waits (case 3)"};
  report.until = "state: a";
  report.jobs = 2;
  report.seconds = 10;
  report.shrink_seconds = 5;
  report.confirm_seconds = 2.5;
  return report;
}

TEST(Reports, OfAHunt) {
  const HuntReport report = whole_hunt();
  expect_report("hunt markdown", hunt_markdown(report));
  expect_report("hunt summary", hunt_summary(report));
  expect_report("hunt junit", hunt_junit(report));
  expect_report("hunt value", print_json(hunt_to_value(report)));
  for (const Finding& each : report.findings) expect_report("hunt " + each.key, finding_text(each, "found"));
  HuntReport nothing;
  nothing.hello = report.hello;
  expect_report("hunt of nothing", hunt_markdown(nothing));
}

TEST(Reports, OfFaults) {
  const properties::Fault fault{"forgetful", "Weights are forgotten.", nullptr, {"weights_survive", 20, 1}};
  properties::Detection detection;
  detection.property = properties::find_property("weights_survive");
  detection.cases = 31;
  detection.own_cases = 11;
  detection.layers = 2;
  const std::vector<FaultRow> rows = {{&fault, {{1, std::move(detection)}, {2, properties::Detection()}}}};
  expect_report("faults value", print_json(faults_to_value(rows)));
  expect_report("faults summary", fault_summary(rows));
  expect_report("faults promises", fmt::format("{}", fmt::join(broken_promises(rows, true), "\n")));
}

PropertyOutcome outcome_of(std::string_view name) {
  PropertyOutcome outcome;
  outcome.property = properties::find_property(name);
  outcome.rounds = 3;
  outcome.news = {"a.case: still fails", "b: known"};
  return outcome;
}

TEST(Reports, OfProperties) {
  std::ostringstream out;
  std::ostringstream err;
  const Console console{.out = out, .err = err};
  PropertyOutcome held = outcome_of("bytes_are_stable");
  held.distribution.add_unknown();
  PropertyOutcome skipped = outcome_of("bytes_are_stable");
  skipped.skipped = "it cannot save";
  PropertyOutcome troubled = outcome_of("bytes_are_stable");
  troubled.trouble = "no case can be shown";
  properties::Choices choices = properties::Choices::replay(std::vector<std::uint64_t>{});
  PropertyOutcome failed = outcome_of("outputs_survive");
  failed.failure = PropertyFailure{.found = {.recording = {},
                                             .minimal = *properties::generate_case(choices),
                                             .violation = {.message = "output[0]: 1 before, 2 after",
                                                           .difference = Difference{"output[0]", "1", "2"}}},
                                   .path = "a.case",
                                   .replay = "revive replay a.case",
                                   .seed = 9,
                                   .again = "revive properties outputs_survive"};
  failed.failure->found.repeats = false;
  failed.failure->found.out_of_time = true;
  const std::pair<const char*, const PropertyOutcome*> all[] = {
      {"held", &held}, {"skipped", &skipped}, {"troubled", &troubled}, {"failed", &failed}};
  for (const auto& [name, outcome] : all) {
    expect_report(std::string("property ") + name, outcome_text(*outcome, console));
    Value value = outcome_to_value(*outcome);
    // Labels come and go.
    std::erase_if(value.as_object(), [](const Value::Member& each) { return each.first == "labels"; });
    expect_report(std::string("property value ") + name, print_json(value));
  }
}

// Whatever is counted: as many rows as there is room for, and nothing reached that is not possible.
TEST(Reports, OfDistributionsHaveRowsThatAddUp) {
  properties::Distribution distribution(true);
  constexpr std::uint64_t kCases = 120;
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    properties::Choices choices = properties::Choices::random(seed);
    distribution.add(*properties::generate_case(choices));
  }
  const std::string text = distribution_text(distribution);
  EXPECT_TRUE(text.starts_with("kinds of cases: 120 cases, ")) << text;
  std::istringstream lines(text);
  std::size_t rows = 0;
  std::size_t cut = 0;
  std::size_t reached = 0;
  std::string heading;
  std::pair<double, std::string> last;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (line.contains("share of cases")) {
      heading = line;
      rows = 0;
      last = {101, ""};
    } else if (std::regex_search(line, match, std::regex("^and ([0-9]+) more"))) {
      ++cut;
      EXPECT_EQ(rows, 12U) << heading;
    } else if (std::regex_search(line, match, std::regex("^  .*: ([0-9]+) of ([0-9]+), ([0-9.]+) %(; not (.*))?"))) {
      ++reached;
      const int have = std::stoi(match[1]);
      const int possible = std::stoi(match[2]);
      EXPECT_LE(have, possible) << line;
      EXPECT_NEAR(std::stod(match[3]), 100.0 * have / possible, 0.06) << line;
      const std::string missing = match[5];
      const auto named = missing.empty() ? 0 : 1 + std::ranges::count(missing, ';');
      EXPECT_LE(named, 8) << line;
      std::smatch rest;
      if (std::regex_search(missing, rest, std::regex(" and ([0-9]+) more$"))) {
        EXPECT_EQ(named, 8) << line;
      }
    } else if (!line.empty()) {
      ++rows;
      // The most frequent first, and those as frequent as others by name; labels stand as they are declared.
      if (heading.contains("at least") || !std::regex_search(line, match, std::regex("([0-9.]+) %$"))) continue;
      const std::pair<double, std::string> now(std::stod(match[1]), line);
      EXPECT_TRUE(now.first < last.first || (now.first == last.first && now.second > last.second)) << heading << line;
      last = now;
    }
  }
  EXPECT_GT(cut, 0U);
  EXPECT_GT(reached, 3U);
  EXPECT_EQ(distribution_text(properties::Distribution(true)).find("nan"), std::string::npos);
}

TEST(Reports, OfVerdicts) {
  const std::string digest = "0123456789abcdef0123456789abcdef";
  for (const auto& [kind, detail] : {std::pair(Verdict::Kind::revives, digest),
                                     {Verdict::Kind::revives, ""},
                                     {Verdict::Kind::refused, "archive_crc"},
                                     {Verdict::Kind::holds, ""},
                                     {Verdict::Kind::violated, ""},
                                     {Verdict::Kind::not_run, digest}}) {
    const Verdict verdict{kind, detail};
    expect_report(fmt::format("verdict {} {}", name_of(kind), detail.size()),
                  to_string(verdict) + " " + print_json(Value(verdict_to_value(verdict))));
  }
}

// Which case makes what: a class with all its arguments, a parameter, a function, a model, and entries of tables.
TEST(Reports, TheTurnsOfAHunt) {
  const auto json = [](const char* text) { return parse_json(text, {}, "").value(); };
  const auto catalogue =
      properties::hunt::Catalogue::make(
          json(R"({"classes": [
        {"name": "keras.layers.Dense", "kind": "layers", "parameters": [{"name": "units", "owner": "Dense"},
          {"name": "function", "owner": "Dense", "default": "None"}, {"name": "flag", "owner": "Dense", "default": "True", "type": "bool"}]},
        {"name": "keras.losses.Loss", "kind": "losses", "parameters": [{"name": "rate", "owner": "Loss", "default": "1", "type": "int"}]}]})"),
          json(R"json({"inputs": {"": [4]}, "parameters": {"units": ["3", "1"], "function": ["$lambda"]},
        "named": {"ops": ["x + 1"], "own": ["Block()"], "class Block": ["class Block(keras.layers.Layer):", "    pass"],
                  "steps": ["thing.trainable = False"]}})json"))
          .value();
  HuntOptions options;
  options.seed = 3;
  options.avoid = [](const properties::hunt::Feature& feature) { return feature.parameter == "flag"; };
  const std::function<void(const Finding&)> done = [](const Finding&) {};
  const HuntBoard board(options, catalogue, done);
  for (std::uint64_t number = 0; number < 60; ++number) {
    properties::Choices choices = properties::Choices::random(number);
    const auto program = board.make(choices, number);
    std::string said = program.is_model ? "model:" : "object:";
    for (const auto& statement : program.make) said += ' ' + statement.text + ';';
    for (const auto& statement : program.step) said += " then " + statement.text + ';';
    expect_report(fmt::format("turn {:02}", number), said);
  }
}

}  // namespace
}  // namespace revive::tools
