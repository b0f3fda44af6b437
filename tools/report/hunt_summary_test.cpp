#include <gtest/gtest.h>

#include "revive/serializer/json/json.h"
#include "revive/tools/report/hunt_report.h"

namespace revive::tools {
namespace {

using properties::hunt::Feature;
using properties::hunt::Finding;
using properties::hunt::Statement;

Finding finding(std::size_t layers, std::size_t arguments) {
  Finding made;
  for (std::size_t i = 0; i < layers; ++i)
    made.program.make.push_back({.text = "layer", .layer = true, .features = {}});
  Statement with{.text = "thing", .layer = false, .features = {}};
  with.features.resize(arguments, Feature{"keras.layers.Dense", "Dense", "units", "3"});
  made.program.make.push_back(std::move(with));
  return made;
}

TEST(HuntSummary, CountsWhatAReaderTakesInAtOnce) {
  HuntReport report;
  report.seed = 3;
  report.cases = 4000;
  report.refused = 5;
  report.unconfirmed = 6;
  report.findings = {finding(2, 2), finding(0, 0), finding(3, 0), finding(0, 3), finding(3, 3)};
  report.known = {{"a", 9}, {"b", 9}};
  report.exercised = {"a", "b", "c", "d"};
  report.not_exercised = {"e", "f", "g"};
  EXPECT_EQ(hunt_summary(report),
            "4,000 cases with seed 3, 5 refused by Keras; 5 findings, 2 small; 2 known; 6 not confirmed; 4 of 7 "
            "parameters exercised\n");
  report.interrupted_by = 2;
  EXPECT_NE(hunt_summary(report).find("4 of 7 parameters exercised; ended early by signal 2 (Interrupt)\n"),
            std::string::npos);
  EXPECT_NE(print_json(hunt_to_value(report)).find("\"interrupted_by\": 2"), std::string::npos);
}

TEST(HuntSummary, OfNoTimeHasNumbers) {
  HuntReport report;
  report.shrink_seconds = 1;
  report.confirm_seconds = 1;
  const std::string text = hunt_markdown(report);
  EXPECT_EQ(text.find("nan"), std::string::npos) << text;
  EXPECT_EQ(text.find("inf"), std::string::npos) << text;
}

TEST(HuntSummary, SharesAreOfAHundred) {
  HuntReport report;
  report.seconds = 5;
  report.jobs = 2;
  report.cases = 4;
  report.shrink_seconds = 9;
  EXPECT_NE(hunt_markdown(report).find(
                "5.0 s, 2 jobs, 90 % of it shrinking, 0 % running programs alone; 4.0 cases a second in the rest."),
            std::string::npos);
  std::swap(report.shrink_seconds, report.confirm_seconds);
  EXPECT_NE(hunt_markdown(report).find(" 0 % of it shrinking, 90 % running programs alone; 4.0 cases"),
            std::string::npos);
}

TEST(HuntSummary, BriefIsALineOfBearableLength) {
  const auto text = [](const std::string& after) {
    Finding made;
    made.key = "key";
    made.site.after = after;
    return finding_text(made, "found").substr(std::string("FOUND key\n  ").size());
  };
  const std::string most(300, 'x');
  EXPECT_TRUE(text(most).starts_with(most + "\n"));
  EXPECT_TRUE(text(most + "y").starts_with(most + " ...\n"));
  EXPECT_TRUE(text("one\ntwo").starts_with("one ...\n"));
}

}  // namespace
}  // namespace revive::tools
