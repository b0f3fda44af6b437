// What is promised of a fault, and every way in which what was found is less.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/properties/faults/detection.h"

namespace revive::properties {
namespace {

Detection by(const Property* property, std::uint64_t own_cases, std::size_t layers, bool at_first_sight = false) {
  Detection found;
  found.property = property;
  found.own_cases = own_cases;
  found.layers = layers;
  found.at_first_sight = at_first_sight;
  return found;
}

Detection by(const Scenario& scenario, bool at_first_sight = false) {
  Detection found = by(nullptr, 1, 1, at_first_sight);
  found.scenario = &scenario;
  return found;
}

TEST(Promise, IsBrokenByWhoFoundItWhenAndHowLarge) {
  const auto properties = all_properties();
  const Property& earlier = properties[1];
  const Property& promised = properties[2];
  const Property& later = properties[3];
  const Scenario& scenario = all_scenarios()[0];
  struct Row {
    const char* what = "";
    Detection found;
    bool kept = false;
    std::size_t layers = 1;
  };
  const Row rows[] = {
      {"nothing", {}, false},
      {"in time", by(&promised, 30, 1), true},
      {"a case late", by(&promised, 31, 1), false},
      {"a layer more", by(&promised, 30, 2), false},
      {"as many layers", by(&promised, 30, 3), true, 3},
      {"one more than many layers", by(&promised, 30, 4), false, 3},
      {"earlier", by(&earlier, 200, 2), true},
      {"earlier, a layer more", by(&earlier, 200, 3), false},
      {"earlier, as many as promised", by(&earlier, 200, 3), true, 3},
      {"later", by(&later, 1, 1), false},
      {"later at first sight", by(&later, 1, 2, true), true},
      {"by a scenario", by(scenario), false},
      {"by a scenario at first sight", by(scenario, true), true},
      {"late at first sight", by(&promised, 31, 1, true), true},
      {"large at first sight", by(&promised, 1, 2, true), false},
  };
  for (const Row& row : rows) {
    const Expectation expected{.found_by = promised.name, .cases = 30, .layers = row.layers};
    const auto broken = broken_promise(expected, row.found);
    EXPECT_EQ(!broken, row.kept) << row.what << ": " << broken.value_or("kept");
  }
  const Expectation expected{.found_by = promised.name, .cases = 30, .layers = 1};
  EXPECT_EQ(broken_promise(expected, {}), fmt::format("expected {} within 30 cases, shrunk to 1 layers at most, found "
                                                      "nothing",
                                                      promised.name));
  EXPECT_EQ(broken_promise(expected, by(&later, 2, 5)),
            fmt::format("expected {} within 30 cases, shrunk to 1 layers at most, found {} after 2 cases, shrunk to 5 "
                        "layers",
                        promised.name, later.name));
}

// A scenario's turn comes behind all properties, in the scenarios' order.
TEST(Promise, OfAScenarioIsKeptByAPropertyToo) {
  const Scenario& first = all_scenarios().front();
  const Scenario& last = all_scenarios().back();
  ASSERT_NE(&first, &last);
  const Detection by_last = by(last);
  const Detection by_first = by(first);
  const Detection by_property = by(&all_properties().back(), 1, 1);
  EXPECT_FALSE(broken_promise({.found_by = last.name, .cases = 1, .layers = 1}, by_last));
  EXPECT_FALSE(broken_promise({.found_by = last.name, .cases = 1, .layers = 1}, by_first));
  EXPECT_FALSE(broken_promise({.found_by = last.name, .cases = 1, .layers = 1}, by_property));
  EXPECT_TRUE(broken_promise({.found_by = first.name, .cases = 1, .layers = 1}, by_last));
  EXPECT_EQ(Detection().found_by(), "");
  EXPECT_EQ(by_first.found_by(), first.name);
  EXPECT_EQ(by_property.found_by(), all_properties().back().name);
}

}  // namespace
}  // namespace revive::properties
