#include "revive/properties/gtest_case.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "revive/properties/faults/subjects.h"
#include "revive/properties/print/cpp_program.h"
#include "revive/properties/print/python_program.h"
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

TEST_F(GtestCase, AFailureIsSaidWhole) {
  Choices choices = Choices::replay(std::vector<std::uint64_t>{});
  const Case made = *generate_case(choices);
  const std::string programs =
      ", in C++:\n\n" + cpp_model(made.model) + "\nand in Keras:\n\n" + python_program(made.model, &made.input) + "\n";
  PropertyReport report;
  report.property = find_property("outputs_survive");
  report.counterexample = Counterexample{.recording = choices.take_recording(),
                                         .minimal = made,
                                         .violation = {.message = "it differs", .varied = made.model},
                                         .repeats = true};
  report.trouble = "and is odd";
  const std::string hex = to_hex(report.counterexample->recording.values());
  const std::string filter = " with --gtest_filter='revive.outputs_survive'\n";
  const std::string behind = "What failed is what the property made of it" + programs + "and is odd\n" +
                             "Again: REVIVE_SEED=5 REVIVE_CASES=6" + filter + "That case alone: REVIVE_CHOICES=" + hex +
                             filter;
  const std::string before = "After save and load, every output has the same bits.\nit differs\n";
  EXPECT_EQ(failure_of(report, revive_subject(), {.seed = 5, .cases = 6}),
            before + "The smallest model that shows it" + programs + behind);
  report.counterexample->repeats = false;
  EXPECT_EQ(failure_of(report, revive_subject(), {.seed = 5, .cases = 6}),
            before + "It held when the case was tried again; the model that failed once" + programs + behind);
  // Replayed, without what the property made of it where it made nothing.
  setenv("REVIVE_CHOICES", hex.c_str(), 1);
  Subject other = revive_subject();
  other.predict = [](const Loaded&, const Tensor&) -> Result<Tensor> { return fail(ErrorCode::layer_input, "", "no"); };
  EXPECT_EQ(run_gtest_case(*report.property, other).failure, "After save and load, every output has the same bits.\n" +
                                                                 check_case(*report.property, made, other)->message +
                                                                 "\nThe model" + programs);
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
