#include "revive/serializer/keras/training_versions.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/serializer/compare.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/training_code.h"
#include "revive/serializer/keras_archive.h"
#include "revive_build/source_dir.h"

namespace revive {
namespace {

using testing::ElementsAre;

Value json(std::string_view text) {
  auto value = parse_json(text, {}, "json");
  if (!value) ADD_FAILURE() << text << ": " << value.error().text();
  return value ? *value : Value();
}

std::string object(std::string_view module, std::string_view class_name, std::string_view config) {
  return fmt::format(R"({{"module": "keras.{}", "class_name": "{}", "config": {}, "registered_name": null}})", module,
                     class_name, config);
}

// A Dense layer with this initializer for its kernel.
Sequential initialized(std::string_view text) {
  auto model = Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{Value(), 2}}}),
                                      *make_layer("Dense", {{"units", 1}, {"name", "d"}})});
  model->layers()[1].training_only() = {{"kernel_initializer", json(text)}};
  return *model;
}

Sequential compiled(std::string_view text) {
  Sequential model = initialized(R"("zeros")");
  model.set_compile_config(json(text));
  return model;
}

TEST(TrainingVersions, WhatCompileNamesIsLookedUp) {
  EXPECT_THAT(newer_training_state(
                  compiled(R"({"optimizer": "lamb", "loss": "circle", "metrics": ["mae", ["pearson_correlation"]]})")),
              ElementsAre("compile_config: optimizer: lamb: 3.5.0", "compile_config: loss: circle: 3.7.0",
                          "compile_config: metrics: pearson_correlation: 3.7.0"));
  EXPECT_THAT(newer_training_state(compiled(R"({"optimizer": "adam", "loss": {"a": "mse", "b": "circle"}})")),
              ElementsAre("compile_config: loss: circle: 3.7.0"));
  EXPECT_THAT(newer_training_state(compiled(R"({"optimizer": "adam", "jit_compile": "circle"})")), ElementsAre());
  EXPECT_THAT(newer_training_state(initialized(R"("zeros")")), ElementsAre());
  for (const std::string_view name : {"STFT", "stft"}) {
    EXPECT_THAT(newer_training_state(initialized(fmt::format("\"{}\"", name))),
                ElementsAre(fmt::format("/layers/1 (Dense 'd'): kernel_initializer: {}: 3.7.0", name)));
  }
}

TEST(TrainingVersions, ClassesAreLookedUpWithTheirArguments) {
  const std::string optimizer = object("optimizers", "Muon", R"({"rms_rate": 0.2, "momentum": 0.9})");
  const std::string loss = object("losses", "SparseCategoricalCrossentropy", R"({"axis": -1, "from_logits": true})");
  const std::string function =
      R"({"module": "builtins", "class_name": "function", "config": "circle", "registered_name": "function"})";
  EXPECT_THAT(
      newer_training_state(
          compiled(fmt::format(R"({{"optimizer": {}, "loss": [{}, {}]}})", optimizer, loss, function))),
      ElementsAre("compile_config: optimizer: Muon: 3.10.0", "compile_config: optimizer: rms_rate of Muon: 3.13.0",
                  "compile_config: loss: axis of SparseCategoricalCrossentropy: 3.10.0",
                  "compile_config: loss: circle: 3.7.0"));
  // A loss inside an optimizer's settings is no name of one.
  EXPECT_THAT(newer_training_state(compiled(fmt::format(R"({{"optimizer": "adam", "loss": {}}})",
                                                        object("losses", "Huber", R"({"name": "circle"})")))),
              ElementsAre());
}

TEST(TrainingVersions, SettingsOfLayersAreLookedUp) {
  const std::string stft = object("initializers", "STFT", R"({"side": "real"})");
  EXPECT_THAT(newer_training_state(initialized(stft)),
              ElementsAre("/layers/1 (Dense 'd'): kernel_initializer: STFT: 3.7.0"));
  EXPECT_THAT(newer_training_state(initialized(R"("stft")")),
              ElementsAre("/layers/1 (Dense 'd'): kernel_initializer: stft: 3.7.0"));
  const std::string axes = object("initializers", "GlorotUniform", R"({"seed": 3, "input_axes": [0]})");
  EXPECT_THAT(newer_training_state(initialized(axes)),
              ElementsAre("/layers/1 (Dense 'd'): kernel_initializer: input_axes of GlorotUniform: 3.15.0"));
  EXPECT_FALSE(has_newer_defaults(initialized(axes)));
  EXPECT_THAT(newer_training_state(initialized(R"("zeros")")), ElementsAre());
}

// Keras 3.15 writes axes that no Keras before it takes, of every layer that draws its weights.
TEST(TrainingVersions, AxesThatAreNoneAreNotWritten) {
  const auto model = load(REVIVE_SOURCE_DIR "/corpus/keras/dense.keras");
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_TRUE(has_newer_defaults(*model));
  EXPECT_THAT(newer_training_state(*model), ElementsAre());
  const auto saved = save_bytes(*model);
  ASSERT_TRUE(saved) << saved.error().text();
  const auto loaded = load_bytes(saved->bytes());
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_FALSE(has_newer_defaults(*loaded));
  EXPECT_FALSE(first_difference(without_training_code(*model), *loaded));
  EXPECT_TRUE(first_difference(*model, *loaded));
}

}  // namespace
}  // namespace revive
