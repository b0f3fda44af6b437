#include "revive/tools/report/fault_table.h"

#include <gmock/gmock.h>

namespace revive::tools {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

FaultRow row(Trial first, Trial second) {
  return {&properties::all_faults().front(), {std::move(first), std::move(second)}};
}

const Trial kGood = {.seed = 1, .found_by = "outputs_survive", .cases = 4, .layers = 1};

TEST(FaultTable, WhatIsFoundSoonAndSmallIsAsPromised) {
  EXPECT_THAT(broken_promises(std::vector{row(kGood, kGood)}, true), ElementsAre());
}

TEST(FaultTable, EveryPromiseCanBeBroken) {
  const Trial bad[] = {{.found_by = "", .cases = 4, .layers = 0},
                       {.found_by = "outputs_survive", .cases = kMostFaultCases + 1, .layers = 1},
                       {.found_by = "outputs_survive", .cases = 4, .layers = kMostFaultLayers + 1}};
  for (const Trial& trial : bad) {
    EXPECT_THAT(broken_promises(std::vector{row(kGood, trial), row(kGood, kGood)}, true),
                ElementsAre(HasSubstr("expected to be found within 5000 cases and shrunk to 2 layers")));
  }
  const Trial late = {.found_by = "outputs_survive", .cases = kMostMedianCases + 1, .layers = 1};
  EXPECT_THAT(broken_promises(std::vector{row(kGood, late), row(late, late)}, true),
              ElementsAre(HasSubstr("after 50 cases at most (median), found 51")));
  EXPECT_THAT(broken_promises(std::vector{row(kGood, late), row(late, late)}, false), ElementsAre());
}

TEST(FaultTable, ADocumentHoldsTheTableAndNothingInBetween) {
  const std::string table = "| fault | n |\n|---|---|\n| a | 1 |\n| b | 2 |\n\n2 of 2.\n";
  EXPECT_FALSE(disagreement("# Faults\n\n" + table + "More.\n", table));
  EXPECT_THAT(disagreement("# Faults\n", table).value(), HasSubstr("expected the table that begins with | fault"));
  const std::pair<const char*, const char*> changes[] = {
      {"| a | 1 |\n", "| b | 2 |\n"},               // out of order
      {"| b | 2 |\n", "| b | 2 |\n| c | 3 |\n"},    // a stale row at the end
      {"| a | 1 |\n", "| a | 1 |\n| old | 3 |\n"},  // and in between
      {"| b | 2 |\n", ""},
      {"2 of 2.", "1 of 2."}};
  for (const auto& [from, to] : changes) {
    std::string document = table;
    document.replace(document.find(from), std::string_view(from).size(), to);
    EXPECT_THAT(disagreement(document, table).value_or(""), HasSubstr("expected the line")) << document;
  }
}

}  // namespace
}  // namespace revive::tools
