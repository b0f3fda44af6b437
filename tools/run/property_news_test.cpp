// What a session says of stored cases and of failures that are known, and what it stores: on properties of its own.
#include <gmock/gmock.h>

#include <chrono>
#include <sstream>
#include <utility>

#include "revive/model/registry.h"
#include "revive/properties/print/cpp_program.h"
#include "revive/tools/run/property_session.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

using properties::Case;
using properties::KnownFailures;
using properties::Need;
using properties::Property;
using properties::StoredCase;
using properties::Subject;
using properties::Violation;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Property kCalm{"calm", "It holds.", Need::nothing,
                         [](const Case&, const Subject&) { return std::optional<Violation>(); }};
constexpr Property kBad{"bad", "It never holds.", Need::nothing,
                        [](const Case&, const Subject&) { return std::optional(Violation{"bad day"}); }};
// Fails when it is asked for the first time.
bool& was_asked() {
  static bool asked = false;
  return asked;
}
constexpr Property kOnce{"once", "It has been asked before.", Need::nothing, [](const Case&, const Subject&) {
                           return std::exchange(was_asked(), true) ? std::nullopt : std::optional(Violation{"bad day"});
                         }};
// Asks the subject.
constexpr Property kSaved{"saved", "It can be saved.", Need::save, [](const Case& the_case, const Subject& subject) {
                            return subject.save(the_case.model, the_case.environment)
                                       ? std::optional<Violation>()
                                       : std::optional(Violation{"not saved"});
                          }};

class PropertyNews : public FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    std::filesystem::create_directories(in_folder("found"));
  }
  SessionReport run(const SessionOptions& options, const std::string& name = "revive") {
    const properties::CaseStore store(in_folder("found"), name);
    auto report =
        run_session(options, std::span(&subject_, 1), store, console_, [](const PropertyOutcome& /*outcome*/) {});
    EXPECT_TRUE(report) << report.error().text();
    return report ? std::move(*report) : SessionReport{};
  }
  PropertyOutcome outcome(const SessionOptions& options, const std::string& name = "revive") {
    SessionReport report = run(options, name);
    return report.outcomes.empty() ? PropertyOutcome() : std::move(report.outcomes.front());
  }
  // A case without a layer and without choices.
  static StoredCase stored(const Property& property) {
    auto choices = properties::Choices::replay(std::vector<std::uint64_t>{});
    return {.property = std::string(property.name),
            .subject = "revive",
            .message = "old words",
            .choices = "",
            .declarations = "old",
            .the_case = *properties::generate_case(choices),
            .seed = 7};
  }
  std::string put(const std::string& name, const StoredCase& the_case) const {
    std::string path = in_folder("found/" + name + ".case");
    EXPECT_TRUE(properties::write_case(path, the_case));
    return path;
  }
  static KnownFailures known(const std::string& text) { return KnownFailures::parse(text, "known").value(); }

  Subject subject_ = properties::revive_subject();

  std::ostringstream err_;

 private:
  std::ostringstream out_;
  Console console_{.out = out_, .err = err_};
};

TEST_F(PropertyNews, WhatHoldsLeavesTheStoreAndWhatIsOfOthersStays) {
  const std::string mended = put("calm-a", stored(kCalm));
  StoredCase moody = stored(kCalm);
  moody.repeats = false;
  const std::string held = put("calm-b", moody);
  StoredCase of_another = stored(kCalm);
  of_another.subject = "other";
  const std::string others = put("calm-c", of_another);
  const std::string misnamed = put("calm-d", stored(kBad));
  const PropertyOutcome told = outcome({.chosen = {&kCalm}, .cases = 3});
  EXPECT_TRUE(told.held());
  EXPECT_THAT(told.news, ElementsAre(mended + ": mended: it holds now, and is no longer stored",
                                     held + ": held this time, as it did after it had failed once; it stays until it "
                                            "is removed"));
  EXPECT_FALSE(std::filesystem::exists(mended));
  for (const std::string& path : {held, others, misnamed}) EXPECT_TRUE(std::filesystem::exists(path)) << path;
  put("calm-a", stored(kCalm));
  EXPECT_THAT(outcome({.chosen = {&kCalm}, .cases = 3, .replay = false}).news, IsEmpty());
  EXPECT_TRUE(std::filesystem::exists(mended));
}

TEST_F(PropertyNews, OfStoredCasesThatFailTheFirstIsTheFailure) {
  const std::string first = put("bad-a", stored(kBad));
  StoredCase later = stored(kBad);
  later.seed.reset();
  const std::string second = put("bad-b", later);
  const PropertyOutcome told = outcome({.chosen = {&kBad}, .cases = 20});
  EXPECT_THAT(told.news, ElementsAre(first + ": still fails", second + ": still fails",
                                     "bad-day: 20 cases more like the stored one"));
  ASSERT_TRUE(told.failure);
  EXPECT_TRUE(told.failed());
  EXPECT_EQ(told.failure->path, first);
  EXPECT_EQ(told.failure->replay, "revive replay " + first);
  EXPECT_EQ(told.failure->seed, 7U);
  EXPECT_EQ(told.failure->found.violation.message, "bad day");
  EXPECT_TRUE(told.failure->stored_earlier());
  // What was not re-encoded is as it was.
  EXPECT_EQ(properties::read_case(first)->message, "old words");
}

// One that held when it was found is a failure like others once it fails again.
TEST_F(PropertyNews, WhatDidNotRepeatAndFailsStillFails) {
  StoredCase moody = stored(kBad);
  moody.repeats = false;
  const std::string path = put("bad-a", moody);
  const PropertyOutcome told = outcome({.chosen = {&kBad}, .cases = 1});
  EXPECT_THAT(told.news, ElementsAre(path + ": still fails", "bad-day: 1 case more like the stored one"));
  EXPECT_TRUE(told.failure);
}

TEST_F(PropertyNews, AFileThatIsNoCaseIsSaidToBeAndPassedOver) {
  write_text(in_folder("found/bad-a.case"), "not a case");
  const std::string path = put("bad-b", stored(kBad));
  EXPECT_THAT(outcome({.chosen = {&kBad}, .cases = 1}).news,
              ElementsAre(path + ": still fails", "bad-day: 1 case more like the stored one"));
  const std::string none = in_folder("found/bad-a.case");
  EXPECT_EQ(err_.str(), properties::read_case(none).error().text() + "\n" + none +
                            ": not a case that can be replayed; remove it\n");
}

TEST_F(PropertyNews, KnownFailuresAreCountedByTheirEntries) {
  const std::string path = put("bad-a", stored(kBad));
  const auto list = known(R"([
    {"subject": "revive", "property": "bad", "site": "bad*", "reason": "why", "since": "2026-01-01"},
    {"subject": "revive", "property": "bad", "site": "worse", "reason": "once", "since": "2026-01-02"},
    {"subject": "other", "property": "bad", "site": "b*", "reason": "r", "since": "2026-01-03"},
    {"subject": "revive", "property": "calm", "site": "b*", "reason": "r", "since": "2026-01-04"}])");
  const PropertyOutcome told = outcome({.chosen = {&kBad}, .cases = 20, .known = list});
  EXPECT_TRUE(told.held());
  EXPECT_THAT(told.news,
              ElementsAre(path + ": still fails, as is known", "bad*: known: 20 cases (why, since 2026-01-01)",
                          "worse: known, and did not occur in 20 cases; if it is mended, remove it from the list "
                          "(once, since 2026-01-02)"));
  std::filesystem::remove(path);
  const PropertyOutcome new_alone = outcome({.chosen = {&kBad}, .cases = 20, .known = list});
  EXPECT_EQ(new_alone.news.at(0), "bad*: known: 20 cases (why, since 2026-01-01)");
  // Of what was not asked nothing is known to have occurred or not.
  const Property unasked{"bad", "It never holds.", Need::save, kBad.check};
  subject_.save = nullptr;
  const PropertyOutcome skipped = outcome({.chosen = {&unasked}, .cases = 20, .known = list});
  EXPECT_EQ(skipped.skipped, "the subject does not save");
  EXPECT_THAT(skipped.news, IsEmpty());
}

TEST_F(PropertyNews, AKnownFailureThatIsStoredAloneOccurred) {
  was_asked() = false;
  const std::string path = put("once-a", stored(kOnce));
  const auto list = known(
      R"([{"subject": "revive", "property": "once", "site": "bad-day", "reason": "why", "since": "2026-01-01"}])");
  EXPECT_THAT(outcome({.chosen = {&kOnce}, .cases = 5, .known = list}).news,
              ElementsAre(path + ": still fails, as is known", "bad-day: known: 0 cases (why, since 2026-01-01)"));
}

TEST_F(PropertyNews, WhatIsFoundIsStoredWithAllThatOneNeeds) {
  const PropertyOutcome told = outcome({.chosen = {&kBad},
                                        .seed = 5,
                                        .cases = 20,
                                        .shard = {1, 3},
                                        .profile = properties::Profile::tame,
                                        .only = {find_layer_class("Dense"), find_layer_class("ReLU")}},
                                       "./my one");
  ASSERT_TRUE(told.failure);
  EXPECT_FALSE(told.failure->stored_earlier());
  EXPECT_TRUE(told.news.empty());
  EXPECT_EQ(told.failure->again,
            "revive properties bad --fresh --cases 20 --seed 5 --shard 2/3 --profile tame --layers Dense,ReLU "
            "--subject './my one'");
  EXPECT_EQ(told.failure->seed, 5U);
  const auto kept = properties::read_case(told.failure->path);
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_EQ(kept->property, "bad");
  EXPECT_EQ(kept->subject, "./my one");
  EXPECT_EQ(kept->message, "bad day");
  EXPECT_EQ(kept->declarations, properties::declarations_digest());
  EXPECT_EQ(kept->profile, properties::Profile::tame);
  EXPECT_EQ(kept->seed, 5U);
  EXPECT_TRUE(kept->repeats);
  EXPECT_TRUE(kept->choices_current);
  EXPECT_EQ(kept->choices, properties::to_hex(told.failure->found.recording.values()));
  EXPECT_EQ(properties::cpp_model(kept->the_case.model), properties::cpp_model(told.failure->found.minimal.model));
  EXPECT_EQ(told.failure->replay, "revive replay " + told.failure->path);
  // A program is not started unasked, so whoever replays its case names it.
  subject_.foreign = true;
  const Property asked{"bad", "It never holds.", Need::save, kBad.check};
  EXPECT_EQ(outcome({.chosen = {&asked}, .cases = 20}, "./my one").failure->replay,
            "revive replay " + told.failure->path + " --subject './my one'");
}

TEST_F(PropertyNews, TheCommandSaysNoMoreThanItHasTo) {
  EXPECT_EQ(outcome({.chosen = {&kBad}, .seed = 3, .cases = 4}).failure->again,
            "revive properties bad --fresh --cases 4 --seed 3");
  EXPECT_EQ(outcome({.chosen = {&kBad}, .seed = 3, .cases = 4, .shard = {0, 2}, .replay = false}).failure->again,
            "revive properties bad --fresh --cases 4 --seed 3 --shard 1/2");
}

TEST_F(PropertyNews, ACaseOfOtherChoicesIsStoredAsItsModel) {
  StoredCase changed = stored(kBad);
  changed.choices = properties::to_hex(std::vector<std::uint64_t>{9, 8, 7, 6, 5, 4, 3, 2, 1});
  const std::string path = put("bad-a", changed);
  const std::string other =
      "re-encoded: its choices now mean another model, because the declarations of layers or ops "
      "have changed; its model was replayed";
  const PropertyOutcome told = outcome({.chosen = {&kBad}, .cases = 1});
  EXPECT_THAT(told.news,
              ElementsAre(path + ": " + other, path + ": still fails", "bad-day: 1 case more like the stored one"));
  ASSERT_TRUE(told.failure);
  EXPECT_EQ(told.failure->path, path);
  const auto kept = properties::read_case(path);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->choices, "");
  EXPECT_EQ(kept->declarations, properties::declarations_digest());
  EXPECT_EQ(kept->message, "bad day");
  EXPECT_EQ(kept->seed, 7U);
}

TEST_F(PropertyNews, WhatTheSubjectDoesNotKnowSaysNothing) {
  const std::string path = put("saved-a", stored(kSaved));
  subject_.save = [](const Sequential&, const properties::Environment&) -> Result<properties::Bytes> {
    return std::unexpected(properties::unsupported("the layer Odd"));
  };
  const PropertyOutcome told = outcome({.chosen = {&kSaved}, .cases = 20});
  EXPECT_EQ(told.news.front(), path + ": not asked: the subject does not support the layer Odd");
  EXPECT_EQ(told.news.back(), "20 cases said nothing: the subject does not support the layer Odd");
  EXPECT_TRUE(told.trouble);
  EXPECT_FALSE(told.failure);
  EXPECT_TRUE(std::filesystem::exists(path));
  subject_.save = nullptr;
  const PropertyOutcome skipped = outcome({.chosen = {&kSaved}, .cases = 20});
  EXPECT_EQ(skipped.skipped, "the subject does not save");
  EXPECT_EQ(skipped.rounds, 0U);
  EXPECT_TRUE(skipped.news.empty());
}

TEST_F(PropertyNews, RoundsAreAddedUp) {
  put("bad-a", stored(kBad));
  const SessionReport report = run({.chosen = {&kCalm, &kBad, &kSaved}, .cases = 10, .seconds = 1});
  ASSERT_EQ(report.outcomes.size(), 3U);
  EXPECT_GT(report.whole_rounds, 1U);
  for (const PropertyOutcome& each : report.outcomes) {
    EXPECT_GE(each.rounds, report.whole_rounds);
    EXPECT_LE(each.rounds, report.whole_rounds + 1);
    EXPECT_EQ(each.distribution.cases(), 10 * each.rounds);
  }
  EXPECT_EQ(report.outcomes[1].known.at("bad-day"), 10 * report.outcomes[1].rounds);
  EXPECT_EQ(run({.chosen = {&kCalm}, .cases = 10}).whole_rounds, 1U);
}

// A subject that knows none of the layers that it is given is not asked, but for what it has shown before.
TEST_F(PropertyNews, AFailureIsNotForgottenWhereNewCasesSayNothing) {
  put("saved-a", stored(kSaved));
  subject_.layers = {"Dense"};
  subject_.save = [saves = 0](const Sequential&, const properties::Environment&) mutable -> Result<properties::Bytes> {
    if (++saves == 1) return fail(ErrorCode::subject_failed, "", "full");
    return std::unexpected(properties::unsupported("the layer Odd"));
  };
  const PropertyOutcome told = outcome({.chosen = {&kSaved}, .cases = 5});
  EXPECT_FALSE(told.skipped);
  EXPECT_TRUE(told.failed());
  EXPECT_EQ(told.rounds, 1U);
  std::filesystem::remove(told.failure->path);
  EXPECT_EQ(outcome({.chosen = {&kSaved}, .cases = 5}).skipped, "the subject does not know the layer Odd");
}

// Five cases a round: all are saved, none is known, all fail.
TEST_F(PropertyNews, ARoundThatSaysNothingIsARound) {
  subject_.layers = {"Dense"};
  subject_.save = [saves = 0](const Sequential&, const properties::Environment&) mutable -> Result<properties::Bytes> {
    ++saves;
    if (saves <= 5) return properties::Bytes();
    if (saves <= 10) return std::unexpected(properties::unsupported("the layer Odd"));
    return fail(ErrorCode::subject_failed, "", "full");
  };
  const SessionReport report = run({.chosen = {&kSaved}, .seed = 20, .cases = 5, .seconds = 60});
  const PropertyOutcome& told = report.outcomes.front();
  EXPECT_FALSE(told.skipped);
  EXPECT_EQ(told.rounds, 3U);
  EXPECT_EQ(report.whole_rounds, 3U);
  ASSERT_TRUE(told.failure);
  EXPECT_EQ(told.failure->seed, 22U);
}

TEST_F(PropertyNews, WhatIsStoredAlreadyStaysAsLongAsItFails) {
  const SessionOptions once{.chosen = {&kBad}, .seed = 5, .cases = 3, .replay = false};
  SessionOptions again = once;
  again.seed = 6;
  const std::string path = outcome(once).failure->path;
  EXPECT_EQ(outcome(again).failure->path, path);
  EXPECT_EQ(properties::read_case(path)->seed, 5U);
  // It holds for the stored one, which is simpler than all others.
  constexpr Property kLayers{"bad", "It holds for none.", Need::nothing, [](const Case& the_case, const Subject&) {
                               const bool holds = properties::count_layers(the_case.model) < 2;
                               return holds ? std::nullopt : std::optional(Violation{"bad day"});
                             }};
  again.chosen = {&kLayers};
  EXPECT_EQ(outcome(again).failure->path, path);
  EXPECT_EQ(properties::read_case(path)->seed, 6U);
  EXPECT_EQ(properties::count_layers(properties::read_case(path)->the_case.model), 2U);
}

TEST_F(PropertyNews, FacetsAreCountedForWhoAsksForThem) {
  EXPECT_FALSE(outcome({.chosen = {&kCalm}, .cases = 3, .facets = true}).distribution.facets().empty());
  EXPECT_TRUE(outcome({.chosen = {&kCalm}, .cases = 3}).distribution.facets().empty());
}

class Flushed : public std::stringbuf {
 public:
  int flushes = 0;

 private:
  int sync() override {
    ++flushes;
    return 0;
  }
};

// What was said of the property before is read while this one runs. Each step is told of, of as many as the shard has.
TEST_F(PropertyNews, ARoundSaysHowFarItIs) {
  Flushed buffer;
  std::ostream out(&buffer);
  Console console{.out = out, .err = err_, .now = [] {
                    static std::chrono::steady_clock::time_point now;
                    return now += std::chrono::seconds(16);
                  }};
  const properties::CaseStore store(in_folder("found"), "revive");
  const SessionOptions options{.chosen = {&kCalm}, .cases = 7, .shard = {1, 3}};
  EXPECT_TRUE(run_session(options, std::span(&subject_, 1), store, console, [](const PropertyOutcome&) {}));
  EXPECT_THAT(err_.str(), testing::MatchesRegex("calm: 1 of 2\ncalm: 2\ncalm: 2 in [0-9.]+ s\n"));
  EXPECT_EQ(buffer.flushes, 1);
}

TEST_F(PropertyNews, AStoreThatCannotBeWrittenIsAnError) {
  std::filesystem::remove_all(in_folder("found"));
  write_text(in_folder("found"), "a file");
  const properties::CaseStore store(in_folder("found"), "revive");
  std::ostringstream text;
  Console console{.out = text, .err = text};
  const SessionOptions options{.chosen = {&kBad}, .cases = 5};
  EXPECT_FALSE(run_session(options, std::span(&subject_, 1), store, console, [](const PropertyOutcome&) {}));
}

}  // namespace
}  // namespace revive::tools
