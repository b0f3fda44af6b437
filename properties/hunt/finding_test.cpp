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
  EXPECT_EQ(key_of(site, program), "changed: Model.own chains = Chain(k=3)");
  const Site whole{.oracle = "state", .what = "thing", .path = "", .before = "<Chain>", .after = "<keras.Sequential>"};
  EXPECT_EQ(key_of(whole, program), "changed: Model.own chains = Chain(k=3)");
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
