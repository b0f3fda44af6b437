#include "revive/properties/database/known_failures.h"

#include <gtest/gtest.h>

namespace revive::properties {
namespace {

constexpr std::string_view kText =
    "[\n"
    "  {\"subject\": \"./mine\", \"property\": \"weights_survive\", \"site\": \"layers-*-kernel-of-Dense*\", "
    "\"reason\": \"printed with six digits\", \"since\": \"2026-11-29\"},\n"
    "  {\"subject\": \"./mine\", \"property\": \"weights_survive\", \"site\": \"load-failed\", "
    "\"reason\": \"no GRU\", \"since\": \"2026-11-29\", \"avoid\": {\"layers\": [\"GRU\"]}, \"version\": \"3.15\"}\n"
    "]\n";

TEST(KnownFailures, PrintWhatTheyRead) {
  const auto known = KnownFailures::parse(kText, "known.json");
  ASSERT_TRUE(known) << known.error().text();
  EXPECT_EQ(known->print(), kText);
}

TEST(KnownFailures, FitBySubjectPropertyAndSite) {
  const auto known = KnownFailures::parse(kText, "known.json");
  ASSERT_TRUE(known) << known.error().text();
  const KnownFailure* const found = known->find("./mine", "weights_survive", "layers-N-vars-N-kernel-of-Dense-N");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->reason, "printed with six digits");
  EXPECT_EQ(known->find("./mine", "weights_survive", "load-failed")->avoid.find("layers")->brief(), "[\"GRU\"]");
  EXPECT_EQ(known->find("./mine", "weights_survive", "load-failed-archive_crc"), nullptr);
  EXPECT_EQ(known->find("./mine", "outputs_survive", "load-failed"), nullptr);
  EXPECT_EQ(known->find("./other", "weights_survive", "load-failed"), nullptr);
}

TEST(KnownFailures, AreOfAVersionAndOfThoseBelowIt) {
  const auto of = [](const std::string& version, std::string_view found) {
    return KnownFailure{.subject = "a", .property = "b", .site = "c", .reason = "d", .since = "e", .version = version}
        .is_of_version(found);
  };
  for (const std::string_view version : {"3.15", "3.15.1", "3.15.1.dev0"}) EXPECT_TRUE(of("3.15", version)) << version;
  for (const std::string_view version : {"", "3", "3.1", "3.150", "13.15", "4"})
    EXPECT_FALSE(of("3.15", version)) << version;
  for (const std::string_view version : {"", "3", ".3"}) EXPECT_TRUE(of("", version)) << version;
}

TEST(KnownFailures, AreReplacedBySite) {
  auto known = KnownFailures::parse(kText, "known.json");
  ASSERT_TRUE(known);
  known->set({"./mine", "weights_survive", "load-failed", "no GRU yet", "2026-12-01"});
  known->set({"./mine", "weights_survive", "output", "rounded", "2026-12-01"});
  ASSERT_EQ(known->entries().size(), 3U);
  EXPECT_EQ(known->entries()[1].reason, "no GRU yet");
  EXPECT_EQ(known->entries()[2].site, "output");
}

TEST(KnownFailures, OfAnotherSubjectOrPropertyAreOthers) {
  auto known = KnownFailures::parse("[]", "x").value();
  const std::vector<std::pair<std::string, std::string>> whose = {{"a", "p"}, {"b", "p"}, {"a", "q"}, {"a", "p"}};
  for (const auto& [subject, property] : whose) known.set({subject, property, "site", "reason", "2026-12-01"});
  EXPECT_EQ(known.entries().size(), 3U);
}

TEST(KnownFailures, WhatIsNoListOfThemIsRefusedWithItsPlace) {
  struct Row {
    std::string_view text;
    std::string_view sentence;
  };
  const Row table[] = {
      {"{}", "known.json: expected a list of known failures, found {}"},
      {"[3]", "known.json: /0: expected an object, found 3"},
      {R"([{"subject": "a", "property": "b", "site": "c", "since": "2026-11-29"}])",
       "known.json: /0: expected a string \"reason\", found nothing"},
      {R"([{"subject": "a", "property": "b", "site": "c", "reason": "", "since": "2026-11-29"}])",
       "known.json: /0: expected a string \"reason\", found \"\""},
      {R"([{"subject": "a", "property": "b", "site": "c", "reason": "d", "since": "yesterday"}])",
       "known.json: /0/since: expected a day like 2026-11-29, found yesterday"},
      {R"([{"subject": "a", "property": "b", "site": "c", "reason": "d", "since": "2026-11-29", "sit": "e"}])",
       "known.json: /0: unknown key \"sit\""},
      {R"([{"subject": "a", "property": "b", "site": "c", "reason": "d", "since": "2026-11-29", "version": 3}])",
       "known.json: /0/version: expected a version like \"3.15\", found 3"},
      {R"([{"subject": "a", "property": "b", "site": "c", "reason": "d", "since": "2026-11-29", "version": ""}])",
       "known.json: /0/version: expected a version like \"3.15\", found \"\""},
  };
  for (const auto& [text, sentence] : table) {
    const auto known = KnownFailures::parse(text, "known.json");
    ASSERT_FALSE(known) << text;
    EXPECT_EQ(known.error().code, ErrorCode::manifest_format);
    EXPECT_EQ(known.error().text(), sentence);
  }
}

}  // namespace
}  // namespace revive::properties
