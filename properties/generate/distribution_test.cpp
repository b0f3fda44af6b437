#include "revive/properties/generate/distribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <ranges>

#include "revive/model/lambda.h"
#include "revive/properties/generate/generate.h"

namespace revive::properties {
namespace {

Layer make(std::string_view class_name, const Value::Object& config) {
  auto layer = make_layer(class_name, config);
  EXPECT_TRUE(layer) << layer.error().text();
  return *std::move(layer);
}

Case case_of(std::vector<Layer> layers, Value::Array shape = {nullptr, 3}) {
  layers.insert(layers.begin(), make("InputLayer", {{"batch_shape", std::move(shape)}}));
  auto model = Sequential::make("m", std::move(layers));
  EXPECT_TRUE(model) << model.error().text();
  model->initialize(1);
  const Dims dims = model->input_shape().concrete(kBatch, kUnknownAxisSize);
  return {*std::move(model), Tensor(DType::float32, dims), {}};
}

Layer lambda(std::string_view text, const Captures& captures) {
  auto layer = make_lambda(text, captures);
  EXPECT_TRUE(layer) << layer.error().text();
  return *std::move(layer);
}

std::vector<std::string> labels_of(const Case& the_case) {
  std::vector<std::string> names;
  for (const CaseLabel& label : case_labels()) {
    if (label.holds(CaseParts(the_case))) names.emplace_back(label.name.substr(label.name.find(' ') + 1));
  }
  return names;
}

using Names = std::vector<std::string>;

TEST(Labels, SayWhatIsInACase) {
  EXPECT_EQ(labels_of(case_of({make("Flatten", {})})), Names());
  EXPECT_EQ(labels_of(case_of({make("Dense", {{"units", 1}})})), Names({"weights"}));
  EXPECT_EQ(labels_of(case_of({make("LSTM", {{"units", 1}})}, {nullptr, nullptr, 1})),
            Names({"weights", "an unknown axis", "a recurrent layer"}));
  EXPECT_EQ(labels_of(case_of({(*Sequential::make("inner", {make("Flatten", {})})).root()})),
            Names({"a nested stack"}));
  EXPECT_EQ(labels_of(case_of(std::vector<Layer>(10, make("ReLU", {})))), Names());
  EXPECT_EQ(labels_of(case_of(std::vector<Layer>(11, make("ReLU", {})))), Names({"more than ten layers of a class"}));
  EXPECT_EQ(labels_of(case_of({lambda("x * 2", {})})), Names());
  EXPECT_EQ(labels_of(case_of({lambda("x + k", {{"k", Tensor::from<float>({1}, {2})}})})),
            Names({"a capturing lambda", "a captured array"}));
}

TEST(Labels, OneTextCountsWhereItsCapturesDiffer) {
  const Layer two = lambda("x * k", {{"k", Value(2)}});
  const Layer three = lambda("x * k", {{"k", Value(3)}});
  EXPECT_EQ(labels_of(case_of({two, two})), Names({"a capturing lambda"}));
  EXPECT_EQ(labels_of(case_of({two, three})), Names({"a capturing lambda", "one text with two captures"}));
}

TEST(Labels, SpecialFloatsAreFoundWhereverTheyAre) {
  for (const float special :
       {-0.0F, 1e-45F, std::numeric_limits<float>::infinity(), std::bit_cast<float>(0x7fc00001U)}) {
    Case in_input = case_of({make("Flatten", {})});
    in_input.input.data<float>()[5] = special;
    EXPECT_EQ(labels_of(in_input), Names({"special floats"})) << special;
    Case in_weights = case_of({make("Dense", {{"units", 1}})});
    in_weights.model.layers()[1].weights()[0].data<float>()[2] = special;
    EXPECT_EQ(labels_of(in_weights), Names({"weights", "special floats"})) << special;
  }
  EXPECT_EQ(labels_of(case_of({lambda("x * -0.0", {})})), Names({"special floats"}));
  EXPECT_EQ(labels_of(case_of({lambda("x + k", {{"k", Tensor::from<float>({1}, {-0.0F})}})})),
            Names({"a capturing lambda", "special floats", "a captured array"}));
}

TEST(Distribution, CountsEveryFacet) {
  Distribution distribution(true);
  distribution.add(case_of({make("Dense", {{"units", 1}}), make("Dense", {{"units", 1}})}));
  distribution.add(case_of({lambda("ops.abs(x) * k", {{"k", Value(2)}})}));
  using Counts = Distribution::Counts;
  const std::vector<Counts> expected = {
      {{"Dense", 1}, {"Lambda", 1}},
      {{"1", 1}, {"2", 1}},
      {{"of rank 2", 2}},
      {{"absolute", 1}, {"multiply", 1}},
      {{"int", 1}},
      {{"Dense.activation: linear", 1}, {"Dense.use_bias: true", 1}},
      {{"Dense, Dense", 1}},
      {{"Dense: rank 2", 1}, {"InputLayer: rank 2", 2}, {"Lambda: rank 2", 1}, {"Sequential: rank 2", 2}}};
  EXPECT_EQ(distribution.facets(), expected);
}

TEST(Distribution, PartsAddUpToTheWhole) {
  Distribution whole(true);
  Distribution parts[2] = {Distribution(true), Distribution(true)};
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Choices choices = Choices::random(seed);
    const auto made = generate_case(choices);
    ASSERT_TRUE(made);
    whole.add(*made);
    parts[seed % 2].add(*made);
  }
  parts[0].add(parts[1]);
  EXPECT_EQ(parts[0].cases(), 100U);
  EXPECT_EQ(parts[0].average_layers(), whole.average_layers());
  EXPECT_EQ(parts[0].labels(), whole.labels());
  EXPECT_EQ(parts[0].facets(), whole.facets());
}

TEST(Distribution, NoticesAMissedShare) {
  Distribution few;
  const Case weightless = case_of({make("Flatten", {})});
  const Case with_weights = case_of({make("Dense", {{"units", 1}})});
  for (int i = 0; i < 500; ++i) {
    few.add(weightless);
    few.add(with_weights);
  }
  EXPECT_EQ(few.missed(), "at least 60 % of the cases should be \"has weights\", found 500 of 1000");
}

// Every share is met by the shortest stacks that have it, and so the stacks are too short.
TEST(Distribution, NoticesShallowStacks) {
  constexpr std::uint64_t kCases = 400;
  std::vector<Case> pool;
  for (std::uint64_t seed = 0; seed < 5 * kCases; ++seed) {
    Choices choices = Choices::random(seed);
    auto made = generate_case(choices);
    ASSERT_TRUE(made) << made.error().text();
    pool.push_back(*std::move(made));
  }
  std::vector<std::pair<std::size_t, std::size_t>> by_length;
  for (std::size_t i = 0; i < pool.size(); ++i) by_length.emplace_back(count_layers(pool[i].model), i);
  std::ranges::sort(by_length);

  Distribution shallow;
  const auto serves = [&](const Case& each, std::size_t label) {
    return static_cast<double>(shallow.labels()[label]) < case_labels()[label].least * kCases &&
           case_labels()[label].holds(CaseParts(each));
  };
  std::vector<const Case*> others;
  for (const auto& [length, index] : by_length) {
    const Case& each = pool[index];
    const auto labels = std::views::iota(std::size_t{0}, case_labels().size());
    if (std::ranges::any_of(labels, [&](std::size_t label) { return serves(each, label); })) {
      shallow.add(each);
    } else {
      others.push_back(&each);
    }
  }
  ASSERT_LE(shallow.cases(), kCases);
  for (std::size_t i = 0; shallow.cases() < kCases; ++i) shallow.add(*others[i]);
  ASSERT_TRUE(shallow.missed());
  EXPECT_TRUE(shallow.missed()->starts_with("the cases should have 4 layers on average, found ")) << *shallow.missed();
}

}  // namespace
}  // namespace revive::properties
