// When a run says that its cases said too little, at the bound and beside it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "revive/model/registry.h"
#include "revive/properties/shrink/property_run.h"

namespace revive::properties {
namespace {

// Loads nothing; does not know what the first `unknown` calls ask for, in turns of these.
Subject knows_few(int unknown, std::vector<std::string> what) {
  Subject subject = revive_subject();
  subject.load = [calls = std::make_shared<int>(0), unknown, what = std::move(what)](
                     std::span<const std::byte>, const Environment&) -> Result<Loaded> {
    const auto call = static_cast<std::size_t>((*calls)++);
    if (static_cast<int>(call) < unknown) return std::unexpected(unsupported(what[call % what.size()]));
    return Loaded();
  };
  return subject;
}

const Property kLoads{"loads", "", Need::nothing, [](const Case&, const Subject& subject) -> std::optional<Violation> {
                        (void)subject.load({}, {});
                        return std::nullopt;
                      }};

PropertyReport report_of(const Subject& subject, int cases) {
  return run_property(kLoads, subject, {.seed = 1, .cases = cases}, {.lambdas_only = true});
}

TEST(RunTexts, ARunOfTooFewCasesIsTrouble) {
  // Nine of ten may be discarded.
  const PropertyReport enough = report_of(knows_few(18, {"the layer A"}), 20);
  EXPECT_EQ(enough.trouble, std::nullopt);
  EXPECT_EQ(enough.skipped, std::nullopt);
  EXPECT_EQ(enough.discarded, (std::map<std::string, std::uint64_t>{{"the layer A", 18}}));
  const PropertyReport few = report_of(knows_few(19, {"the layer A", "the layer B"}), 20);
  EXPECT_EQ(few.trouble,
            "the subject does not support 19 of 20 cases, 10 of them for the layer A; one that lists its layers is "
            "given those alone");
  EXPECT_EQ(report_of(knows_few(0, {"x"}), 20).trouble, std::nullopt);
}

TEST(RunTexts, APropertyAboutOtherLayersIsSkipped) {
  const auto listing = [](int unknown, std::vector<std::string> what) {
    Subject subject = knows_few(unknown, std::move(what));
    subject.layers = std::vector<std::string>{"Lambda", "B"};
    return subject;
  };
  const PropertyReport others = report_of(listing(20, {"the layer A", "the layer A", "the layer C"}), 20);
  EXPECT_EQ(others.skipped, "the subject does not know the layer A");
  EXPECT_EQ(others.trouble, std::nullopt);
  // Some cases said something.
  EXPECT_EQ(report_of(listing(19, {"the layer A"}), 20).skipped, std::nullopt);
  EXPECT_TRUE(report_of(listing(19, {"the layer A"}), 20).trouble);
  // Nobody said which layers there are, or nothing was asked.
  const PropertyReport open = report_of(knows_few(20, {"the layer A"}), 20);
  EXPECT_EQ(open.skipped, std::nullopt);
  EXPECT_EQ(open.trouble,
            "the subject does not support 20 of 20 cases, 20 of them for the layer A; one that lists its layers is "
            "given those alone");
  const PropertyReport none = report_of(listing(0, {"the layer A"}), 0);
  EXPECT_EQ(none.skipped, std::nullopt);
  EXPECT_EQ(none.trouble, std::nullopt);
  // One that refuses what it lists, or what is no layer, is told so.
  for (const std::string what : {"the layer B", "a thing"}) {
    const PropertyReport own = report_of(listing(20, {"the layer A", what}), 20);
    EXPECT_EQ(own.skipped, std::nullopt) << what;
    EXPECT_EQ(own.trouble, "the subject does not support 20 of 20 cases, 10 of them for " +
                               std::min(std::string("the layer A"), what) +
                               "; one that lists its layers is given those alone");
  }
}

TEST(RunTexts, WhatIsNoModelIsAFailureOfTheGenerator) {
  const PropertyReport report =
      run_property(kLoads, revive_subject(), {.seed = 1, .cases = 20}, {.only = {find_layer_class("LSTMCell")}});
  EXPECT_FALSE(report.held());
  EXPECT_FALSE(report.counterexample);
  EXPECT_EQ(report.trouble,
            "the generator made what is not a model: no stack can be made of these classes alone: none of them takes "
            "an input");
  EXPECT_EQ(report.distribution.cases(), 1U);
}

// A run of few layers misses kinds; whoever leaves kinds out on purpose is not told so.
TEST(RunTexts, KindsAreAskedForWhereAllAreDrawn) {
  const auto report_on = [](int cases, const GenerateOptions& options) {
    return run_property(kLoads, knows_few(0, {"x"}), {.seed = 1, .cases = cases}, options);
  };
  const auto trouble_of = [&](int cases, const GenerateOptions& options) { return report_on(cases, options).trouble; };
  const PropertyReport shallow = report_on(200, {.most_layers = 1});
  ASSERT_TRUE(shallow.distribution.missed());
  EXPECT_EQ(shallow.trouble, shallow.distribution.missed());
  EXPECT_EQ(trouble_of(199, {.most_layers = 1}), std::nullopt);
  EXPECT_EQ(trouble_of(200, {.profile = Profile::tame, .most_layers = 1}), std::nullopt);
  EXPECT_EQ(trouble_of(200, {.profile = Profile::specials, .most_layers = 1}), std::nullopt);
  EXPECT_EQ(trouble_of(200, {.most_layers = 1, .lambdas_only = true}), std::nullopt);
  EXPECT_EQ(trouble_of(200, {.most_layers = 1, .only = {find_layer_class("ReLU")}}), std::nullopt);
}

TEST(RunTexts, WhatASubjectListsIsDrawnUnlessTheCallerListsOthers) {
  const LayerClass* const dense = find_layer_class("Dense");
  const LayerClass* const relu = find_layer_class("ReLU");
  Subject subject = revive_subject();
  EXPECT_TRUE(options_for(subject, {.most_layers = 3}).only.empty());
  EXPECT_EQ(options_for(subject, {.only = {relu}}).only, std::vector{relu});
  subject.layers = {"Dense", "NobodysLayer", "ReLU"};
  const GenerateOptions listed = options_for(subject, {.most_layers = 3});
  EXPECT_EQ(listed.only, (std::vector{dense, relu}));
  EXPECT_EQ(listed.most_layers, 3U);
  EXPECT_EQ(options_for(subject, {.only = {relu}}).only, std::vector{relu});
}

TEST(RunTexts, EveryCaseHasItsCallAfterwards) {
  int after = 0;
  const RunConfig config{.seed = 1, .cases = 40, .after_case = [&] { ++after; }};
  EXPECT_TRUE(run_property(kLoads, revive_subject(), config, {.lambdas_only = true}).held());
  EXPECT_EQ(after, 40);
}

// Threads that are behind the first failure stop.
TEST(RunTexts, NobodyGoesOnForLongAfterAFailure) {
  static std::atomic<int> calls = 0;
  constexpr int kCases = 4000;
  const Property first{"first", "", Need::nothing, [](const Case&, const Subject&) -> std::optional<Violation> {
                         if (++calls == 1) return Violation{"failed"};
                         std::this_thread::sleep_for(std::chrono::microseconds(500));
                         return std::nullopt;
                       }};
  const PropertyReport report = run_property(first, std::vector<Subject>(4, revive_subject()),
                                             {.seed = 1, .cases = kCases}, {.lambdas_only = true});
  EXPECT_FALSE(report.held());
  EXPECT_LT(calls, kCases / 2);
}

TEST(RunTexts, ACaseThatHoldsWhenItIsTriedAgainIsKept) {
  const Property once{"once", "", Need::nothing, [](const Case&, const Subject& subject) -> std::optional<Violation> {
                        if (subject.load({}, {})) return std::nullopt;
                        return Violation{"failed once"};
                      }};
  Subject subject = revive_subject();
  subject.load = [calls = std::make_shared<int>(0)](std::span<const std::byte>, const Environment&) -> Result<Loaded> {
    if (++*calls == 3) return fail(ErrorCode::config_rule, "", "not today");
    return Loaded();
  };
  const PropertyReport report = run_property(once, subject, {.seed = 1, .cases = 20});
  ASSERT_TRUE(report.counterexample);
  EXPECT_FALSE(report.counterexample->repeats);
  EXPECT_EQ(report.counterexample->violation.message, "failed once");
  EXPECT_EQ(report.distribution.cases(), 3U);
}

// A property that throws is shrunk as one that fails, and one that throws once is told with its case.
TEST(RunTexts, AnExceptionIsAViolation) {
  static int calls = 0;
  static int throws_at = 0;
  const auto at_work = [](int call) {
    calls = 0;
    throws_at = call;
  };
  const Property throws{"throws", "", Need::nothing, [](const Case& the_case, const Subject&) {
                          ++calls;
                          const bool now = throws_at == 0 ? count_layers(the_case.model) > 2 : calls == throws_at;
                          if (now) throw std::runtime_error("out of luck");
                          return std::optional<Violation>();
                        }};
  at_work(0);
  const PropertyReport always = run_property(throws, revive_subject(), {.seed = 1, .cases = 20});
  ASSERT_TRUE(always.counterexample);
  EXPECT_EQ(always.counterexample->violation.message, "an exception left the property: out of luck");
  EXPECT_TRUE(always.counterexample->repeats);
  EXPECT_EQ(count_layers(always.counterexample->minimal.model), 3U);
  at_work(4);
  const PropertyReport once = run_property(throws, revive_subject(), {.seed = 1, .cases = 20});
  ASSERT_TRUE(once.counterexample);
  EXPECT_EQ(once.counterexample->violation.message, "an exception left the property: out of luck");
  EXPECT_FALSE(once.counterexample->repeats);
  EXPECT_EQ(once.distribution.cases(), 4U);
  const Property strange{"strange", "", Need::nothing,
                         [](const Case&, const Subject&) -> std::optional<Violation> { throw 3; }};
  const PropertyReport unknown = run_property(strange, revive_subject(), {.seed = 1, .cases = 20});
  ASSERT_TRUE(unknown.counterexample);
  EXPECT_EQ(unknown.counterexample->violation.message, "an exception of unknown type left the property");
  EXPECT_EQ(count_layers(unknown.counterexample->minimal.model), 1U);
}

// What throws beside the property, such as what is called after each case, ends the run with that case.
TEST(RunTexts, AnExceptionBesideThePropertyIsToldWithItsCase) {
  int after = 0;
  const RunConfig config{.seed = 1, .cases = 20, .after_case = [&] {
                           if (++after == 3) throw std::runtime_error("nothing to write to");
                         }};
  const PropertyReport report = run_property(kLoads, knows_few(0, {"x"}), config, {.lambdas_only = true});
  ASSERT_TRUE(report.counterexample);
  EXPECT_EQ(report.counterexample->violation.message, "an exception left the property: nothing to write to");
  EXPECT_FALSE(report.counterexample->repeats);
  EXPECT_EQ(report.distribution.cases(), 3U);
}

}  // namespace
}  // namespace revive::properties
