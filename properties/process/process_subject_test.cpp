#include "revive/properties/process/process_subject.h"

#include <gtest/gtest.h>

#include "revive/properties/generate/generate.h"
#include "revive/properties/shrink/property_run.h"
#include "revive/properties/testing/folder_test.h"
#include "revive/serializer/compare.h"
#include "revive_build/source_dir.h"

namespace revive::properties {
namespace {

std::string echo(const std::string& arguments = "") {
  return "python3 '" REVIVE_SOURCE_DIR "/properties/testing/echo_subject.py' " + arguments;
}

Case small_case() {
  Choices choices = Choices::replay(std::vector<std::uint64_t>{});
  return *generate_case(choices);
}

TEST(ProcessSubject, SaysWhatItIs) {
  const auto subject = process_subject(echo());
  ASSERT_TRUE(subject) << subject.error().text();
  EXPECT_EQ(subject->name, "echo");
  EXPECT_TRUE(subject->describes);
  EXPECT_FALSE(subject->keras_archives);
  EXPECT_EQ(subject->tolerance, 0);
  EXPECT_TRUE(subject->save);
  EXPECT_TRUE(subject->predict);
}

TEST(ProcessSubject, BringsBackWhatItWasGiven) {
  const auto subject = process_subject(echo());
  ASSERT_TRUE(subject) << subject.error().text();
  for (const std::string_view name : {"weights_survive", "config_survives", "captures_are_values"}) {
    Subject describing = *subject;
    describing.predict = nullptr;
    const auto report = run_property(*find_property(name), describing, {.seed = 3, .cases = 60});
    EXPECT_FALSE(report.counterexample) << name << ": " << report.counterexample->violation.message;
  }
}

TEST(ProcessSubject, SaysWhichModelItLoaded) {
  const auto subject = process_subject(echo());
  ASSERT_TRUE(subject) << subject.error().text();
  const Case made = small_case();
  const auto archive = subject->save(made.model, made.environment);
  ASSERT_TRUE(archive) << archive.error().text();
  const auto loaded = subject->load(*archive, {});
  ASSERT_TRUE(loaded && loaded->model);
  EXPECT_EQ(first_difference(made.model, *loaded->model), std::nullopt);
}

using SubjectInFolder = FolderTest;

// One that is started again and then refuses to talk is asked anew, and is not taken for the one that it was.
TEST_F(SubjectInFolder, EveryStartSaysHello) {
  const std::string file = in_folder("starts");
  const std::string command =
      "sh -c 'echo start >> \"$0\"; if [ $(wc -l < \"$0\") = 1 ]; then read -r line; echo \"$1\"; "
      "else while read -r line; do echo \"$2\"; done; fi' " +
      file + R"( '{"protocol": 1, "name": "n", "verbs": ["load", "save"]}' '{"error": "not today"}')";
  const auto subject = process_subject(command);
  ASSERT_TRUE(subject) << subject.error().text();
  const Case made = small_case();
  for (const ErrorCode code : {ErrorCode::subject_failed, ErrorCode::subject_refused, ErrorCode::subject_refused}) {
    const auto archive = subject->save(made.model, made.environment);
    ASSERT_FALSE(archive);
    EXPECT_EQ(archive.error().code, code) << archive.error().text();
  }
  EXPECT_EQ(read_text(file), "start\nstart\nstart\n");
}

TEST(ProcessSubject, OutputsAreComparedWithWhatTheProgramSaysTheyWere) {
  const Property& outputs = *find_property("outputs_survive");
  const auto without = process_subject(echo());
  ASSERT_TRUE(without) << without.error().text();
  EXPECT_FALSE(without->before);
  EXPECT_TRUE(run_property(outputs, *without, {.seed = 3, .cases = 60}).counterexample);
  const auto same = process_subject(echo("--knows=before"));
  ASSERT_TRUE(same) << same.error().text();
  const auto report = run_property(outputs, *same, {.seed = 3, .cases = 60});
  EXPECT_FALSE(report.counterexample) << report.counterexample->violation.message;
  const auto other = process_subject(echo("--knows=before --before=other"));
  ASSERT_TRUE(other) << other.error().text();
  EXPECT_TRUE(run_property(outputs, *other, {.seed = 3, .cases = 60}).counterexample);
}

TEST(ProcessSubject, HandlesAreReleased) {
  const auto subject = process_subject(echo());
  ASSERT_TRUE(subject) << subject.error().text();
  const Case made = small_case();
  const auto archive = subject->save(made.model, made.environment);
  ASSERT_TRUE(archive) << archive.error().text();
  for (int i = 0; i < 8; ++i) {
    const auto first = subject->load(*archive, {});
    ASSERT_TRUE(first) << first.error().text();
    const auto second = subject->load(*archive, {});
    ASSERT_TRUE(second) << second.error().text();
    const auto output = subject->predict(*first, made.input);
    ASSERT_TRUE(output) << output.error().text();
    EXPECT_TRUE(same_bits(*output, made.input));
  }
}

// A handle of an earlier start may be the number of another model by now.
TEST(ProcessSubject, HandlesOfAnEarlierStartAreNotReleased) {
  const auto subject = process_subject(echo("--knows=before --before=crash"));
  ASSERT_TRUE(subject) << subject.error().text();
  const Case made = small_case();
  const auto archive = subject->save(made.model, made.environment);
  ASSERT_TRUE(archive) << archive.error().text();
  auto early = subject->load(*archive, {});
  ASSERT_TRUE(early) << early.error().text();
  EXPECT_FALSE(subject->before(made.model, made.input));
  const auto late = subject->load(*archive, {});
  ASSERT_TRUE(late) << late.error().text();
  early = Loaded();
  const auto output = subject->predict(*late, made.input);
  EXPECT_TRUE(output) << output.error().text();
}

struct Misbehaviour {
  std::string arguments;
  std::string sentence;
  ErrorCode code = ErrorCode::subject_failed;
};

TEST(ProcessSubject, ABreachIsAnErrorThatNamesIt) {
  const Misbehaviour table[] = {
      {"--save=crash", "asked to save: was killed by signal 11 (Segmentation fault)"},
      {"--save=exit3", "asked to save: ended with exit code 3"},
      {"--save=garbage", "asked to save: the answer: line 1, column 1"},
      {"--save=two_lines", "asked to save: gave more than one line for an answer"},
      {"--save=list", "asked to save: expected an object, found []"},
      {"--save=nothing", "asked to save: expected an archive in base64, found {}"},
      {"--save=refuse", "not today", ErrorCode::subject_refused},
  };
  const Case made = small_case();
  for (const Misbehaviour& each : table) {
    const auto subject = process_subject(echo(each.arguments));
    ASSERT_TRUE(subject) << each.arguments << ": " << subject.error().text();
    // The second time the program has been started anew.
    for (int i = 0; i < 2; ++i) {
      const auto archive = subject->save(made.model, made.environment);
      ASSERT_FALSE(archive) << each.arguments;
      EXPECT_EQ(archive.error().code, each.code) << each.arguments;
      EXPECT_NE(archive.error().text().find(each.sentence), std::string::npos)
          << each.arguments << ": " << archive.error().text();
    }
    EXPECT_FALSE(subject->load({}, {})) << each.arguments;
  }
}

TEST(ProcessSubject, SaysWhichLayersItKnows) {
  const auto some = process_subject(echo("--layers=Dense,Flatten"));
  ASSERT_TRUE(some) << some.error().text();
  EXPECT_EQ(some->layers, (std::vector<std::string>{"Dense", "Flatten"}));
  const auto all = process_subject(echo());
  ASSERT_TRUE(all);
  EXPECT_FALSE(all->layers);
}

TEST(ProcessSubject, WhatItDoesNotKnowIsNoRefusal) {
  const auto subject = process_subject(echo("--load=unsupported"));
  ASSERT_TRUE(subject);
  const CaseResult result = try_case(*find_property("weights_survive"), small_case(), *subject);
  EXPECT_FALSE(result.violation);
  EXPECT_EQ(result.unsupported, "the layer Conv1D");
}

TEST(ProcessSubject, ASentenceOf50MegabytesIsCut) {
  const auto subject = process_subject(echo("--save=refuse_at_length"));
  ASSERT_TRUE(subject);
  const Case made = small_case();
  const auto archive = subject->save(made.model, made.environment);
  ASSERT_FALSE(archive);
  EXPECT_LT(archive.error().message.size(), 3000U);
  EXPECT_TRUE(archive.error().message.ends_with("xxx [cut: 50000008 bytes in all]")) << archive.error().message;
}

TEST(ProcessSubject, AHangEndsWithTheTimeLimit) {
  const auto subject = process_subject(echo("--save=hang"), {.seconds = 5});
  ASSERT_TRUE(subject) << subject.error().text();
  const Case made = small_case();
  const auto archive = subject->save(made.model, made.environment);
  ASSERT_FALSE(archive);
  EXPECT_NE(archive.error().text().find("asked to save: gave no answer within 5 s"), std::string::npos)
      << archive.error().text();
}

TEST(ProcessSubject, WhatDoesNotStartIsAnError) {
  const Misbehaviour table[] = {
      {"/nowhere/subject", "ended with exit code 127, as a shell does that finds no such program"},
      {echo("--hello=refuse"), "not today", ErrorCode::subject_refused},
      {echo("--hello=nothing"), "asked to hello: expected \"protocol\": 1, found {}"},
      {"true", "asked to hello: ended with exit code 0"},
  };
  for (const Misbehaviour& each : table) {
    const auto subject = process_subject(each.arguments);
    ASSERT_FALSE(subject) << each.arguments;
    EXPECT_EQ(subject.error().code, each.code) << each.arguments;
    EXPECT_NE(subject.error().text().find(each.sentence), std::string::npos) << subject.error().text();
  }
}

TEST(ProcessSubject, ALongAnswerIsRefused) {
  const auto subject = process_subject(echo(), {.answer_bytes = 200});
  ASSERT_TRUE(subject) << subject.error().text();
  const Case made = small_case();
  const auto archive = subject->save(made.model, made.environment);
  ASSERT_FALSE(archive);
  EXPECT_NE(archive.error().text().find("gave an answer of more than 200 bytes"), std::string::npos)
      << archive.error().text();
}

TEST(ProcessSubject, AModelOfAnEarlierStartIsGone) {
  const auto subject = process_subject(echo("--predict=crash"));
  ASSERT_TRUE(subject) << subject.error().text();
  const Case made = small_case();
  const auto archive = subject->save(made.model, made.environment);
  ASSERT_TRUE(archive) << archive.error().text();
  const auto loaded = subject->load(*archive, {});
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_FALSE(subject->predict(*loaded, made.input));
  const auto again = subject->predict(*loaded, made.input);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().message, "the program was started anew since it loaded the model");
}

// A damaged archive may be refused, and truncation_is_refused wants it to be; crashing over it is no refusal.
TEST(ProcessSubject, ACrashIsAViolationWhateverThePropertyWants) {
  const Property& property = *find_property("truncation_is_refused");
  const Case made = small_case();
  const auto refusing = process_subject(echo("--load=refuse"));
  ASSERT_TRUE(refusing);
  EXPECT_FALSE(check_case(property, made, *refusing));
  const auto crashing = process_subject(echo("--load=crash"));
  ASSERT_TRUE(crashing);
  const auto violation = check_case(property, made, *crashing);
  ASSERT_TRUE(violation);
  EXPECT_NE(violation->message.find("asked to load: was killed by signal 11"), std::string::npos) << violation->message;
}

}  // namespace
}  // namespace revive::properties
