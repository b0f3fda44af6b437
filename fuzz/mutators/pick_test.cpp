#include "revive/fuzz/mutators/pick.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>

#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/fuzz/mutators/row.h"

namespace revive::fuzz {
namespace {

TEST(Pick, GivesEachItemByReference) {
  std::array<int, 3> items = {1, 2, 3};
  std::map<int*, int> picked;
  Random random(1);
  for (int i = 0; i < 300; ++i) ++picked[&pick(random, items)];
  ASSERT_EQ(picked.size(), 3U);
  for (const auto& [item, count] : picked) EXPECT_NEAR(count, 100, 40);
}

TEST(Pick, IndicesAreBelowTheirCount) {
  std::set<std::size_t> seen;
  Random random(1);
  for (int i = 0; i < 300; ++i) seen.insert(index_below(random, 4));
  EXPECT_EQ(seen, (std::set<std::size_t>{0, 1, 2, 3}));
}

TEST(Pick, ChancesAreWhatTheySay) {
  int never = 0;
  int often = 0;
  int always = 0;
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    never += chance(random, 0, 4) ? 1 : 0;
    often += chance(random, 3, 4) ? 1 : 0;
    always += chance(random, 4, 4) ? 1 : 0;
  }
  EXPECT_EQ(never, 0);
  EXPECT_NEAR(often, 750, 60);
  EXPECT_EQ(always, 1000);
}

// Rows of weight 0 never come up, those before and behind them as often as they should.
TEST(DrawRow, FollowsTheWeights) {
  using AnyRow = Row<void>;
  constexpr std::array<AnyRow, 5> kRows = {
      {{"none", 0, nullptr}, {"one", 1, nullptr}, {"off", 0, nullptr}, {"three", 3, nullptr}, {"last", 0, nullptr}}};
  std::map<std::string_view, int> drawn;
  Random random(1);
  for (int i = 0; i < 400; ++i) ++drawn[draw_row(kRows, random).name];
  ASSERT_EQ(drawn.size(), 2U);
  EXPECT_NEAR(drawn["one"], 100, 35);
  EXPECT_NEAR(drawn["three"], 300, 35);
}

// What every run is held to: a change here is a change of speed, of what seeds load, and of the .options files.
TEST(FuzzLimits, AreThese) {
  EXPECT_EQ(kMostArchiveBytes, 131072U);
  EXPECT_EQ(kFuzzLimits.archive_bytes, 131072U);
  EXPECT_EQ(kFuzzLimits.archive_members, 64U);
  EXPECT_EQ(kFuzzLimits.inflated_bytes, 524288U);
  EXPECT_EQ(kFuzzLimits.json_bytes, 131072U);
  EXPECT_EQ(kFuzzLimits.json_depth, 64U);
  EXPECT_EQ(kFuzzLimits.json_memory_bytes, 2097152U);
  EXPECT_EQ(kFuzzLimits.hdf5_objects, 2000U);
  EXPECT_EQ(kFuzzLimits.layers, 200U);
  EXPECT_EQ(kFuzzLimits.layer_nesting, 8U);
  EXPECT_EQ(kFuzzLimits.weight_elements, 1048576U);
  EXPECT_EQ(kFuzzLimits.activation_elements, 65536U);
  EXPECT_EQ(kFuzzLimits.multiply_adds, 1048576U);
  EXPECT_EQ(kFuzzLimits.expression_bytes, 4096U);
  EXPECT_EQ(kFuzzLimits.graph_nodes, 500U);
  EXPECT_EQ(kFuzzLimits.constant_elements, 4096U);
}

}  // namespace
}  // namespace revive::fuzz
