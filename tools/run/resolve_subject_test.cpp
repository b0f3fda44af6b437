#include "revive/tools/run/resolve_subject.h"

#include "revive/tools/testing.h"
#include "revive_build/source_dir.h"

namespace revive::tools {
namespace {

class Subjects : public FolderTest {};

const std::string kEcho = "python3 '" REVIVE_SOURCE_DIR "/properties/testing/echo_subject.py'";

TEST_F(Subjects, AreNamesOrPrograms) {
  EXPECT_EQ(resolve_subject("revive")->name, "revive");
  EXPECT_EQ(resolve_subject("captures_by_name")->name, "captures_by_name");
  const auto program = resolve_subject(kEcho);
  ASSERT_TRUE(program) << program.error().text();
  EXPECT_EQ(program->name, "echo");
}

TEST_F(Subjects, AnUnknownNameIsAWrongCall) {
  const auto none = resolve_subject("no_such_subject");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::usage);
  EXPECT_NE(none.error().message.find("there are revive, captures_by_name"), std::string::npos) << none.error().message;
}

TEST_F(Subjects, AProgramOfThePathIsOne) {
  const auto ends_at_once = resolve_subject("true");
  ASSERT_FALSE(ends_at_once);
  EXPECT_NE(ends_at_once.error().message.find("asked to hello: ended with exit code 0"), std::string::npos)
      << ends_at_once.error().message;
}

TEST_F(Subjects, AProgramIsTestedByTheCommand) {
  const auto held = revive({"properties", "config_survives", "--cases", "30", "--subject", kEcho});
  EXPECT_TRUE(held.exited_with(0)) << held.out << held.err;
  const auto failed = revive({"properties", "config_survives", "--cases", "30", "--subject", kEcho + " --load=crash",
                              "--out", in_folder("found")});
  EXPECT_TRUE(failed.exited_with(1)) << failed.out << failed.err;
  EXPECT_NE(failed.out.find("asked to load: was killed by signal 11"), std::string::npos) << failed.out;
  const auto wrong = revive({"properties", "config_survives", "--subject", "/nowhere/subject"});
  EXPECT_TRUE(wrong.exited_with(2)) << wrong.out << wrong.err;
}

// A case file may come from anywhere; what it names is never started.
TEST_F(Subjects, AProgramIsNotStartedBecauseACaseFileNamesIt) {
  const auto failed = revive({"properties", "config_survives", "--cases", "30", "--subject", kEcho + " --load=crash",
                              "--out", in_folder("found")});
  ASSERT_TRUE(failed.exited_with(1)) << failed.out << failed.err;
  ASSERT_EQ(std::distance(std::filesystem::directory_iterator(in_folder("found")), {}), 1);
  const std::string path = std::filesystem::directory_iterator(in_folder("found"))->path().string();
  const auto without = revive({"replay", path, "--manifest", in_folder("none.json")});
  EXPECT_TRUE(without.exited_with(1)) << without.out << without.err;
  EXPECT_NE((without.out + without.err).find("--subject"), std::string::npos) << without.out << without.err;
  const auto with = revive({"replay", path, "--subject", kEcho});
  EXPECT_TRUE(with.exited_with(0)) << with.out << with.err;
}

}  // namespace
}  // namespace revive::tools
