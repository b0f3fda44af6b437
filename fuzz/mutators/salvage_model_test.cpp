#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/fuzz/mutators/mutate_model.h"
#include "revive/fuzz/mutators/mutate_model_testing.h"
#include "revive/model/layers/input_layer.h"
#include "revive/properties/case.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras_archive.h"
#include "revive/serializer/zip/archive.h"
#include "revive/serializer/zip/zip_builder.h"

namespace revive::fuzz {
namespace {

TEST(ShrinkModel, LeavesOneLayerOutOrWhatIsCarried) {
  const Sequential model = stacked();
  std::set<std::string> removed;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    const auto smaller = shrink_model(model, random);
    ASSERT_TRUE(smaller);
    EXPECT_TRUE(one_put_in(names_of(layers_of(*smaller)), names_of(layers_of(model))));
    for (const std::string& name : names_of(layers_of(model))) {
      if (!std::ranges::count(names_of(layers_of(*smaller)), name)) removed.insert(name);
    }
    EXPECT_EQ(smaller->assets(), model.assets());
    EXPECT_TRUE(smaller->built());
  }
  EXPECT_EQ(removed.size(), 4U) << "any but the InputLayer";
  Random random(1);
  const auto bare = shrink_model(model_of({input_layer()}), random);
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->layers().size(), 1U);
  EXPECT_TRUE(bare->assets().empty());
  EXPECT_TRUE(bare->training_tensors().empty());
  EXPECT_TRUE(bare->compile_config().is_null());
}

ArchiveParts parts_of(const Sequential& model) {
  const std::string archive = *archive_of(model);
  return *open_archive({reinterpret_cast<const std::uint8_t*>(archive.data()), archive.size()});
}

TEST(SalvageModel, GivesTheModelBackWithItsWeightsVersionAndConfig) {
  const Sequential model = stacked();
  Random random(1);
  const auto salvaged = salvage_model(parts_of(model), random);
  ASSERT_TRUE(salvaged);
  EXPECT_FALSE(first_config_difference(model, *salvaged));
  EXPECT_FALSE(first_weights_difference(model, *salvaged));
  EXPECT_EQ(salvaged->keras_version(), "3.9.2");
  EXPECT_EQ(salvaged->training_tensors().size(), 1U);
}

// Up to three layers that are refused are left out.
TEST(SalvageModel, LeavesOutWhatIsRefused) {
  const auto with_unknown = [](std::size_t count) {
    ArchiveParts parts = parts_of(stacked());
    Value document = *read_json_part(parts, kConfigMember);
    Value::Array& layers = document.find("config")->find("layers")->as_array();
    for (std::size_t i = 0; i < count; ++i) {
      Value unknown = layers[2];
      *unknown.find("class_name") = "Unknown";
      layers.insert(layers.begin() + 2, std::move(unknown));
    }
    parts.find(kConfigMember)->bytes = print_json(document);
    return parts;
  };
  for (const std::size_t count : {0U, 1U, 2U, 3U}) {
    Random random(1);
    const auto salvaged = salvage_model(with_unknown(count), random);
    ASSERT_TRUE(salvaged) << count;
    EXPECT_EQ(names_of(layers_of(*salvaged)), names_of(layers_of(stacked())));
  }
  Random random(1);
  EXPECT_FALSE(salvage_model(with_unknown(4), random));
}

TEST(SalvageModel, DrawsWeightsThatAreRefused) {
  ArchiveParts parts = parts_of(stacked());
  parts.find(kWeightsMember)->bytes = "no weights";
  Random random(1);
  const auto salvaged = salvage_model(parts, random);
  ASSERT_TRUE(salvaged);
  EXPECT_TRUE(first_weights_difference(stacked(), *salvaged));
  EXPECT_EQ(salvaged->layers()[1].weights().size(), 2U);
  std::erase_if(parts.parts,
                [](const Part& part) { return part.name == kWeightsMember || part.name == kMetadataMember; });
  const auto again = salvage_model(parts, random);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->keras_version(), kKerasVersion);
}

TEST(SalvageModel, GivesNothingWithoutAConfigOrAnInput) {
  Random random(1);
  ArchiveParts parts = parts_of(stacked());
  for (const std::string config : {"{", "{}", R"({"class_name": "Sequential", "config": {"layers": 3}})"}) {
    parts.find(kConfigMember)->bytes = config;
    EXPECT_FALSE(salvage_model(parts, random)) << config;
  }
  std::erase_if(parts.parts, [](const Part& part) { return part.name == kConfigMember; });
  EXPECT_FALSE(salvage_model(parts, random));
  auto unbuilt = Sequential::make("m", {*make_layer("ReLU", {})});
  EXPECT_FALSE(salvage_model(parts_of(*unbuilt), random));
}

TEST(FreshArchive, IsASmallModelThatLoads) {
  std::set<std::string> archives;
  std::size_t layers = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    const auto archive = fresh_archive(random);
    ASSERT_TRUE(archive);
    archives.insert(*archive);
    const auto model = load_bytes(zip::bytes_of(*archive), {.limits = kFuzzLimits});
    ASSERT_TRUE(model) << model.error().text();
    layers += properties::count_layers(*model);
  }
  EXPECT_EQ(archives.size(), 20U);
  EXPECT_LT(layers, 20U * 8);
}

TEST(ArchiveOf, IsWhatSaveBytesGivesAndKeepsNoCode) {
  const Sequential model = stacked();
  const auto saved = save_bytes(model);
  EXPECT_EQ(archive_of(model), std::string(zip::text_of(saved->bytes())));
  auto unnamed = Sequential::make(
      "m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}}), *make_layer("Lambda", {})});
  if (unnamed && !save_bytes(*unnamed)) {
    EXPECT_FALSE(archive_of(*unnamed));
  }
}

}  // namespace
}  // namespace revive::fuzz
