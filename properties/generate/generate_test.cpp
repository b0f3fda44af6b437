// Every choice sequence is a valid case, and the cases are the kinds that a serializer should be tried on.
#include "revive/properties/generate/generate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <utility>

#include "revive/model/registry.h"
#include "revive/properties/generate/distribution.h"
#include "revive/properties/generate/numbers.h"
#include "revive/serializer/compare.h"

namespace revive::properties {
namespace {

Result<Case> from_seed(std::uint64_t seed, Profile profile = Profile::wild) {
  Choices choices = Choices::random(seed, static_cast<int>(seed % Choices::kFullSize) + 1);
  return generate_case(choices, {.profile = profile});
}

TEST(Generate, MakesModelsThatRun) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const auto made = from_seed(seed);
    ASSERT_TRUE(made) << "seed " << seed << ": " << made.error().text();
    const auto output = made->model.predict(made->input);
    ASSERT_TRUE(output) << "seed " << seed << ": " << output.error().text();
    ASSERT_TRUE(made->model.output_shape().admits(output->dims()))
        << "seed " << seed << ": " << to_string(made->model.output_shape()) << " against " << to_string(output->dims());
  }
}

TEST(Generate, DrawsEveryClassAndTheSharesItPromises) {
  std::map<std::string, int> classes;
  Distribution distribution;
  constexpr std::uint64_t kCasesOfAClass = 200;
  const std::uint64_t cases = kCasesOfAClass * layer_classes().size();
  for (std::uint64_t seed = 0; seed < cases; ++seed) {
    const auto made = from_seed(seed);
    ASSERT_TRUE(made);
    distribution.add(*made);
    visit_layers(made->model.root(), [&](const std::string&, const Layer& layer) {
      ++classes[layer.layer_class().name];
      visit_children(layer, [&](const std::string&, const ChildSlot& slot, const Layer& child) {
        EXPECT_EQ(child.layer_class().is_cell(), slot.takes_cells) << child.layer_class().name << " in " << slot.key;
      });
    });
  }
  for (const LayerClass* layer_class : layer_classes()) {
    if (layer_class->is_cell() || !layer_class->is_drawn) continue;
    EXPECT_GE(classes[layer_class->name], 20) << layer_class->name;
  }
  EXPECT_GE(distribution.average_layers(), kLeastAverageLayers);
  for (std::size_t i = 0; i < case_labels().size(); ++i) {
    EXPECT_GE(static_cast<double>(distribution.labels()[i]) / static_cast<double>(cases), case_labels()[i].least)
        << case_labels()[i].name;
  }
  EXPECT_EQ(distribution.missed(), std::nullopt);
}

TEST(Generate, DrawsInputsOfEveryRankAndBatch) {
  std::map<std::pair<std::size_t, bool>, int> inputs;
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    const auto made = from_seed(seed);
    ASSERT_TRUE(made);
    const Shape& input = made->model.input_shape();
    ++inputs[{input.rank(), input.known(0)}];
  }
  for (std::size_t rank = 1; rank <= 6; ++rank) EXPECT_GE((inputs[{rank, false}]), 5) << rank;
  // A stateful layer of each rank wants a fixed batch.
  for (std::size_t rank = 3; rank <= 6; ++rank) EXPECT_GE((inputs[{rank, true}]), 5) << rank;
}

TEST(Generate, BeginsWithVolumesOverTimeWhereAClassNeedsThem) {
  int stacks = 0;
  int in_need = 0;
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    const auto made = from_seed(seed);
    ASSERT_TRUE(made);
    if (made->model.input_shape().rank() < 6) continue;
    ++stacks;
    visit_layers(made->model.root(), [&](const std::string&, const Layer& layer) {
      in_need += layer.layer_class().name == "ConvLSTM3D" ? 1 : 0;
    });
  }
  EXPECT_GE(stacks, 20);
  EXPECT_GE(in_need, stacks);
}

TEST(Generate, MakesStacksOfAnyClassAlone) {
  for (const LayerClass* const layer_class : layer_classes()) {
    if (!layer_class->stands_in_stacks() || !layer_class->is_drawn) continue;
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      Choices choices = Choices::random(seed);
      const auto made = generate_case(choices, {.only = {layer_class}});
      ASSERT_TRUE(made) << layer_class->name << ": " << made.error().text();
      ASSERT_GE(made->model.layers().size(), 2U) << layer_class->name;
      EXPECT_EQ(made->model.layers()[1].layer_class().name, layer_class->name);
    }
  }
}

TEST(Generate, BringsNoMaskToLayersThatTakeNone) {
  const LayerClass* const masking = find_layer_class("Masking");
  for (const LayerClass* const layer_class : layer_classes()) {
    if (!layer_class->stands_in_stacks() || !layer_class->is_drawn) continue;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      Choices choices = Choices::random(seed);
      const auto made = generate_case(choices, {.only = {masking, layer_class}});
      ASSERT_TRUE(made) << layer_class->name << " seed " << seed << ": " << made.error().text();
      const auto output = made->model.predict(made->input);
      ASSERT_TRUE(output) << layer_class->name << " seed " << seed << ": " << output.error().text();
    }
  }
}

TEST(Generate, SaysWhereNoStackCanBeMade) {
  Choices choices = Choices::random(0);
  const auto made = generate_case(choices, {.only = {find_layer_class("LSTMCell")}});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().text(), "no stack can be made of these classes alone: none of them takes an input");
}

TEST(Generate, IsAFunctionOfItsChoices) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Choices first = Choices::random(seed);
    const auto made = generate_case(first);
    ASSERT_TRUE(made);
    Choices second = Choices::replay(first.recording().values());
    const auto again = generate_case(second);
    ASSERT_TRUE(again);
    EXPECT_EQ(first_difference(made->model, again->model), std::nullopt) << "seed " << seed;
    EXPECT_TRUE(same_bits(made->input, again->input)) << "seed " << seed;
  }
}

TEST(Generate, StaysTameWhenToldTo) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const auto made = from_seed(seed, Profile::tame);
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_LE(made->model.layers().size(), kTameLayers + 1);
    visit_layers(made->model.root(), [&](const std::string&, const Layer& layer) {
      for (const Tensor& tensor : layer.weights()) {
        for (const float value : tensor.data<float>()) EXPECT_LE(std::abs(value), std::sqrt(3.0F)) << "seed " << seed;
      }
    });
  }
}

TEST(DefaultInput, ReadsIdsWhereAnEmbeddingDoes) {
  const auto model =
      Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, nullptr}}}),
                             *make_layer("Embedding", {{"input_dim", 3}, {"output_dim", 2}})});
  ASSERT_TRUE(model) << model.error().text();
  const auto input = default_input(*model);
  ASSERT_TRUE(input) << input.error().text();
  EXPECT_TRUE(same_bits(*input, Tensor::from<float>({2, 4}, {0, 1, 2, 0, 1, 2, 0, 1})));
}

// What the first of two Embeddings knows is what goes in.
TEST(DefaultInput, IsOfTheIdsThatTheFirstEmbeddingKnows) {
  const Layer input = *make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 4}}});
  const auto model = Sequential::make("m", {input, *make_layer("Embedding", {{"input_dim", 3}, {"output_dim", 2}}),
                                            *make_layer("Embedding", {{"input_dim", 100}, {"output_dim", 2}})});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_TRUE(same_bits(*default_input(*model), Tensor::from<float>({2, 4}, {0, 1, 2, 0, 1, 2, 0, 1})));
}

TEST(DefaultInput, IsMeasuredByTheSampleWhereTheBatchIsFree) {
  const auto outcome = [](Value batch, std::uint64_t most) {
    const Value shape = Value::Array{std::move(batch), 8};
    const auto model = Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", shape}})}).value();
    Limits limits;
    limits.activation_elements = most;
    const auto input = default_input(model, limits);
    return input ? to_string(input->dims()) : input.error().text();
  };
  EXPECT_EQ(outcome(nullptr, 8), "(2, 8)");
  EXPECT_EQ(outcome(nullptr, 7),
            "m: an input of (2, 8) has more than 7 elements a sample (Limits::activation_elements)");
  EXPECT_EQ(outcome(3, 24), "(3, 8)");
  EXPECT_EQ(outcome(3, 23), "m: an input of (3, 8) has more than 23 elements a batch (Limits::activation_elements)");
}

// 1, 2, 3, ... are no tame weights; and a batch is of two, however large a sample is.
TEST(Generate, TheSimplestTameNumbersAreTame) {
  const Layer input = *make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 70'000}}});
  const auto model = Sequential::make("m", {input, *make_layer("GroupNormalization", {{"groups", 1}})}).value();
  for (const Profile profile : {Profile::wild, Profile::tame, Profile::specials}) {
    Choices nothing = Choices::replay(std::vector<std::uint64_t>{});
    Sequential drawn = model;
    draw_weights(drawn, nothing, profile);
    EXPECT_EQ(drawn.layers()[1].weights()[0].data<float>()[1] == 2, profile == Profile::wild);
  }
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    Choices choices = Choices::random(seed);
    EXPECT_EQ(draw_input(model, choices, Profile::tame).dim(0), 2) << seed;
  }
}

TEST(DefaultInput, IsRefusedWhereTheShapeAsksForTooMuch) {
  const Value batch = Value::Array{1'000'000'000, 4};
  const Value unknown = Value::Array(20, Value());
  for (const Value& shape : {batch, unknown}) {
    const auto model = Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", shape}})});
    ASSERT_TRUE(model) << model.error().text();
    const auto input = default_input(*model);
    ASSERT_FALSE(input);
    EXPECT_EQ(input.error().code, ErrorCode::limit_exceeded);
  }
}

}  // namespace
}  // namespace revive::properties
