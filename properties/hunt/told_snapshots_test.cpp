#include "revive/properties/hunt/told_snapshots.h"

#include <gtest/gtest.h>

#include "revive/serializer/json/json.h"

namespace revive::properties::hunt {
namespace {

using Paths = std::vector<std::string>;

Value told(const char* text) {
  return parse_json(text, {}, "told").value();
}

TEST(ToldSnapshots, OthersAreTheFirstButForWhatIsTold) {
  const Value value = told(R"([{"a": "1", "b": "2", "n": 3}, {"b": "4", "c": "5", "a": null}, 7])");
  const ToldSnapshots snapshots(value.as_array());
  EXPECT_EQ(snapshots.count(), 3U);
  EXPECT_EQ(snapshots.at(0, "a"), "1");
  EXPECT_EQ(snapshots.at(1, "a"), std::nullopt);
  EXPECT_EQ(snapshots.at(1, "b"), "4");
  EXPECT_EQ(snapshots.at(1, "n"), std::nullopt);
  EXPECT_EQ(snapshots.at(2, "b"), "2");
  EXPECT_EQ(snapshots.at(2, "nowhere"), std::nullopt);
}

TEST(ToldSnapshots, APathThatDiffersOnBothSidesIsToldOnce) {
  const Value value = told(R"([{"a": "1", "b": "1", "c": "1"}, {"a": "2", "b": "2", "c": "3"}, {"a": "3", "b": "2"}])");
  const ToldSnapshots snapshots(value.as_array());
  EXPECT_EQ(snapshots.differences(1, 2), (Paths{"a", "c"}));
  EXPECT_EQ(snapshots.differences(2, 1), (Paths{"a", "c"}));
  EXPECT_EQ(snapshots.differences(0, 1), (Paths{"a", "b", "c"}));
  EXPECT_EQ(snapshots.differences(1, 1), Paths{});
}

TEST(ToldSnapshots, WhatIsInsideOfADifferenceIsHidden) {
  const Value value = told(
      R"([{"t": "<A>", "t.x": "list of 2", "t.x[0]": "1", "t.x[1]": "2", "t.y": "dict of ['k']", "t.y['k']": "1", "use(t.y['k']).z": "1"},
          {"t.x": "tuple of 2", "t.x[0]": "3", "t.y": "None", "t.y['k']": null, "use(t.y['k']).z": "2"},
          {"t.x": "list of 3", "t.x[0]": "3"}])");
  const ToldSnapshots snapshots(value.as_array());
  EXPECT_EQ(snapshots.differences(0, 1), (Paths{"t.x", "t.x[0]", "t.y", "use(t.y['k']).z"}));
  EXPECT_EQ(snapshots.differences(0, 2), (Paths{"t.x"}));
}

TEST(ToldSnapshots, ParentsAreWhatAPathIsAPartOf) {
  const std::pair<const char*, const char*> rows[] = {{"a.b[0].c", "a.b[0]"},
                                                      {"a.b[0]", "a.b"},
                                                      {"a.b", "a"},
                                                      {"a", ""},
                                                      {"a['k']", "a"},
                                                      {"use(a.b)", ""},
                                                      {"a]", ""},
                                                      {"getattr(a, 'b')", ""},
                                                      {"use(x).y[1]", "use(x).y"}};
  for (const auto& [path, parent] : rows) EXPECT_EQ(ToldSnapshots::parent(path), parent) << path;
}

TEST(ToldSnapshots, PlacesInListsAreLeftOut) {
  EXPECT_EQ(without_places("a[0].b[12]['k'][x]"), "a[].b[]['k'][x]");
  EXPECT_EQ(without_places("a[1"), "a[1");
  EXPECT_EQ(without_places("a[]"), "a[]");
  EXPECT_EQ(without_places("a[1x]"), "a[1x]");
  EXPECT_EQ(without_places("a1]"), "a1]");
  EXPECT_EQ(without_places("a[90].b[9]"), "a[].b[]");
}

}  // namespace
}  // namespace revive::properties::hunt
