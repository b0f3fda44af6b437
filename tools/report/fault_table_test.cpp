#include "revive/tools/report/fault_table.h"

#include <gmock/gmock.h>

namespace revive::tools {
namespace {

using properties::Detection;
using properties::Expectation;
using properties::Fault;
using testing::ElementsAre;
using testing::HasSubstr;

const Fault kFault{"forgetful", "Weights are forgotten.", nullptr, {"weights_survive", 20, 1}};

Detection found_by(std::string_view property, std::uint64_t own_cases, std::size_t layers) {
  Detection detection;
  detection.property = properties::find_property(property);
  detection.cases = own_cases;
  detection.own_cases = own_cases;
  detection.layers = layers;
  return detection;
}

FaultRow row(Detection first, Detection second) {
  return {&kFault, {{1, std::move(first)}, {2, std::move(second)}}};
}

// No constant: the list of properties may be made after it.
Detection good() {
  return found_by("weights_survive", 20, 1);
}

TEST(FaultTable, WhatIsFoundAsPromisedOrByAnEarlierPropertyKeepsThePromise) {
  EXPECT_THAT(broken_promises(std::vector{row(good(), found_by("outputs_survive", 3, 1))}, true), ElementsAre());
  // The number is of the cases that the promised property needs.
  EXPECT_THAT(broken_promises(std::vector{row(good(), found_by("outputs_survive", 49, 1))}, true), ElementsAre());
}

TEST(FaultTable, EveryPromiseCanBeBroken) {
  const std::pair<Detection, const char*> bad[] = {
      {Detection{}, "found nothing"},
      {found_by("config_survives", 4, 1), "found config_survives after 4 cases"},
      {found_by("weights_survive", 21, 1), "after 21 cases"},
      {found_by("weights_survive", 4, 2), "shrunk to 2 layers"}};
  for (const auto& [detection, says] : bad) {
    EXPECT_THAT(
        broken_promises(std::vector{row(good(), detection), row(good(), good())}, false),
        ElementsAre(testing::AllOf(
            HasSubstr("forgetful, seed 2: expected weights_survive within 20 cases, shrunk to 1"), HasSubstr(says))));
  }
}

TEST(FaultTable, TheMedianIsPromisedOfAllFaultsTogether) {
  Detection late = good();
  late.cases = kMostMedianCases + 1;
  const std::vector rows = {row(good(), late), row(late, late)};
  EXPECT_THAT(broken_promises(rows, true), ElementsAre(HasSubstr("after 50 cases at most (median), found 51")));
  EXPECT_THAT(broken_promises(rows, false), ElementsAre());
}

TEST(FaultTable, SaysTheMostOverAllSeeds) {
  const std::vector rows = {row(good(), found_by("outputs_survive", 30, 2))};
  EXPECT_THAT(fault_cells(rows), ElementsAre(ElementsAre("fault", "found by", "cases", "layers"),
                                             ElementsAre("forgetful", "outputs_survive, weights_survive", "30", "2")));
  EXPECT_EQ(fault_summary(rows),
            "1 of 1 fault found under 2 seeds, after 30 cases (median) and 30 (most), shrunk to 2 layers at most.\n");
}

TEST(FaultTable, AMedianOfAsManyAsPromisedIsFine) {
  Detection on_time = good();
  on_time.cases = kMostMedianCases;
  EXPECT_THAT(broken_promises(std::vector{row(on_time, on_time)}, true), ElementsAre());
}

TEST(FaultTable, SaysWhatWasNotFoundAndCountsTheSeedsOfTheFirst) {
  const std::vector<FaultRow> rows = {row(Detection{}, Detection{}),
                                      {&kFault, {{1, found_by("outputs_survive", 9, 3)}}}};
  EXPECT_THAT(fault_cells(rows), ElementsAre(ElementsAre("fault", "found by", "cases", "layers"),
                                             ElementsAre("forgetful", "not found", "0", "0"),
                                             ElementsAre("forgetful", "outputs_survive", "9", "3")));
  EXPECT_EQ(fault_summary(rows),
            "1 of 2 faults found under 2 seeds, after 0 cases (median) and 9 (most), shrunk to 3 layers at most.\n");
}

TEST(FaultTable, NothingIsFoundAfterNoCases) {
  EXPECT_EQ(fault_summary(std::vector{row(Detection{}, Detection{})}),
            "0 of 1 fault found under 2 seeds, after 0 cases (median) and 0 (most), shrunk to 0 layers at most.\n");
}

TEST(FaultTable, RowsPromiseWhatThereIs) {
  for (const Fault& fault : properties::all_faults()) {
    const Expectation& expected = fault.expected;
    const bool by_scenario = std::ranges::find(properties::all_scenarios(), expected.found_by,
                                               &properties::Scenario::name) != properties::all_scenarios().end();
    EXPECT_TRUE(by_scenario || properties::find_property(expected.found_by) != nullptr) << fault.name;
    EXPECT_GE(expected.cases, 1u) << fault.name;
    EXPECT_LE(expected.cases, by_scenario ? 1u : static_cast<std::uint64_t>(properties::kDetectionCases)) << fault.name;
    EXPECT_LE(expected.layers, kMostFaultLayers) << fault.name;
  }
}

}  // namespace
}  // namespace revive::tools
