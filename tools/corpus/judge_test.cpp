// What a child says of a file, as text and back.
#include "revive/tools/corpus/judge.h"

#include <gmock/gmock.h>

#include "revive/properties/database/case_store.h"
#include "revive/properties/property.h"
#include "revive/serializer/json/json.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

std::string text_of(const Judgement& judgement) {
  return print_json(judgement_to_value(judgement));
}

TEST(Judgement, ComesBackFromItsText) {
  const Judgement judgements[] = {
      {.verdict = Verdict{Verdict::Kind::revives, "0123456789abcdef0123456789abcdef"}, .sentence = "a: revives"},
      {.verdict = Verdict{Verdict::Kind::refused, "archive_crc"}, .sentence = "a: no"},
      {.verdict = Verdict{Verdict::Kind::holds, ""}, .sentence = "a\nb holds"},
      {.verdict = Verdict{Verdict::Kind::violated, ""}, .sentence = "is violated", .property = "p", .site = "s"},
      {.verdict = std::nullopt, .sentence = "nothing to say"},
      {.verdict = std::nullopt, .sentence = "not known", .asked = false}};
  for (const Judgement& judgement : judgements) {
    for (const char* const end : {"", "\n", "\n\n"}) {
      const auto back = judgement_from_text(text_of(judgement) + end);
      ASSERT_TRUE(back) << back.error().text();
      EXPECT_EQ(back->verdict, judgement.verdict);
      EXPECT_EQ(back->sentence, judgement.sentence);
      EXPECT_EQ(back->asked, judgement.asked);
      EXPECT_EQ(back->property, judgement.property);
      EXPECT_EQ(back->site, judgement.site);
    }
  }
  EXPECT_EQ(text_of(judgements[3]),
            R"({"verdict": "violated", "sentence": "is violated", "property": "p", "site": "s"})");
  EXPECT_EQ(text_of(judgements[5]), R"({"verdict": null, "sentence": "not known", "not_asked": true})");
}

TEST(Judgement, IsAVerdictAndASentence) {
  constexpr const char* kExpected = "judgement: expected a verdict and a sentence";
  for (const char* const text : {R"({})", R"({"verdict": "holds"})", R"({"sentence": "s"})",
                                 R"({"verdict": "holds", "sentence": 3})", R"({"verdict": null, "sentence": null})"}) {
    const auto judgement = judgement_from_text(text);
    ASSERT_FALSE(judgement) << text;
    EXPECT_EQ(judgement.error().text(), kExpected) << text;
    EXPECT_EQ(judgement.error().code, ErrorCode::manifest_format);
  }
  for (const char* const text : {"", "x", R"({"verdict": "odd", "sentence": "s"})"}) {
    EXPECT_FALSE(judgement_from_text(text)) << text;
  }
  // What else is no text is not taken for one.
  const auto judgement =
      judgement_from_text(R"({"verdict": null, "sentence": "s", "property": 3, "site": null, "not_asked": false})");
  ASSERT_TRUE(judgement);
  EXPECT_EQ(judgement->property + judgement->site, "");
}

TEST(Judgement, IsOfArchivesAndCases) {
  for (const char* const path : {"a.keras", "a/b.case", ".keras"}) EXPECT_TRUE(can_be_judged(path)) << path;
  for (const char* const path : {"", "keras", "a.keras.npy", "a.case/b", "a.KERAS", "crash-1"}) {
    EXPECT_FALSE(can_be_judged(path)) << path;
  }
}

class JudgeFile : public FolderTest {
 protected:
  std::string archive() const { return in_folder("a.keras"); }
  // What is said of it, behind its path.
  std::string said(const std::string& name, const std::string& subject = "") {
    judgement_ = judge_file(in_folder(name), subject);
    EXPECT_TRUE(judgement_.sentence.starts_with(in_folder(name) + ": ")) << judgement_.sentence;
    return judgement_.sentence.substr(std::min(judgement_.sentence.size(), in_folder(name).size() + 2));
  }
  std::string verdict() const { return judgement_.verdict ? to_string(*judgement_.verdict) : "none"; }
  const Judgement& judgement() const { return judgement_; }
  // A model of one layer, whose bytes are stable.
  static properties::StoredCase stored() {
    auto choices = properties::Choices::replay(std::vector<std::uint64_t>{});
    return {.property = "bytes_are_stable",
            .subject = "revive",
            .message = "",
            .choices = "",
            .declarations = properties::declarations_digest(),
            .the_case = *properties::generate_case(choices)};
  }
  void put(const properties::StoredCase& the_case) const {
    EXPECT_TRUE(properties::write_case(in_folder("a.case"), the_case));
  }

 private:
  Judgement judgement_;
};

TEST_F(JudgeFile, OfAnArchiveSaysWhatItGives) {
  std::filesystem::copy_file(corpus("keras/dense.keras"), archive());
  EXPECT_EQ(said("a.keras"), "revives (1 layer, 15 parameters, outputs equal)");
  EXPECT_EQ(verdict(), "revives (digest b249b6e6dc90)");
  std::filesystem::copy_file(corpus("heavy/pool_of_an_hour.keras"), in_folder("heavy.keras"));
  EXPECT_THAT(said("heavy.keras"), testing::StartsWith("not run (1 layer, "));
  EXPECT_THAT(verdict(), testing::StartsWith("not_run (digest "));
  std::filesystem::copy_file(corpus("refusals/crc_wrong.keras"), in_folder("crc.keras"));
  EXPECT_THAT(said("crc.keras"), testing::StartsWith("model.weights.h5: expected bytes with CRC "));
  EXPECT_EQ(verdict(), "refused (archive_crc)");
  write_text(in_folder("a.input.npy"), "no array");
  EXPECT_EQ(judge_file(archive(), "").verdict, std::nullopt);
  // What stands beside it is what it is loaded with.
  for (const auto& [text, says] : {std::pair(R"({"bind": [], "lambda": [3]})", ": expected strings, found 3"),
                                   {R"({"bind": ["A"], "lambda": []})", "--bind expects NAME=VALUE, found 'A'"}}) {
    write_text(in_folder("a.load.json"), text);
    const Judgement judgement = judge_file(archive(), "");
    EXPECT_FALSE(judgement.verdict) << text;
    EXPECT_TRUE(judgement.asked);
    EXPECT_THAT(judgement.sentence, testing::EndsWith(says));
  }
}

TEST_F(JudgeFile, OfACaseSaysWhoHoldsWhat) {
  put(stored());
  EXPECT_EQ(said("a.case"), "bytes_are_stable of revive holds");
  EXPECT_EQ(verdict(), "holds");
  EXPECT_THAT(said("a.case", "input_layer_lost"),
              testing::StartsWith("bytes_are_stable of input_layer_lost is violated: "));
  EXPECT_EQ(verdict(), "violated");
  EXPECT_EQ(judgement().property, "bytes_are_stable");
  EXPECT_NE(judgement().site, "");
  properties::StoredCase moody = stored();
  moody.repeats = false;
  put(moody);
  EXPECT_EQ(said("a.case"), "bytes_are_stable of revive holds this time");
  properties::StoredCase older = stored();
  older.declarations = "old";
  older.choices = properties::to_hex(std::vector<std::uint64_t>{9, 8, 7, 6, 5, 4, 3, 2, 1});
  put(older);
  EXPECT_EQ(said("a.case"),
            "bytes_are_stable of revive (re-encoded: its choices now mean another model, because the declarations of "
            "layers or ops have changed) holds");
  properties::StoredCase odd = stored();
  odd.property = "never_heard_of";
  put(odd);
  EXPECT_EQ(said("a.case"), "unknown property never_heard_of");
  EXPECT_EQ(verdict(), "none");
  EXPECT_TRUE(judgement().asked);
  odd = stored();
  odd.subject = "./mine";
  put(odd);
  EXPECT_EQ(said("a.case"), "it was found with the subject ./mine; name a subject with --subject");
  EXPECT_EQ(verdict(), "none");
  EXPECT_EQ(said("a.case", "revive"), "bytes_are_stable of revive holds");
  EXPECT_THAT(said("a.case", "nobody"), testing::HasSubstr("nobody"));
  EXPECT_EQ(verdict(), "none");
  write_text(in_folder("a.case"), "{}");
  EXPECT_NE(said("a.case"), "");
  EXPECT_EQ(verdict(), "none");
}

// Whatever a file makes of the process that looks at it, as a program that it starts is told.
TEST_F(JudgeFile, IsInAProcessThatMayTakeSoMuchTimeAndMemory) {
  if (!properties::applies_memory_limits()) GTEST_SKIP() << "a sanitizer lifts the limit";
  put(stored());
  const std::string program = in_folder("program");
  write_text(program, "#!/bin/sh\n{ ulimit -t; ulimit -v; } >" + in_folder("limits") + "\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  const std::vector<std::string> call = {"promote",    in_folder("a.case"),       "--subject", program, "--reason", "r",
                                         "--manifest", in_folder("manifest.json")};
  EXPECT_TRUE(revive(call).exited_with(1));
  // Seconds and kilobytes.
  EXPECT_EQ(read_text(in_folder("limits")), "30\n2097152\n");
}

TEST_F(JudgeFile, WhereItsProcessDiesSaysHow) {
  put(stored());
  const std::string program = in_folder("program");
  const std::vector<std::string> call = {"promote",    in_folder("a.case"),       "--subject", program, "--reason", "r",
                                         "--manifest", in_folder("manifest.json")};
  const std::string speaks = "{ echo no more; echo; } >\"/proc/$asking/fd/2\"\n";
  for (const auto& [says, said] : {std::pair(std::string(), ""), {speaks, ": no more"}}) {
    // Whoever asks it is the parent of the process that watches it.
    write_text(program, "#!/bin/sh\nread -r _ _ _ asking _ <\"/proc/$PPID/stat\"\n" + says + "kill -9 \"$asking\"\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    const auto end = revive(call);
    EXPECT_TRUE(end.exited_with(1));
    EXPECT_EQ(end.err, in_folder("a.case") + ": the process was killed by signal 9 (Killed)" + said + "\n");
  }
}

TEST_F(JudgeFile, WhatASubjectDoesNotSupportIsNotAsked) {
  properties::StoredCase relu = stored();
  relu.property = "weights_survive";
  put(relu);
  const std::string naive = REVIVE_SOURCE_DIR "/examples/naive_subject/naive_subject.py";
  const std::string name = relu.the_case.model.layers().back().layer_class().name;
  EXPECT_EQ(said("a.case", naive + " --mended falsy,nesting"), "weights_survive of naive holds");
  EXPECT_EQ(said("a.case", naive + " --refuses " + name),
            "weights_survive of naive cannot be asked: it does not support the layer " + name);
  EXPECT_EQ(verdict(), "none");
  EXPECT_FALSE(judgement().asked);
}

TEST_F(JudgeFile, ACaseThatCannotBeAskedIsNotAsked) {
  // Whether memory is metered is the program's, and this one has no meter.
  properties::StoredCase metered = stored();
  for (const properties::Property& property : properties::all_properties()) {
    if (properties::reason_to_skip(property, properties::revive_subject())) metered.property = property.name;
  }
  ASSERT_NE(metered.property, stored().property);
  put(metered);
  EXPECT_THAT(said("a.case"), testing::StartsWith(metered.property + " cannot be asked: "));
  EXPECT_EQ(verdict(), "none");
  EXPECT_FALSE(judgement().asked);
}

}  // namespace
}  // namespace revive::tools
