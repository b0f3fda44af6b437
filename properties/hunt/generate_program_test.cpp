#include "revive/properties/hunt/generate_program.h"

#include <gtest/gtest.h>

#include <set>

#include "revive/serializer/json/json.h"

namespace revive::properties::hunt {
namespace {

Value json(const std::string& text) {
  auto value = parse_json(text, {}, "");
  EXPECT_TRUE(value.has_value());
  return value.value_or(Value());
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

constexpr const char* kApi = R"({"classes": [
  {"name": "keras.layers.Dense", "kind": "layers", "parameters": [
    {"name": "units", "owner": "Dense"}, {"name": "use_bias", "owner": "Dense", "default": "True", "type": "bool"},
    {"name": "activation", "owner": "Dense", "default": "None", "type": "NoneType"},
    {"name": "dtype", "owner": "Layer", "default": "None", "type": "NoneType"},
    {"name": "strange", "owner": "Dense", "default": "None", "type": "NoneType"}]},
  {"name": "keras.layers.Conv2D", "kind": "layers", "parameters": [{"name": "filters", "owner": "Conv2D"}]},
  {"name": "keras.layers.Odd", "kind": "layers", "parameters": [{"name": "unheard", "owner": "Odd"}]}]})";
constexpr const char* kTable = R"({"inputs": {"": [4], "2D": [8, 8, 3]}, "named": {"names": ["'a b'"]},
  "parameters": {"units": ["3", "1"], "filters": ["2"], "activation": ["'relu'", "$lambda"], "dtype": ["'float16'"]}})";

Catalogue catalogue() {
  auto made = Catalogue::make(json(kApi), json(kTable));
  EXPECT_TRUE(made.has_value());
  return *std::move(made);
}

Program made_from(const Catalogue& all, std::uint64_t seed) {
  auto choices = Choices::random(seed);
  return generate_program(choices, {.catalogue = all});
}

TEST(HuntCatalogue, DomainsComeFromTheTableThenFromTheTypeOfTheDefault) {
  const Catalogue all = catalogue();
  const ClassInfo& dense = all.classes()[0];
  EXPECT_EQ(dense.parameters[0].domain, (std::vector<std::string>{"3", "1"}));
  EXPECT_EQ(dense.parameters[1].domain, std::vector<std::string>{"False"});
  EXPECT_TRUE(dense.parameters[4].domain.empty());
  EXPECT_EQ(all.classes()[1].input, (std::vector<std::int64_t>{8, 8, 3}));
  EXPECT_EQ(all.classes()[2].skip, "nothing is known to give for unheard");
}

// By the axes in its name; a layer of one input may be told the shape of it, where the table says so.
TEST(HuntCatalogue, InputsComeFromTheAxesOfAClass) {
  constexpr const char* kClasses = R"({"classes": [
    {"name": "l.A", "kind": "layers", "parameters": []}, {"name": "l.A1D", "kind": "layers", "parameters": []},
    {"name": "l.A2D", "kind": "layers", "parameters": []}, {"name": "l.A3D", "kind": "layers", "parameters": []},
    {"name": "l.Two", "kind": "layers", "parameters": []}, {"name": "l.Left", "kind": "layers", "parameters": []},
    {"name": "o.B", "kind": "optimizers", "parameters": []}]})";
  const std::string inputs = R"("inputs": {"": [4], "1D": [8, 3], "2D": [8, 8, 3], "3D": [4, 4, 4, 2]},
    "classes": {"Two": {"inputs": 2}, "Left": {"skip": "no"}})";
  const auto told = Catalogue::make(json(kClasses), json("{" + inputs + R"(, "input_shape": []})"));
  const auto untold = Catalogue::make(json(kClasses), json("{" + inputs + "}"));
  ASSERT_TRUE(told && untold);
  const std::vector<std::vector<std::string>> domains = {{"(4,)"}, {"(8, 3,)"}, {"(8, 8, 3,)"}, {"(4, 4, 4, 2,)"}, {},
                                                         {},       {}};
  for (std::size_t i = 0; i < domains.size(); ++i) {
    const ClassInfo& info = told->classes()[i];
    EXPECT_TRUE(untold->classes()[i].parameters.empty()) << info.name;
    ASSERT_EQ(info.parameters.size(), domains[i].size()) << info.name;
    if (domains[i].empty()) continue;
    EXPECT_EQ(info.parameters[0].domain, domains[i]);
    EXPECT_EQ(info.parameters[0].name + " " + info.parameters[0].owner, "input_shape Layer");
  }
}

TEST(HuntCatalogue, AnAnswerThatIsNoneIsAnError) {
  EXPECT_FALSE(Catalogue::make(json(R"({"classes": 3})"), json("{}")).has_value());
  EXPECT_FALSE(Catalogue::make(json(kApi), json(R"({"parameters": {"units": 3}})")).has_value());
}

TEST(HuntGenerator, StepsAreForLayersThatCanTakeThem) {
  auto made = Catalogue::make(json(kApi), json(R"json({"inputs": {"": [4], "2D": [8, 8, 3]},
    "parameters": {"units": ["3"], "filters": ["2"]},
    "named": {"own models": ["Net()"], "class Net": ["class Net(keras.Model):", "    pass"],
              "steps": ["thing.layers[-1].quantize('int8')", "thing.layers[0].quantize('int8')", "thing.optimizer.x()",
                        "thing.evaluate(x, x)"],
              "step needs": ["quantize: Conv2D"]}})json"));
  ASSERT_TRUE(made.has_value());
  std::size_t taken = 0;
  std::size_t compiled = 0;
  for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
    const std::string text = print(made_from(*made, seed)).text;
    const bool own = text.contains("Net()");
    EXPECT_TRUE(own || !text.contains("quantize") || text.contains("Conv2D(")) << text;
    for (const std::string_view step : {"thing.optimizer.x", "thing.evaluate("}) {
      EXPECT_TRUE(!text.contains(step) || text.contains("model.compile(")) << text;
      compiled += text.contains(step) ? 1 : 0;
    }
    taken += !own && text.contains("quantize") ? 1 : 0;
  }
  EXPECT_GT(taken, 10U);
  EXPECT_GT(compiled, 10U);
}

TEST(HuntGenerator, ZerosAreTheSimplestProgram) {
  const Catalogue all = catalogue();
  auto choices = Choices::replay(std::vector<std::uint64_t>{});
  const Program program = generate_program(choices, {.catalogue = all});
  EXPECT_EQ(print(program).text,
            "import keras\nimport numpy as np\n\n\ndef make():\n    thing = keras.layers.Dense(units=3)\n"
            "    return thing\n");
  EXPECT_TRUE(program.features().empty());
  EXPECT_EQ(program.exercised(), std::vector<std::string>{"keras.layers.Dense.units"});
}

TEST(HuntGenerator, TheSameSeedIsTheSameProgramAndTheRecordingBringsItBack) {
  const Catalogue all = catalogue();
  std::set<std::string> texts;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    auto choices = Choices::random(seed);
    const std::string text = print(generate_program(choices, {.catalogue = all})).text;
    EXPECT_EQ(text, print(made_from(all, seed)).text);
    auto replay = Choices::replay(choices.recording().values());
    EXPECT_EQ(text, print(generate_program(replay, {.catalogue = all})).text);
    texts.insert(text);
  }
  EXPECT_GT(texts.size(), 100U);
}

TEST(HuntGenerator, WhatIsAvoidedIsNotGenerated) {
  const Catalogue all = catalogue();
  const auto avoid = [](const Feature& feature) { return feature.parameter == "dtype"; };
  bool otherwise = false;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    auto choices = Choices::random(seed);
    const std::string text = print(generate_program(choices, {.catalogue = all, .avoid = avoid})).text;
    EXPECT_FALSE(text.contains("dtype='float16'")) << text;
    otherwise = otherwise || print(made_from(all, seed)).text.contains("dtype='float16'");
  }
  EXPECT_TRUE(otherwise);
}

TEST(HuntGenerator, WhatIsNeededIsGivenAsItStandsWhereASpellingIsAvoided) {
  const Catalogue all = catalogue();
  const auto avoid = [](const Feature& feature) { return feature.value.starts_with("a NumPy"); };
  bool otherwise = false;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    auto choices = Choices::random(seed);
    const std::string text = print(generate_program(choices, {.catalogue = all, .avoid = avoid})).text;
    EXPECT_FALSE(text.contains("np.int64")) << text;
    otherwise = otherwise || print(made_from(all, seed)).text.contains("units=np.int64");
  }
  EXPECT_TRUE(otherwise);
}

TEST(HuntGenerator, ChanceFavoursTheFocusAndARecordingDoesNotNeedIt) {
  const Catalogue all = catalogue();
  // activation of Dense, its first value.
  const Focus focus{.aim = {.class_place = 0, .parameter_place = 2}, .value = 0};
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    auto choices = Choices::random(seed);
    const std::string text = print(generate_program(choices, {.catalogue = all, .focus = focus})).text;
    EXPECT_TRUE(text.contains("activation='relu'")) << text;
    auto replay = Choices::replay(choices.recording().values());
    EXPECT_EQ(text, print(generate_program(replay, {.catalogue = all})).text);
  }
}

TEST(HuntGenerator, WhatGoesTogetherIsGivenTogetherAndWhatIsNeededAlways) {
  const auto made = Catalogue::make(
      json(R"({"classes": [{"name": "keras.layers.Scale", "kind": "layers", "parameters": [
        {"name": "mean", "owner": "Scale", "default": "None"}, {"name": "variance", "owner": "Scale", "default": "None"},
        {"name": "bins", "owner": "Scale", "default": "None"}, {"name": "edges", "owner": "Scale", "default": "None"}]}]})"),
      json(
          R"({"parameters": {"mean": ["7.5"], "variance": ["8.5"], "bins": ["5"], "edges": ["[6]"]}, "inputs": {"": [4]},
        "classes": {"Scale": {"together": [["mean", "variance"]], "always": [["bins", "edges"]]}}})"));
  ASSERT_TRUE(made.has_value());
  std::set<bool> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    auto choices = Choices::random(seed);
    const std::string text = print(generate_program(choices, {.catalogue = *made})).text;
    EXPECT_EQ(count(text, "bins=") + count(text, "edges="), count(text, "Scale(")) << text;
    EXPECT_TRUE(!text.contains("mean=") || text.contains("variance=")) << text;
    seen.insert(text.contains("mean="));
  }
  EXPECT_EQ(seen.size(), 2U);
}

TEST(HuntGenerator, WhatMakesSenseBesideAnotherArgumentAloneIsGivenThereAlone) {
  const auto made = Catalogue::make(json(R"({"classes": [{"name": "keras.layers.Call", "kind": "layers", "parameters": [
        {"name": "function", "owner": "Call"}, {"name": "arguments", "owner": "Call", "default": "None"}]}]})"),
                                    json(R"({"inputs": {"": [4]},
        "parameters": {"function": ["lambda v: v", "lambda v, k=2: v * k"], "arguments": ["{'k': 3}"]},
        "classes": {"Call": {"only with": [["arguments", "k=2"]]}}})"));
  ASSERT_TRUE(made.has_value());
  std::set<bool> seen;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    auto choices = Choices::random(seed);
    const Program program = generate_program(choices, {.catalogue = *made});
    for (const Statement& statement : program.make) {
      EXPECT_LE(count(statement.text, "arguments="), count(statement.text, "k=2")) << statement.text;
      if (statement.text.contains("k=2")) seen.insert(statement.text.contains("arguments="));
    }
  }
  EXPECT_EQ(seen.size(), 2U);
}

TEST(HuntGenerator, AClassOfTheProgramsOwnIsDefinedOnce) {
  const auto made =
      Catalogue::make(json(kApi), json(R"json({"inputs": {"": [4]}, "parameters": {"units": ["3"], "filters": ["2"]},
    "named": {"own": ["Block(3)"], "class Block": ["class Block(keras.layers.Layer):", "    pass"]}})json"));
  ASSERT_TRUE(made.has_value());
  bool twice = false;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    auto choices = Choices::random(seed);
    const std::string text = print(generate_program(choices, {.catalogue = *made})).text;
    const std::size_t used = text.find("Block(3)");
    if (used == std::string::npos) continue;
    const std::size_t defined = text.find("class Block(");
    EXPECT_LT(defined, used) << text;
    EXPECT_EQ(text.find("class Block(", defined + 1), std::string::npos) << text;
    twice = twice || text.find("Block(3)", used + 1) != std::string::npos;
  }
  EXPECT_TRUE(twice);
}

TEST(HuntGenerator, ModelsHaveSeveralInputsAndOutputsOpsAndClassesOfTheirOwn) {
  const auto made =
      Catalogue::make(json(kApi), json(R"json({"inputs": {"": [4]}, "parameters": {"units": ["3"], "filters": ["2"]},
    "named": {"ops": ["x[..., 1:]", "$Op(2)(x)"], "own models": ["Net(3)"], "own functional": ["Graph(k=3)"],
      "class Op": ["class Op(keras.Operation):", "    pass"], "class Net": ["class Net(keras.Model):", "    pass"],
      "class Graph": ["class Graph(keras.Model):", "    pass"]}})json"));
  ASSERT_TRUE(made.has_value());
  std::string all;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    auto choices = Choices::random(seed);
    const Program program = generate_program(choices, {.catalogue = *made, .model = true});
    EXPECT_TRUE(program.is_model);
    all += print(program).text;
  }
  for (const std::string_view part :
       {"x = x[..., 1:]", "class Op(keras.Operation):", "x = Op(2)(x)", "model = Net(3)",
        "class Net(keras.Model):", "model = Graph(inputs, x, k=3)", "keras.Model([inputs, other], ",
        "keras.Model(inputs, (inputs, x)", "return thing({'b': x, 'a': x}, **how)", "keras.Model(part, "}) {
    EXPECT_TRUE(all.contains(part)) << part;
  }
  // What a table names is never printed as it stands there.
  EXPECT_FALSE(all.contains('$'));
}

TEST(HuntGenerator, AClassOfKerasIsNamedInADomain) {
  const auto made = Catalogue::make(json(kApi), json(R"json({"inputs": {"": [4]},
    "parameters": {"units": ["3"], "filters": ["$keras.layers.Dense"]}})json"));
  ASSERT_TRUE(made.has_value());
  bool seen = false;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    auto choices = Choices::random(seed);
    seen = seen ||
           print(generate_program(choices, {.catalogue = *made})).text.contains("filters=keras.layers.Dense(units=3");
  }
  EXPECT_TRUE(seen);
}

TEST(HuntProgram, DroppedStatementsAreGoneFromTheText) {
  Program program;
  program.make = {{.text = "model = keras.Sequential()"},
                  {.text = "model.add(keras.layers.Dense(3))", .droppable = true, .layer = true},
                  {.text = "model.add(keras.layers.Conv2D(3))", .droppable = true, .layer = true}};
  program.result = "model";
  program.preamble = {"\ndef f(v):\n    return v\n", "K = 3"};
  const PrintedProgram printed = print(program);
  ASSERT_EQ(printed.droppable.size(), 2U);
  // The line that is named is the line of the statement.
  std::size_t at = 0;
  for (std::size_t line = 1; line < printed.droppable[1].first; ++line) at = printed.text.find('\n', at) + 1;
  EXPECT_TRUE(printed.text.substr(at).starts_with("    model.add(keras.layers.Conv2D(3))"));
  const Program rest = without(program, {printed.droppable[1].second});
  EXPECT_EQ(rest.layers(), 1U);
  EXPECT_FALSE(print(rest).text.contains("Conv2D"));
}

// functools wherever a line of the module or a statement needs it, and once; each part where Python wants it.
TEST(HuntProgram, IsPrintedAsAModule) {
  struct Row {
    std::vector<std::string> preamble;
    std::vector<std::string> make;
    bool imports = false;
  };
  const Row rows[] = {
      {{"K = 3"}, {"a = K"}, false},
      {{"f = functools.partial(g)"}, {"a = f"}, true},
      {{"f = functools.partial(g)", "K = 3"}, {"a = f"}, true},
      {{}, {"a = functools.partial(g)", "b = 3"}, true},
      {{"f = functools.partial(g)"}, {"a = functools.partial(f)"}, true},
  };
  for (const Row& row : rows) {
    Program program;
    program.result = "a";
    program.preamble = row.preamble;
    for (const std::string& text : row.make) program.make.push_back({.text = text});
    EXPECT_EQ(print(program).text.starts_with("import functools\n\nimport keras\n"), row.imports) << row.make[0];
  }
  Program program;
  program.modules = {"my_layers"};
  program.preamble = {"K = 3"};
  program.make = {{.text = "a = K"}};
  program.step = {{.text = "thing.pop()"}};
  program.use = "thing(1)";
  program.result = "a";
  EXPECT_EQ(
      print(program).text,
      "import keras\nimport numpy as np\nimport my_layers\n\nK = 3\n\n\ndef make():\n    a = K\n    return a\n\n\n"
      "def step(thing):\n    thing.pop()\n    return thing\n\n\ndef use(thing, **how):\n    return thing(1)\n");
}

}  // namespace
}  // namespace revive::properties::hunt
