// A session on subjects and properties of its own: failures that come once, and what ends by the clock.
#include "revive/tools/run/property_session.h"

#include <gmock/gmock.h>

#include <atomic>
#include <sstream>
#include <thread>

#include "revive/properties/print/cpp_program.h"
#include "revive/tools/report/failure_report.h"
#include "revive/tools/report/property_report.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

using properties::Case;
using properties::Need;
using properties::Property;
using properties::Subject;
using properties::Violation;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class PropertySession : public FolderTest {
 protected:
  // The outcomes in the order in which the session told of them.
  std::vector<PropertyOutcome> run(const SessionOptions& options) {
    const properties::CaseStore store(in_folder("found"), "revive");
    const Subject subject = properties::revive_subject();
    std::vector<PropertyOutcome> told;
    const auto report = run_session(options, std::span(&subject, 1), store, console_,
                                    [&](const PropertyOutcome& outcome) { told.push_back(outcome); });
    EXPECT_TRUE(report);
    return told;
  }
  std::string text_of(const PropertyOutcome& outcome) { return outcome_text(outcome, console_); }

 private:
  std::ostringstream out_;
  std::ostringstream err_;
  Console console_{.out = out_, .err = err_};
};

// Of the moody property.
std::atomic<int>& calls() {
  static std::atomic<int> count = 0;
  return count;
}

constexpr Property kMoody{"moody", "It is never in a bad mood.", Need::nothing, [](const Case&, const Subject&) {
                            return ++calls() == 7 ? std::optional(Violation{"bad day"}) : std::nullopt;
                          }};
constexpr Property kCalm{"calm", "It holds.", Need::nothing,
                         [](const Case&, const Subject&) { return std::optional<Violation>(); }};
constexpr Property kSlow{"slow", "It holds for few layers.", Need::nothing, [](const Case& the_case, const Subject&) {
                           if (properties::count_layers(the_case.model) < 4) return std::optional<Violation>();
                           std::this_thread::sleep_for(std::chrono::milliseconds(200));
                           return std::optional(Violation{"too many layers"});
                         }};

constexpr Property kLarge{"large", "It holds for few layers.", Need::nothing, [](const Case& the_case, const Subject&) {
                            const bool holds = properties::count_layers(the_case.model) < 4;
                            return holds ? std::nullopt : std::optional(Violation{"too many layers"});
                          }};

TEST_F(PropertySession, AFailureThatDoesNotComeAgainIsShownStoredAndNotCalledMended) {
  calls() = 0;
  const auto found = run({.chosen = {&kMoody}, .seed = 3, .cases = 20});
  ASSERT_TRUE(found.front().failed());
  const std::string text = text_of(found.front());
  const std::string path = in_folder("found/moody-bad-day.case");
  EXPECT_THAT(text, HasSubstr("moody: FAILED, 7 cases\n  It is never in a bad mood.\n  bad day\n"));
  EXPECT_THAT(text, HasSubstr("not shrunk, because the case held when it was tried again; the model in C++:"));
  EXPECT_THAT(text, HasSubstr("  seed:    3\n  stored:  " + path + "\n  replay:  revive replay " + path + "\n"));
  EXPECT_FALSE(properties::read_case(path)->repeats);

  const auto next = run({.chosen = {&kMoody}, .cases = 20});
  EXPECT_TRUE(next.front().held());
  EXPECT_THAT(next.front().news, ElementsAre(HasSubstr(path + ": held this time")));
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(PropertySession, AFailureOfALaterRoundIsToldWhenItIsFound) {
  calls() = 0;
  const auto told = run({.chosen = {&kCalm, &kMoody}, .cases = 5, .seconds = 1});
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].property, &kMoody);
  EXPECT_EQ(told[0].rounds, 2U);
  EXPECT_EQ(told[1].property, &kCalm);
  EXPECT_GT(told[1].rounds, 2U);
}

// One that goes on waits for the end of the time, and is told of after it.
TEST_F(PropertySession, AFailureOfTheFirstRoundIsToldBeforeWhatGoesOn) {
  const auto told = run({.chosen = {&kCalm, &kLarge}, .cases = 50, .seconds = 1});
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].property, &kLarge);
  EXPECT_EQ(told[0].rounds, 1U);
  EXPECT_EQ(told[1].property, &kCalm);
}

TEST_F(PropertySession, AShrinkThatHasTimeEndsByItself) {
  const auto told = run({.chosen = {&kLarge}, .cases = 50, .shrink_seconds = 3600});
  ASSERT_TRUE(told.front().failure);
  EXPECT_FALSE(told.front().failure->found.out_of_time);
  EXPECT_EQ(properties::count_layers(told.front().failure->found.minimal.model), 4U);
}

TEST_F(PropertySession, AShrinkThatRanOutOfTimeSaysSo) {
  const SessionOptions hasty{.chosen = {&kSlow}, .cases = 50, .shrink_seconds = 1, .replay = false};
  const auto start = std::chrono::steady_clock::now();
  const auto told = run(hasty);
  ASSERT_TRUE(told.front().failure);
  EXPECT_TRUE(told.front().failure->found.out_of_time);
  EXPECT_THAT(text_of(told.front()), HasSubstr(" tries, where --shrink-time ended; the model in C++:"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

PropertyOutcome failing(Violation violation) {
  properties::Choices choices = properties::Choices::replay(std::vector<std::uint64_t>{});
  PropertyOutcome outcome;
  outcome.property = &kCalm;
  outcome.failure = PropertyFailure{
      .found = {.recording = {}, .minimal = *properties::generate_case(choices), .violation = std::move(violation)},
      .path = "a.case",
      .replay = "revive replay a.case",
      .seed = 1,
      .again = "revive properties calm"};
  return outcome;
}

TEST(FailureText, WhatThePropertyDidStandsBeforeTheDifference) {
  const Difference difference{"output[7]", "1", "2"};
  EXPECT_THAT(
      failure_text(failing({.message = "layers of 255 bytes: output[7]: 1 before, 2 after", .difference = difference})),
      HasSubstr("  It holds.\n  layers of 255 bytes\n  output[7]\n    before: 1\n    after:  2\n  shrunk to"));
  EXPECT_THAT(failure_text(failing({.message = "output[7]: 1 before, 2 after", .difference = difference})),
              HasSubstr("  It holds.\n  output[7]\n    before: 1\n    after:  2\n  shrunk to"));
  EXPECT_THAT(failure_text(failing({.message = "said otherwise", .difference = difference})),
              HasSubstr("  It holds.\n  said otherwise\n  output[7]\n    before: 1\n"));
  EXPECT_THAT(failure_text(failing({.message = "load failed: /a: why"})),
              HasSubstr("  It holds.\n  load failed: /a: why\n"));
}

TEST(FailureText, TheModelThatAPropertyMadeOfTheCaseIsShownToo) {
  PropertyOutcome outcome = failing({.message = "renamed: load failed"});
  EXPECT_THAT(failure_text(outcome), Not(HasSubstr("what the property made of it")));
  properties::Choices choices = properties::Choices::replay(std::vector<std::uint64_t>{0, 9, 1, 2, 3});
  const Sequential varied = properties::generate_case(choices)->model;
  ASSERT_EQ(properties::count_layers(varied), 1U);
  outcome.failure->found.violation.varied = varied;
  const std::string text = failure_text(outcome);
  const std::size_t made = text.find("  what failed is what the property made of it, 1 layer, in C++:\n\n");
  ASSERT_NE(made, std::string::npos) << text;
  EXPECT_THAT(text.substr(made), HasSubstr(properties::cpp_model(varied)));
  EXPECT_THAT(text.substr(made), HasSubstr("  and in Keras:\n\nimport keras"));
  EXPECT_THAT(text.substr(made), HasSubstr("  replay:  revive replay a.case\n"));
  EXPECT_NE(outcome_to_value(outcome).find("varied_cpp_program"), nullptr);
}

}  // namespace
}  // namespace revive::tools
