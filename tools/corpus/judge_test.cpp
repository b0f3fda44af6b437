// What a child says of a file, as text and back.
#include "revive/tools/corpus/judge.h"

#include <gtest/gtest.h>

#include "revive/serializer/json/json.h"

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

}  // namespace
}  // namespace revive::tools
