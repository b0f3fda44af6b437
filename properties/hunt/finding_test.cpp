#include "revive/properties/hunt/finding.h"

#include <gtest/gtest.h>

#include "revive/properties/hunt/check_text.h"

namespace revive::properties::hunt {
namespace {

TEST(HuntFinding, OneCauseInManyClassesHasOneKey) {
  const Site site{.oracle = "state",
                  .what = "keras.layers.Dense.dtype",
                  .format = "keras",
                  .stage = "loaded",
                  .path = "thing.layers[0].dtype",
                  .before = "1",
                  .after = "2"};
  Program program;
  program.make = {{.text = "", .features = {{"keras.layers.Dense", "Layer", "dtype", "'float16'"}}}};
  EXPECT_EQ(key_of(site, program), "changed: Layer.dtype = a string");
  program.make.front().features.front().class_name = "keras.layers.Conv2D";
  EXPECT_EQ(key_of(site, program), "changed: Layer.dtype = a string");
  program.make.front().features.front().value = "keras.DTypePolicy('float64')";
  EXPECT_EQ(key_of(site, program), "changed: Layer.dtype = keras.DTypePolicy");
  program.make.front().features.front().value = "keras.layers.LSTM(3, stateful=True)";
  EXPECT_EQ(key_of(site, program), "changed: Layer.dtype = keras.layers.LSTM(3, stateful=True)");
}

TEST(HuntFinding, WhatIsDoneToAModelIsKeyedWithWhatItChanges) {
  Site site{.oracle = "config",
            .what = "Functional.get_config()['output_layers'][]",
            .format = "keras",
            .stage = "loaded",
            .before = "1",
            .after = "2"};
  Program program;
  program.step = {{.text = "", .features = {{"keras.Model", "Model", "step", "thing.pop()"}}}};
  EXPECT_EQ(key_of(site, program), "changed: Model.step = thing.pop(), output_layers");
  site.what = "keras.optimizers.Adam.variables[]";
  EXPECT_EQ(key_of(site, program), "changed: Model.step = thing.pop(), variables");
  site.stage = "saved";
  site.oracle = "saving changes";
  EXPECT_EQ(key_of(site, program), "saving changes: Model.step = thing.pop(), variables");
}

TEST(HuntFinding, NamesThatAreMadeAnewHaveOneKeyForAllClones) {
  Site site{.oracle = "state",
            .what = "Functional.output_names[]",
            .format = "clone_deep",
            .stage = "loaded",
            .path = "thing.output_names[0]",
            .before = "'add'",
            .after = "'add_12'"};
  EXPECT_EQ(key_of(site, {}), "changed: a clone is named anew");
  site.format = "keras";
  EXPECT_EQ(key_of(site, {}), "changed: Functional.output_names[]");
  site.path = "thing.layers[0].name";
  EXPECT_EQ(key_of(site, {}), "changed: Functional.output_names[]");
  site.path = "thing.layers[0].auto_contrast.name";
  EXPECT_EQ(key_of(site, {}), "changed: a layer within a layer is named anew");
  // What nobody named is named after the class that it is in.
  site.after = "'aug_mix'";
  EXPECT_EQ(key_of(site, {}), "changed: a layer within a layer is named anew");
  site.format = "clone";
  site.path = "thing.output_names[0]";
  EXPECT_EQ(key_of(site, {}), "changed: Functional.output_names[]");
  site.after = "'keras_tensor_2'";
  EXPECT_EQ(key_of(site, {}), "changed: a clone is named anew");
  site.before = "'_1'";
  site.after = "'_2'";
  EXPECT_EQ(key_of(site, {}), "changed: Functional.output_names[]");
}

TEST(HuntFinding, VariablesThatAnOptimizerDidNotHaveAreNoneThatItLost) {
  Site site{.oracle = "weights",
            .what = "keras.optimizers.Lamb.variables[]",
            .format = "keras",
            .stage = "loaded",
            .before = "missing",
            .after = "variable float32(4,)"};
  const std::string made = "changed: loading makes the variables of an optimizer that had none";
  EXPECT_EQ(key_of(site, {}), made);
  site.oracle = "state";
  site.before = "list of 0";
  site.after = "list of 2";
  EXPECT_EQ(key_of(site, {}), made);
  std::swap(site.before, site.after);
  EXPECT_NE(key_of(site, {}), made);
}

TEST(HuntFinding, WhatAFunctionLosesIsKeyedByWhereItKeptIt) {
  Site site{.oracle = "capture",
            .what = "keras.layers.Lambda.function.__kwdefaults__",
            .format = "keras",
            .stage = "loaded",
            .path = "thing.function.__kwdefaults__",
            .before = "dict of ['K']",
            .after = "None"};
  EXPECT_EQ(key_of(site, {}), "changed: a keyword-only default of a function was a dict and is None");
  site.path = "thing.function.__closure__[0].cell_contents.__defaults__[0]";
  site.before = "<keras.layers.ReLU>";
  site.after = "missing";
  EXPECT_EQ(key_of(site, {}), "changed: a default of a function was an object and is missing");
  // What a config says of it is no other defect.
  site.oracle = "config";
  site.what = "'__lambda__'['defaults'][]";
  site.path = "thing.get_config()['function']['config']['defaults'][0]";
  EXPECT_EQ(key_of(site, {}), "changed: a default of a function was an object and is missing");
  site.oracle = "capture";
  site.path = "thing.function.__code__.co_code";
  site.before = site.after = "code 1234";
  EXPECT_EQ(key_of(site, {}), "changed: the code of a function was code and is code");
}

TEST(HuntFinding, WeightsThatDoNotFitAreKeyedWithWhatWasDoneToTheModel) {
  const Site site{.oracle = "load raises",
                  .what = "ValueError in src/saving/saving_lib.py:_raise_loading_failure: <Dense..: no",
                  .after = "no"};
  Program program;
  EXPECT_EQ(key_of(site, program), site.key());
  program.make = {{.text = "", .features = {{"Block", "Block", "layer", "Block(3)"}}}};
  EXPECT_EQ(key_of(site, program), site.key());
  program.make.push_back({.text = "", .features = {{"keras.layers.Lambda", "Lambda", "function", "a lambda"}}});
  EXPECT_EQ(key_of(site, program), site.key() + ", Lambda.function = a lambda");
  program.step = {{.text = "", .features = {{"keras.Model", "Model", "step", "thing.quantize('int8')"}}}};
  EXPECT_EQ(key_of(site, program), site.key() + ", Model.step = thing.quantize('int8')");
}

TEST(HuntFinding, ANumberThatIsADictIsWhatMakesItsUseFail) {
  Site site{.oracle = "load raises", .what = "TypeError in a.py:f: no _", .after = "no 'x'"};
  Program program;
  program.make = {{.text = "", .features = {{"keras.layers.Dense", "Dense", "units", "a NumPy integer"}}}};
  EXPECT_EQ(key_of(site, program), "changed: a NumPy number comes back as a dict");
  site.oracle = "save raises";
  EXPECT_EQ(key_of(site, program), "save raises: TypeError in a.py:f: no _");
  site.oracle = "call raises";
  EXPECT_EQ(key_of(site, {}), "call raises: TypeError in a.py:f: no _");
  program.make = {{.text = "", .features = {{"keras.layers.Lambda", "Lambda", "mask", "lambda inputs: inputs"}}}};
  EXPECT_EQ(key_of(site, program), "changed: Lambda.mask = lambda inputs: inputs");
}

TEST(HuntFinding, AValueThatComesBackAsOneOfAnotherKindHasOneKey) {
  Site site{.oracle = "state",
            .what = "keras.layers.RandomZoom.height_factor",
            .format = "keras",
            .stage = "loaded",
            .path = "thing.layers[0].height_factor",
            .before = "tuple of 2",
            .after = "list of 2"};
  Program program;
  program.make = {{.text = "", .features = {{"keras.layers.RandomZoom", "RandomZoom", "height_factor", "(1, 2)"}}}};
  EXPECT_EQ(key_of(site, program), "changed: a tuple comes back as a list");
  // Numbers that are others are no matter of kinds.
  site.before = "3";
  site.after = "4";
  EXPECT_EQ(key_of(site, program), "changed: RandomZoom.height_factor = (1, 2)");
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

TEST(HuntFinding, ATupleThatIsLostWithoutJsonIsADefectOfItsOwn) {
  Site site{.oracle = "output",
            .what = "use(thing)",
            .format = "keras",
            .stage = "loaded",
            .path = "use(thing)",
            .before = "tuple of 2",
            .after = "list of 2"};
  EXPECT_EQ(key_of(site, {}), "changed: a tuple comes back as a list");
  site.format = "config";
  EXPECT_EQ(key_of(site, {}), "changed: a tuple comes back as a list, and without JSON: use(thing)");
  site.oracle = "state";
  site.what = "keras.layers.RandomHue.value_range";
  EXPECT_EQ(key_of(site, {}), "changed: a tuple comes back as a list, and without JSON: value_range");
}

TEST(HuntFinding, WhatAModelGivesIsKeyedApartFromWhatItIs) {
  Site site{.oracle = "output", .what = "use(thing)", .path = "use(thing)", .before = "1", .after = "2"};
  Program program;
  program.make = {{.text = "", .features = {{"keras.layers.Dense", "Layer", "dtype", "'float16'"}}}};
  EXPECT_EQ(key_of(site, program), "gives something else: Layer.dtype = a string");
}

TEST(HuntFinding, TheCauseIsWhatTheSiteNames) {
  const Site site{.oracle = "config", .what = "Chain.get_config()['k']", .path = "", .before = "3", .after = "2"};
  Program program;
  program.make = {{.text = "", .features = {{"keras.Model", "Model", "own chains", "Chain(k=3)"}}},
                  {.text = "", .features = {{"keras.layers.Activation", "Activation", "activation", "'relu'"}}}};
  EXPECT_EQ(key_of(site, program), "changed: Model.own chains = Chain(k=3), k");
  program.make.push_back({.text = "", .features = {{"keras.Model", "Model", "compile", "k=2"}}});
  program.make.push_back({.text = "", .features = {{"keras.Model", "Model", "compile", "'adam'"}}});
  EXPECT_EQ(key_of(site, program), "changed: Model.compile = k=2, k");
  program.make.push_back(
      {.text = "", .features = {{"keras.Model", "Model", "rewirings", "keras.Sequential([model])"}}});
  const Site inner{.oracle = "config", .what = "'Chain'['class_name']", .before = "'Chain'", .after = "'Sequential'"};
  EXPECT_EQ(key_of(inner, program), "changed: Model.own chains = Chain(k=3), class_name");
  const Site whole{.oracle = "state", .what = "thing", .path = "", .before = "<Chain>", .after = "<keras.Sequential>"};
  EXPECT_EQ(key_of(whole, program), "changed: Model.own chains = Chain(k=3), thing");
}

TEST(HuntFinding, AnArgumentIsKeyedWithWhatElseItChanges) {
  Site site{.oracle = "state", .what = "keras.layers.Dense.quantization_mode", .before = "'int8'", .after = "None"};
  Program program;
  program.make = {{.text = "", .features = {{"keras.layers.Dense", "Layer", "dtype", "'int8'"}}}};
  EXPECT_EQ(key_of(site, program), "changed: Layer.dtype = a string, quantization_mode");
  // A weight has a name and a place.
  site.what = "keras.layers.Dense.kernel";
  site.before = "variable float32(4, 3)";
  EXPECT_EQ(key_of(site, program), "changed: Layer.dtype = a string, variables");
  site.oracle = "weights";
  site.what = "keras.layers.Dense._trainable_variables[]";
  EXPECT_EQ(key_of(site, program), "changed: Layer.dtype = a string, variables");
}

TEST(HuntFinding, WhatIsSaidOfATensorIsNoArgumentOfALayer) {
  const Site site{.oracle = "config", .what = "'__keras_tensor__'['dtype']", .before = "1", .after = "2"};
  Program program;
  program.make = {{.text = "", .features = {{"keras.layers.Dense", "Layer", "dtype", "'float16'"}}}};
  EXPECT_EQ(key_of(site, program), "changed: '__keras_tensor__'['dtype']");
}

TEST(HuntFinding, ASettingThatIsLeftIsTheCause) {
  const Site site{.oracle = "state", .what = "keras.Sequential.optimizer", .before = "1", .after = "2"};
  Program program;
  program.make = {{.text = "", .features = {{"keras", "keras", "setting", "keras.config.set_floatx('float16')"}}},
                  {.text = "", .features = {{"keras.Model", "Model", "optimizer", "'adam'"}}}};
  EXPECT_EQ(key_of(site, program), "changed: keras.setting = keras.config.set_floatx, optimizer");
}

TEST(HuntFinding, AnAttributeMayEndInTheNameOfItsArgument) {
  const Site site{.oracle = "state",
                  .what = "keras.layers.RNN.initial_weights",
                  .path = "",
                  .before = "list of 0",
                  .after = "missing"};
  Program program;
  program.make = {{.text = "",
                   .features = {{"keras.layers.Bidirectional", "Bidirectional", "layer",
                                 "keras.layers.RNN(keras.layers.LSTMCell(3))"},
                                {"keras.layers.Bidirectional", "Bidirectional", "weights", "[1]"},
                                {"keras.Model", "Model", "compile", "keras.optimizers.Lamb"}}}};
  EXPECT_EQ(key_of(site, program), "changed: Bidirectional.weights = [1]");
  EXPECT_FALSE(is_of_argument("keras.layers.RNN.initialweights", "weights"));
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
  EXPECT_FALSE(has_word("thing", ""));
}

}  // namespace
}  // namespace revive::properties::hunt
