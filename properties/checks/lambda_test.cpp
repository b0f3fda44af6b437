#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "revive/properties/testing/broken.h"

namespace revive::properties {
namespace {

// A serializer may put something behind the model, as long as it changes nothing.
TEST(LoopVariablesAreValues, LooksAtTheLambdasThatWereSaved) {
  const Subject subject = testing::loads_with([](Sequential& model) {
    std::vector<Layer> layers(model.layers().begin(), model.layers().end());
    layers.push_back(*make_layer("Activation", {{"activation", "linear"}}));
    model = *Sequential::make(model.name(), std::move(layers));
  });
  EXPECT_EQ(testing::find("loop_variables_are_values", subject, 50).message, "");
}

}  // namespace
}  // namespace revive::properties
