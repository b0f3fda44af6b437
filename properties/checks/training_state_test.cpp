// training_data_is_carried and loads_are_independent, with serializers that lose the one or mix up the other.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "revive/properties/faults/subjects.h"
#include "revive/properties/testing/broken.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras_archive.h"

namespace revive::properties {
namespace {

using testing::expect_found;
using testing::loads_with;

TEST(TrainingDataIsCarried, FindsACompileConfigThatIsDropped) {
  expect_found("training_data_is_carried", loads_with([](Sequential& model) { model.set_compile_config(Value()); }),
               "/compile_config");
}

TEST(TrainingDataIsCarried, FindsASeedThatIsDropped) {
  const Subject subject = loads_with([](Sequential& model) {
    visit_layers(model.root(), [](const std::string&, Layer& layer) { layer.training_only().clear(); });
  });
  expect_found("training_data_is_carried", subject, "/config/seed: 4294967295 before");
}

TEST(TrainingDataIsCarried, FindsInitializersThatAreMadeAnew) {
  const Subject subject = loads_with([](Sequential& model) {
    visit_layers(model.root(), [](const std::string&, Layer& layer) {
      for (auto& [key, value] : layer.training_only()) {
        if (key.ends_with("_initializer")) value = "glorot_uniform";
      }
    });
  });
  expect_found("training_data_is_carried", subject, "_initializer");
}

TEST(TrainingDataIsCarried, FindsOptimizerVariablesInOrderOfTheirNames) {
  const Subject subject = loads_with([](Sequential& model) {
    auto tensors = model.training_tensors();
    for (std::size_t i = 0; i < tensors.size(); ++i) tensors[i].path = fmt::format("optimizer/vars/{}", i);
    model.set_training_tensors(std::move(tensors));
  });
  expect_found("training_data_is_carried", subject, "/optimizer/vars/");
}

TEST(TrainingDataIsCarried, FindsAssetsReadAsText) {
  const Subject subject = loads_with([](Sequential& model) {
    auto assets = model.assets();
    for (Asset& asset : assets) asset.bytes.resize(1);
    model.set_assets(std::move(assets));
  });
  expect_found("training_data_is_carried", subject, "/assets");
}

TEST(TrainingDataIsCarried, FindsIntsThatPassThroughDouble) {
  expect_found("training_data_is_carried", *find_subject("big_ints_rounded"),
               "9007199254740993 before, 9007199254740992");
}

TEST(WhatIsWrittenIsSafe, FindsCodeThatIsWrittenBack) {
  Subject subject = revive_subject();
  subject.save = [](const Sequential& model, const Environment&) -> Result<Bytes> {
    const auto saved = save_bytes(model, {.keep_training_code = true});
    if (!saved) return std::unexpected(saved.error());
    return Bytes(saved->bytes().begin(), saved->bytes().end());
  };
  expect_found("what_is_written_is_safe", subject, "config.json holds ");
}

TEST(WhatIsWrittenIsSafe, HoldsForRevive) {
  EXPECT_EQ(testing::find("what_is_written_is_safe", revive_subject(), 200).message, "");
}

TEST(LoadsAreIndependent, FindsModelsThatShareASession) {
  expect_found("loads_are_independent", *find_subject("loads_share_a_session"),
               "after another model was loaded: output");
}

}  // namespace
}  // namespace revive::properties
