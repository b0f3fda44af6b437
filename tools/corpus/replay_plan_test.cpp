// Which files a replay looks at, and what it objects to.
#include "revive/tools/corpus/replay_plan.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

using testing::ElementsAre;
using Expect = ReplayItem::Expect;
using Kind = Verdict::Kind;

TEST(WorkingFolders, AreWholeNames) {
  for (const char* const file : {"found/a.case", "run/a/b.keras", "found/"}) EXPECT_TRUE(is_working_file(file)) << file;
  for (const char* const file : {"foundation/a.case", "a/found/b.case", "found", "running.keras", "", "/found/a"}) {
    EXPECT_FALSE(is_working_file(file)) << file;
  }
}

class ReplayPlan : public FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    for (const char* const file : {"b.keras", "sub/a.case", "sub/a.txt", "found/f.case", "run/r.keras", "new.keras"}) {
      const std::string path = in_folder(file);
      std::filesystem::create_directories(std::filesystem::path(path).parent_path());
      write_text(path, "");
    }
    std::filesystem::create_directories(in_folder("folder.keras"));
  }
  Manifest manifest() const {
    return Manifest::parse(R"([{"file": "sub/a.case", "verdict": "holds"},
                               {"file": "b.keras", "verdict": "refused", "code": "archive_crc"},
                               {"file": "gone.keras", "verdict": "revives"}])",
                           in_folder("manifest.json"))
        .value();
  }
  std::vector<std::string> told(const std::vector<ReplayItem>& items) const {
    std::vector<std::string> texts;
    for (const ReplayItem& item : items) {
      const std::string file = std::filesystem::path(item.path).lexically_relative(in_folder("")).string();
      const std::string expect = item.expect == Expect::recorded ? to_string(item.verdict)
                                 : item.expect == Expect::sound  ? "sound"
                                                                 : "listed";
      texts.push_back(fmt::format("{}: {}", file, expect));
    }
    return texts;
  }
};

TEST_F(ReplayPlan, OfAManifestIsAllThatItListsAndAllThatItShould) {
  EXPECT_THAT(told(plan_manifest(manifest())), ElementsAre("sub/a.case: holds", "b.keras: refused (archive_crc)",
                                                           "gone.keras: revives (no digest)", "new.keras: listed"));
}

TEST_F(ReplayPlan, OfPathsIsWhatCanBeJudgedInTheOrderOfNames) {
  const Manifest known = manifest();
  EXPECT_THAT(told(plan_paths({in_folder("")}, &known).value()),
              ElementsAre("b.keras: refused (archive_crc)", "found/f.case: sound", "new.keras: listed",
                          "run/r.keras: sound", "sub/a.case: holds"));
  EXPECT_THAT(told(plan_paths({in_folder("sub/a.case"), in_folder("b.keras")}, &known).value()),
              ElementsAre("sub/a.case: holds", "b.keras: refused (archive_crc)"));
  // Without a manifest, or where it is about another folder, nobody speaks for a file.
  EXPECT_THAT(told(plan_paths({in_folder("b.keras"), in_folder("sub")}, nullptr).value()),
              ElementsAre("b.keras: sound", "sub/a.case: sound"));
  const Manifest other = Manifest::parse("[]", in_folder("sub/manifest.json")).value();
  EXPECT_THAT(told(plan_paths({in_folder("b.keras"), in_folder("sub/a.case")}, &other).value()),
              ElementsAre("b.keras: sound", "sub/a.case: listed"));
  const auto missing = plan_paths({in_folder("b.keras"), in_folder("none.keras")}, &known);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::file_unreadable);
  EXPECT_EQ(missing.error().text(), in_folder("none.keras") + ": no such file or folder");
  const auto text = plan_paths({in_folder("sub/a.txt")}, &known);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::usage);
}

TEST(ReplayObjection, IsToWhatIsNotAsExpected) {
  const auto objected = [](Expect expect, const Verdict& recorded, const std::optional<Verdict>& now) {
    return objection({"a.case", expect, recorded}, {.verdict = now, .sentence = "it is so"}).value_or("none");
  };
  const Verdict holds{Kind::holds, ""};
  const Verdict violated{Kind::violated, ""};
  const Verdict revives{Kind::revives, "0123456789abcdef"};
  const Verdict crc{Kind::refused, "archive_crc"};
  for (const Expect expect : {Expect::recorded, Expect::sound, Expect::listed}) {
    EXPECT_EQ(objected(expect, holds, std::nullopt), "it is so");
  }
  for (const Verdict& each : {holds, violated, revives, crc}) {
    EXPECT_EQ(objected(Expect::recorded, each, each), "none");
    EXPECT_EQ(objected(Expect::sound, holds, each), each == violated ? "it is so" : "none");
    EXPECT_EQ(
        objected(Expect::listed, each, each),
        "a.case: not in the manifest; `revive promote a.case --reason TEXT` records that it now " + to_string(each));
  }
  EXPECT_EQ(objected(Expect::recorded, holds, violated), "a.case: expected holds, found violated: it is so");
  EXPECT_EQ(objected(Expect::recorded, crc, Verdict{Kind::refused, "archive_not_zip"}),
            "a.case: expected refused (archive_crc), found refused (archive_not_zip): it is so");
}

}  // namespace
}  // namespace revive::tools
