#include "revive/tools/run/layer_names.h"

#include <gtest/gtest.h>

namespace revive::tools {
namespace {

TEST(LayerNames, AreRegisteredClassesThatAStackCanHold) {
  const auto classes = layer_classes_named("Dense,ReLU");
  ASSERT_TRUE(classes) << classes.error().text();
  EXPECT_EQ(text_of(*classes), "Dense,ReLU");
  EXPECT_TRUE(layer_classes_named("")->empty());
  EXPECT_EQ(layer_classes_named("Dense,Dence").error().message,
            "--layers: there is no layer class 'Dence' (revive layers)");
  EXPECT_EQ(layer_classes_named("InputLayer").error().message, "--layers: every model begins with InputLayer");
  EXPECT_EQ(layer_classes_named("Functional").error().message, "--layers: generators make no Functional");
  EXPECT_EQ(layer_classes_named("LSTMCell,GRUCell").error().message,
            "--layers: LSTMCell,GRUCell stands inside of other layers alone; name one of these too");
  EXPECT_TRUE(layer_classes_named("RNN,LSTMCell"));
}

}  // namespace
}  // namespace revive::tools
