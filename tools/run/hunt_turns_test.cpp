#include "revive/tools/run/hunt_turns.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/json/json.h"

namespace revive::tools {
namespace {

using namespace properties::hunt;  // NOLINT(google-build-using-namespace): this file is about nothing else

Catalogue catalogue(const std::string& classes, const std::string& named = "") {
  return Catalogue::make(parse_json("{\"classes\": [" + classes + "]}", {}, "").value(),
                         parse_json(R"({"inputs": {"": [4]}, "parameters": {"units": ["3", "1"], "f": ["$lambda", "2"],
                                    "g": ["2", "$lambda"]}, "named": {)" +
                                        named + "}}",
                                    {}, "")
                             .value())
      .value();
}

constexpr const char* kDense =
    R"({"name": "keras.layers.Dense", "kind": "layers", "parameters": [{"name": "units", "owner": "Dense"},
        {"name": "f", "owner": "Dense", "default": "None"}, {"name": "g", "owner": "Dense", "default": "None"}]})";
constexpr const char* kLosses =
    R"({"name": "keras.losses.A", "kind": "losses", "parameters": [{"name": "f", "owner": "A"}]},
       {"name": "keras.losses.B", "kind": "losses", "parameters": []},
       {"name": "keras.losses.C", "kind": "losses", "parameters": []})";

TEST(HuntTurns, EveryEntryOfEveryTableHasItsTurn) {
  const std::vector<std::string> tables = {"ops",       "own",    "own models", "own chains", "own functional",
                                           "rewirings", "steps",  "inputs",     "settings",   "optimizer",
                                           "loss",      "metric", "compile"};
  std::string named;
  for (const std::string& table : tables)
    named += (named.empty() ? "\"" : ", \"") + table + R"(": ["first", "second"])";
  const Catalogue all = catalogue(kDense, named);
  const HuntTurns turns(1, all);
  std::set<std::pair<std::string, std::size_t>> seen;
  std::uint64_t models = 0;
  std::uint64_t with_entry = 0;
  for (std::uint64_t number = 0; number < 400; ++number) {
    const ProgramRules rules = turns.rules(number);
    EXPECT_EQ(rules.model, number % 4 == 3) << number;
    if (number % 4 == 2) continue;  // A function, which has an entry of its own.
    EXPECT_TRUE(rules.model || !rules.entry) << number;
    models += rules.model ? 1 : 0;
    with_entry += rules.entry ? 1 : 0;
    if (rules.entry) seen.emplace(rules.entry->table, rules.entry->place);
  }
  EXPECT_EQ(models, 100U);
  EXPECT_EQ(with_entry, 67U) << "two models of three";
  for (const std::string& table : tables) {
    EXPECT_TRUE(seen.contains({table, 0})) << table;
    EXPECT_TRUE(seen.contains({table, 1})) << table;
  }
  EXPECT_EQ(seen.size(), 2 * tables.size());
}

// In which order everything has its turn, by seed. After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/tools/tools_test --gtest_filter='HuntTurns.*'
TEST(HuntTurns, TheOrderIsAsRecorded) {
  const Catalogue all = catalogue(std::string(kDense) + ", " + kLosses,
                                  R"("ops": ["a", "b"], "own": ["a", "b", "c"], "steps": ["a", "b"], "loss": ["a"])");
  constexpr const char* kKinds[] = {"a class", "a parameter", "a function", "a model"};
  for (const std::uint64_t seed : {1U, 2U}) {
    const HuntTurns turns(seed, all);
    std::map<std::string, std::string> said;
    for (std::uint64_t number = 0; number < 160; ++number) {
      const ProgramRules rules = turns.rules(number);
      std::string text = rules.model ? " model" : "";
      if (const auto& focus = rules.focus) {
        text += fmt::format(" {}.{}{}#{}", focus->aim.class_place, focus->aim.parameter_place, focus->all ? "*" : "",
                            focus->value);
      }
      if (const auto& entry = rules.entry) text += fmt::format(" {}#{}", entry->table, entry->place);
      said[fmt::format("turn of {}, seed {}", kKinds[number % 4], seed)] += text + ",";
    }
    for (const auto& [kind, text] : said) expect_recorded("tools/run/hunt_formats.txt", kind, text);
  }
}

TEST(HuntTurns, WithoutTablesThereIsNoEntry) {
  const Catalogue all = catalogue(kDense);
  const HuntTurns turns(1, all);
  for (std::uint64_t number = 3; number < 40; number += 4) EXPECT_FALSE(turns.rules(number).entry) << number;
}

TEST(HuntTurns, ClassesThenParametersAndFunctions) {
  const Catalogue all = catalogue(std::string(kDense) + ", " + kLosses);
  const HuntTurns turns(1, all);
  ASSERT_EQ(all.objects().size(), 4U) << "each class of the catalogue has its turn";
  std::set<std::size_t> first;
  std::set<std::pair<std::size_t, std::size_t>> aimed;
  std::set<std::size_t> values;
  for (std::uint64_t number = 0; number < 80; ++number) {
    const auto focus = turns.rules(number).focus;
    const std::uint64_t turn = number % 4;
    EXPECT_EQ(focus.has_value(), turn != 3) << number;
    if (!focus) continue;
    // As many as there are classes, in the turns of classes and of parameters.
    const bool of_classes = turn == 0 || (turn == 1 && number / 4 * 2 + 1 < 4);
    EXPECT_EQ(focus->all, of_classes) << number;
    if (of_classes && number < 8) first.insert(focus->aim.class_place);
    EXPECT_TRUE(!of_classes || focus->aim.parameter_place == 0);
    if (turn == 1 && !of_classes) {
      aimed.emplace(focus->aim.class_place, focus->aim.parameter_place);
      values.insert(focus->value);
    }
    if (turn == 2) {
      const auto& info = all.classes()[focus->aim.class_place];
      EXPECT_EQ(info.name, "keras.layers.Dense");
      EXPECT_EQ(info.parameters[focus->aim.parameter_place].name, "f") << "its first value is a function";
    }
  }
  EXPECT_EQ(first.size(), 4U);
  EXPECT_EQ(aimed.size(), all.aims().size());
  EXPECT_EQ(values, (std::set<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(HuntTurns, WhereNothingTakesAFunctionTheirTurnIsChances) {
  const Catalogue all = catalogue(
      R"({"name": "keras.layers.Dense", "kind": "layers", "parameters": [{"name": "units", "owner": "Dense"}]})");
  const HuntTurns turns(1, all);
  EXPECT_FALSE(turns.rules(2).focus);
  EXPECT_TRUE(turns.rules(0).focus);
  EXPECT_TRUE(turns.rules(1).focus);
}

TEST(HuntTurns, WhereNothingCanBeGivenThereIsNoFocus) {
  const Catalogue all = catalogue(R"({"name": "keras.layers.Dense", "kind": "layers", "parameters": []})");
  const HuntTurns turns(1, all);
  for (std::uint64_t number = 0; number < 8; ++number) EXPECT_FALSE(turns.rules(number).focus) << number;
}

}  // namespace
}  // namespace revive::tools
