#include "revive/fuzz/mutators/draw_layer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/model/config.h"
#include "revive/model/layers/input_layer.h"
#include "revive/model/registry.h"
#include "revive/model/sequential.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/json/json.h"

namespace revive::fuzz {
namespace {

using testing::IsSupersetOf;

TEST(DrawLayer, GivesLayersOfEveryClassThatTakesTheInput) {
  std::set<std::string> expected;
  const Shape input{kUnknown, 5, 4};
  for (const LayerClass* layer_class : layer_classes()) {
    if (layer_class->stands_in_stacks() && layer_class->accepts(input)) expected.insert(layer_class->name);
  }
  ASSERT_GT(expected.size(), 20U);
  std::set<std::string> drawn;
  std::size_t nothing = 0;
  Random random(1);
  constexpr std::size_t kDraws = 2000;
  for (std::size_t i = 0; i < kDraws; ++i) {
    const auto layer = draw_layer(input, DType::float32, random);
    if (!layer) {
      ++nothing;
      continue;
    }
    drawn.insert(layer->layer_class().name);
    EXPECT_TRUE(layer->built());
    EXPECT_EQ(layer->input_shape(), input);
    EXPECT_EQ(layer->input_dtype(), DType::float32);
    EXPECT_TRUE(expected.contains(layer->layer_class().name)) << layer->layer_class().name;
    // Stacks and wrappers get something inside, which owns nothing in turn.
    if (const std::vector<Layer>* const stack = layer->stack()) {
      EXPECT_EQ(std::ranges::count_if(*stack, [](const Layer& each) { return !is_input_layer(each); }), 1);
    }
    visit_children(*layer, [&](const std::string&, const ChildSlot&, const Layer& child) {
      EXPECT_FALSE(child.layer_class().is_container()) << child.layer_class().name;
    });
  }
  EXPECT_LT(5 * nothing, kDraws);
  EXPECT_GE(drawn.size() + 3, expected.size()) << testing::PrintToString(drawn);
  EXPECT_THAT(drawn, IsSupersetOf({"Sequential", "Bidirectional", "TimeDistributed", "Lambda"}));
}

TEST(DrawLayer, GivesNothingForWhatIsEmptyOrTooLarge) {
  Random random(1);
  for (const Shape& input :
       {Shape{kUnknown, 0, 4}, Shape{kUnknown, std::int64_t{1} << 20, 4}, Shape{kUnknown, INT64_MAX / 2, 4}}) {
    for (int i = 0; i < 50; ++i) EXPECT_FALSE(draw_layer(input, DType::float32, random));
  }
  // As large as it may be.
  const Shape largest{kUnknown, static_cast<std::int64_t>(kMostActivationElements) / properties::kBatch};
  std::size_t made = 0;
  for (int i = 0; i < 50; ++i) made += draw_layer(largest, DType::float32, random) ? 1 : 0;
  EXPECT_GT(made, 10U);
  const Shape larger{kUnknown, static_cast<std::int64_t>(kMostActivationElements) / properties::kBatch + 1};
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(draw_layer(larger, DType::float32, random));
}

TEST(DrawLayer, RedrawsALayerOfTheSameClassForTheSameInput) {
  auto model = *Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3, 4}}}),
                                       *make_layer("Dense", {{"units", 4}})});
  std::set<std::string> configs;
  Random random(1);
  for (int i = 0; i < 100; ++i) {
    const auto layer = redraw_layer(model.layers()[1], random);
    if (!layer) continue;
    EXPECT_EQ(layer->layer_class().name, "Dense");
    EXPECT_EQ(layer->input_shape(), model.layers()[1].input_shape());
    configs.insert(print_json(write_config(*layer)));
  }
  EXPECT_GT(configs.size(), 20U);
  // What stands in no stack.
  EXPECT_FALSE(redraw_layer(model.layers()[0], random));
  Layer cell = *make_layer("SimpleRNNCell", {{"units", 4}});
  ASSERT_TRUE(cell.build(Shape{kUnknown, 4}, DType::float32, kFuzzLimits));
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(redraw_layer(cell, random));
}

}  // namespace
}  // namespace revive::fuzz
