#include "revive/fuzz/seeds/seeds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "revive/fuzz/mutators/mutate_json.h"
#include "revive/fuzz/mutators/mutate_model.h"
#include "revive/fuzz/mutators/pinned.h"
#include "revive/fuzz/oracles/lambda_case.h"
#include "revive/model/graph/op.h"
#include "revive/model/lambda/function_table.h"
#include "revive/model/registry.h"
#include "revive/properties/choices/recording.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/io/base64.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/keras_archive.h"
#include "revive_build/source_dir.h"

namespace revive::fuzz {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Seeds, EightOfKerasAndEightGenerated) {
  EXPECT_THAT(keras_seed_names(),
              ElementsAre("stack_compiled", "stack_text", "mask_lost_in_conv", "int32_passes_through", "special_inputs",
                          "lambda_twice_the_same_text", "lambda_captured_arrays", "gru_masked_backwards"));
  EXPECT_EQ(generated_seeds().size(), 8U);
}

TEST(Seeds, GeneratedOnesAreTheFirstThatAreTaken) {
  SeedChoice choice;
  const auto seeds = generated_seeds();
  std::size_t next = 0;
  for (std::uint64_t seed = 1; next < seeds.size(); ++seed) {
    auto choices = properties::Choices::random(seed, 40);
    const auto drawn = properties::generate_case(choices);
    ASSERT_TRUE(drawn);
    if (!choice.takes(drawn->model)) continue;
    EXPECT_EQ(seeds[next].seed, seed);
    EXPECT_FALSE(first_difference(drawn->model, seeds[next].model)) << "it is what its seed gives";
    ++next;
  }
}

// An InputLayer and layers of these classes, with so many bytes in an asset.
Sequential stack_of(const std::vector<std::string>& classes, std::size_t bytes = 0) {
  std::vector<Layer> layers = {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 4}}})};
  for (const std::string& name : classes) layers.push_back(make_layer(name, {}).value());
  auto model = Sequential::make("m", std::move(layers));
  EXPECT_TRUE(model) << model.error().text();
  model->initialize(1);
  model->set_assets({{"assets/a", std::vector<std::byte>(bytes)}});
  return *std::move(model);
}

TEST(SeedChoice, TakesFiveToSevenLayers) {
  for (const std::size_t layers : {3U, 4U, 5U, 6U, 7U, 8U, 9U}) {
    std::vector<std::string> classes(layers, "ReLU");
    classes[0] = "LeakyReLU";
    EXPECT_EQ(SeedChoice().takes(stack_of(classes)), layers >= 5 && layers <= 7) << layers;
  }
}

TEST(SeedChoice, AsksForTwoNewClassesUnlessItWaitedForLong) {
  const Sequential first = stack_of({"ReLU", "ReLU", "LeakyReLU", "ReLU", "ReLU"});
  const Sequential none = stack_of({"LeakyReLU", "ReLU", "LeakyReLU", "ReLU", "ReLU"});
  const Sequential one = stack_of({"ReLU", "Flatten", "LeakyReLU", "ReLU", "ReLU"});
  const Sequential two = stack_of({"Softmax", "LayerNormalization", "ReLU", "ReLU", "ReLU"});
  SeedChoice choice;
  EXPECT_TRUE(choice.takes(first));
  EXPECT_FALSE(choice.takes(first)) << "it has nothing new";
  EXPECT_FALSE(choice.takes(one));
  EXPECT_TRUE(choice.takes(two));
  EXPECT_FALSE(choice.takes(two));
  // The wait begins anew with each that is taken: 200 models, and the one after them.
  for (int i = 1; i < 200; ++i) ASSERT_FALSE(choice.takes(none)) << i;
  EXPECT_TRUE(choice.takes(none));
  for (int i = 0; i < 200; ++i) ASSERT_FALSE(choice.takes(none)) << i;
  EXPECT_TRUE(choice.takes(one));
}

TEST(SeedChoice, TakesWhatIsSavedInAtMost22Kilobytes) {
  const std::vector<std::string> classes = {"ReLU", "LeakyReLU", "ReLU", "ReLU", "ReLU"};
  const std::size_t around = archive_of(stack_of(classes, 10000))->size() - 10000;
  EXPECT_TRUE(SeedChoice().takes(stack_of(classes, (22 << 10) - around)));
  EXPECT_FALSE(SeedChoice().takes(stack_of(classes, (22 << 10) - around + 1)));
  Sequential unsaved = stack_of(classes);
  unsaved.set_assets({{"../a", {}}});
  ASSERT_FALSE(archive_of(unsaved));
  EXPECT_FALSE(SeedChoice().takes(unsaved));
}

TEST(Seeds, ChoicesAreThoseOfTheGeneratedModelsAndNone) {
  const auto choices = choice_seeds();
  const auto generated = generated_seeds();
  ASSERT_EQ(choices.size(), generated.size() + 1);
  EXPECT_EQ(choices[0], (std::vector<std::uint8_t>{0, 0}));
  for (std::size_t i = 0; i < generated.size(); ++i) {
    auto drawn = properties::Choices::from_fuzz(choices[i + 1]);
    const auto made = properties::generate_case(drawn);
    ASSERT_TRUE(made);
    EXPECT_FALSE(first_difference(made->model, generated[i].model));
  }
}

// Texts and their inputs, letter by letter.
TEST(Seeds, LambdasAreTheseTexts) {
  std::string all;
  for (const auto& seed : lambda_seeds()) all += std::string(seed.begin(), seed.end()) + '\n';
  expect_pinned("seeds.lambda", all);
  EXPECT_EQ(lambda_seeds().size(), 31U);
}

// The forms of code, by their names; their bytes are the corpus'.
TEST(Seeds, BytecodeIsThatOfTheCorpus) {
  std::size_t versions = 0;
  for (const auto& entry : std::filesystem::directory_iterator(REVIVE_SOURCE_DIR "/corpus/lambdas")) {
    if (!entry.path().stem().string().starts_with("python") || entry.path().extension() != ".json") continue;
    ++versions;
    std::ifstream file(entry.path());
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const auto seeds = bytecode_seeds(text);
    ASSERT_TRUE(seeds) << seeds.error().text();
    std::string names;
    for (const BytecodeSeed& seed : *seeds) {
      names += seed.name + '\n';
      EXPECT_GT(seed.bytes.size(), 40U);
    }
    expect_pinned("seeds.bytecode_names", names);
    EXPECT_EQ(seeds->size(), 26U);
  }
  EXPECT_GE(versions, 8U);
}

TEST(Seeds, FixturesThatLackALambdaAreRefused) {
  for (const std::string fixtures :
       {"{}", R"({"identity": 3})", R"({"identity": {}})", R"({"identity": {"config": {}}})",
        R"({"identity": {"config": {"code": 3}}})", R"({"identity": {"config": {"code": "!"}}})"}) {
    const auto seeds = bytecode_seeds(fixtures);
    ASSERT_FALSE(seeds) << fixtures;
    EXPECT_EQ(seeds.error().code, ErrorCode::manifest_format);
    EXPECT_EQ(seeds.error().text(), "fixtures: expected the code of identity");
  }
  EXPECT_EQ(bytecode_seeds("{").error().code, ErrorCode::json_syntax);
  // With the first one there, the second is missed.
  EXPECT_THAT(bytecode_seeds(R"({"identity": {"config": {"code": "4wAA"}}})").error().text(),
              HasSubstr("the code of arithmetic_6"));
}

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    EXPECT_TRUE(lines.insert(text.substr(at, end - at)).second) << "twice: " << text.substr(at, end - at);
    at = end + 1;
  }
  return lines;
}

TEST(Dictionaries, HoldEveryWordOfTheDeclarations) {
  const auto lines = lines_of(declared_dictionary());
  const auto word = [&](std::string_view text) {
    if (text.empty()) return;
    EXPECT_TRUE(lines.contains("\"\\\"" + std::string(text) + "\\\"\"")) << text;
  };
  for (const LayerClass* layer_class : layer_classes()) {
    word(layer_class->name);
    word(layer_class->module);
    for (const ChildSlot& slot : layer_class->slots) {
      word(slot.key);
      word(slot.group());
    }
    const auto config = layer_class->create();
    for (const Field& field : layer_class->fields) {
      word(field.name);
      for (const LegacyKey& spelling : field.legacy_keys) word(spelling.key);
      const FieldRef ref = field.ref(config.get());
      const auto* spelled = std::get_if<EnumRef>(&ref);
      if (spelled == nullptr) continue;
      for (const std::string_view name : spelled->names->names) word(name);
      for (const EnumNames::Alias& alias : spelled->names->aliases) word(alias.spelling);
    }
    for (const FixedKey& fixed : layer_class->fixed) word(fixed.key);
    for (const std::string_view key : layer_class->training_only) word(key);
  }
  for (const OpClass* op : all_ops()) {
    word(op->module);
    word(op->class_name);
    word(op->function);
    for (const std::string_view parameter : op->parameters) word(parameter);
    for (const OpSetting& setting : op->settings) word(setting.name);
  }
  // Of the codec, however deep.
  for (const GeneratedSeed& generated : generated_seeds()) {
    Value config = *model_to_config(generated.model);
    for (const Value* value : all_values(config)) {
      if (!value->is_object()) continue;
      for (const auto& [key, member] : value->as_object()) word(key);
    }
  }
  EXPECT_FALSE(lines.contains("\"\\\"\\\"\""));
}

TEST(Dictionaries, LambdaWordsAreThoseOfTheTables) {
  const auto lines = lines_of(lambda_dictionary());
  const auto word = [&](const std::string& text) { EXPECT_TRUE(lines.contains('"' + text + '"')) << text; };
  for (const std::string text : {"lambda x: ", "axis=", "keepdims=True", "None", "...", "::-1", "x[:, ", "[[0, 0], "}) {
    word(text);
  }
  for (const std::string_view path : function_paths()) word(std::string(path) + "(");
  for (const OpClass* op : all_ops()) {
    word("ops." + std::string(op->function) + "(x");
    for (const std::string_view parameter : op->parameters) word(std::string(parameter) + "=");
    for (const OpSetting& setting : op->settings) word(std::string(setting.name) + "=");
  }
  for (const std::string text : {" + ", " and ", " not in ", " // ", " << "}) word(text);
  for (const auto& [name, capture] : lambda_captures()) word(name);
}

}  // namespace
}  // namespace revive::fuzz
