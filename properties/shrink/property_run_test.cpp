// A run reports the same however its cases are shared, and notices what cannot be repeated.
#include "revive/properties/shrink/property_run.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>

#include "revive/properties/faults/subjects.h"
#include "revive/serializer/keras_archive.h"

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

// What is known is passed over, and what stands behind it is found; all of it counted alike by any number of threads.
TEST(Run, AKnownFailureHidesNoOther) {
  const Property picky{"picky", "", Need::nothing, [](const Case& the_case, const Subject&) {
                         const std::size_t layers = count_layers(the_case.model);
                         if (layers == 7) return std::optional(Violation{"rare"});
                         return layers > 1 ? std::optional(Violation{"common"}) : std::nullopt;
                       }};
  const auto is_known = [](const Violation& violation) { return failure_site(violation) == "common"; };
  const RunConfig config{.seed = 3, .cases = 400, .is_known = is_known};
  const PropertyReport one = run_property(picky, revive_subject(), config);
  ASSERT_TRUE(one.counterexample);
  EXPECT_EQ(one.counterexample->violation.message, "rare");
  // Shrinking does not slip into what is known.
  EXPECT_EQ(count_layers(one.counterexample->minimal.model), 7U);
  ASSERT_EQ(one.known.size(), 1U);
  EXPECT_GT(one.known.at("common"), 3U);
  const PropertyReport four = run_property(picky, std::vector<Subject>(4, revive_subject()), config);
  EXPECT_EQ(four.known, one.known);
  EXPECT_EQ(four.counterexample->recording.values(), one.counterexample->recording.values());
}

TEST(Run, ACaseThatTheSubjectDoesNotKnowIsDiscardedAndCounted) {
  Subject some = revive_subject();
  some.load = [](std::span<const std::byte> archive, const Environment&) -> Result<Loaded> {
    REVIVE_ASSIGN_OR_RETURN(auto model, load_bytes(archive));
    if (count_layers(model) > 3) return std::unexpected(unsupported("towers"));
    return Loaded(std::move(model));
  };
  const PropertyReport report = run_property(outputs_survive(), some, {.seed = 1, .cases = 300});
  EXPECT_TRUE(report.held()) << *report.trouble;
  ASSERT_TRUE(report.discarded.contains("towers"));
  EXPECT_LT(report.discarded.at("towers"), 270U);
}

TEST(Run, ASubjectIsGivenTheLayersThatItListsAlone) {
  Subject some = revive_subject();
  some.layers = {"Dense", "NobodysLayer"};
  const PropertyReport report = run_property(outputs_survive(), some, {.seed = 1, .cases = 300, .facets = true});
  EXPECT_TRUE(report.held()) << *report.trouble;
  EXPECT_TRUE(report.discarded.empty());
  EXPECT_GT(report.distribution.average_layers(), 1);
}

TEST(Run, APropertyOfLayersThatASubjectDoesNotListIsSkipped) {
  Subject some = revive_subject();
  some.layers = {"Dense", "ReLU"};
  for (const auto& [property, layer] :
       {std::pair("loop_variables_are_values", "Lambda"), std::pair("nesting_is_flat", "Sequential")}) {
    const PropertyReport report = run_property(*find_property(property), some, {.seed = 1, .cases = 60});
    EXPECT_TRUE(report.held()) << property << ": " << *report.trouble;
    EXPECT_EQ(report.skipped, "the subject does not know the layer " + std::string(layer)) << property;
  }
  // One that refuses what it lists says nothing at all.
  some.load = [](std::span<const std::byte>, const Environment&) -> Result<Loaded> {
    return std::unexpected(unsupported("the layer Dense"));
  };
  EXPECT_TRUE(run_property(outputs_survive(), some, {.seed = 1, .cases = 60}).trouble);
}

TEST(Run, ASubjectThatKnowsNextToNothingDoesNotHold) {
  Subject few = revive_subject();
  few.load = [](std::span<const std::byte>, const Environment&) -> Result<Loaded> {
    return std::unexpected(unsupported("models"));
  };
  const PropertyReport report = run_property(outputs_survive(), few, {.seed = 1, .cases = 300});
  ASSERT_TRUE(report.trouble);
  EXPECT_NE(report.trouble->find(" of 300 cases, "), std::string::npos) << *report.trouble;
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
