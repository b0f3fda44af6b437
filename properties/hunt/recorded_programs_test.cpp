// What programs of the hunt consist of, in programs.txt: every function that is made on the spot, and the lines of some
// thousand programs with how often each came. After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='HuntPrograms.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/model/testing/recorded.h"
#include "revive/properties/hunt/builder.h"
#include "revive/properties/hunt/check_text.h"
#include "revive/properties/hunt/generate_program.h"
#include "revive/properties/hunt/recorded_lines_testing.h"
#include "revive/serializer/json/json.h"

namespace revive::properties::hunt {
namespace {

constexpr const char* kFile = kProgramsFile;

constexpr const char* kApi = R"({"classes": [
  {"name": "keras.layers.Dense", "kind": "layers", "parameters": [
    {"name": "units", "owner": "Dense"}, {"name": "use_bias", "owner": "Dense", "default": "True", "type": "bool"},
    {"name": "regularizer", "owner": "Dense", "default": "None", "type": "NoneType"},
    {"name": "rate", "owner": "Dense", "default": "0.5", "type": "float"},
    {"name": "size", "owner": "Dense", "default": "2", "type": "int"}]},
  {"name": "keras.layers.ReLU", "kind": "layers", "parameters": []},
  {"name": "keras.layers.Ids", "kind": "layers", "parameters": []},
  {"name": "keras.layers.Words", "kind": "layers", "parameters": []},
  {"name": "keras.layers.Merge", "kind": "layers", "parameters": []},
  {"name": "keras.layers.Dot", "kind": "layers", "parameters": []},
  {"name": "keras.layers.Conv2D", "kind": "layers", "parameters": []},
  {"name": "keras.regularizers.L2", "kind": "regularizers", "parameters": [
    {"name": "l2", "owner": "L2", "default": "0.01", "type": "float"}]},
  {"name": "mine.losses.Loss", "kind": "losses", "parameters": [{"name": "size", "owner": "Loss", "default": "1", "type": "int"}]},
  {"name": "keras.optimizers.SGD", "kind": "optimizers", "parameters": [{"name": "lr", "owner": "SGD", "default": "0.1"}]},
  {"name": "keras.metrics.Mean", "kind": "metrics", "parameters": []}]})";

constexpr const char* kTable = R"json({"inputs": {"": [4], "2D": [8, 8, 3]}, "input_shape": true,
  "parameters": {"units": ["3", "(3, 2)"], "regularizer": ["$regularizers", "$keras.regularizers.L2", "$simple"], "lr": ["0.5"]},
  "kinds": {"losses": {"use": "thing(x, x)"}},
  "classes": {"Ids": {"input": [6], "dtype": "int32", "weight": 2}, "Words": {"input": [1], "dtype": "string"},
    "Merge": {"inputs": 2}, "Dot": {"inputs": 2, "spread": true, "weight": 0}},
  "named": {"simple": ["'l1'", "'l2'"], "names": ["'a b'", "'c'"], "ops": ["x + 1", "$Op(2)(x)", "keras.ops.relu(x)"],
    "own": ["Block(3)"], "own models": ["Net(3)", "Net()"], "own chains": ["Chain()"], "own functional": ["Graph(k=3)", "Graph()"],
    "class Op": ["class Op(keras.Operation):", "    pass"], "class Block": ["class Block(keras.layers.Layer):", "    pass"],
    "class Net": ["class Net(keras.Model):", "    pass"], "class Chain": ["class Chain(keras.Sequential):", "    pass"],
    "class Graph": ["class Graph(keras.Model):", "    pass"], "calls": ["{0}({1}, training=False)"],
    "rewirings": ["model = keras.Model(model.inputs, model.outputs)"], "inputs": ["name='in'"],
    "settings": ["keras.config.set_floatx('float16')", "keras.config.set_epsilon(0.1)"],
    "optimizer": ["'sgd'", "'adam'"], "loss": ["'mse'", "$losses"], "metric": ["'mae'", "'mse'"],
    "metric lists": ["[{}]", "{}", "[[{}], {}]"], "compile": ["jit_compile=False"],
    "steps": ["thing.optimizer.step()", "thing.layers[-1].quantize()", "thing.layers[0].freeze()", "thing.trainable = False"],
    "step needs": ["quantize: Dense ReLU", "freeze: Conv2D"]}})json";

const Catalogue& catalogue() {
  static const Catalogue made = [] {
    const auto json = [](const char* text) { return parse_json(text, {}, "").value(); };
    return Catalogue::make(json(kApi), json(kTable)).value();
  }();
  return made;
}

TEST(HuntPrograms, CatalogueIsAsRecorded) {
  for (const ClassInfo& info : catalogue().classes()) {
    std::string said = fmt::format("{} [{}] {} x {} use '{}' weight {}{}", info.kind, fmt::join(info.input, ", "),
                                   info.inputs, info.dtype, info.use, info.weight, info.spread ? " spread" : "");
    for (const Parameter& parameter : info.parameters) {
      said += fmt::format("; {}.{}{}: {}", parameter.owner, parameter.name, parameter.required ? " (required)" : "",
                          fmt::join(parameter.domain, " | "));
    }
    expect_recorded(kFile, "class " + info.name, said);
  }
}

// Every form with the first of what it can capture, and every capture in the first form that takes one.
TEST(HuntPrograms, FunctionsAreAsRecorded) {
  constexpr std::uint64_t kCaptures = 17;
  const auto record = [](std::uint64_t form, std::uint64_t captured) {
    auto choices = Choices::replay(std::vector<std::uint64_t>{form, captured});
    Program program;
    Builder builder(choices, {.catalogue = catalogue()}, program);
    std::string told;
    std::string said = builder.function(told).print();
    for (const std::string& line : program.preamble) said += "\npreamble: " + line;
    for (const Statement& statement : program.make) said += "\nmake: " + statement.text;
    expect_recorded(kFile, fmt::format("function {:02} {:02}", form, captured), told + ": " + said);
  };
  for (std::uint64_t form = 0; form < kFunctionForms; ++form) record(form, 0);
  for (std::uint64_t captured = 1; captured < kCaptures; ++captured) record(1, captured);
}

TEST(HuntPrograms, AsChanceHasThem) {
  Lines lines;
  add_programs(600, {.catalogue = catalogue()}, lines);
  lines.expect("chance");
}

TEST(HuntPrograms, Models) {
  Lines lines;
  add_programs(600, {.catalogue = catalogue(), .model = true}, lines);
  lines.expect("model");
}

// Numbers that no program draws, as a stored case may hold them: each is cut to what its choice goes up to.
TEST(HuntPrograms, OfAnyNumbers) {
  constexpr std::size_t kNumbers = 150;
  Lines lines;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    Random chance(seed);
    std::vector<std::uint64_t> numbers(kNumbers);
    for (std::uint64_t& number : numbers) number = chance.below(20);
    auto choices = Choices::replay(std::move(numbers));
    lines.add(generate_program(choices, {.catalogue = catalogue(), .model = seed % 2 == 0}));
  }
  lines.expect("any numbers");
}

TEST(HuntPrograms, OfEveryFocus) {
  Lines lines;
  for (const Catalogue::Aim& aim : catalogue().aims()) {
    add_programs(40, {.catalogue = catalogue(), .focus = Focus{.aim = aim, .value = 1}}, lines);
    add_programs(40, {.catalogue = catalogue(), .focus = Focus{.aim = aim, .value = 0, .all = true}}, lines);
  }
  lines.expect("focus");
}

TEST(HuntPrograms, OfEveryEntry) {
  Lines lines;
  for (const char* const table : {"ops", "own", "own models", "own chains", "own functional", "rewirings", "steps",
                                  "inputs", "settings", "optimizer", "loss", "metric", "compile"}) {
    for (std::size_t place = 0; place < catalogue().named_domain(table).size(); ++place) {
      add_programs(20, {.catalogue = catalogue(), .model = true, .entry = TableEntry{table, place}}, lines);
    }
  }
  lines.expect("entry");
}

TEST(HuntPrograms, StandAloneAsRecorded) {
  Program program;
  program.make = {{.text = "thing = keras.layers.Dense(3)"}, {.text = "keras.config.set_floatx('float16')"}};
  program.result = "thing";
  program.step = {{.text = "thing.trainable = False"}};
  program.use = "thing(x, **how)";
  Program plain;
  plain.make = {{.text = "thing = 1"}};
  plain.result = "thing";
  const auto behind_build = [&](const Site& site) {
    const std::string text = standalone_text(plain, site);
    return text.substr(text.rfind("custom = "));
  };
  const Site whole{.oracle = "state", .format = "keras", .stage = "loaded", .path = "thing.units", .before = "1"};
  expect_recorded(kFile, "alone", standalone_text(program, whole));
  for (const char* const format :
       {"keras", "h5", "object", "weights", "reload", "reload_h5", "sharded", "by_name", "skipping", "pickle", "copy",
        "config", "json", "clone", "clone_inputs", "clone_deep", "unzipped", "fresh"}) {
    Site site{.oracle = "state", .format = format, .stage = "loaded"};
    expect_recorded(kFile, fmt::format("alone {} raises", format), behind_build(site));
    site.path = "thing.units";
    site.before = "1";
    expect_recorded(kFile, fmt::format("alone {} differs", format), behind_build(site));
  }
  for (const char* const stage : {"mutated", "get_config", "from_config", "json", "shared", "asked", "files", "saved",
                                  "second", "second/load", "loaded/call", "trained/call"}) {
    for (const char* const format : {"keras", "object"}) {
      const Site site{.oracle = "state", .format = format, .stage = stage};
      expect_recorded(kFile, fmt::format("alone {}/{}", format, stage), behind_build(site));
    }
  }
}

}  // namespace
}  // namespace revive::properties::hunt
