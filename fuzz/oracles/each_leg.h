// For tests of oracles: each leg of a table has faults that it finds and no other leg does.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "revive/fuzz/mutators/pinned.h"
#include "revive/fuzz/oracles/leg.h"

namespace revive::fuzz {

template <typename Calls>
struct LegFault {
  // The leg that it is for.
  std::string_view leg;
  // What is called in place of revive.
  Calls calls;
  // What the leg says, in part.
  std::string words;
};

// `judge` gives the finding for some calls, a copy of its own, with the legs that it is given. Each fault is found by
// its leg, and passes where the table lacks this leg; revive itself passes; no leg is without a fault.
template <typename Trial, typename Calls, typename Judge>
void expect_each_leg_finds(const std::string& oracle, std::span<const Leg<Trial>> legs,
                           const std::vector<LegFault<Calls>>& faults, const Judge& judge) {
  std::set<std::string_view> held;
  std::string said;
  for (const LegFault<Calls>& fault : faults) {
    SCOPED_TRACE(std::string(fault.leg) + ": " + fault.words);
    held.insert(fault.leg);
    const std::optional<Finding> finding = judge(Calls(fault.calls), legs);
    ASSERT_TRUE(finding);
    EXPECT_EQ(finding->leg, fault.leg);
    EXPECT_THAT(finding->text, testing::HasSubstr(fault.words));
    said += finding->text + '\n';
    std::vector<Leg<Trial>> others(legs.begin(), legs.end());
    EXPECT_EQ(std::erase_if(others, [&](const Leg<Trial>& leg) { return leg.name == fault.leg; }), 1U);
    const std::optional<Finding> without = judge(Calls(fault.calls), std::span<const Leg<Trial>>(others));
    EXPECT_FALSE(without) << "found by " << without->leg << " as well: " << without->text;
  }
  // Word by word, whatever the numbers.
  std::ranges::replace_if(said, [](char c) { return c >= '0' && c <= '9'; }, '#');
  expect_pinned("legs." + oracle, said);
  const std::optional<Finding> none = judge(Calls{}, legs);
  EXPECT_FALSE(none) << none->leg << ": " << none->text;
  std::set<std::string_view> names;
  for (const Leg<Trial>& leg : legs) {
    EXPECT_TRUE(names.insert(leg.name).second) << leg.name;
    EXPECT_TRUE(leg.promise.ends_with('.')) << leg.name;
    EXPECT_TRUE(held.contains(leg.name)) << leg.name << " has no fault that it is for";
  }
}

}  // namespace revive::fuzz
