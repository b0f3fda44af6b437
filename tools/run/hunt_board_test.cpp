#include "revive/tools/run/hunt_board.h"

#include <gtest/gtest.h>

#include <set>

#include "revive/serializer/json/json.h"

namespace revive::tools {
namespace {

using namespace properties::hunt;  // NOLINT(google-build-using-namespace): this file is about nothing else

Site difference(std::string what) {
  return {
      .oracle = "state", .what = std::move(what), .format = "keras", .stage = "loaded", .before = "1", .after = "2"};
}

Catalogue catalogue() {
  const auto json = [](const char* text) { return parse_json(text, {}, "").value_or(Value()); };
  auto made = Catalogue::make(json(R"({"classes": [{"name": "keras.layers.Dense", "kind": "layers",
    "parameters": [{"name": "units", "owner": "Dense"}]}]})"),
                              json(R"({"inputs": {"": [4]}, "parameters": {"units": ["3", "1"]}})"));
  EXPECT_TRUE(made.has_value());
  return *std::move(made);
}

HuntMet met(std::string what, bool noisy = false) {
  HuntMet made;
  made.site = difference(std::move(what));
  made.noisy = noisy;
  return made;
}

TEST(HuntFamily, IsWhatSitesHaveInCommonWhateverTheClass) {
  EXPECT_EQ(family_of(difference("keras.layers.CutMix.data_format")),
            family_of(difference("keras.layers.RandomShear.get_config()['data_format']")));
  EXPECT_NE(family_of(difference("keras.layers.CutMix.seed")), family_of(difference("keras.layers.CutMix.factor")));
  EXPECT_NE(family_of(difference("keras.layers.CutMix.seed")), family_of(difference("keras.initializers.Ones.seed")));
  const Site raised{.oracle = "load raises", .what = "TypeError in src/a.py:f: no _", .after = "no 'x'"};
  Site elsewhere = raised;
  elsewhere.what = "TypeError in src/b.py:g: no _";
  EXPECT_EQ(family_of(raised), family_of(elsewhere));
}

TEST(HuntBoard, TheFamilyThatWasLookedAtLeastComesNextAndNoiseLast) {
  const Catalogue all = catalogue();
  HuntOptions options;
  options.cases = 1;
  const std::function<void(const Finding&)> done = [](const Finding&) {};
  HuntBoard board(options, all, done);
  std::uint64_t number = 0;
  EXPECT_TRUE(board.next(number));
  for (HuntMet one : {met("keras.layers.A.rate", true), met("keras.layers.A.seed"), met("keras.layers.B.seed"),
                      met("keras.layers.B.units")}) {
    EXPECT_TRUE(board.claim(one.site, {}, 0));
    board.wait(std::move(one));
  }
  std::vector<std::string> order;
  while (const auto next = board.next_met()) order.push_back(next->site.what);
  EXPECT_EQ(order, (std::vector<std::string>{"keras.layers.A.seed", "keras.layers.B.units", "keras.layers.B.seed",
                                             "keras.layers.A.rate"}));
}

TEST(HuntBoard, OnceItIsInterruptedNothingIsBegunAnyMore) {
  const Catalogue all = catalogue();
  bool interrupted = false;
  HuntOptions options;
  options.interrupted = [&] { return interrupted; };
  const std::function<void(const Finding&)> done = [](const Finding&) {};
  HuntBoard board(options, all, done);
  HuntMet one = met("keras.layers.A.rate");
  EXPECT_TRUE(board.claim(one.site, {}, 0));
  std::uint64_t number = 0;
  EXPECT_TRUE(board.next(number));
  EXPECT_FALSE(board.is_interrupted());
  board.wait(one);
  interrupted = true;
  EXPECT_TRUE(board.is_interrupted());
  EXPECT_FALSE(board.next(number));
  EXPECT_FALSE(board.next_met());
  EXPECT_EQ(board.waiting(), (std::vector<std::string>{one.site.key() + " (case 0)"}));
  interrupted = false;
  EXPECT_TRUE(board.next_met());
}

TEST(HuntBoard, ObjectsComeBeforeModels) {
  const Catalogue all = catalogue();
  HuntOptions options;
  options.cases = 1;
  const std::function<void(const Finding&)> done = [](const Finding&) {};
  HuntBoard board(options, all, done);
  std::uint64_t number = 0;
  EXPECT_TRUE(board.next(number));
  for (HuntMet one : {met("keras.layers.A.rate"), met("keras.layers.A.seed")}) {
    // The first draw makes a model.
    if (one.site.what.ends_with("rate")) one.choices = {1};
    EXPECT_TRUE(board.claim(one.site, {}, 0));
    board.wait(std::move(one));
  }
  EXPECT_EQ(board.next_met().value_or(HuntMet()).site.what, "keras.layers.A.seed");
}

TEST(HuntBoard, WhatMayTurnOutToBeKnownWaitsForWhatCannot) {
  const Catalogue all = catalogue();
  HuntOptions options;
  options.cases = 1;
  options.is_known = [](const std::string& key) { return key == "changed: keras.layers.A.seed"; };
  const std::function<void(const Finding&)> done = [](const Finding&) {};
  HuntBoard board(options, all, done);
  std::uint64_t number = 0;
  EXPECT_TRUE(board.next(number));
  // The first of the two was made as if nothing were known.
  for (HuntMet one : {met("keras.layers.A.seed"), met("keras.layers.B.seed")}) {
    one.number = 39;
    EXPECT_TRUE(board.claim(one.site, {}, one.number));
    board.wait(std::move(one));
  }
  EXPECT_FALSE(HuntBoard::knows(39));
  const auto first = board.next_met();
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->site.what, "keras.layers.B.seed");
}

TEST(HuntBoard, ASiteIsClaimedOnceAndAKnownOneNever) {
  const Catalogue all = catalogue();
  HuntOptions options;
  options.cases = 1;
  options.is_known = [](const std::string& site) { return site == "state: keras.layers.A.seed"; };
  const std::function<void(const Finding&)> done = [](const Finding&) {};
  HuntBoard board(options, all, done);
  EXPECT_FALSE(board.claim(difference("keras.layers.A.seed"), {}, 0));
  EXPECT_TRUE(board.claim(difference("keras.layers.B.seed"), {}, 0));
  EXPECT_FALSE(board.claim(difference("keras.layers.B.seed"), {}, 1));
  EXPECT_EQ(board.report.known.size(), 1U);
}

TEST(HuntBoard, WhatIsKnownByItsKindIsKnownToCasesThatKnowNothing) {
  const Catalogue all = catalogue();
  HuntOptions options;
  options.cases = 1;
  options.is_known = [](const std::string& site) {
    return site == "changed: a tuple comes back as a list" || site == "changed: Dense.units = a string";
  };
  const std::function<void(const Finding&)> done = [](const Finding&) {};
  HuntBoard board(options, all, done);
  Program program;
  program.make.push_back({.text = "", .features = {{"keras.layers.Dense", "Dense", "units", "'3'"}}});
  constexpr std::uint64_t kUnknowing = 39;
  Site site = difference("keras.layers.Dense.units");
  EXPECT_FALSE(board.claim(site, program, 0));
  EXPECT_TRUE(board.claim(site, program, kUnknowing));
  site = difference("keras.layers.Dense.unit");
  site.before = "tuple of 1";
  site.after = "list of 1";
  EXPECT_FALSE(board.claim(site, program, kUnknowing));
}

TEST(HuntBoard, WhatAClassOfTheProgramsOwnLosesIsExplainedByTheEntryThatMakesIt) {
  const Catalogue all = catalogue();
  HuntOptions options;
  options.cases = 1;
  options.is_known = [](const std::string& site) { return site == "changed: Model.own chains = Chain(), k"; };
  const std::function<void(const Finding&)> done = [](const Finding&) {};
  HuntBoard board(options, all, done);
  Program program;
  program.make.push_back(
      {.text = "model = Chain()",
       .features = {{.class_name = "keras.Model", .owner = "Model", .parameter = "own chains", .value = "Chain()"}}});
  EXPECT_FALSE(board.claim(difference("Chain.k"), program, 0));
  EXPECT_TRUE(board.claim(difference("Chains.k"), program, 0));
  EXPECT_TRUE(board.claim(difference("keras.layers.Dense.units"), program, 0));
}

TEST(HuntBoard, WhatIsDoneToAModelExplainsWhatItNames) {
  const Catalogue all = catalogue();
  HuntOptions options;
  options.cases = 1;
  options.is_known = [](const std::string& site) {
    return site.starts_with("changed: Model.step = thing.trainable = False, ");
  };
  const std::function<void(const Finding&)> done = [](const Finding&) {};
  HuntBoard board(options, all, done);
  Program program;
  program.step.push_back({.text = "", .features = {{"keras.Model", "Model", "step", "thing.trainable = False"}}});
  EXPECT_FALSE(board.claim(difference("keras.layers.Dense.trainable"), program, 0));
  EXPECT_TRUE(board.claim(difference("keras.layers.Dense.units"), program, 0));
}

TEST(HuntBoard, EveryTurnMakesSomeCasesAsIfNothingWereKnown) {
  std::set<std::uint64_t> turns;
  std::size_t unknowing = 0;
  for (std::uint64_t number = 0; number < 400; ++number) {
    if (HuntBoard::knows(number)) continue;
    ++unknowing;
    turns.insert(number % 4);
  }
  EXPECT_EQ(unknowing, 40U);
  EXPECT_EQ(turns.size(), 4U);
}

}  // namespace
}  // namespace revive::tools
