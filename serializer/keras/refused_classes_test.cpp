// Each class of Keras that no stack can hold is told what it does, and no class that one can hold is.
#include "revive/serializer/keras/refused_classes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/model/registry.h"

namespace revive {
namespace {

TEST(RefusedClasses, EachIsTold) {
  const std::pair<std::string_view, std::vector<std::string_view>> rows[] = {
      {"it merges several inputs",
       {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}},
      {"it attends from one input to another",
       {"AdditiveAttention", "Attention", "GroupQueryAttention", "MultiHeadAttention"}},
      {"it runs code of another library", {"FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"}},
      {"it hashes text or ids", {"HashedCrossing", "Hashing"}},
      {"it looks text or ids up in a vocabulary", {"IntegerLookup", "StringLookup"}},
      {"it makes a spectrogram of a sound", {"MelSpectrogram", "STFTSpectrogram"}},
      {"it cuts text into words and looks them up", {"TextVectorization"}},
  };
  for (const auto& [what, names] : rows) {
    for (const std::string_view name : names) {
      EXPECT_THAT(what_it_is(name), testing::StartsWith(what)) << name;
      EXPECT_EQ(find_layer_class(name), nullptr) << name;
    }
  }
}

TEST(RefusedClasses, OthersAreNot) {
  for (const std::string_view name : {"Dense", "MyLayer", "", "add"}) EXPECT_EQ(what_it_is(name), "") << name;
}

}  // namespace
}  // namespace revive
