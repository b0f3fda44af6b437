// What the hunt makes of what a worker told, row by row in sites.txt: sites, their keys, the names of their folders,
// and the check that a user is handed. After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='HuntSites.*'
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "revive/model/testing/recorded.h"
#include "revive/properties/hunt/check_text.h"
#include "revive/properties/hunt/finding.h"
#include "revive/properties/hunt/judge.h"
#include "revive/serializer/json/json.h"

namespace revive::properties::hunt {
namespace {

const std::string kFile = "properties/hunt/sites.txt";

constexpr std::string_view kSnapshots = R"json([
  {"thing": "<keras.Sequential>", "thing.name": "'s'", "thing.layers": "list of 1", "thing.layers[0]": "<keras.layers.Dense>",
   "thing.layers[0].units": "3", "thing.layers[0].kernel": "variable float32(2, 3) a", "thing.layers[0].f.__closure__[0]": "1",
   "thing.layers[0].f.__defaults__[0]": "1", "thing.layers[0].f.__kwdefaults__['k']": "1", "thing.layers[0].f.__globals__['g']": "1",
   "thing.layers[0].f.__code__": "a", "thing.variables[0]": "float32(2,) a", "thing.layers[0].weights[0]": "float32(2,) a",
   "thing.get_config()": "dict", "thing.get_config()['layers'][0]": "dict", "thing.get_config()['layers'][0]['class_name']": "Dense",
   "thing.get_config()['layers'][0]['config']['units']": "3", "thing.get_config()['input_layers'][0][1]": "1",
   "thing.get_config()['output_layers'][0][1]": "1", "thing.get_compile_config()['loss']": "'mse'", "thing.losses[0]": "1",
   "use(thing)": "float32(2, 3) a", "use(thing, training=True)": "float32(2, 3) a", "getattr(use(thing), '_keras_mask')": "None",
   "noise": "1", "nothing.here": "1"},
  {"thing.name": "'t'", "thing.layers[0].units": "4", "thing.layers[0].kernel": "variable float32(2, 3) b",
   "thing.layers[0].f.__closure__[0]": "2", "thing.layers[0].f.__defaults__[0]": "2", "thing.layers[0].f.__kwdefaults__['k']": "2",
   "thing.layers[0].f.__globals__['g']": "2", "thing.layers[0].f.__code__": "b", "thing.variables[0]": "float32(2,) b",
   "thing.layers[0].weights[0]": "float32(2,) b", "thing.get_config()['layers'][0]['config']['units']": "4",
   "thing.get_config()['input_layers'][0][1]": "2", "thing.get_config()['output_layers'][0][1]": "2",
   "thing.get_compile_config()['loss']": null, "thing.losses[0]": "2", "use(thing)": "float32(2, 3) b",
   "use(thing, training=True)": "float32(2, 3) b", "getattr(use(thing), '_keras_mask')": "bool(2,) a", "noise": "2",
   "nothing.here": "2", "new": "1"},
  {"noise": "3"}])json";

std::string sites_of(std::string_view stages) {
  const auto answer = parse_json(fmt::format(R"({{"snapshots": {}, "stages": {}}})", kSnapshots, stages), {}, "told");
  if (!answer) return answer.error().text();
  const auto judged = judge(*answer);
  if (!judged) return judged.error().text();
  std::string text;
  for (const Site& site : *judged) text += fmt::format("{}[{}] {}", text.empty() ? "" : " | ", site.key(), site.text());
  return text;
}

TEST(HuntSites, OfDifferencesAreAsRecorded) {
  for (const std::string_view stages : {
           R"({"before": 0, "keras/loaded": 1})",
           R"({"before": 0, "again": 2, "keras/loaded": 1})",
           R"({"before": 0, "object/loaded": 1})",
           R"({"before": 0, "keras/saved": 1})",
           R"({"before": 0, "keras/loaded": 1, "keras/second": 0})",
           R"({"before": 0, "keras/second": 1})",
           R"({"before": 0, "trained": 1, "keras/trained": 0})",
           R"({"before": 0, "keras/trained": 1})",
           R"({"before": 0, "keras/before": 1, "keras/loaded": 1})",
           R"({"before": 0, "keras/before": 1})",
           R"({"before": 0, "keras/loaded": 3})",
           R"({"before": 0, "keras/loaded": -1})",
           R"({"before": 3, "keras/loaded": 1})",
           R"({"before": 0, "again": 3, "keras/loaded": 2})",
           R"({"before": 0, "before/call": {}, "keras/loaded": 1})",
           R"({"before": 0, "keras/loaded/call": {}, "keras/loaded": 1})",
           R"({"before": 0, "keras/saved/call": {}, "keras/loaded": 1})",
           R"({"again": 2, "before": 0, "loaded": 1})",
       }) {
    expect_recorded(kFile, fmt::format("differences {}", stages), sites_of(stages));
  }
}

TEST(HuntSites, OfErrorsAreAsRecorded) {
  constexpr std::string_view kError =
      R"({"error": {"type": "ValueError", "frame": "src/a.py:f", "message": "no 'x'"}})";
  constexpr std::string_view kRaised =
      R"json({"error": {"type": "ValueError", "frame": "src/a.py:f", "message": "no", "raised": "f(x)"}})json";
  constexpr std::string_view kDied = R"({"error": {"type": "died", "message": "killed by signal 9"}})";
  constexpr std::string_view kOdd = R"({"error": {"type": 3}})";
  for (const std::string_view stage : {"make", "again", "trained/call", "save", "loaded", "loaded/call", "second/save",
                                       "get_config", "from_config", "second"}) {
    for (const std::string_view error : {kError, kRaised, kDied, kOdd}) {
      const std::string stages = fmt::format(R"({{"before": 0, "keras/{}": {}}})", stage, error);
      expect_recorded(kFile, fmt::format("error {}", stages), sites_of(stages));
    }
  }
  const std::string both = fmt::format(R"({{"before": 0, "trained/call": {0}, "keras/trained/call": {0}}})", kError);
  expect_recorded(kFile, "error " + both, sites_of(both));
  const std::string other = fmt::format(R"({{"before": 0, "trained/call": {0}, "keras/loaded/call": {0}}})", kError);
  expect_recorded(kFile, "error " + other, sites_of(other));
}

TEST(HuntSites, OfFactsAreAsRecorded) {
  for (const std::string_view stage : {"files", "json", "mutated", "shared", "asked", "else"}) {
    for (const std::string_view fact :
         {R"("config['layers'][0]['config']['units']")", R"("config['name']")", R"("2 files 'a' and 'b'")", "3"}) {
      const std::string stages = fmt::format(R"({{"before": 0, "keras/{}": {{"fact": {}}}}})", stage, fact);
      expect_recorded(kFile, fmt::format("fact {}", stages), sites_of(stages));
    }
  }
}

TEST(HuntSites, OfOtherAnswersAreAsRecorded) {
  for (const std::string_view text :
       {R"({"died": "killed by signal 11"})", R"({"died": 3})", R"({"refused": "no"})", R"({"error": "KeyError: x"})",
        R"({"stages": {}})", R"({"snapshots": []})", R"({"stages": [], "snapshots": []})",
        R"({"stages": {}, "snapshots": {}})", R"({"stages": {}, "snapshots": []})"}) {
    const auto judged = judge(parse_json(text, {}, "told").value());
    std::string said = judged ? fmt::format("{} sites", judged->size())
                              : fmt::format("({}) {}", name_of(judged.error().code), judged.error().text());
    for (const Site& site : judged.value_or(std::vector<Site>())) {
      said += fmt::format("; [{}] {} at {}", site.key(), site.text(), site.stage);
    }
    expect_recorded(kFile, fmt::format("answer {}", text), said);
  }
}

TEST(HuntSites, OraclesAreAsRecorded) {
  for (const Oracle& oracle : all_oracles()) {
    expect_recorded(kFile, fmt::format("oracle {}", oracle.name), oracle.sentence);
  }
}

TEST(HuntSites, MessagesAreAsRecorded) {
  const std::string long_one(120, 'x');
  for (const std::string_view message :
       {"", "plain", "a 'b' c", "a 'b c", "a \"b\" `c` d", "'a' 'b'", "12 and 3a4", "0", "<A_b c>", "<1>",
        "[1, 2] here", "{'a': 1} here", "{'class_name': 'ReLU'}", "first\nsecond", "\x1b[1mbold 3\x1b[0m rest",
        "\x1b[1mopen", "{                                                  'class_name': 'Far'}",
        "{                                                           'class_name': 'Near'}",
        "{                                                            'class_name': 'TooFar'}"}) {
    std::string name;
    for (const char c : message)
      name += c == '\n' ? std::string("NEWLINE") : c == '\x1b' ? "ESCAPE" : std::string(1, c);
    expect_recorded(kFile, fmt::format("message {}", name), plain_message(message));
  }
  expect_recorded(kFile, "message of 120", plain_message(long_one));
  expect_recorded(kFile, "message of 99 and a name", plain_message(std::string(99, 'x') + "'a' b"));
  expect_recorded(kFile, "message of 100 and a name", plain_message(std::string(100, 'x') + "'a' b"));
}

constexpr std::string_view kLeaves[] = {
    "np.float32(1)", "tuple of 2", "list of 2", "dict of []", "float32(2,) a", "int32(2,) a",
    "uint8(2,) a",   "bool(2,) a", "O(3)",      "U(4)",       "True",          "False",
    "'a'",           "\"a\"",      "3",         "-3",         "2.5",           "1e5",
    "-inf",          "nan",        "None",      "missing",    "<keras.Thing>"};

// Each pair that is not keyed by the argument alone.
TEST(HuntSites, KeysOfKindsAreAsRecorded) {
  Program program;
  program.make = {{.text = "", .features = {{"keras.layers.Dense", "Layer", "dtype", "'float16'"}}}};
  for (const std::string_view oracle : {"state", "config", "output", "training output", "mask", "loss", "weights"}) {
    for (const std::string_view format : {"keras", "config", "clone_deep"}) {
      for (const std::string_view before : kLeaves) {
        const bool is_all = (oracle == "state" || oracle == "output") && format != "clone_deep";
        if (!is_all && before != "tuple of 2" && before != "np.float32(1)") continue;
        std::string keys;
        std::string last;
        for (const std::string_view after : kLeaves) {
          const Site site{.oracle = oracle,
                          .what = "keras.layers.Dense.dtype",
                          .format = std::string(format),
                          .stage = "loaded",
                          .path = "thing.dtype",
                          .before = std::string(before),
                          .after = std::string(after)};
          const std::string key = key_of(site, program);
          if (key == last) continue;
          keys += fmt::format("{}{}: {}", keys.empty() ? "" : " | ", after, key);
          last = key;
        }
        expect_recorded(kFile, fmt::format("key of {} by {}: {}", oracle, format, before), keys);
      }
    }
  }
}

bool always(const Feature&, const Site&) {
  return true;
}
bool is_of_dense(const Feature& feature, const Site&) {
  return feature.owner == "Dense";
}

TEST(HuntSites, KeysOfFeaturesAreAsRecorded) {
  const std::vector<std::vector<Feature>> all = {
      {},
      {{"keras.layers.Dense", "Dense", "units", "3"}},
      {{"keras.layers.Dense", "Dense", "units", "-3"}, {"keras.layers.Dense", "Layer", "name", "'n'"}},
      {{"keras.layers.Dense", "Dense", "layer", "keras.layers.ReLU()"},
       {"keras.layers.Dense", "Dense", "weights", "an array"}},
      {{"keras.layers.Dense", "Dense", "units", ""}, {"keras.Model", "Model", "own", "Chain(k=3)"}},
      {{"keras.layers.Dense", "Dense", "units", "a NumPy int"}, {"keras.layers.Dense", "Dense", "units", "\"n\""}},
      {{"keras.layers.Dense", "Dense", "plain", "1", true}, {"keras.layers.ReLU", "ReLU", "units", "True"}},
  };
  for (const std::string_view what : {"keras.layers.Dense.units", "keras.layers.Dense.initial_weights", "Chain.k",
                                      "thing", "keras.layers.Dense.layer"}) {
    for (const std::string_view oracle :
         {"state", "call raises", "load raises", "config raises", "save raises", "output"}) {
      for (const std::string_view before : {"", "3", "<Chain>", "tuple of 1"}) {
        for (const std::string_view stage : {"loaded", "saved", "second"}) {
          if (stage != "loaded" && (oracle != "state" || before != "3")) continue;
          // What raises has no value before.
          if (before.empty() != oracle.ends_with("raises")) continue;
          std::string text;
          for (const std::vector<Feature>& features : all) {
            Program program;
            program.make = {{.text = "", .features = features}};
            const Site site{.oracle = oracle,
                            .what = std::string(what),
                            .format = "keras",
                            .stage = std::string(stage),
                            .path = "thing",
                            .before = std::string(before),
                            .after = "list of 1"};
            text += fmt::format("{}{} of {} or {}", text.empty() ? "" : " | ", key_of(site, program),
                                possible_keys(site, program, always), possible_keys(site, program, is_of_dense));
          }
          expect_recorded(kFile, fmt::format("keys of {}, {}, {}, {}", what, oracle, before, stage), text);
        }
      }
    }
  }
}

TEST(HuntSites, FilesAreNamedAsRecorded) {
  for (const std::string& key : {std::string("state: keras.layers.Dense.units"), std::string("a_b.c"),
                                 std::string(": x"), std::string("a  b"), std::string(60, 'a'), std::string(61, 'a'),
                                 std::string(59, 'a') + " b", std::string(60, 'a') + " b", std::string()}) {
    expect_recorded(kFile, fmt::format("file of {}", key), file_name_of(key));
  }
}

// The part that is about the site.
TEST(HuntSites, ChecksAreAsRecorded) {
  Program program;
  program.result = "keras.Sequential()";
  program.is_model = true;
  const auto check_of = [&](std::string_view format, std::string_view stage, std::string_view before) {
    const std::string text = standalone_text(program, {.oracle = "state",
                                                       .format = std::string(format),
                                                       .stage = std::string(stage),
                                                       .path = "thing.name",
                                                       .before = std::string(before),
                                                       .after = "2"});
    constexpr std::string_view kLastOfAll = "getattr(value, '__name__', '')}\n";
    const std::size_t at = text.find(kLastOfAll);
    return at == std::string::npos ? text : text.substr(at + kLastOfAll.size());
  };
  for (const std::string_view format :
       {"keras", "h5", "unzipped", "object", "weights", "reload", "reload_h5", "sharded", "by_name", "skipping",
        "pickle", "copy", "config", "json", "clone", "clone_inputs", "clone_deep", "fresh"}) {
    for (const std::string_view before : {"1", ""}) {
      expect_recorded(kFile, fmt::format("check {} loaded {}", format, before), check_of(format, "loaded", before));
    }
  }
  for (const std::string_view stage : {"mutated", "get_config", "from_config", "json", "shared", "asked", "files",
                                       "saved", "second", "second/call", "loaded/call", "trained/call", "save"}) {
    for (const std::string_view format : {"keras", "object", "weights"}) {
      expect_recorded(kFile, fmt::format("check {} {}", format, stage), check_of(format, stage, ""));
    }
  }
  program.use = "thing(x, **how)";
  program.step = {{.text = "thing.trainable = False"}};
  program.make = {{.text = "keras.config.set_floatx('float16')"}};
  for (const std::string_view path : {"thing.name", ""}) {
    expect_recorded(kFile, fmt::format("whole check of {}", path),
                    standalone_text(program, {.oracle = "state",
                                              .format = "keras",
                                              .stage = "loaded",
                                              .path = std::string(path),
                                              .before = "1",
                                              .after = "2"}));
  }
}

TEST(HuntSites, FindingsAreAsRecorded) {
  Finding finding;
  finding.key = "k";
  finding.site = {
      .oracle = "state", .what = "w", .format = "f", .stage = "s", .path = "p", .before = "b", .after = "a"};
  finding.program.make = {{.text = "", .layer = true, .features = {{"keras.layers.Dense", "Dense", "units", "3"}}}};
  finding.said = "said";
  finding.choices = {1, 300};
  finding.case_number = 5;
  finding.tries = 6;
  finding.sites = {"one", "two"};
  finding.formats = {"h5"};
  finding.cases = 7;
  expect_recorded(kFile, "finding", print_json(finding_to_value(finding)));
}

}  // namespace
}  // namespace revive::properties::hunt
