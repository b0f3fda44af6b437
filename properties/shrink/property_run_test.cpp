// A run reports the same however its cases are shared, and notices what cannot be repeated.
#include "revive/properties/shrink/property_run.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>

#include "revive/properties/faults/subjects.h"

namespace revive::properties {
namespace {

const Property& outputs_survive() {
  return *find_property("outputs_survive");
}

TEST(Run, AnyNumberOfThreadsReportsTheSame) {
  for (const char* name : {"revive", "captures_by_name"}) {
    const std::vector<Subject> subjects(4, *find_subject(name));
    const RunConfig config{.seed = 3, .cases = 400, .facets = true};
    const PropertyReport one = run_property(outputs_survive(), subjects[0], config);
    const PropertyReport four = run_property(outputs_survive(), subjects, config);
    EXPECT_EQ(one.held(), std::string_view(name) == "revive");
    EXPECT_EQ(one.distribution.cases(), four.distribution.cases());
    EXPECT_EQ(one.distribution.labels(), four.distribution.labels());
    EXPECT_EQ(one.distribution.facets(), four.distribution.facets());
    ASSERT_EQ(one.counterexample.has_value(), four.counterexample.has_value());
    if (one.counterexample) {
      EXPECT_EQ(one.counterexample->recording.values(), four.counterexample->recording.values());
    }
  }
}

// The k-th case of a run, as its shards see it.
std::multiset<std::string> outputs_of(const Shard& shard, std::size_t threads) {
  static std::mutex mutex;
  static std::multiset<std::string> seen;
  seen.clear();
  const Property remember{"remember", "", Need::nothing, [](const Case& the_case, const Subject&) {
                            const std::scoped_lock lock(mutex);
                            seen.insert(digest(the_case.model));
                            return std::optional<Violation>();
                          }};
  const std::vector<Subject> subjects(threads, revive_subject());
  run_property(remember, subjects, {.seed = 5, .cases = 150, .shard = shard});
  return seen;
}

TEST(Run, ShardsAreDisjointAndTogetherTheWholeRun) {
  const auto whole = outputs_of({}, 1);
  EXPECT_EQ(whole.size(), 150U);
  std::multiset<std::string> together;
  for (std::uint64_t i = 0; i < 4; ++i) {
    const auto part = outputs_of({.index = i, .count = 4}, 2);
    EXPECT_GE(part.size(), 37U);
    together.insert(part.begin(), part.end());
  }
  EXPECT_EQ(together, whole);
}

TEST(Run, AFailureThatDoesNotComeAgainIsReportedWithItsCase) {
  static std::atomic<int> calls = 0;
  const Property moody{"moody", "", Need::nothing, [](const Case&, const Subject&) {
                         return ++calls == 7 ? std::optional(Violation{.message = "bad day", .kind = "mood"})
                                             : std::nullopt;
                       }};
  const PropertyReport report = run_property(moody, revive_subject(), {.seed = 1, .cases = 20});
  EXPECT_FALSE(report.held());
  EXPECT_EQ(report.distribution.cases(), 7U);
  ASSERT_TRUE(report.counterexample);
  const Counterexample& found = *report.counterexample;
  EXPECT_FALSE(found.repeats);
  EXPECT_EQ(found.violation.message, "bad day");
  EXPECT_EQ(found.violation.kind, "mood");
  Choices choices = Choices::replay(found.recording.values());
  EXPECT_EQ(digest(generate_case(choices)->model), digest(found.minimal.model));
}

TEST(Run, AFailureThatComesAgainSaysSo) {
  const PropertyReport report = run_property(outputs_survive(), *find_subject("captures_by_name"), {.cases = 100});
  ASSERT_TRUE(report.counterexample);
  EXPECT_TRUE(report.counterexample->repeats);
}

TEST(Run, TheBudgetOfShrinkingIsTheCallers) {
  const Subject subject = *find_subject("captures_by_name");
  const RunConfig hasty{.seed = 3, .cases = 400, .shrink = {.out_of_time = [] { return true; }}};
  const PropertyReport report = run_property(outputs_survive(), subject, hasty);
  ASSERT_TRUE(report.counterexample);
  EXPECT_TRUE(report.counterexample->out_of_time);
  EXPECT_TRUE(report.counterexample->budget_spent);
}

TEST(Run, TameCasesNeedNoSpecialFloats) {
  const Property holds{"holds", "", Need::nothing,
                       [](const Case&, const Subject&) { return std::optional<Violation>(); }};
  EXPECT_TRUE(run_property(holds, revive_subject(), {.cases = 300}, {.profile = Profile::tame}).held());
}

}  // namespace
}  // namespace revive::properties
