// Names of files of the store, days, and what a list of known failures must not hold.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/properties/database/case_store.h"
#include "revive/properties/database/known_failures.h"
#include "revive/properties/testing/folder_test.h"

namespace revive::properties {
namespace {

using StoreNames = FolderTest;

StoredCase bare_case(const std::string& subject) {
  Choices choices = Choices::replay(std::vector<std::uint64_t>{});
  return {.property = "p",
          .subject = subject,
          .message = "",
          .choices = "",
          .declarations = "",
          .the_case = generate_case(choices).value()};
}

TEST_F(StoreNames, AreSafeAndOfEachSubjectAlone) {
  struct Row {
    std::string subject;
    // Behind it come a '-' and a digest; empty: it is the name itself.
    std::string begins;
  };
  const Row rows[] = {
      {"plain_Name9", ""},   {"azAZ09_", ""}, {std::string(40, 'a'), ""}, {std::string(41, 'a'), std::string(40, 'a')},
      {"./it --x", "it-x-"}, {"a.b", "a-b-"}, {"a b ", "a-b--"},          {"a`b{c@d[e/f:g", "a-b-c-d-e-f-g-"},
      {"\u00e9", "-"}};
  for (const Row& row : rows) {
    const CaseStore store(in_folder("found"), row.subject);
    const auto put = store.put(bare_case(row.subject), {"x"}, [](const StoredCase&) { return true; });
    ASSERT_TRUE(put) << put.error().text();
    const std::string name = std::filesystem::path(*put).parent_path().filename().string();
    if (row.begins.empty()) {
      EXPECT_EQ(name, row.subject);
    } else {
      EXPECT_TRUE(name.starts_with(row.begins)) << name;
      const std::string digest = name.substr(name.rfind('-') + 1);
      EXPECT_EQ(digest.size(), 8U) << name;
      EXPECT_EQ(digest.find_first_not_of("0123456789abcdef"), std::string::npos) << name;
    }
    EXPECT_EQ(store.files_of("p"), std::vector{*put});
  }
}

TEST_F(StoreNames, OfAFolderThatCannotBeMadeAreAnError) {
  write_text(in_folder("found"), "a file");
  const CaseStore store(in_folder("found"), "revive");
  const auto put = store.put(bare_case("revive"), {"x"}, [](const StoredCase&) { return true; });
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, ErrorCode::file_unwritable);
  EXPECT_TRUE(put.error().text().starts_with(in_folder("found") + ": cannot make the folder: ")) << put.error().text();
  EXPECT_TRUE(store.files_of("p").empty());
  // Only files that end as cases do are cases.
  const CaseStore other(in_folder(""), "revive");
  for (const std::string name : {"p-a.case", "p-b.txt", "q-c.case", "p.case", "xp-d.case"})
    write_text(in_folder(name), "");
  std::filesystem::create_directory(in_folder("p-e.case"));
  EXPECT_EQ(other.files_of("p"), std::vector{in_folder("p-a.case")});
  const auto unread = read_case(in_folder("p-a.case"));
  ASSERT_FALSE(unread);
  EXPECT_TRUE(unread.error().text().starts_with(in_folder("p-a.case") + ": ")) << unread.error().text();
}

std::string entry(std::string_view since, std::string_view more = "") {
  return fmt::format(R"([{{"subject": "a", "property": "b", "site": "c", "reason": "d", "since": "{}"{}}}])", since,
                     more);
}

TEST(Days, AreFourTwoAndTwoDigits) {
  for (const std::string_view day : {"2026-11-29", "0000-00-00", "9999-99-99"}) {
    EXPECT_TRUE(KnownFailures::parse(entry(day), "known.json")) << day;
  }
  for (const std::string_view day :
       {"2026-11-2", "2026-11-290", "2026/11/29", "2026-1a-29", "2026-:1-29", "2026-11-/9", "-"}) {
    const auto known = KnownFailures::parse(entry(day), "known.json");
    ASSERT_FALSE(known) << day;
    EXPECT_EQ(known.error().text(), fmt::format("known.json: /0/since: expected a day like 2026-11-29, found {}", day));
  }
}

TEST(KnownLists, NeedEveryText) {
  const std::string whole = entry("2026-11-29");
  for (const std::string_view key : {"subject", "property", "site", "reason", "since"}) {
    for (const bool is_number : {false, true}) {
      std::string text = whole;
      const std::size_t at = text.find(fmt::format("\"{}\": ", key));
      const std::size_t end = text.find_first_of(",}", at);
      ASSERT_NE(at, std::string::npos);
      text.replace(at, end - at, is_number ? fmt::format("\"{}\": 3", key) : "\"avoid\": 1");
      const auto known = KnownFailures::parse(text, "known.json");
      ASSERT_FALSE(known) << text;
      EXPECT_EQ(known.error().code, ErrorCode::manifest_format);
      EXPECT_EQ(known.error().text(),
                fmt::format("known.json: /0: expected a string \"{}\", found {}", key, is_number ? "3" : "nothing"));
    }
  }
  EXPECT_TRUE(KnownFailures::parse("[]\n\n", "known.json")->entries().empty());
  EXPECT_EQ(KnownFailures::parse("[]", "known.json")->print(), "[\n]\n");
  const auto second = KnownFailures::parse(whole.substr(0, whole.size() - 1) + ", 3]", "known.json");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().text(), "known.json: /1: expected an object, found 3");
}

using KnownFiles = FolderTest;

TEST_F(KnownFiles, AreWrittenAsTheyAreRead) {
  const std::string path = in_folder("known.json");
  const auto known = KnownFailures::parse(entry("2026-11-29", R"(, "avoid": {"layers": ["GRU"]})"), "x");
  ASSERT_TRUE(known) << known.error().text();
  ASSERT_TRUE(known->write(path));
  EXPECT_EQ(read_text(path), known->print());
  const auto again = KnownFailures::read(path);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->print(), known->print());
  EXPECT_FALSE(KnownFailures::read(in_folder("none.json")));
  EXPECT_FALSE(known->write(in_folder("no/such/known.json")));
}

}  // namespace
}  // namespace revive::properties
