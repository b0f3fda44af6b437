#include "revive/tools/corpus/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/tools/corpus/arrays.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

constexpr std::string_view kText =
    "[\n"
    "  {\"file\": \"keras/dense.keras\", \"verdict\": \"revives\", \"digest\": \"abc\", \"reason\": \"first seen\"},\n"
    "  {\"file\": \"keras/new.keras\", \"verdict\": \"revives\", \"digest\": null},\n"
    "  {\"file\": \"refusals/empty.keras\", \"verdict\": \"refused\", \"code\": \"archive_not_zip\"}\n"
    "]\n";

TEST(Manifest, PrintsWhatItRead) {
  const auto manifest = Manifest::parse(kText, "corpus/manifest.json");
  ASSERT_TRUE(manifest.has_value());
  EXPECT_EQ(manifest->print(), kText);
  EXPECT_EQ(manifest->find("keras/dense.keras")->verdict, (Verdict{Verdict::Kind::revives, "abc"}));
  EXPECT_EQ(manifest->find("keras/other.keras"), nullptr);
}

// Without them a replay compares no output, and holds.
TEST(Manifest, OfTheCorpusHasTheRecordedArraysOfWhatKerasSaved) {
  const auto manifest = Manifest::read(corpus("manifest.json"));
  ASSERT_TRUE(manifest.has_value()) << manifest.error().text();
  std::vector<std::string> missing;
  for (const ManifestEntry& entry : manifest->entries()) {
    const bool recorded = entry.file.starts_with("keras/") || entry.file.starts_with("rescues/");
    if (!recorded || entry.verdict.kind != Verdict::Kind::revives) continue;
    const std::string archive = manifest->path_of(entry.file);
    for (const std::string& array : {recorded_input_path(archive), recorded_output_path(archive)}) {
      if (!exists(array)) missing.push_back(array);
    }
  }
  EXPECT_THAT(missing, testing::IsEmpty());
}

TEST(Manifest, ANewEntryStandsInTheOrderOfNames) {
  auto manifest = Manifest::parse(kText, "corpus/manifest.json");
  ASSERT_TRUE(manifest.has_value());
  manifest->set({"keras/gru.keras", {Verdict::Kind::revives, "1"}, ""});
  manifest->set({"keras/dense.keras", {Verdict::Kind::refused, "archive_crc"}, "damaged"});
  std::vector<std::string> files;
  for (const auto& entry : manifest->entries()) files.push_back(entry.file);
  EXPECT_THAT(files,
              testing::ElementsAre("keras/dense.keras", "keras/gru.keras", "keras/new.keras", "refusals/empty.keras"));
  EXPECT_EQ(manifest->entries()[0].reason, "damaged");
  manifest->set({"a.case", {Verdict::Kind::holds, ""}, ""});
  manifest->set({"z.case", {Verdict::Kind::violated, ""}, ""});
  EXPECT_EQ(manifest->entries().front().file, "a.case");
  EXPECT_EQ(manifest->entries().back().file, "z.case");
  EXPECT_EQ(manifest->entries().size(), 6U);
}

TEST(Manifest, KnowsWhichFilesAreBelowIt) {
  const auto manifest = Manifest::parse("[]", "corpus/manifest.json");
  ASSERT_TRUE(manifest.has_value());
  EXPECT_EQ(manifest->path_of("keras/a.keras"), "corpus/keras/a.keras");
  EXPECT_EQ(manifest->file_of("corpus/keras/../keras/a.keras"), "keras/a.keras");
  for (const char* const outside : {"elsewhere/a.keras", "a.keras", "corpus/../a.keras", "", "corpus/.."}) {
    EXPECT_EQ(manifest->file_of(outside), std::nullopt) << outside;
  }
  EXPECT_EQ(manifest->file_of("corpus/..a.keras"), "..a.keras");
  EXPECT_EQ(manifest->print(), "[\n]\n");
  EXPECT_EQ(manifest->path(), "corpus/manifest.json");
}

TEST(Manifest, VerdictsAreSaidWithTheirDetail) {
  using Kind = Verdict::Kind;
  const std::string digest = "0123456789abcdef";
  const std::pair<Verdict, const char*> all[] = {{{Kind::revives, digest}, "revives (digest 0123456789ab)"},
                                                 {{Kind::revives, "0123"}, "revives (digest 0123)"},
                                                 {{Kind::revives, ""}, "revives (no digest)"},
                                                 {{Kind::not_run, digest}, "not_run (digest 0123456789ab)"},
                                                 {{Kind::not_run, ""}, "not_run (no digest)"},
                                                 {{Kind::refused, "archive_crc_of_it"}, "refused (archive_crc_of_it)"},
                                                 {{Kind::refused, ""}, "refused (no code)"},
                                                 {{Kind::holds, ""}, "holds"},
                                                 {{Kind::violated, ""}, "violated"}};
  for (const auto& [verdict, says] : all) {
    EXPECT_EQ(to_string(verdict), says);
    EXPECT_TRUE(std::string_view(says).starts_with(name_of(verdict.kind))) << says;
  }
  // A detail of another kind of verdict is none.
  const auto manifest = Manifest::parse(R"([{"file": "a", "verdict": "holds", "digest": "0", "code": "archive_crc"},
                                            {"file": "b", "verdict": "not_run", "digest": "0123"}])",
                                        "m.json");
  ASSERT_TRUE(manifest.has_value());
  EXPECT_EQ(manifest->print(),
            "[\n  {\"file\": \"a\", \"verdict\": \"holds\"},\n"
            "  {\"file\": \"b\", \"verdict\": \"not_run\", \"digest\": \"0123\"}\n]\n");
}

TEST(Manifest, AReasonIsAText) {
  const auto manifest = Manifest::parse(R"([{"file": "a", "verdict": "holds", "reason": 3}])", "m.json");
  ASSERT_TRUE(manifest.has_value());
  EXPECT_EQ(manifest->entries()[0].reason, "");
}

TEST(Manifest, RefusesWhatIsNoVerdict) {
  const auto error = [](std::string_view text) {
    const auto manifest = Manifest::parse(text, "m.json");
    return manifest ? std::string("no error") : manifest.error().text();
  };
  EXPECT_EQ(error("{}"), "m.json: expected a list of verdicts");
  EXPECT_EQ(error(R"([{"verdict": "holds"}])"), R"(m.json: /0: expected a string "file", found nothing)");
  EXPECT_EQ(error(R"([{"file": "a", "verdict": "maybe"}])"),
            "m.json: /0/verdict: expected revives, not_run, refused, holds or violated, found maybe");
  EXPECT_EQ(error(R"([{"file": "a", "verdict": "refused", "code": "bad_luck"}])"),
            "m.json: /0/code: expected an error code, found bad_luck");
  EXPECT_EQ(error(R"([{"file": "a", "verdict": "revives", "digest": 3}])"), "m.json: /0/digest: expected a string");
  EXPECT_EQ(error(R"([{"file": "a", "verdict": "refused"}])"), "m.json: /0: expected the \"code\" of the refusal");
  EXPECT_EQ(error(R"([{"file": "a", "verdict": "refused", "code": null}])"),
            "m.json: /0: expected the \"code\" of the refusal");
  EXPECT_EQ(error(R"([{"file": "a", "verdict": "refused", "code": 3}])"), "m.json: /0/code: expected a string");
  EXPECT_EQ(error(R"([{"file": 3, "verdict": "holds"}])"), R"(m.json: /0: expected a string "file", found an int)");
  EXPECT_EQ(error(R"([{"file": "a", "verdict": null}])"), R"(m.json: /0: expected a string "verdict", found null)");
  EXPECT_EQ(error(R"([{"file": "a"}])"), R"(m.json: /0: expected a string "verdict", found nothing)");
  EXPECT_EQ(error(R"([{"file": "a", "verdict": "holds"}, {"file": "a", "verdict": "holds"}])"),
            "m.json: /1: a has a verdict already");
}

}  // namespace
}  // namespace revive::tools
