// Where classes stand, and with which policies: what a profile keeps apart, and what it does not.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "revive/model/registry.h"
#include "revive/properties/generate/generate.h"
#include "revive/properties/generate/layer_draw.h"
#include "revive/serializer/compare.h"

namespace revive::properties {
namespace {

std::vector<const LayerClass*> classes(std::initializer_list<std::string_view> names) {
  std::vector<const LayerClass*> found;
  for (const std::string_view name : names) found.push_back(find_layer_class(name));
  return found;
}

Case made_of(std::initializer_list<std::string_view> names, Profile profile, std::uint64_t seed) {
  Choices choices = Choices::random(seed);
  auto made = generate_case(choices, {.profile = profile, .only = classes(names)});
  EXPECT_TRUE(made) << made.error().text();
  return *std::move(made);
}

// How often `right` stands behind `left` in a stack, by the pair.
std::map<std::string, int> pairs_of(std::initializer_list<std::string_view> names, Profile profile) {
  constexpr std::uint64_t kSeeds = 150;
  std::map<std::string, int> pairs;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Case made = made_of(names, profile, seed);
    const auto layers = made.model.layers();
    for (std::size_t i = 1; i < layers.size(); ++i) {
      ++pairs[layers[i - 1].layer_class().name + " " + layers[i].layer_class().name];
    }
  }
  return pairs;
}

// It divides by what may be near zero.
TEST(Standing, ASteepNormalizationStandsBehindExactNumbersWhereItIsCompared) {
  for (const Profile profile : {Profile::tame, Profile::specials, Profile::wild}) {
    const auto pairs = pairs_of({"Dense", "UnitNormalization"}, profile);
    EXPECT_GT(pairs.contains("InputLayer UnitNormalization"), 0);
    EXPECT_GT(pairs.contains("UnitNormalization Dense"), 0);
    EXPECT_EQ(pairs.contains("Dense UnitNormalization"), profile != Profile::tame);
    EXPECT_EQ(pairs.contains("UnitNormalization UnitNormalization"), profile != Profile::tame);
  }
  // One with an epsilon stands anywhere.
  EXPECT_TRUE(pairs_of({"Dense", "LayerNormalization"}, Profile::tame).contains("Dense LayerNormalization"));
  // A lambda may keep bits.
  EXPECT_TRUE(pairs_of({"Lambda", "UnitNormalization"}, Profile::tame).contains("Lambda UnitNormalization"));
}

TEST(Standing, WhatInterpolatesMeetsNoInfinities) {
  for (const Profile profile : {Profile::tame, Profile::specials, Profile::wild}) {
    const auto pairs = pairs_of({"ReLU", "UpSampling2D"}, profile);
    EXPECT_EQ(pairs.contains("ReLU UpSampling2D"), profile != Profile::specials);
    EXPECT_TRUE(pairs.contains("ReLU ReLU"));
  }
}

// What zeros make of an infinite kernel depends on Keras' backend.
TEST(Standing, WhatPutsZerosBetweenNumbersHasTameWeightsWhereInfinitiesAreCompared) {
  constexpr std::uint64_t kSeeds = 60;
  const auto not_finite = [](std::string_view name, Profile profile) {
    int count = 0;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      const Case made = made_of({name}, profile, seed);
      visit_layers(made.model.root(), [&](const std::string&, const Layer& layer) {
        for (const Tensor& tensor : layer.weights()) {
          if (tensor.dtype() != DType::float32) continue;
          for (const float value : tensor.data<float>()) count += std::isfinite(value) ? 0 : 1;
        }
      });
    }
    return count;
  };
  for (const std::string_view name : {"Conv1DTranspose", "Conv2DTranspose", "ConvLSTM1D"}) {
    EXPECT_EQ(not_finite(name, Profile::specials), 0) << name;
    EXPECT_GT(not_finite(name, Profile::wild), 0) << name;
  }
  for (const std::string_view name : {"Dense", "Conv1D", "LSTM"}) {
    EXPECT_GT(not_finite(name, Profile::specials), 0) << name;
    EXPECT_EQ(not_finite(name, Profile::tame), 0) << name;
  }
}

// Of lambdas alone ids are numbers like others.
TEST(Standing, AStackOfLambdasIsTheSameWhereNoOtherClassIsAllowed) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Choices free = Choices::random(seed);
    Choices bound = Choices::random(seed);
    const auto of_any = generate_case(free, {.lambdas_only = true});
    const auto of_lambdas = generate_case(bound, {.lambdas_only = true, .only = classes({"Lambda"})});
    ASSERT_TRUE(of_any && of_lambdas) << seed;
    EXPECT_EQ(first_difference(of_any->model, of_lambdas->model), std::nullopt) << seed;
    EXPECT_EQ(free.recording().values(), bound.recording().values()) << seed;
  }
}

int depth_of(const Layer& layer) {
  int depth = 0;
  visit_children(layer, [&](const std::string&, const ChildSlot&, const Layer& child) {
    depth = std::max(depth, depth_of(child));
  });
  return depth + (layer.layer_class().is_container() ? 1 : 0);
}

TEST(Standing, StacksNestTwice) {
  std::map<int, int> depths;
  std::map<std::size_t, int> sizes;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Case made = made_of({"Sequential", "ReLU"}, Profile::wild, seed);
    ++depths[depth_of(made.model.root())];
    visit_layers(made.model.root(), [&](const std::string& path, const Layer& layer) {
      if (!path.empty() && layer.stack() != nullptr) ++sizes[layer.stack()->size()];
    });
  }
  // The model is a stack itself.
  EXPECT_GT(depths[2], 20);
  EXPECT_GT(depths[3], 20);
  EXPECT_EQ(depths.rbegin()->first, 3);
  // With its InputLayer.
  EXPECT_EQ(sizes.begin()->first, 2U);
  EXPECT_EQ(sizes.rbegin()->first, 4U);
}

TEST(Standing, OneLayerInTwelveHasAPolicy) {
  std::map<std::string, int> policies;
  int all = 0;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    const Case made = made_of({"Dense", "Sequential", "Lambda"}, Profile::wild, seed);
    visit_layers(made.model.root(), [&](const std::string&, const Layer& layer) {
      const std::string name(layer.policy().name());
      if (layer.layer_class().name != "Dense") {
        EXPECT_EQ(name, "float32") << layer.layer_class().name;
        return;
      }
      ++policies[name];
      ++all;
    });
  }
  const int others = all - policies["float32"];
  EXPECT_GT(others, all / 14);
  EXPECT_LT(others, all / 10);
  for (const std::string_view name : dtype_policy_names()) {
    EXPECT_GT(policies[std::string(name)], all / 12 / static_cast<int>(dtype_policy_names().size()) / 2) << name;
  }
  for (const Profile profile : {Profile::tame, Profile::specials}) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      const Case made = made_of({"Dense"}, profile, seed);
      for (const Layer& layer : made.model.layers()) EXPECT_EQ(layer.policy().name(), "float32");
    }
  }
}

TEST(Standing, StacksAreAsLongAsTheyAreAsked) {
  std::map<std::size_t, int> lengths;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Choices choices = Choices::random(seed);
    const auto made = generate_case(choices, {.most_layers = 7, .least_layers = 3, .only = classes({"ReLU"})});
    ASSERT_TRUE(made);
    ++lengths[made->model.layers().size() - 1];
  }
  EXPECT_EQ(lengths.begin()->first, 3U);
  EXPECT_EQ(lengths.rbegin()->first, 7U);
  for (std::size_t length = 3; length <= 7; ++length) EXPECT_GT(lengths[length], 10) << length;
}

TEST(LayerDraw, HandsOnWhatAHookRefuses) {
  const auto refusal = [](std::string what) { return fail(ErrorCode::config_rule, "", std::move(what)); };
  const LayerDrawHooks hooks{.lambda = [&]() -> Result<LambdaFunction> { return refusal("no lambda"); },
                             .stack = [&]() -> Result<std::vector<Layer>> { return refusal("no stack"); },
                             .child = [&](const DrawContext&, const LayerDraw::Fits&) -> Result<std::optional<Layer>> {
                               return refusal("no child");
                             }};
  const DrawContext context{.shape = {kUnknown, 3, 2}, .probe = {2, 3, 2}};
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"Lambda", "no lambda"}, {"Sequential", "no stack"}, {"TimeDistributed", "no child"}};
  for (const auto& [name, sentence] : rows) {
    Layer layer(*find_layer_class(name));
    Choices choices = Choices::replay(std::vector<std::uint64_t>{});
    const Status drawn = draw_config(layer, context, choices, hooks);
    ASSERT_FALSE(drawn) << name;
    EXPECT_EQ(drawn.error().text(), sentence);
  }
}

}  // namespace
}  // namespace revive::properties
