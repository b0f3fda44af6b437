#include "revive/properties/hunt/finding.h"

#include <gtest/gtest.h>

#include "revive/properties/hunt/check_text.h"

namespace revive::properties::hunt {
namespace {

// What differs after saving and loading, or copying, in which way: by default from 1 to 2.
struct Seen {
  std::string oracle, what, before = "1", after = "2", path = {}, format = "keras", stage = "loaded";
};

struct Row {
  const char* rule;
  Seen seen;
  std::string key;
  // What the program makes, each in a statement of its own, and what it does then.
  std::vector<Feature> made = {};
  std::vector<Feature> done = {};
};

std::vector<Statement> statements_of(const std::vector<Feature>& features) {
  std::vector<Statement> statements;
  for (const Feature& feature : features) statements.push_back({.text = "", .features = {feature}});
  return statements;
}

Feature dtype(const char* value, const char* of = "keras.layers.Dense") {
  return {of, "Layer", "dtype", value};
}
Feature step(const char* text) {
  return {"keras.Model", "Model", "step", text};
}
Feature of_model(const char* argument, const char* value) {
  return {"keras.Model", "Model", argument, value};
}

std::vector<Row> rows() {
  const std::string clone = "changed: a clone is named anew";
  const std::string inside = "changed: a layer within a layer is named anew";
  const std::string optimizer = "changed: loading makes the variables of an optimizer that had none";
  const std::string of_default = "changed: a default of a function was an object and is missing";
  const std::string no_fit = "ValueError in src/saving/saving_lib.py:_raise_loading_failure: <Dense..: no";
  const Feature chain = of_model("own chains", "Chain(k=3)");
  const Feature relu = {"keras.layers.Activation", "Activation", "activation", "'relu'"};

  return {
      {"one cause in many classes has one key",
       {"state", "keras.layers.Dense.dtype"},
       "changed: Layer.dtype = a string",
       {dtype("'float16'")}},
      {"",
       {"state", "keras.layers.Dense.dtype"},
       "changed: Layer.dtype = a string",
       {dtype("'float16'", "keras.layers.Conv2D")}},
      {"",
       {"state", "keras.layers.Dense.dtype"},
       "changed: Layer.dtype = keras.DTypePolicy",
       {dtype("keras.DTypePolicy('float64')")}},
      {"",
       {"state", "keras.layers.Dense.dtype"},
       "changed: Layer.dtype = keras.layers.LSTM(3, stateful=True)",
       {dtype("keras.layers.LSTM(3, stateful=True)")}},
      {"what a model gives is keyed apart from what it is",
       {"output", "use(thing)"},
       "gives something else: Layer.dtype = a string",
       {dtype("'float16'")}},
      {"what is said of a tensor is no argument of a layer",
       {"config", "'__keras_tensor__'['dtype']"},
       "changed: '__keras_tensor__'['dtype']",
       {dtype("'float16'")}},
      {"what is done to a model is keyed with what it changes",
       {"config", "Functional.get_config()['output_layers'][]"},
       "changed: Model.step = thing.pop(), output_layers",
       {},
       {step("thing.pop()")}},
      {"",
       {"state", "keras.optimizers.Adam.variables[]"},
       "changed: Model.step = thing.pop(), variables",
       {},
       {step("thing.pop()")}},
      {"",
       {.oracle = "saving changes", .what = "keras.optimizers.Adam.variables[]", .stage = "saved"},
       "saving changes: Model.step = thing.pop(), variables",
       {},
       {step("thing.pop()")}},
      {"names that are made anew have one key for all clones",
       {"state", "Functional.output_names[]", "'add'", "'add_12'", "thing.output_names[0]", "clone_deep"},
       clone},
      {"",
       {"state", "Functional.output_names[]", "'add'", "'keras_tensor_2'", "thing.output_names[0]", "clone"},
       clone},
      {"a name that counts nothing is not made anew",
       {"state", "Functional.output_names[]", "'add'", "'aug_mix'", "thing.output_names[0]", "clone"},
       "changed: Functional.output_names[]"},
      {"",
       {"state", "Functional.output_names[]", "'_1'", "'_2'", "thing.output_names[0]", "clone"},
       "changed: Functional.output_names[]"},
      {"what is loaded keeps its names",
       {"state", "Functional.output_names[]", "'add'", "'add_12'", "thing.output_names[0]"},
       "changed: Functional.output_names[]"},
      {"",
       {"state", "Functional.output_names[]", "'add'", "'add_12'", "thing.layers[0].name"},
       "changed: Functional.output_names[]"},
      {"what nobody named is named after the class that it is in",
       {"state", "Functional.output_names[]", "'add'", "'add_12'", "thing.layers[0].auto_contrast.name"},
       inside},
      {"", {"state", "Functional.output_names[]", "'add'", "'aug_mix'", "thing.layers[0].auto_contrast.name"}, inside},
      {"variables that an optimizer did not have are none that it lost",
       {"weights", "keras.optimizers.Lamb.variables[]", "missing", "variable float32(4,)"},
       optimizer},
      {"", {"state", "keras.optimizers.Lamb.variables[]", "list of 0", "list of 2"}, optimizer},
      {"",
       {"state", "keras.optimizers.Lamb.variables[]", "list of 2", "list of 0"},
       "changed: keras.optimizers.Lamb.variables[]"},
      {"",
       {"state", "keras.optimizers.Lamb.variables[]", "missing", "None"},
       "changed: keras.optimizers.Lamb.variables[]"},
      {"what a function loses is keyed by where it kept it",
       {"capture", "keras.layers.Lambda.function.__kwdefaults__", "dict of ['K']", "None",
        "thing.function.__kwdefaults__"},
       "changed: a keyword-only default of a function was a dict and is None"},
      {"",
       {"capture", "keras.layers.Lambda.function.__kwdefaults__", "<keras.layers.ReLU>", "missing",
        "thing.function.__closure__[0].cell_contents.__defaults__[0]"},
       of_default},
      {"",
       {"capture", "'__lambda__'['defaults'][]", "code 1234", "code 1234", "thing.function.__code__.co_code"},
       "changed: the code of a function was code and is code"},
      {"what a config says of it is no other defect",
       {"config", "'__lambda__'['defaults'][]", "<keras.layers.ReLU>", "missing",
        "thing.get_config()['function']['config']['defaults'][0]"},
       of_default},
      {"weights that do not fit are keyed with what was done to the model",
       {"load raises", no_fit, "", "no"},
       "load raises: " + no_fit},
      {"", {"load raises", no_fit, "", "no"}, "load raises: " + no_fit, {{"Block", "Block", "layer", "Block(3)"}}},
      {"",
       {"load raises", no_fit, "", "no"},
       "load raises: " + no_fit + ", Lambda.function = a lambda",
       {{"Block", "Block", "layer", "Block(3)"}, {"keras.layers.Lambda", "Lambda", "function", "a lambda"}}},
      {"",
       {"load raises", no_fit, "", "no"},
       "load raises: " + no_fit + ", Model.step = thing.quantize('int8')",
       {{"keras.layers.Lambda", "Lambda", "function", "a lambda"}},
       {step("thing.quantize('int8')")}},
      {"a number that is a dict is what makes its use fail",
       {"load raises", "TypeError in a.py:f: no _", "", "no 'x'"},
       "changed: a NumPy number comes back as a dict",
       {{"keras.layers.Dense", "Dense", "units", "a NumPy integer"}}},
      {"",
       {"save raises", "TypeError in a.py:f: no _", "", "no 'x'"},
       "save raises: TypeError in a.py:f: no _",
       {{"keras.layers.Dense", "Dense", "units", "a NumPy integer"}}},
      {"", {"call raises", "TypeError in a.py:f: no _", "", "no 'x'"}, "call raises: TypeError in a.py:f: no _"},
      {"",
       {"call raises", "TypeError in a.py:f: no _", "", "no 'x'"},
       "changed: Lambda.mask = lambda inputs: inputs",
       {{"keras.layers.Lambda", "Lambda", "mask", "lambda inputs: inputs"}}},
      {"a value that comes back as one of another kind has one key",
       {"state", "keras.layers.RandomZoom.height_factor", "tuple of 2", "list of 2", "thing.layers[0].height_factor"},
       "changed: a tuple comes back as a list",
       {{"keras.layers.RandomZoom", "RandomZoom", "height_factor", "(1, 2)"}}},
      {"numbers that are others are no matter of kinds",
       {"state", "keras.layers.RandomZoom.height_factor", "3", "4", "thing.layers[0].height_factor"},
       "changed: RandomZoom.height_factor = (1, 2)",
       {{"keras.layers.RandomZoom", "RandomZoom", "height_factor", "(1, 2)"}}},
      {"a tuple that is lost without JSON is a defect of its own",
       {"output", "use(thing)", "tuple of 2", "list of 2", "use(thing)"},
       "changed: a tuple comes back as a list"},
      {"",
       {"output", "use(thing)", "tuple of 2", "list of 2", "use(thing)", "config"},
       "changed: a tuple comes back as a list, and without JSON: use(thing)"},
      {"",
       {"state", "keras.layers.RandomHue.value_range", "tuple of 2", "list of 2", "use(thing)", "config"},
       "changed: a tuple comes back as a list, and without JSON: value_range"},
      {"the cause is what the site names",
       {"config", "Chain.get_config()['k']", "3", "2"},
       "changed: Model.own chains = Chain(k=3), k",
       {chain, relu}},
      {"",
       {"config", "Chain.get_config()['k']", "3", "2"},
       "changed: Model.compile = k=2, k",
       {chain, relu, of_model("compile", "k=2"), of_model("compile", "'adam'")}},
      {"",
       {"config", "'Chain'['class_name']", "'Chain'", "'Sequential'"},
       "changed: Model.own chains = Chain(k=3), class_name",
       {chain, relu, of_model("rewirings", "keras.Sequential([model])")}},
      {"",
       {"state", "thing", "<Chain>", "<keras.Sequential>"},
       "changed: Model.own chains = Chain(k=3), thing",
       {chain, relu, of_model("rewirings", "keras.Sequential([model])")}},
      {"a setting that is left is the cause",
       {"state", "keras.Sequential.optimizer"},
       "changed: keras.setting = keras.config.set_floatx, optimizer",
       {{"keras", "keras", "setting", "keras.config.set_floatx('float16')"}, of_model("optimizer", "'adam'")}},
      {"an attribute may end in the name of its argument",
       {"state", "keras.layers.RNN.initial_weights", "list of 0", "missing"},
       "changed: Bidirectional.weights = [1]",
       {{"keras.layers.Bidirectional", "Bidirectional", "layer", "keras.layers.RNN(keras.layers.LSTMCell(3))"},
        {"keras.layers.Bidirectional", "Bidirectional", "weights", "[1]"},
        of_model("compile", "keras.optimizers.Lamb")}},
      {"an argument is keyed with what else it changes",
       {"state", "keras.layers.Dense.quantization_mode", "'int8'", "None"},
       "changed: Layer.dtype = a string, quantization_mode",
       {dtype("'int8'")}},
      {"a weight has a name and a place",
       {"state", "keras.layers.Dense.kernel", "variable float32(4, 3)", "None"},
       "changed: Layer.dtype = a string, variables",
       {dtype("'int8'")}},
      {"",
       {"weights", "keras.layers.Dense._trainable_variables[]", "variable float32(4, 3)", "None"},
       "changed: Layer.dtype = a string, variables",
       {dtype("'int8'")}},
  };
}

TEST(HuntFinding, WhatHasOneCauseHasOneKey) {
  std::string rule;
  for (const Row& row : rows()) {
    if (*row.rule != '\0') rule = row.rule;
    const auto& [oracle, what, before, after, path, format, stage] = row.seen;
    const Site site{.oracle = oracle,
                    .what = what,
                    .format = format,
                    .stage = stage,
                    .path = path,
                    .before = before,
                    .after = after};
    Program program;
    program.make = statements_of(row.made);
    program.step = statements_of(row.done);
    EXPECT_EQ(key_of(site, program), row.key) << rule << ": " << what;
  }
  EXPECT_FALSE(is_of_argument("keras.layers.RNN.initialweights", "weights"));
  EXPECT_TRUE(is_of_argument("keras.layers.RNN.initial_weights", "weights"));
  EXPECT_TRUE(is_of_argument("weights", "weights"));
  EXPECT_FALSE(is_of_argument("eights", "weights"));
  EXPECT_FALSE(is_of_argument("keras.layers.RNN.initial_weights", "initial"));
}

TEST(HuntFinding, TheProgramChecksWhatTheSiteSays) {
  const Site site{.oracle = "state",
                  .what = "keras.layers.Dense.units",
                  .format = "keras",
                  .stage = "loaded",
                  .path = "thing.layers[0].units",
                  .before = "1",
                  .after = "2"};
  Program program;
  program.result = "keras.Sequential()";
  const std::string text = standalone_text(program, site);
  EXPECT_TRUE(text.contains("return told(thing.layers[0].units)")) << text;
  EXPECT_TRUE(text.contains("again = keras.saving.load_model('model.keras'")) << text;
}

TEST(HuntFinding, EveryWayOfCopyingIsWrittenOut) {
  Program program;
  program.result = "keras.Sequential()";
  program.is_model = true;
  const auto text = [&](std::string_view format, std::string_view stage) {
    return standalone_text(program, {.oracle = "state",
                                     .format = std::string(format),
                                     .stage = std::string(stage),
                                     .path = "thing.name",
                                     .before = "1",
                                     .after = "2"});
  };
  EXPECT_TRUE(text("pickle", "loaded").contains("again = pickle.loads(pickle.dumps(thing))"));
  EXPECT_TRUE(text("copy", "loaded").contains("again = copy.deepcopy(thing)"));
  EXPECT_TRUE(text("reload", "loaded").contains("thing.save('model.keras')"));
  EXPECT_TRUE(text("reload", "loaded").contains("again.load_weights('model.keras')"));
  EXPECT_TRUE(text("sharded", "loaded").contains("thing.save_weights('model.weights.json', max_shard_size=1e-6)"));
  EXPECT_TRUE(text("clone_deep", "loaded").contains("recursive=True"));
  EXPECT_TRUE(text("clone", "shared").contains("assert again is thing or not shared"));
}

TEST(HuntFinding, AWordStandsByItself) {
  EXPECT_TRUE(has_word("keras.layers.Dense.units", "units"));
  EXPECT_TRUE(has_word("thing._output_shape", "output_shape"));
  EXPECT_TRUE(has_word("thing.kernels.kernel", "kernel"));
  EXPECT_FALSE(has_word("keras.layers.Dense.units", "layer"));
  EXPECT_FALSE(has_word("keras.Sequential.compiled", "compile"));
  EXPECT_FALSE(has_word("thing.output_shape", "shape"));
  // One underscore in front is of the attribute; behind the word it is another word.
  EXPECT_TRUE(has_word("_units", "units"));
  EXPECT_TRUE(has_word("._units", "units"));
  EXPECT_FALSE(has_word("__units", "units"));
  EXPECT_FALSE(has_word("a_units", "units"));
  EXPECT_FALSE(has_word("1_units", "units"));
  EXPECT_FALSE(has_word("aunits", "units"));
  EXPECT_FALSE(has_word("units_", "units"));
  EXPECT_FALSE(has_word("units9", "units"));
  EXPECT_TRUE(has_word("units", "units"));
  EXPECT_TRUE(has_word("unitsunits units", "units"));
  EXPECT_TRUE(has_word("(units)", "units"));
  EXPECT_FALSE(has_word("unit", "units"));
  EXPECT_FALSE(has_word("thing", ""));
}

}  // namespace
}  // namespace revive::properties::hunt
