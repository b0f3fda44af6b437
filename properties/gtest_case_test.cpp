#include "revive/properties/gtest_case.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "revive/properties/faults/subjects.h"
#include "revive/properties/shrink/property_run.h"

namespace revive::properties {
namespace {

class GtestCase : public testing::Test {
 protected:
  void TearDown() override {
    for (const char* const variable : {"REVIVE_CASES", "REVIVE_SEED", "REVIVE_CHOICES"}) unsetenv(variable);
  }

  static std::optional<std::string> run(std::string_view subject) {
    return run_gtest_case(*find_property("captures_are_values"), *find_subject(subject)).failure;
  }
};

TEST_F(GtestCase, HoldsForOurOwn) {
  EXPECT_EQ(run("revive"), std::nullopt);
}

TEST_F(GtestCase, AFailureCanBeReplayedFromWhatItPrints) {
  const auto failure = run("captures_by_name");
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->find("What a lambda captured is in the archive"), 0U) << *failure;
  for (const char* const part :
       {"keras.layers.Lambda(", "Sequential make_model()", "Again: REVIVE_SEED=0 REVIVE_CASES=300",
        "--gtest_filter='captures_by_name.captures_are_values'"}) {
    EXPECT_NE(failure->find(part), std::string::npos) << part << '\n' << *failure;
  }
  const std::string mark = "REVIVE_CHOICES=";
  const std::size_t begin = failure->find(mark) + mark.size();
  const std::string choices = failure->substr(begin, failure->find(' ', begin) - begin);
  setenv("REVIVE_CHOICES", choices.c_str(), 1);
  EXPECT_TRUE(run("captures_by_name"));
  EXPECT_EQ(run("revive"), std::nullopt);
}

TEST_F(GtestCase, TheEnvironmentSaysHowMuch) {
  setenv("REVIVE_CASES", "1", 1);
  setenv("REVIVE_SEED", "2", 1);
  EXPECT_EQ(run("captures_by_name"), std::nullopt);
  setenv("REVIVE_CASES", "100", 1);
  const auto failure = run("captures_by_name");
  ASSERT_TRUE(failure);
  EXPECT_NE(failure->find("Again: REVIVE_SEED=2 REVIVE_CASES=100 with "), std::string::npos) << *failure;
}

TEST_F(GtestCase, AFailureThatDoesNotComeAgainIsNoGreenTest) {
  static int calls = 0;
  const Property moody{"moody", "It is never in a bad mood.", Need::nothing, [](const Case&, const Subject&) {
                         return ++calls == 7 ? std::optional(Violation{.message = "bad day"}) : std::nullopt;
                       }};
  const auto failure = run_gtest_case(moody, revive_subject()).failure;
  ASSERT_TRUE(failure);
  for (const char* const part : {"It is never in a bad mood.\nbad day\n", "held when the case was tried again",
                                 "Sequential make_model()", "REVIVE_SEED=0", "REVIVE_CHOICES="}) {
    EXPECT_NE(failure->find(part), std::string::npos) << part << '\n' << *failure;
  }
}

TEST_F(GtestCase, ARunWhoseCasesWereNotThoseItShouldMakeIsNoGreenTest) {
  PropertyReport report;
  report.property = find_property("captures_are_values");
  report.trouble = "too few lambdas";
  const auto failure = failure_of(report, revive_subject(), {.seed = 4, .cases = 9});
  ASSERT_TRUE(failure);
  EXPECT_NE(failure->find("\ntoo few lambdas\nAgain: REVIVE_SEED=4 REVIVE_CASES=9 with "), std::string::npos)
      << *failure;
  report.trouble.reset();
  EXPECT_FALSE(failure_of(report, revive_subject(), {}));
}

TEST_F(GtestCase, APropertyOfLayersThatTheSubjectDoesNotKnowIsSkipped) {
  Subject some = revive_subject();
  some.layers = {"Dense"};
  const GtestOutcome outcome = run_gtest_case(*find_property("loop_variables_are_values"), some);
  EXPECT_EQ(outcome.failure, std::nullopt);
  EXPECT_EQ(outcome.skipped, "the subject does not know the layer Lambda");
}

TEST_F(GtestCase, WhatThePropertyMadeOfTheModelIsShownToo) {
  const auto failure =
      run_gtest_case(*find_property("names_do_not_matter"), *find_subject("names_in_lower_case")).failure;
  ASSERT_TRUE(failure);
  const std::size_t made =
      failure->find("What failed is what the property made of it, in C++:\n\nSequential make_model()");
  ASSERT_NE(made, std::string::npos) << *failure;
  EXPECT_NE(failure->find("import keras", made), std::string::npos) << *failure;
}

TEST_F(GtestCase, ATypeOfANamespaceNamesASuiteThatAFilterCanHold) {
  EXPECT_EQ(suite_name("MySerializer"), "MySerializer");
  EXPECT_EQ(suite_name("theirs::My_Serializer"), "theirs_My_Serializer");
}

TEST_F(GtestCase, ATypoIsNotARunThatHolds) {
  const std::pair<const char*, const char*> typos[] = {
      {"REVIVE_CASES", "1e3"}, {"REVIVE_CASES", "-1"}, {"REVIVE_SEED", ""}, {"REVIVE_CHOICES", "xyz"}};
  for (const auto& [variable, text] : typos) {
    setenv(variable, text, 1);
    const auto failure = run("revive");
    ASSERT_TRUE(failure) << variable << '=' << text;
    EXPECT_EQ(failure->find(std::string(variable) + ": expected"), 0U) << *failure;
    unsetenv(variable);
  }
}

}  // namespace
}  // namespace revive::properties
