// What a hunt's board makes of sites that are met again, explained, waited for or out of time.
#include <gmock/gmock.h>

#include <thread>

#include "revive/serializer/json/json.h"
#include "revive/tools/run/hunt_board.h"
#include "revive/tools/run/hunt_known.h"

namespace revive::tools {
namespace {

using namespace properties::hunt;  // NOLINT(google-build-using-namespace): this file is about nothing else
using testing::ElementsAre;
using testing::Pair;

// A case that knows, and one that does not.
constexpr std::uint64_t kKnows = 0;
constexpr std::uint64_t kUnknowing = 36;

Site difference(std::string what, std::string_view oracle = "state") {
  return {.oracle = oracle,
          .what = std::move(what),
          .format = "keras",
          .stage = "loaded",
          .path = "thing",
          .before = "1",
          .after = "2"};
}

class HuntMetTest : public testing::Test {
 protected:
  HuntMetTest()
      : catalogue_(
            Catalogue::make(
                parse_json(R"({"classes": [{"name": "keras.layers.Dense", "kind": "layers", "parameters": []}]})", {},
                           "")
                    .value(),
                parse_json(R"({"inputs": {"": [4]}, "parameters": {}})", {}, "").value())
                .value()) {
    options_.cases = 1;
    options_.jobs = 1;
  }

  HuntBoard& board() {
    if (!board_) board_.emplace(options_, catalogue_, done_);
    return *board_;
  }
  // A finding of this site, which its program shows besides others.
  void add(const std::string& key, const Site& site, std::vector<Site> others = {}) {
    Finding finding;
    finding.key = key;
    finding.site = site;
    others.insert(others.begin(), site);
    board().add(finding, others);
  }
  HuntMet met(const std::string& what, bool noisy = false, bool first_of_case = false) {
    HuntMet made;
    made.site = difference(what);
    made.noisy = noisy;
    made.first_of_case = first_of_case;
    EXPECT_TRUE(board().claim(made.site, {}, kKnows));
    return made;
  }
  std::vector<std::string> order() {
    std::vector<std::string> all;
    while (const auto next = board().next_met()) all.push_back(next->site.what);
    return all;
  }

  HuntOptions options_;
  std::vector<std::string> told_;

 private:
  Catalogue catalogue_;
  std::function<void(const Finding&)> done_ = [this](const Finding& finding) { told_.push_back(finding.key); };
  std::optional<HuntBoard> board_;
};

TEST_F(HuntMetTest, CasesAreNumberedFromTheFirst) {
  options_.from = 5;
  options_.cases = 2;
  std::uint64_t number = 0;
  EXPECT_TRUE(board().next(number));
  EXPECT_EQ(number, 5U);
  EXPECT_TRUE(board().next(number));
  EXPECT_EQ(number, 6U);
  EXPECT_FALSE(board().next(number));
}

TEST_F(HuntMetTest, WithoutANumberOrATimeThereIsAlwaysANextCase) {
  options_.cases = 0;
  std::uint64_t number = 0;
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(board().next(number));
  board().report.until = "found";
  EXPECT_FALSE(board().next(number));
}

TEST_F(HuntMetTest, ATimeEndsCasesAndShrinking) {
  options_.cases = 0;
  options_.seconds = 1;
  std::uint64_t number = 0;
  EXPECT_TRUE(board().next(number));
  board().wait(met("A.a"));
  board().wait(met("A.b"));
  EXPECT_TRUE(board().next_met());
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  EXPECT_GE(board().elapsed(), 1.0);
  EXPECT_FALSE(board().next(number));
  EXPECT_FALSE(board().next_met());
  EXPECT_THAT(board().waiting(), ElementsAre("state: A.b (case 0)"));
}

TEST_F(HuntMetTest, CountsWhatKerasTookAndWhatItRefused) {
  options_.keep_programs = true;
  const Feature units{"keras.layers.Dense", "Dense", "units", "3"};
  Program object;
  object.make = {{.text = "thing = A()", .features = {units}}};
  object.result = "thing";
  Program model = object;
  model.is_model = true;
  const Statement dropped{.text = "thing.rate = 3", .features = {{"keras.layers.Drop", "Drop", "rate", "3"}}};
  board().count(object, Value(Value::Object{}), {{dropped, "ValueError: rate of 3"}});
  board().count(model, Value(Value::Object{}), {});
  board().count(object, Value(Value::Object{{"refused", "TypeError: no 'a'"}}), {});
  board().count(model, Value(Value::Object{{"refused", "KeyError: 7"}}), {});
  board().count(model, Value(Value::Object{{"refused", 3}}), {});
  board().count(Program(), Value(Value::Object{{"refused", "KeyError: 7"}}), {});
  const HuntReport& report = board().report;
  EXPECT_EQ(report.cases, 6U);
  EXPECT_EQ(report.objects, 3U);
  EXPECT_EQ(report.refused, 4U);
  EXPECT_THAT(report.refusals, ElementsAre(Pair("", 1), Pair(plain_message("KeyError: 7"), 2),
                                           Pair(plain_message("TypeError: no 'a'"), 1),
                                           Pair(plain_message("ValueError: rate of 3"), 1)));
  EXPECT_THAT(report.refused_parameters,
              ElementsAre(Pair("keras.layers.Dense.units", plain_message("TypeError: no 'a'")),
                          Pair("keras.layers.Drop.rate", plain_message("ValueError: rate of 3"))));
  EXPECT_THAT(report.programs, ElementsAre(print(object).text, print(model).text));
  EXPECT_EQ(report.exercised.size(), 1U);
}

TEST_F(HuntMetTest, ProgramsAreKeptForWhoAsksForThem) {
  board().count(Program(), Value(Value::Object{}), {});
  EXPECT_TRUE(board().report.programs.empty());
}

TEST_F(HuntMetTest, ASiteOfAFindingIsCountedThere) {
  const Site site = difference("A.a");
  EXPECT_TRUE(board().is_new(site, {}, kKnows));
  EXPECT_TRUE(board().claim(site, {}, kKnows));
  EXPECT_FALSE(board().is_new(site, {}, kKnows));
  EXPECT_FALSE(board().is_new(site, {}, kUnknowing));
  add("changed: other", difference("B.b"));
  add("changed: A.x = 1", site, {difference("A.other")});
  Site again = difference("A.other");
  again.format = "h5";
  EXPECT_FALSE(board().claim(again, {}, kUnknowing));
  const Finding& finding = board().report.findings.at(1);
  EXPECT_EQ(finding.cases, 2U);
  EXPECT_THAT(finding.sites, ElementsAre("state: A.a", "state: A.other"));
  EXPECT_THAT(finding.formats, ElementsAre("h5", "keras"));
  EXPECT_THAT(told_, ElementsAre("changed: other", "changed: A.x = 1"));
  EXPECT_TRUE(board().has("changed: A.x = 1"));
  EXPECT_FALSE(board().has("changed: A.x"));
}

TEST_F(HuntMetTest, AFindingThatComesAgainIsToldOnce) {
  add("key", difference("A.a"));
  add("key", difference("A.b"));
  EXPECT_EQ(board().report.findings.size(), 1U);
  EXPECT_EQ(board().report.findings[0].cases, 2U);
  EXPECT_THAT(board().report.findings[0].sites, ElementsAre("state: A.a", "state: A.b"));
  EXPECT_THAT(told_, ElementsAre("key"));
}

TEST_F(HuntMetTest, AKnownFindingIsCountedAndNotTold) {
  options_.is_known = [](const std::string& site) { return site == "key" || site == "state: A.a"; };
  add("key", difference("A.b"));
  EXPECT_TRUE(board().report.findings.empty());
  EXPECT_TRUE(told_.empty());
  EXPECT_TRUE(board().has("key"));
  EXPECT_FALSE(board().is_new(difference("A.a"), {}, kKnows));
  EXPECT_FALSE(board().is_new(difference("A.a"), {}, kUnknowing));
  EXPECT_FALSE(board().claim(difference("A.a"), {}, kUnknowing));
  EXPECT_FALSE(board().claim(difference("A.a"), {}, kUnknowing));
  EXPECT_THAT(board().report.known, ElementsAre(Pair("key", 1), Pair("state: A.a", 2)));
}

TEST_F(HuntMetTest, WhatIsWaitedForEndsTheHuntByKeyOrBySite) {
  options_.until = "wanted";
  add("other", difference("A.a"));
  EXPECT_EQ(board().report.until, "");
  add("by site", difference("A.b"), {difference("A.wanted")});
  EXPECT_EQ(board().report.until, "by site");
  std::uint64_t number = 0;
  EXPECT_FALSE(board().next(number));
  EXPECT_FALSE(board().next_met());
}

TEST_F(HuntMetTest, WhatIsWaitedForEndsTheHuntByItsKey) {
  options_.until = "wanted";
  add("it is wanted", difference("A.a"));
  EXPECT_EQ(board().report.until, "it is wanted");
}

TEST_F(HuntMetTest, NobodyWaitsForNothing) {
  add("key", difference("A.a"));
  EXPECT_EQ(board().report.until, "");
}

// Which features of a program explain a site, where the list knows of each.
TEST_F(HuntMetTest, AnArgumentExplainsWhatItMayHaveCaused) {
  options_.is_known = [](const std::string& site) { return site.contains(" = "); };
  const auto explained = [&](const Site& site, const Feature& feature) {
    Program program;
    program.make = {{.text = "thing", .features = {feature}}};
    EXPECT_TRUE(board().is_new(site, program, kUnknowing));
    return !board().is_new(site, program, kKnows);
  };
  const Feature units{"keras.layers.Dense", "Dense", "units", "3"};
  const Feature block{"keras.Model", "Model", "own", "Block(3)"};
  for (const std::string_view oracle : {"state", "config", "weights"}) {
    EXPECT_TRUE(explained(difference("keras.layers.Dense.units", oracle), units)) << oracle;
    Site of_path = difference("Other.rate", oracle);
    of_path.path = "thing.units.rate";
    EXPECT_TRUE(explained(of_path, units)) << oracle;
    EXPECT_TRUE(explained(difference("Block.k", oracle), block)) << oracle;
    EXPECT_FALSE(explained(difference("Other.rate", oracle), units)) << oracle;
    const bool of_weights = oracle == "weights";
    EXPECT_EQ(explained(difference("Blocks.k", oracle), block), of_weights) << oracle;
    EXPECT_EQ(explained(difference("keras.layers.Dense.rate", oracle), units), of_weights) << oracle;
    Feature inherited = units;
    inherited.owner = "Layer";
    EXPECT_EQ(explained(difference("keras.layers.Dense.rate", oracle), inherited), of_weights) << oracle;
    inherited.class_name = "keras.layers.Conv1D";
    inherited.owner = "Dense";
    EXPECT_EQ(explained(difference("keras.layers.Dense.rate", oracle), inherited), of_weights) << oracle;
  }
  EXPECT_TRUE(explained(difference("output", "output"), units));
  // What a function loses is known by where it kept it, whoever was given it.
  EXPECT_FALSE(explained(difference("keras.layers.Dense.units", "capture"), units));
}

TEST_F(HuntMetTest, WhatIsExplainedIsCountedAtTheFindingOrAsKnown) {
  const Feature units{"keras.layers.Dense", "Dense", "units", "3"};
  Program program;
  program.make = {{.text = "thing", .features = {units}}};
  options_.is_known = [](const std::string& site) { return site == "changed: Dense.rate = a number"; };
  add("changed: Dense.units = a number", difference("A.a"));
  EXPECT_FALSE(board().claim(difference("keras.layers.Dense.units"), program, kKnows));
  EXPECT_EQ(board().report.findings[0].cases, 2U);
  program.make[0].features = {{"keras.layers.Dense", "Dense", "rate", "0.5"}};
  EXPECT_FALSE(board().claim(difference("keras.layers.Dense.rate"), program, kKnows));
  EXPECT_THAT(board().report.known, ElementsAre(Pair("changed: Dense.rate = a number", 1)));
  EXPECT_TRUE(board().claim(difference("keras.layers.Dense.rate"), program, kUnknowing));
}

TEST_F(HuntMetTest, OfOneFamilyTheFirstOfACaseComesFirst) {
  std::uint64_t number = 0;
  EXPECT_TRUE(board().next(number));
  for (HuntMet one : {met("keras.layers.A.seed"), met("keras.layers.B.seed", false, true),
                      met("keras.layers.C.seed", true, true), met("keras.layers.D.seed")}) {
    board().wait(std::move(one));
  }
  EXPECT_THAT(order(),
              ElementsAre("keras.layers.B.seed", "keras.layers.A.seed", "keras.layers.D.seed", "keras.layers.C.seed"));
}

TEST_F(HuntMetTest, WhatIsAwaitedComesBeforeAllOthers) {
  options_.until = "C.seed";
  std::uint64_t number = 0;
  EXPECT_TRUE(board().next(number));
  for (HuntMet one : {met("A.rate", false, true), met("B.C.seed", true), met("A.C.seed", true)}) {
    board().wait(std::move(one));
  }
  board().report.shrink_seconds = 1;
  EXPECT_THAT(order(), ElementsAre("B.C.seed", "A.C.seed")) << "the others have had their share";
  EXPECT_THAT(board().waiting(), ElementsAre("state: A.rate (case 0)"));
}

TEST_F(HuntMetTest, ShrinkingHasItsShareOfTheTime) {
  options_.cases = 0;
  options_.jobs = 2;
  board().wait(met("A.a"));
  // Of the 20 seconds that two jobs have in any case, 27 %.
  board().report.shrink_seconds = 10.9;
  EXPECT_FALSE(board().next_met());
  board().report.shrink_seconds = 10.7;
  board().report.confirm_seconds = 9.4;
  EXPECT_FALSE(board().next_met()) << "with running programs alone it is half of them";
  board().report.confirm_seconds = 9.2;
  EXPECT_TRUE(board().next_met());
}

TEST_F(HuntMetTest, WhoCountsCasesShrinksOnceTheyAreAllMade) {
  options_.cases = 2;
  board().wait(met("A.a"));
  board().report.shrink_seconds = 1000;
  std::uint64_t number = 0;
  EXPECT_TRUE(board().next(number));
  EXPECT_FALSE(board().next_met());
  EXPECT_TRUE(board().next(number));
  EXPECT_TRUE(board().next_met());
}

TEST_F(HuntMetTest, WhoCountsCasesFromALaterOneShrinksAfterThem) {
  options_.from = 5;
  options_.cases = 2;
  board().wait(met("A.a"));
  board().report.shrink_seconds = 1000;
  std::uint64_t number = 0;
  for (const std::uint64_t expected : {5U, 6U}) {
    EXPECT_FALSE(board().next_met());
    EXPECT_TRUE(board().next(number));
    EXPECT_EQ(number, expected);
  }
  EXPECT_FALSE(board().next(number));
  EXPECT_TRUE(board().next_met());
}

TEST_F(HuntMetTest, WhoShrinksNothingWaits) {
  options_.shrinks = false;
  std::uint64_t number = 0;
  EXPECT_TRUE(board().next(number));
  board().wait(met("A.a"));
  EXPECT_FALSE(board().next_met());
  EXPECT_THAT(board().waiting(), ElementsAre("state: A.a (case 0)"));
}

TEST_F(HuntMetTest, WhatWasFoundInTheMeantimeIsNotShrunk) {
  std::uint64_t number = 0;
  EXPECT_TRUE(board().next(number));
  board().wait(met("A.a"));
  board().wait(met("A.b"));
  add("key", difference("A.a"));
  EXPECT_THAT(order(), ElementsAre("A.b"));
  EXPECT_EQ(board().report.findings[0].cases, 2U);
}

TEST_F(HuntMetTest, NotesWhatWasNotJudgedOrNotConfirmed) {
  board().add_unconfirmed(difference("A.a"));
  board().add_unconfirmed(difference("A.a"));
  board().add_not_judged("no answer of 3");
  board().add_not_judged("no answer of 4");
  board().add_shrinking(1.5);
  board().add_shrinking(2);
  board().add_confirming(0.5);
  board().add_confirming(0.25);
  const HuntReport& report = board().report;
  EXPECT_EQ(report.unconfirmed, 2U);
  EXPECT_THAT(report.unconfirmed_sites, ElementsAre("state: A.a"));
  EXPECT_THAT(report.not_judged, ElementsAre(Pair(plain_message("no answer of 3"), 2)));
  EXPECT_EQ(report.shrink_seconds, 3.5);
  EXPECT_EQ(report.confirm_seconds, 0.75);
}

TEST(HuntFamilies, AreTheLastNameAndWhereTheClassLives) {
  const auto family = [](const std::string& what, const std::string& stage = "loaded") {
    Site site = difference(what);
    site.stage = stage;
    return family_of(site);
  };
  for (const char* const space :
       {"layers", "losses", "metrics", "optimizers", "initializers", "dtype_policies", "random"}) {
    EXPECT_EQ(family(std::string("keras.") + space + ".A.get_config()['the_seed2'][]"),
              std::string(" keras.") + space + " the_seed2");
  }
  EXPECT_EQ(family("keras.other.A.seed"), "  seed");
  EXPECT_EQ(family("seed"), "  seed");
  EXPECT_EQ(family("[]"), "  ");
  EXPECT_EQ(family("A.seed", "saved"), "state  seed");
  EXPECT_EQ(family("A.seed", "second"), "state  seed");
  EXPECT_EQ(family("A.seed", "trained"), "  seed");
  const auto raised = [](const std::string& what) {
    Site site;
    site.oracle = "load raises";
    site.what = what;
    return family_of(site);
  };
  EXPECT_EQ(raised("TypeError in src/a.py:f: no _: 0"), "load raises TypeError: no _: 0");
  EXPECT_EQ(raised("TypeError: no _"), "load raises: TypeError: no _");
  EXPECT_EQ(raised("TypeError in src/a.py:f"), "load raises: TypeError in src/a.py:f");
}

// A star in front of one that is not there stands for nothing.
TEST(HuntStars, WhatStandsBetweenThemHasToBeThere) {
  EXPECT_FALSE(is_like("axxc", "a*b*c"));
  EXPECT_FALSE(is_like("a--c", "a*-*b*c"));
  EXPECT_TRUE(is_like("a-b-b-c", "a*b-b*c"));
  EXPECT_TRUE(is_like("abc", "**c"));
  EXPECT_FALSE(is_like("b", "a*"));
}

}  // namespace
}  // namespace revive::tools
