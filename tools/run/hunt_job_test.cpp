// What a job of a hunt asks its worker for, case by case, over a worker that answers what a test says. Which case goes
// through which format is in hunt_formats.txt; after a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/tools/tools_test --gtest_filter='HuntRequests.*'
#include "revive/tools/run/hunt_job.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "revive/model/testing/recorded.h"
#include "revive/properties/testing/folder_test.h"
#include "revive/serializer/json/json.h"

namespace revive::tools {
namespace {

using namespace properties::hunt;  // NOLINT(google-build-using-namespace): this file is about nothing else
using properties::read_text;
using properties::write_text;

class HuntRequests : public properties::FolderTest {
 protected:
  // The requests, a line each: the verb and what it is asked in. `answer` is what the worker answers a program with, in
  // Python, over `request`, `formats` and `asked`, how often it has been asked before. `alone` is a line of a shell
  // that a program runs alone in; `with_other` has a second worker load what the first one saves.
  std::vector<std::string> requests(const std::string& answer, HuntOptions options, const std::string& alone = "exit 0",
                                    bool with_other = false) {
    write_text(in_folder("python"), "#!/bin/sh\ncase $1 in *worker.py) exec python3 \"$@\" ;; esac\necho alone >> '" +
                                        in_folder("log") + "'\n" + alone + "\n");
    std::filesystem::permissions(in_folder("python"), std::filesystem::perms::owner_all);
    const std::string script = in_folder("worker.py");
    write_text(in_folder("log"), "");
    write_text(script,
               "import json, sys\nlog = open('" + in_folder("log") +
                   "', 'a')\nasked = 0\nfor line in sys.stdin:\n"
                   "    request = json.loads(line)\n    formats = request.get('formats', [])\n"
                   "    if request['verb'] == 'hello':\n"
                   "        answer = {'protocol': 1, 'name': 'Keras 3.0.0', 'keras': '3.0.0', 'backend': 'none',"
                   " 'python': '3', 'numpy': '2'}\n"
                   "    else:\n"
                   "        print(request['verb'], *formats, file=log, flush=True)\n"
                   "        answer = " +
                   answer + "\n        asked += 1\n    print(json.dumps(answer), flush=True)\n");
    const auto catalogue =
        Catalogue::make(parse_json(R"({"classes": [{"name": "keras.layers.Dense", "kind": "layers", "parameters": [
                       {"name": "units", "owner": "Dense"}]}]})",
                                   {}, "")
                            .value(),
                        parse_json(R"({"inputs": {"": [4]}, "parameters": {"units": ["3", "1"]}})", {}, "").value())
            .value();
    options.jobs = 1;
    const std::function<void(const Finding&)> done = [](const Finding&) {};
    HuntBoard board(options, catalogue, done);
    WorkerPlan plan;
    plan.python = in_folder("python");
    plan.script = script;
    plan.scratch = in_folder("");
    auto worker = Worker::start(plan);
    EXPECT_TRUE(worker.has_value());
    std::optional<Worker> other;
    if (with_other) {
      auto second = Worker::start(plan);
      EXPECT_TRUE(second.has_value());
      if (second) other = *std::move(second);
    }
    if (worker) HuntJob(board, *std::move(worker), std::move(other), in_folder("alone"), plan).run();
    board.report.waiting = board.waiting();
    report_ = std::move(board.report);
    std::vector<std::string> lines;
    std::istringstream log(read_text(in_folder("log")));
    for (std::string line; std::getline(log, line);) lines.push_back(line);
    return lines;
  }
  const HuntReport& report() const { return report_; }

 private:
  HuntReport report_;
};

constexpr const char* kHolds = "{'dropped': [], 'snapshots': [{}], 'stages': {'before': 0}}";

TEST_F(HuntRequests, EveryFormatHasItsCases) {
  HuntOptions options;
  options.cases = 400;
  std::map<std::string, std::string> cases;
  int number = 0;
  for (const std::string& line : requests(kHolds, options)) {
    std::istringstream words(line);
    for (std::string word; words >> word;) cases[word] += fmt::format(" {}", number);
    ++number;
  }
  EXPECT_EQ(number, 400);
  EXPECT_EQ(cases.size(), 21U) << "18 formats besides keras, of cases and objects";
  cases.erase("keras");
  for (const auto& [word, numbers] : cases) expect_recorded("tools/run/hunt_formats.txt", word, numbers);
}

// A site is looked for again in its own format, and in those without which it would not come up.
TEST_F(HuntRequests, ASiteIsShrunkInTheFormatsThatShowIt) {
  const std::pair<const char*, const char*> sites[] = {{"keras/loaded", "keras"},
                                                       {"h5/loaded", "h5"},
                                                       {"fresh/loaded", "keras fresh"},
                                                       {"other/loaded", "keras other"},
                                                       {"h5/second", "h5 second"},
                                                       {"h5/trained", "h5 trained"},
                                                       {"h5/saved", "h5"}};
  for (const auto& [stage, formats] : sites) {
    HuntOptions options;
    options.cases = 1;
    // What they are compared with is as it was.
    const std::string what = fmt::format("'h5/loaded': 0, 'trained': 0, '{}': 1", stage);
    const auto lines = requests(
        fmt::format("{{'again': {{'thing.units': '1'}}}} if request['verb'] == 'again' else {{'failed': False}} if "
                    "request['verb'] == 'run' else {{'dropped': [], 'snapshots': [{{'thing': '<keras.layers.Dense>', "
                    "'thing.units': '1'}}, {{'thing': '<keras.layers.Dense>', 'thing.units': '2'}}], 'stages': "
                    "{{'before': 0, {}}}}}",
                    what),
        options);
    ASSERT_GT(lines.size(), 3U) << stage;
    std::vector<std::string> shrinking;
    for (std::size_t i = 2; i < lines.size(); ++i) {
      if (lines[i] != "again" && lines[i] != "run" && lines[i] != "alone")
        shrinking.push_back(lines[i].substr(lines[i].find(' ') + 1));
    }
    EXPECT_THAT(shrinking, testing::Each(std::string(formats))) << stage;
    EXPECT_FALSE(shrinking.empty()) << stage;
  }
}

// What a model gives follows from what it is, whichever of its parts is another one.
TEST_F(HuntRequests, WhatFollowsFromAnotherDifferenceIsFoundAsThat) {
  struct Case {
    const char* given;
    const char* cause;
    const char* found;
  };
  const Case cases[] = {
      {"use(thing, 0)", "thing.units", "changed: keras.layers.Dense.units"},
      {"use(thing, training=True)", "thing.units", "changed: keras.layers.Dense.units"},
      {"getattr(thing, 0)", "thing.units", "changed: keras.layers.Dense.units"},
      {"thing.losses[0]", "thing.units", "changed: keras.layers.Dense.units"},
      {"use(thing, 0)", "thing.variables[0]", "changed: keras.layers.Dense.variables[]"},
      {"use(thing, 0)", "thing.call.__closure__[0]", "changed: a cell of a function was an int and is an int"},
      {"thing.get_config()['a']", "thing.units", "changed: keras.layers.Dense.get_config()['a']"}};
  for (const auto& [given, cause, found] : cases) {
    const auto snapshot = [&](int value) {
      return fmt::format(R"({{"thing": "<keras.layers.Dense>", "{}": "{}", "{}": "{}"}})", given, value, cause, value);
    };
    // What another Keras loads is confirmed by no program.
    const std::string answer =
        fmt::format(R"({{"again": {0}}} if request["verb"] == "again" else {{"dropped": [], "snapshots": [{0}, {1}], )"
                    R"("stages": {{"before": 0, "other/loaded": 1}}}})",
                    snapshot(1), snapshot(2));
    HuntOptions options;
    options.cases = 1;
    // So that it is looked at before its cause.
    options.until = std::string_view(given).contains("get_config") ? "config" : "gives something else";
    requests(answer, options);
    ASSERT_FALSE(report().findings.empty()) << given << cause;
    EXPECT_EQ(report().findings.front().key, found) << given << cause;
  }
}

// Where something of the model is known to differ, its output differs: of a case that may know it.
TEST_F(HuntRequests, WhatFollowsFromAKnownDifferenceIsNoSite) {
  struct Case {
    const char* cause;
    const char* known;
    std::uint64_t number;
    std::vector<std::string> waiting;
  };
  const std::string rate = "state: keras.layers.Dense.rate";
  const std::vector<std::string> all = {"mask: getattr(thing, 0)", "loss: keras.layers.Dense.losses[]", rate,
                                        "output: use(thing, 0)", "training output: use(thing, training=True)"};
  std::vector<std::string> also_units = all;
  also_units.insert(also_units.begin(), "state: keras.layers.Dense.units");
  std::vector<std::string> without_rate = all;
  std::erase(without_rate, rate);
  const Case cases[] = {{"thing.units", "state: ", 0, {}},
                        {"thing.variables[0]", "weights: ", 0, {rate}},
                        {"thing.call.__closure__[0]", "capture: ", 0, {rate}},
                        {"thing.get_config()['a']", "config: ", 0, all},
                        {"thing.units", "no such site", 0, also_units},
                        {"thing.units", "state: ", 36, without_rate}};
  for (const auto& [cause, known, number, waiting] : cases) {
    const auto snapshot = [&](int of_cause, int of_rest) {
      return fmt::format(
          R"json({{"thing": "<keras.layers.Dense>", "{}": "{}", "use(thing, 0)": "{}", )json"
          R"json("use(thing, training=True)": "{}", "getattr(thing, 0)": "{}", "thing.losses[0]": "{}", )json"
          R"json("thing.rate": "{}"}})json",
          cause, of_cause, of_rest, of_rest, of_rest, of_rest, of_rest);
    };
    HuntOptions options;
    options.from = number;
    options.cases = 1;
    options.shrinks = false;
    options.is_known = [prefix = std::string(known)](const std::string& site) { return site.starts_with(prefix); };
    requests(fmt::format(R"json({{"again": {0}}} if request["verb"] == "again" else {{"dropped": [], "snapshots": )json"
                         R"json([{0}, {1}, {2}], "stages": {{"before": 0, "keras/loaded": 1, "h5/loaded": 2}}}})json",
                         snapshot(1, 1), snapshot(2, 1), snapshot(1, 2)),
             options);
    std::vector<std::string> expected;
    for (const std::string& site : waiting) expected.push_back(fmt::format("{} (case {})", site, number));
    EXPECT_EQ(report().waiting, expected) << cause << ' ' << known << number;
  }
}

// A finding is what the worker and two interpreters of their own see, each as the site has it.
TEST_F(HuntRequests, AFindingIsConfirmed) {
  constexpr const char* kDiffers = R"("{}/loaded": 1)";
  constexpr const char* kRaises = R"("{}/load": {{"error": {{"type": "TypeError", "message": "no", "frame": "f"}}}})";
  const auto raise = [](const std::string& error) {
    return "printf 'Traceback (most recent call last):\\n  File\\n" + error + ": it\\n' >&2; exit 1";
  };
  struct Case {
    const char* stage;
    const char* format;
    const char* quick;
    std::string alone;
    // What the report says, and what it was asked to be sure.
    std::string said;
    std::vector<std::string> asked;
  };
  const std::string only_first = "case $PWD in *-1) exit 0 ;; esac\n" + raise("AssertionError");
  const std::string only_second = "case $PWD in *-0) exit 0 ;; esac\n" + raise("AssertionError");
  const Case cases[] = {
      {kDiffers, "keras", "True", raise("AssertionError"), "AssertionError: it", {"run", "alone", "alone"}},
      {kDiffers, "keras", "False", raise("AssertionError"), "", {"run"}},
      {kDiffers, "keras", "None", raise("AssertionError"), "AssertionError: it", {"run", "alone", "alone"}},
      {kDiffers, "keras", "True", "exit 0", "", {"run", "alone", "alone"}},
      {kDiffers, "keras", "True", raise("TypeError"), "", {"run", "alone", "alone"}},
      {kDiffers, "keras", "True", only_first, "", {"run", "alone", "alone"}},
      {kDiffers, "keras", "True", only_second, "", {"run", "alone", "alone"}},
      {kDiffers, "fresh", "False", raise("AssertionError"), "AssertionError: it", {"alone", "alone"}},
      {kRaises, "keras", "True", raise("TypeError"), "TypeError: it", {"run", "alone", "alone"}},
      {kRaises, "keras", "True", raise("AssertionError"), "", {"run", "alone", "alone"}}};
  for (const auto& [stage, format, quick, alone, said, asked] : cases) {
    const std::string answer = fmt::format(
        R"({{"failed": {}}} if request["verb"] == "run" else {{"again": {{"thing.units": "1"}}}} if request["verb"] == )"
        R"("again" else {{"dropped": [], "snapshots": [{{"thing": "<keras.layers.Dense>", "thing.units": "1"}}, )"
        R"({{"thing": "<keras.layers.Dense>", "thing.units": "2"}}], "stages": {{"before": 0, {}}}}})",
        quick, fmt::format(fmt::runtime(stage), format));
    HuntOptions options;
    options.cases = 1;
    auto lines = requests(answer, options, alone);
    const auto what = fmt::format("{} {} {} {}", stage, format, quick, alone);
    std::erase_if(lines, [](const std::string& line) { return line != "run" && line != "alone"; });
    EXPECT_EQ(lines, asked) << what;
    EXPECT_EQ(report().findings.size(), said.empty() ? 0U : 1U) << what;
    EXPECT_EQ(report().unconfirmed, said.empty() ? 1U : 0U) << what;
    const std::string last = report().findings.empty() ? "" : report().findings.front().said;
    EXPECT_EQ(last, said) << what;
  }
}

// The snapshots of the other stand behind those of the first, and what it could not do is said as it says it.
TEST_F(HuntRequests, AnotherKerasLoadsWhatTheFirstSaved) {
  const std::string own = R"("snapshots": [{"thing": "<keras.layers.Dense>", "thing.units": "1"}] * 2, )"
                          R"("stages": {"before": 0, "keras/loaded": 1})";
  const std::string loads = R"("snapshots": [{"thing": "<keras.layers.Dense>", "thing.units": "1"}, )"
                            R"({"thing": "<keras.layers.Dense>", "thing.units": request["path"] + " of " + )"
                            R"(request["stage"] + " like " + request["against"]["thing.units"] + )"
                            R"((" built" if "Dense" in request["text"] else "")}])";
  struct Case {
    std::string own;
    std::string other;
    // How often the other is asked, and the sites that its answer makes.
    std::size_t loads;
    std::string sites;
  };
  const std::string archive = R"("archive": "a.keras", )";
  const std::string fails = R"({"error": {"type": "TypeError", "message": "no", "frame": "f"}})";
  const Case cases[] = {
      {archive + own, loads + R"(, "stages": {"other/loaded": 1})", 1,
       "state (other/loaded): thing.units was 1 and is a.keras of other like 1 built\n"},
      {archive + own, loads + R"(, "stages": {"other/loaded": 0})", 1, ""},
      {archive + own, loads + R"(, "stages": {"other/load": )" + fails + "}", 1, "load raises (other/load): no\n"},
      {archive + own, R"("stages": {"other/load": )" + fails + "}", 1, ""},
      {archive + own, loads, 1, ""},
      {own, loads + R"(, "stages": {"other/loaded": 1})", 0, ""},
      {archive + R"("snapshots": [{}])", loads + R"(, "stages": {"other/loaded": 1})", 0, ""},
      {archive + R"("stages": {"before": 0})", loads + R"(, "stages": {"other/loaded": 1})", 0, ""}};
  for (const auto& [first, other, times, sites] : cases) {
    HuntOptions options;
    options.cases = 1;
    const auto lines = requests(fmt::format(R"({{{}}} if request["verb"] == "load" else {{"again": )"
                                            R"({{"thing": "<keras.layers.Dense>", "thing.units": "1"}}}} if )"
                                            R"(request["verb"] == "again" else {{"dropped": [], {}}})",
                                            other, first),
                                options, "exit 0", true);
    ASSERT_GE(lines.size(), 1 + times) << other;
    EXPECT_EQ(std::ranges::count(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(1 + times), "load"),
              static_cast<std::ptrdiff_t>(times))
        << first << other;
    EXPECT_EQ(std::ranges::count(lines, "load") > 0, times > 0) << first << other;
    std::string found;
    for (const Finding& finding : report().findings) found += finding.site.text() + '\n';
    EXPECT_EQ(found, sites) << first << other;
  }
}

// Which program a case of a seed is, wherever it is made.
TEST_F(HuntRequests, ACaseOfASeedIsTheProgramThatItWas) {
  for (const auto& [seed, from] : {std::pair<std::uint64_t, std::uint64_t>(1, 0), {2, 41}}) {
    HuntOptions options;
    options.seed = seed;
    options.from = from;
    options.cases = 4;
    options.keep_programs = true;
    requests(kHolds, options);
    std::string text;
    for (const std::string& program : report().programs) text += program + "---\n";
    expect_recorded("tools/run/hunt_formats.txt", fmt::format("programs of seed {} from {}", seed, from), text);
  }
}

TEST_F(HuntRequests, AWorkerThatHasNoAnswerIsCounted) {
  HuntOptions options;
  options.cases = 5;
  EXPECT_EQ(requests("{'error': 'nothing to say'}", options).size(), 5U);
  EXPECT_EQ(report().not_judged.size(), 1U);
  EXPECT_EQ(report().cases, 5U);
}

}  // namespace
}  // namespace revive::tools
