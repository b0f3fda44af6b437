#include "revive/tools/console/closest.h"

#include <gtest/gtest.h>

#include <array>

namespace revive::tools {
namespace {

constexpr std::array<std::string_view, 4> kWords = {"show", "check", "replay", "repro"};

TEST(Closest, FindsWhatWasMeant) {
  EXPECT_EQ(closest("chek", kWords), "check");
  EXPECT_EQ(closest("cehck", kWords), "check");
  EXPECT_EQ(closest("replays", kWords), "replay");
  EXPECT_EQ(closest("shwo", kWords), "show");
}

TEST(Closest, DoesNotGuess) {
  EXPECT_EQ(closest("convert", kWords), std::nullopt);
  EXPECT_EQ(closest("", kWords), std::nullopt);
}

}  // namespace
}  // namespace revive::tools
