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

Result<Bytes> saved_with_code(const Sequential& model) {
  const auto saved = save_bytes(model, {.keep_training_code = true});
  if (!saved) return std::unexpected(saved.error());
  return Bytes(saved->bytes().begin(), saved->bytes().end());
}

TEST(WhatIsWrittenIsSafe, FindsCodeThatIsWrittenBack) {
  Subject subject = revive_subject();
  subject.save = [](const Sequential& model, const Environment&) { return saved_with_code(model); };
  expect_found("what_is_written_is_safe", subject, "config.json holds ");
}

TEST(WhatIsWrittenIsSafe, HoldsForRevive) {
  EXPECT_EQ(testing::find("what_is_written_is_safe", revive_subject(), 200).message, "");
}

// What is written beside the model, for what is in it: whose module, under which name it was registered, and how deep.
TEST(WhatIsWrittenIsSafe, LooksAtEveryObjectOfTheConfig) {
  const auto said = [](std::string_view object) {
    const auto loss = parse_json(object, {}, "loss");
    EXPECT_TRUE(loss) << object;
    Subject subject = revive_subject();
    subject.save = [&](const Sequential& model, const Environment&) {
      Sequential written = model;
      written.set_compile_config(Value::Object{{"loss", *loss}});
      visit_layers(written.root(), [](const std::string&, Layer& layer) { layer.training_only().clear(); });
      return saved_with_code(written);
    };
    return testing::find("what_is_written_is_safe", subject, 2).message;
  };
  for (const char* const safe : {
           R"({"module": "keras.losses", "class_name": "Huber", "config": {}})",
           R"({"module": "keras.losses", "class_name": "Huber", "config": {}, "registered_name": null})",
           R"({"module": "keras.losses", "class_name": "Huber", "config": {}, "registered_name": "Huber"})",
           R"({"class_name": "Huber", "registered_name": "my>Huber"})",
           R"({"module": "os"})",
       }) {
    EXPECT_EQ(said(safe), "") << safe;
  }
  for (const char* const unsafe : {
           R"({"module": "os", "class_name": "Huber"})",
           R"({"module": 3, "class_name": "Huber"})",
           R"({"module": null, "class_name": "Huber", "registered_name": null})",
           R"({"module": "keras.losses", "class_name": "Huber", "registered_name": "my>Huber"})",
           R"({"module": "keras.losses", "class_name": "Huber", "registered_name": 3})",
           R"({"module": "os", "class_name": "Huber", "registered_name": "my>Huber"})",
           R"({"class_name": "__lambda__"})",
           R"({"module": "keras", "class_name": "__lambda__"})",
           R"([1, {"of": {"module": "os", "class_name": "Huber"}}])",
       }) {
    EXPECT_THAT(said(unsafe), ::testing::HasSubstr("config.json holds ")) << unsafe;
  }
}

TEST(LoadsAreIndependent, FindsModelsThatShareASession) {
  expect_found("loads_are_independent", *find_subject("loads_share_a_session"),
               "after another model was loaded: output");
}

}  // namespace
}  // namespace revive::properties
