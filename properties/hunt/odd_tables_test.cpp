// Tables whose texts are all that a domain may hold, and tables that are none: what programs are made of the ones, and
// what is said of the others. In programs.txt, written anew with
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='HuntOddTables.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/properties/hunt/generate_program.h"
#include "revive/properties/hunt/recorded_lines_testing.h"
#include "revive/serializer/json/json.h"

namespace revive::properties::hunt {
namespace {

constexpr const char* kApi = R"({"classes": [
  {"name": "keras.layers.Odd", "kind": "layers", "parameters": [
    {"name": "text", "owner": "Odd"}, {"name": "other", "owner": "Layer", "default": "1", "type": "int"},
    {"name": "flag", "owner": "Odd", "default": "True", "type": "bool"},
    {"name": "a", "owner": "Odd", "default": "0.5", "type": "float"}, {"name": "b", "owner": "Odd", "default": "2", "type": "int"},
    {"name": "c", "owner": "Odd", "default": "None", "type": "NoneType"}, {"name": "d", "owner": "Odd", "default": "False", "type": "bool"}]},
  {"name": "mine.Plain", "kind": "layers", "parameters": [{"name": "d", "owner": "Plain"}]},
  {"name": "keras.regularizers.L2", "kind": "regularizers", "parameters": [
    {"name": "l2", "owner": "L2", "default": "0.01", "type": "float"},
    {"name": "inner", "owner": "L2", "default": "None", "type": "NoneType"}]}]})";

constexpr const char* kTable = R"json({"inputs": {"": [4]},
  "parameters": {"d": ["True", "7"], "inner": ["$regularizers"],
    "text": ["1", "-2", "-", "", "1.5", "-1.5", "1.5e-3", "1e3", "1.x", ".", "(1, 2)", "(1)", "(1, 2", "1, 2)", "('a', 2)",
      "($simple, 1)", "True", "False", "None", "'a'", "$lambda", "f($lambda, $lambda)", "$Own", "$Own(2)", "$simple", "$unknown",
      "$regularizers", "[$regularizers, $simple]", "$keras.regularizers.L2", "$keras.regularizers.L1", "$sim_ple", "$simple.x"],
    "c": ["$simple", "3"]},
  "classes": {"Odd": {"always": [["a", "b"], ["nobody"], []], "together": [["flag", "c", "other"]], "only with": [["d", "lambda"]],
    "weight": 3}},
  "named": {"simple": ["'l1'", "'l2'", "5"], "sim_ple": ["8"], "class Own": ["class Own:", "    pass"], "settings": ["set()"]}})json";

Value json(std::string_view text) {
  auto value = parse_json(text, {}, "table");
  EXPECT_TRUE(value) << text;
  return std::move(value).value_or(Value());
}

TEST(HuntOddTables, MakeProgramsAsRecorded) {
  const auto catalogue = Catalogue::make(json(kApi), json(kTable));
  ASSERT_TRUE(catalogue) << catalogue.error().text();
  Lines lines;
  Lines without;
  for (const Catalogue::Aim& aim : catalogue->aims()) {
    const ClassInfo& info = catalogue->classes()[aim.class_place];
    const std::size_t values = info.parameters[aim.parameter_place].domain.size();
    for (std::size_t value = 0; value < values; ++value) {
      for (const bool all : {false, true}) {
        const Focus focus{.aim = aim, .value = value, .all = all};
        add_programs(30, {.catalogue = *catalogue, .focus = focus}, lines);
        const auto avoid = [](const Feature& feature) { return feature.value.size() % 3 == 1; };
        add_programs(10, {.catalogue = *catalogue, .focus = focus, .avoid = avoid}, without);
      }
    }
  }
  lines.expect("odd");
  without.expect("odd, avoiding");
}

TEST(HuntOddTables, RefusalsAreAsRecorded) {
  const auto said = [](std::string_view api, std::string_view table) {
    const auto made = Catalogue::make(json(api), json(table));
    return made ? fmt::format("{} classes", made->classes().size()) : made.error().text();
  };
  const auto of_class = [](std::string_view entry) {
    return fmt::format(R"({{"classes": {{"Odd": {}}}, "parameters": {{"text": ["1"]}}}})", entry);
  };
  for (const std::string_view api :
       {"{}", R"({"classes": 3})", R"({"classes": [3]})", R"({"classes": []})", R"({"classes": [{"name": "a"}]})",
        R"({"classes": [{"name": "a", "parameters": 3}]})", R"({"classes": [{"name": 3, "parameters": []}]})",
        R"({"classes": [{"name": "a", "kind": "layers", "parameters": []}]})",
        R"({"classes": [{"name": "a", "kind": "losses", "parameters": []}]})",
        R"({"classes": [{"name": "a", "kind": "layers", "parameters": [{"name": "b"}]}]})"}) {
    expect_recorded(kProgramsFile, fmt::format("api {}", api), said(api, "{}"));
  }
  for (const std::string_view entry :
       {"3", R"({"input": 3})", R"({"input": [0]})", R"({"input": [-1]})", R"({"input": ["a"]})",
        R"({"input": [1, 2]})", R"({"inputs": "a"})", R"({"weight": "a"})", R"({"always": 3})", R"({"always": [3]})",
        R"({"always": [[3]]})", R"({"together": 3})", R"({"only with": [["a"], 3]})", R"({"parameters": {"text": 3}})",
        R"({"parameters": {"text": [3]}})", R"({"skip": "abstract"})"}) {
    const std::string table = of_class(entry);
    expect_recorded(kProgramsFile, fmt::format("table {}", table), said(kApi, table));
  }
  for (const std::string_view table :
       {"{}", R"({"inputs": {"": 3}})", R"({"inputs": {"": []}})", R"({"inputs": {"": [0]}})",
        R"({"parameters": {"text": 3}})", R"({"named": 3})", R"({"named": {"a": 3}})", R"({"named": {"a": [3]}})",
        R"({"kinds": {"layers": {"input": 3}}})"}) {
    expect_recorded(kProgramsFile, fmt::format("table {}", table), said(kApi, table));
  }
}

// A class is what its kind says of it, then what its own entry says; a weight has its bounds.
TEST(HuntOddTables, ClassesAreAsRecorded) {
  const auto catalogue = Catalogue::make(json(kApi), json(R"json({"inputs": {"": [4]}, "input_shape": true,
    "kinds": {"layers": {"use": "thing(x)", "dtype": "int32", "inputs": 1, "weight": -5}, "regularizers": {"skip": "no"}},
    "parameters": {"text": ["1", "2"], "a": ["0.5", "0.25"], "d": ["1"]},
    "classes": {"Odd": {"use": "", "dtype": 3, "weight": 5000, "spread": 1, "parameters": {"a": ["9"]}, "skip": 3},
                "Plain": {"inputs": 2, "spread": true, "always": [["d"]]}}})json"));
  ASSERT_TRUE(catalogue) << catalogue.error().text();
  for (const ClassInfo& info : catalogue->classes()) {
    std::string said =
        fmt::format("{} {} use '{}' inputs {} weight {} spread {} skip '{}' always {}", info.kind, info.dtype, info.use,
                    info.inputs, info.weight, info.spread, info.skip, info.always.size());
    for (const Parameter& parameter : info.parameters) {
      said += fmt::format("; {} {} of {}:", parameter.name, parameter.required, parameter.owner);
      for (const std::string& text : parameter.domain) said += " " + text;
    }
    expect_recorded(kProgramsFile, "odd class " + info.name, said);
  }
}

}  // namespace
}  // namespace revive::properties::hunt
