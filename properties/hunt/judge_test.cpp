#include "revive/properties/hunt/judge.h"

#include <gtest/gtest.h>

#include "revive/serializer/json/json.h"

namespace revive::properties::hunt {
namespace {

// What the worker says: the first snapshot whole, the others as what differs from it.
std::vector<Site> sites(const std::string& snapshots, const std::string& stages) {
  const auto answer = parse_json(
      R"json({"dropped": [], "snapshots": )json" + snapshots + R"json(, "stages": )json" + stages + "}", {}, "");
  EXPECT_TRUE(answer.has_value());
  const auto judged = judge(*answer);
  EXPECT_TRUE(judged.has_value());
  return judged.value_or(std::vector<Site>{});
}

std::vector<std::string> keys(const std::string& snapshots, const std::string& stages) {
  std::vector<std::string> all;
  for (const Site& site : sites(snapshots, stages)) all.push_back(site.key());
  return all;
}

using Keys = std::vector<std::string>;

constexpr const char* kDense = R"json({"thing": "<keras.Sequential>", "thing.layers[0]": "<keras.layers.Dense>",
  "thing.layers[0].units": "3", "thing.layers[0].kernel_initializer": "<keras.initializers.RandomNormal>",
  "thing.layers[0].kernel_initializer.seed": "1", "use(thing)" : "float32(2, 3) abc"
})json";

TEST(HuntJudge, WhatIsTheSameHasNoSite) {
  EXPECT_EQ(keys(std::string("[") + kDense + "]",
                 R"json({"before": 0, "again": 0, "keras/saved": 0, "keras/loaded": 0})json"),
            Keys{});
}

TEST(HuntJudge, ASiteIsTheInnermostObjectAndItsAttribute) {
  EXPECT_EQ(keys(std::string("[") + kDense + R"json(, {"thing.layers[0].kernel_initializer.seed": "2"}])json",
                 R"json({"before": 0, "again": 0, "keras/loaded": 1, "h5/loaded": 1})json"),
            Keys{"state: keras.initializers.RandomNormal.seed"});
}

TEST(HuntJudge, WhatTwoExecutionsDifferInIsNoise) {
  EXPECT_EQ(
      keys(
          std::string("[") + kDense +
              R"json(, {"thing.layers[0].kernel_initializer.seed": "2"}, {"thing.layers[0].kernel_initializer.seed": "3", "thing.layers[0].units": "4"}])json",
          R"json({"before": 0, "again": 1, "keras/loaded": 2})json"),
      Keys{"state: keras.layers.Dense.units"});
}

TEST(HuntJudge, WhatIsInsideOfADifferenceIsNotOneOfItsOwn) {
  EXPECT_EQ(
      keys(
          std::string("[") + kDense +
              R"json(, {"thing.layers[0].kernel_initializer": "None", "thing.layers[0].kernel_initializer.seed": null}])json",
          R"json({"before": 0, "keras/loaded": 1})json"),
      Keys{"state: keras.layers.Dense.kernel_initializer"});
}

TEST(HuntJudge, ATupleThatIsAListHidesNothingInsideOfIt) {
  EXPECT_EQ(
      keys(
          R"json([{"thing": "<keras.layers.Conv1D>", "thing.strides": "tuple of 2", "thing.strides[0]": "1", "thing.strides[1]": "2"},
                  {"thing.strides": "list of 2", "thing.strides[0]": "3"}, {"thing.strides": "dict of []", "thing.strides[0]": null}])json",
          R"json({"before": 0, "keras/loaded": 1, "h5/loaded": 2})json"),
      (Keys{"state: keras.layers.Conv1D.strides", "state: keras.layers.Conv1D.strides[]"}));
}

TEST(HuntJudge, ACopyThatSharesVariablesIsASite) {
  EXPECT_EQ(keys(R"([{"thing": "<keras.Sequential>"}])",
                 R"json({"before": 0, "clone/shared": {"fact": "a variable of the copy is one of the original"}})json"),
            Keys{"shared: a variable of the copy is one of the original"});
}

TEST(HuntJudge, SavingThatChangesTheModelIsAnOracleOfItsOwn) {
  EXPECT_EQ(keys(std::string("[") + kDense + R"json(, {"thing.layers[0].units": "4"}])json",
                 R"json({"before": 0, "keras/saved": 1, "keras/loaded": 0})json"),
            Keys{"saving changes: keras.layers.Dense.units"});
}

TEST(HuntJudge, TheSecondTripIsComparedWithTheFirst) {
  EXPECT_EQ(keys(std::string("[") + kDense + R"json(, {"thing.layers[0].units": "4"}])json",
                 R"json({"before": 0, "keras/loaded": 1, "keras/second": 0})json"),
            (Keys{"state: keras.layers.Dense.units", "second trip: keras.layers.Dense.units"}));
}

TEST(HuntJudge, AFormatMayBringItsOwnBefore) {
  EXPECT_EQ(keys(std::string("[") + kDense + R"json(, {"thing.layers[0].units": null}])json",
                 R"json({"before": 0, "weights/loaded": 1, "weights/before": 1})json"),
            Keys{});
}

TEST(HuntJudge, ACallThatRaisesIsNoDifferentOutput) {
  EXPECT_EQ(
      keys(
          std::string("[") + kDense + R"json(, {"use(thing)": null, "thing.losses": "list of 0"}])json",
          R"json({"before": 0, "keras/loaded/call": {"error": {"type": "NameError", "frame": "src/a.py:call", "message": "Exception\n\u001b[1mname 'WIDTH_3' is not defined\u001b[0m\nArguments"}}, "keras/loaded": 1})json"),
      Keys{"call raises: NameError in src/a.py:call: name _ is not defined"});
}

// Each row is what of some snapshots and stages is a site.
TEST(HuntJudge, StagesAreComparedWithTheirOwn) {
  const std::string changed = R"json({"thing.layers[0].units": "4"})json";
  const std::string units = "state: keras.layers.Dense.units";
  const std::pair<const char*, Keys> rows[] = {
      {R"json({"before": {"error": {}}, "keras/loaded": 1})json", {}},
      {R"json({"again": 1, "keras/loaded": 1, "keras/before": 0})json", {units}},
      {R"json({"before": 0, "keras/loaded": -1})json", {}},
      {R"json({"before": 0, "keras/loaded": 2})json", {}},
      {R"json({"before": -1, "keras/loaded": 1})json", {}},
      {R"json({"before": 2, "keras/loaded": 1})json", {}},
      {R"json({"before": 0, "again": -1, "keras/loaded": 1})json", {units}},
      {R"json({"before": 0, "again": 2, "keras/loaded": 1})json", {units}},
      // A format's own "before" is for what was loaded alone.
      {R"json({"before": 1, "weights/before": 0, "weights/loaded": 1})json", {units}},
      {R"json({"before": 0, "weights/before": 1, "weights/loaded": 1, "weights/second": 0})json",
       {"second trip: keras.layers.Dense.units"}},
      {R"json({"before": 0, "weights/before": 0, "weights/loaded": 0, "weights/trained": 1, "trained": 0})json",
       {units}},
      // Who raises before saving is not at fault for raising after it.
      {R"json({"before": 0, "trained/call": {"error": {"type": "E"}}, "keras/trained/call": {"error": {"type": "E"}}})json",
       {}},
      {R"json({"before": 0, "keras/trained/call": {"error": {"type": "E"}}})json", {"call raises: E in : "}},
      {R"json({"before": 0, "before/call": {"error": {"type": "E"}}, "again/call": {"error": {"type": "E"}}})json", {}},
      {R"json({"before": 0, "loaded/call": {"error": {"type": "E"}}, "keras/loaded/call": {"error": {"type": "E"}}})json",
       {"call raises: E in : "}},
  };
  for (const auto& [stages, expected] : rows) {
    EXPECT_EQ(keys(std::string("[") + kDense + ", " + changed + "]", stages), expected) << stages;
  }
}

TEST(HuntJudge, AnExceptionIsItsTypeOrWhatRaisedIt) {
  const auto path = [](const std::string& error) {
    const auto all = sites("[{}]", R"json({"before": 0, "keras/save": {"error": )json" + error + "}}");
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? "" : all.front().path;
  };
  EXPECT_EQ(path(R"json({"type": "ValueError", "message": "no"})json"), "ValueError");
  EXPECT_EQ(path(R"json({"type": "ValueError", "raised": "OtherError", "message": "no"})json"), "OtherError");
  EXPECT_EQ(path(R"json({"type": "ValueError", "raised": "", "message": "no"})json"), "ValueError");
  EXPECT_EQ(path(R"json({"type": "ValueError", "raised": 3})json"), "ValueError");
}

// What differs belongs to the object around it, or to the class that a config names; else it is said whole.
TEST(HuntJudge, ADifferenceIsOfTheObjectThatHasIt) {
  const auto key = [](const std::string& before, const std::string& after, const std::string& format = "keras") {
    const auto all =
        keys("[" + before + ", " + after + "]", R"json({"before": 0, ")json" + format + R"json(/loaded": 1})json");
    EXPECT_LE(all.size(), 1U);
    return all.empty() ? "" : all.front();
  };
  const std::string config =
      R"json({"thing": "<keras.Sequential>", "thing.get_config()['layers'][1]['class_name']": "Dense",
      "thing.get_config()['layers'][1]['config']['units']": "3", "thing.get_config()['layers'][1]['name']": "a"})json";
  EXPECT_EQ(key(config, R"json({"thing.get_config()['layers'][1]['config']['units']": "4"})json"),
            "config: Dense['units']");
  EXPECT_EQ(key(config, R"json({"thing.get_config()['layers'][1]['name']": "b"})json"), "config: Dense['name']");
  EXPECT_EQ(key(R"json({"thing": "dict of ['a']", "thing['a'][2]": "1"})json", R"json({"thing['a'][2]": "2"})json"),
            "state: dict of ['a']thing['a'][]");
  EXPECT_EQ(key(R"json({"thing['a']": "1"})json", R"json({"thing['a']": "2"})json"), "state: thing['a']");
  EXPECT_EQ(key(R"json({"use(thing)[0]": "1"})json", R"json({"use(thing)[0]": "2"})json"), "output: use(thing)[0]");
  // A config holds no floats of a layer, and says nothing of what has none.
  EXPECT_EQ(key(R"json({"thing": "<A>", "thing.v": "variable float32 a"})json", R"json({"thing.v": "b"})json"),
            "state: A.v");
  EXPECT_EQ(
      key(R"json({"thing": "<A>", "thing.v": "variable float32 a"})json", R"json({"thing.v": "b"})json", "object"), "");
  EXPECT_EQ(key(R"json({"thing": "<A>", "thing.v": "variable uint32 a"})json", R"json({"thing.v": "b"})json", "object"),
            "state: A.v");
  EXPECT_EQ(key(R"json({"thing": "<A>"})json", R"json({"thing.v": "b"})json", "object"), "state: A.v");
}

TEST(HuntJudge, AMutatedConfigIsReadInTheSnapshotBeforeSaving) {
  EXPECT_EQ(keys(R"json([{"thing": "<keras.Sequential>"}, {"thing": "<keras.Model>"}])json",
                 R"json({"before": 1, "object/mutated": {"fact": "config['name']"}})json"),
            Keys{"config mutated: keras.*.get_config()['name']"});
  EXPECT_EQ(keys(R"json([{"thing": "<Model>"}])json", R"json({"object/mutated": {"fact": "config['name']"}})json"),
            Keys{"config mutated: *.get_config()['name']"});
}

TEST(HuntJudge, AProcessThatEndsIsASite) {
  const auto judged = judge(*parse_json(R"json({"died": "killed by signal 11"})json", {}, ""));
  ASSERT_TRUE(judged.has_value());
  ASSERT_EQ(judged->size(), 1U);
  EXPECT_EQ(judged->front().key(), "process: killed by signal 0");
}

TEST(HuntJudge, ARefusalIsNoSiteAndNonsenseAnError) {
  EXPECT_EQ(judge(*parse_json(R"json({"refused": "ValueError: no"})json", {}, ""))->size(), 0U);
  EXPECT_FALSE(judge(*parse_json(R"json({"error": "KeyError: x"})json", {}, "")).has_value());
}

TEST(HuntJudge, MessagesLoseNamesNumbersAndShapes) {
  EXPECT_EQ(plain_message("Layer 'dense_12' expected 3 inputs, found 41"), "Layer _ expected 0 inputs, found 0");
  EXPECT_EQ(plain_message("Cannot take shape (3, 4) here"), "Cannot take shape (..");
  EXPECT_EQ(plain_message("cannot load <LSTMCell name=cell_3>: no"), "cannot load <LSTMCell..");
  EXPECT_EQ(plain_message("Cannot read {'module': 'keras.layers', 'class_name': 'ReLU', 'config': {}}"),
            "Cannot read {ReLU..");
  EXPECT_EQ(plain_message("not found: filepath=/tmp/a-9x/model.keras. Or 1/2 of a/b"),
            "not found: filepath=_ Or 0/0 of a/b");
}

TEST(HuntJudge, WhatCouldNotBeLoadedIsKnownByItsClassAndByWhatItSays) {
  EXPECT_EQ(plain_message("A total of 2 objects could not be loaded. Example error message for object <Dense name=a, "
                          "built=True>:\n\nLayer 'a' expected 2 variables, but received 0.\n\nList of objects"),
            "<Dense..: Layer _ expected 0 variables, but received 0.");
  EXPECT_EQ(plain_message("Example error message for object <Dense>"), "Example error message for object <Dense..");
}

TEST(HuntJudge, WhatCouldNotBeLoadedIsSaidBehindItsObject) {
  EXPECT_EQ(plain_message("Example error message for object thing 7:\n\nno 12"), "thing 0: no 0");
  EXPECT_EQ(plain_message("a:\n\nExample error message for object <Dense>"), "a:");
  EXPECT_EQ(plain_message("a:\n\nno 1"), "a:");
}

// A message is read to its end, whatever stands behind it, and from its beginning.
TEST(HuntJudge, NothingAroundAMessageIsRead) {
  EXPECT_EQ(plain_message(std::string_view("end /x").substr(0, 5)), "end /");
  EXPECT_EQ(plain_message(std::string_view("say <D").substr(0, 5)), "say <..");
  EXPECT_EQ(plain_message(std::string_view("x/tmp/a").substr(1)), "_");
}

// A path from the root, wherever it stands; what is below another name is none. Of an object, its class.
TEST(HuntJudge, PathsAndObjectsAreLeftOutAtBothEndsOfAMessage) {
  const std::pair<const char*, const char*> rows[] = {
      {"no file /tmp/x/y: gone", "no file _: gone"},
      {"/tmp/x gone", "_ gone"},
      {"end /t", "end _"},
      {"end /", "end /"},
      {"/1", "/0"},
      {"a/b", "a/b"},
      {"./b", "./b"},
      {"say <", "say <.."},
      {"say <D", "say <D.."},
      {"say <Dense x>", "say <Dense.."},
      {"[ab]", "[.."},
      {"found 100", "found 0"},
      {"found 00", "found 0"},
  };
  for (const auto& [message, plain] : rows) EXPECT_EQ(plain_message(message), plain) << message;
}

}  // namespace
}  // namespace revive::properties::hunt
