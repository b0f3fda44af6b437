// What is recorded of files, moved and listed as known, and what a replay makes of it.
#include <gmock/gmock.h>

#include "revive/properties/database/case_store.h"
#include "revive/properties/faults/subjects.h"
#include "revive/properties/property.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

using properties::StoredCase;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Broken on purpose: it loses the input layer.
constexpr const char* kBroken = "input_layer_lost";

// A case that the broken subject violates, and that holds for revive.
const StoredCase& violated_case() {
  static const std::optional<StoredCase> found = []() -> std::optional<StoredCase> {
    const auto subject = properties::find_subject(kBroken).value();
    for (const properties::Property& property : properties::all_properties()) {
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        auto choices = properties::Choices::random(seed);
        auto made = properties::generate_case(choices);
        if (!made || !properties::applies(property, subject)) continue;
        if (!properties::check_case(property, *made, subject)) continue;
        return StoredCase{.property = std::string(property.name),
                          .subject = kBroken,
                          .message = "it differs",
                          .choices = "",
                          .declarations = properties::declarations_digest(),
                          .the_case = *std::move(made)};
      }
    }
    return std::nullopt;
  }();
  return found.value();
}

class Promote : public FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    for (const char* const folder : {"keras", "found"}) std::filesystem::create_directories(in_folder(folder));
    copy("keras/dense.keras", "keras/a.keras");
    copy("refusals/crc_wrong.keras", "keras/b.keras");
  }
  void copy(const std::string& from, const std::string& to) const {
    std::filesystem::copy_file(corpus(from), in_folder(to), std::filesystem::copy_options::overwrite_existing);
  }
  std::string put(const std::string& file, const std::string& subject) const {
    StoredCase stored = violated_case();
    stored.subject = subject;
    EXPECT_TRUE(properties::write_case(in_folder(file), stored));
    return in_folder(file);
  }
  std::string manifest() const { return in_folder("manifest.json"); }
  std::string listed() const { return read_text(manifest()); }
  properties::ChildEnd promote(const std::vector<std::string>& files, const std::vector<std::string>& more = {},
                               const std::string& reason = "because") const {
    std::vector<std::string> call = {"promote", "--reason", reason, "--manifest", manifest()};
    call.insert(call.end(), files.begin(), files.end());
    call.insert(call.end(), more.begin(), more.end());
    return revive(call);
  }
  properties::ChildEnd replay(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> call = {"replay", "--manifest", manifest()};
    call.insert(call.end(), more.begin(), more.end());
    return revive(call);
  }
  bool is_there(const std::string& file) const { return std::filesystem::exists(in_folder(file)); }
};

TEST_F(Promote, RecordsWhatFilesGiveNow) {
  const auto first = promote({in_folder("keras/b.keras"), in_folder("keras/a.keras")});
  EXPECT_TRUE(first.exited_with(0)) << first.err;
  EXPECT_THAT(first.out, testing::MatchesRegex("keras/b.keras: refused \\(archive_crc\\), was not listed\n"
                                               "keras/a.keras: revives \\(digest [0-9a-f]+\\), was not listed\n"));
  EXPECT_TRUE(replay().exited_with(0));
  copy("refusals/empty.keras", "keras/b.keras");
  EXPECT_TRUE(replay().exited_with(1));
  const auto second = promote({in_folder("keras/b.keras")}, {}, "it is empty now");
  EXPECT_EQ(second.out, "keras/b.keras: refused (archive_not_zip), was refused (archive_crc)\n");
  EXPECT_THAT(listed(), HasSubstr(R"("code": "archive_not_zip", "reason": "it is empty now"})"));
  EXPECT_THAT(listed(), HasSubstr(R"(, "reason": "because"})"));
  EXPECT_EQ(replay().out, "replay: held: 2 files\n");
}

TEST_F(Promote, OfAFileThatCannotBeRecordsNothing) {
  const std::string good = in_folder("keras/a.keras");
  copy("keras/dense.keras", "keras/a.txt");
  struct Wrong {
    std::vector<std::string> files;
    std::vector<std::string> more;
    int exit_code;
    std::string says;
  };
  const Wrong all[] = {
      {{good, corpus("keras/dense.keras")}, {}, 2, ": expected an archive or a case below the folder of "},
      {{good, in_folder("keras/a.txt")}, {}, 2, ": expected an archive or a case below the folder of "},
      {{good, in_folder("keras/none.keras")}, {}, 1, "none.keras: cannot read"},
      {{good}, {"--subject", "revive"}, 2, ": expected a .case file, as --subject is about cases alone"},
      {{good}, {"--known", in_folder("known.json")}, 2, "a.keras: expected a .case file"}};
  for (const Wrong& wrong : all) {
    const auto end = promote(wrong.files, wrong.more);
    EXPECT_TRUE(end.exited_with(wrong.exit_code)) << wrong.says << to_string(end);
    EXPECT_THAT(end.err, HasSubstr(wrong.says));
    EXPECT_EQ(end.out, "");
    EXPECT_FALSE(is_there("manifest.json"));
    EXPECT_FALSE(is_there("known.json"));
  }
  EXPECT_TRUE(promote({good}, {}, "").exited_with(2));
}

TEST_F(Promote, GivesEveryCaseANameOfItsOwn) {
  const std::string path = put("found/x.case", kBroken);
  EXPECT_EQ(promote({path}).out, "regressions/x.case: violated, was not listed\n");
  EXPECT_FALSE(is_there("found/x.case"));
  // Listed and there, there alone, listed alone.
  put("found/x.case", kBroken);
  put("regressions/x-2.case", kBroken);
  EXPECT_EQ(promote({path}).out, "regressions/x-3.case: violated, was not listed\n");
  std::filesystem::remove(in_folder("regressions/x.case"));
  put("found/x.case", kBroken);
  EXPECT_EQ(promote({path}).out, "regressions/x-4.case: violated, was not listed\n");
  // An archive stays where it is, and so does a case that is no working file.
  copy("keras/dense.keras", "found/a.keras");
  const std::string placed = put("keras/y.case", kBroken);
  EXPECT_THAT(promote({in_folder("found/a.keras"), placed}).out,
              testing::MatchesRegex("found/a.keras: revives .*\nkeras/y.case: violated, was not listed\n"));
  EXPECT_TRUE(is_there("found/a.keras"));
  EXPECT_TRUE(is_there("keras/y.case"));
}

// Whoever it was that violated it: what is broken on purpose alone may stay so.
TEST_F(Promote, ACaseOfRevivesOwnOrOfAProgramHasToHold) {
  for (const std::string subject : {"revive", "./nobody"}) {
    const std::string path = put("found/x.case", subject);
    const auto end = promote({path}, {"--subject", kBroken});
    EXPECT_TRUE(end.exited_with(0)) << subject;
    EXPECT_THAT(end.out, testing::MatchesRegex("regressions/x(-2)?.case: holds, was not listed\n")) << subject;
    EXPECT_THAT(end.err, StartsWith(path + ": " + violated_case().property + " of " + kBroken + " is violated: "));
    EXPECT_THAT(end.err, EndsWith("; it has to hold, and replay fails until then\n"));
  }
  EXPECT_THAT(listed(), Not(HasSubstr("violated")));
}

TEST_F(Promote, WhatCannotBeCopiedStaysAndIsNotListed) {
  const std::string first = put("found/x.case", kBroken);
  const std::string second = put("found/y.case", kBroken);
  write_text(in_folder("regressions"), "a file");
  const auto end = promote({first, second});
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_THAT(end.err, HasSubstr("regressions/x.case: cannot copy " + first + " here: "));
  EXPECT_TRUE(is_there("found/x.case"));
  EXPECT_TRUE(is_there("found/y.case"));
  EXPECT_FALSE(is_there("manifest.json"));
}

TEST_F(Promote, ListsFailuresAsKnown) {
  const std::string known = in_folder("known.json");
  const std::string path = put("keras/x.case", kBroken);
  const std::string ours = put("keras/y.case", "revive");
  const std::string earlier = R"({"subject": "s", "property": "p", "site": "t", "reason": "r", "since": "2026-01-01"})";
  write_text(known, "[" + earlier + "]");
  const auto holds = promote({path, ours}, {"--known", known});
  EXPECT_TRUE(holds.exited_with(1));
  EXPECT_THAT(holds.err, EndsWith(" holds; what is known has to fail\n"));
  EXPECT_EQ(read_text(known), "[" + earlier + "]");
  const auto listed = promote({path}, {"--known", known});
  EXPECT_TRUE(listed.exited_with(0)) << listed.err;
  EXPECT_THAT(listed.out,
              StartsWith(known + ": " + violated_case().property + " of " + kBroken + " is known to fail at "));
  EXPECT_THAT(read_text(known), HasSubstr(earlier));
  EXPECT_THAT(read_text(known),
              testing::ContainsRegex("\"subject\": \"input_layer_lost\".*\"reason\": \"because\", \"since\": "
                                     "\"20[0-9][0-9]-[01][0-9]-[0-3][0-9]\"}"));
  EXPECT_FALSE(is_there("manifest.json"));
  // Of another subject where one is named.
  EXPECT_THAT(promote({ours}, {"--known", known, "--subject", kBroken}).out,
              HasSubstr(std::string(" of ") + kBroken + " is known to fail at "));

  // A case that has to hold may fail as is known; one that has to fail does as it has to.
  write_text(manifest(), R"([{"file": "keras/x.case", "verdict": "holds"}])");
  std::filesystem::remove(in_folder("keras/a.keras"));
  std::filesystem::remove(in_folder("keras/b.keras"));
  std::filesystem::remove(ours);
  EXPECT_EQ(replay().out, "replay: 1 failed: 1 file\n");
  EXPECT_THAT(replay({"--json"}).out, Not(HasSubstr("\"known\"")));
  const auto passed = replay({"--known", known});
  EXPECT_TRUE(passed.exited_with(0)) << passed.err;
  EXPECT_EQ(passed.out, "replay: held: 1 file, 1 failed as is known\n");
  const std::string json = replay({"--known", known, "--json"}).out;
  EXPECT_THAT(json, StartsWith(R"([{"file": ")" + path + R"(", "held": true, "verdict": "violated", )"));
  EXPECT_THAT(json, EndsWith(R"("known": true}])"
                             "\n"));
  EXPECT_EQ(replay({"--known", known, "--subject", kBroken}).out, "replay: held: 1 file, 1 failed as is known\n");
  EXPECT_EQ(replay({"--known", known, "--subject", "revive"}).out, "replay: held: 1 file\n");
  write_text(manifest(), R"([{"file": "keras/x.case", "verdict": "violated"}])");
  EXPECT_EQ(replay({"--known", known}).out, "replay: held: 1 file\n");
}

// Verdicts on archives are revive's own, and what was recorded of a case was of its subject.
TEST_F(Promote, AReplayOfAnotherSubjectAsksItWhatItCan) {
  const std::string path = put("keras/x.case", kBroken);
  EXPECT_TRUE(promote({in_folder("keras/a.keras"), in_folder("keras/b.keras"), path}).exited_with(0));
  EXPECT_EQ(replay().out, "replay: held: 3 files\n");
  EXPECT_EQ(replay({"--subject", "revive"}).out, "replay: held: 3 files\n");
  const auto broken = replay({"--subject", kBroken});
  EXPECT_TRUE(broken.exited_with(1));
  EXPECT_EQ(broken.out, "replay: 1 failed: 3 files, 2 not asked\n");
  EXPECT_TRUE(replay({"--subject", "nobody"}).exited_with(2));
  const auto one = replay({in_folder("keras/a.keras"), "--subject", kBroken});
  EXPECT_TRUE(one.exited_with(0));
  EXPECT_EQ(one.out, in_folder("keras/a.keras") +
                         ": an archive is not asked of another subject\nreplay: held: 1 file, 1 not asked\n");
}

}  // namespace
}  // namespace revive::tools
