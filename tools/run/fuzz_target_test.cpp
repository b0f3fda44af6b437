#include "revive/tools/run/fuzz_target.h"

#include <gmock/gmock.h>

#include "revive/properties/testing/folder_test.h"

namespace revive::tools {
namespace {

using properties::write_text;
using testing::ElementsAre;

class FuzzTargets : public properties::FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    std::filesystem::create_directories(in_folder("fuzz/seeds/second"));
    for (const char* const name : {"first", "second", "third"}) write_text(in_folder("fuzz/") + name, "");
    write_text(in_folder("fuzz_targets.txt"), "first\n\n \tsecond\r\nmissing\nthird");
    write_text(in_folder("fuzz/first.options"), "[libfuzzer]\nmax_len=3\n");
  }
  std::string error(const std::vector<std::string>& names) const {
    const auto targets = find_fuzz_targets(in_folder(""), names);
    return targets ? "none" : targets.error().text();
  }
};

TEST_F(FuzzTargets, AreNamedByTheBuildAndHaveWhatStandsBesideThem) {
  const auto targets = find_fuzz_targets(in_folder(""), {"second", "first", "third"});
  ASSERT_TRUE(targets) << targets.error().text();
  ASSERT_EQ(targets->size(), 3U);
  EXPECT_EQ((*targets)[0].name, "second");
  EXPECT_EQ((*targets)[0].seeds, in_folder("fuzz/seeds/second"));
  EXPECT_THAT((*targets)[0].flags, ElementsAre());
  EXPECT_EQ((*targets)[1].name, "first");
  EXPECT_EQ((*targets)[1].program, in_folder("fuzz/first"));
  EXPECT_EQ((*targets)[1].seeds, "");
  EXPECT_THAT((*targets)[1].flags, ElementsAre("-max_len=3"));
  EXPECT_EQ((*targets)[2].name, "third") << "the last line has no end";
}

TEST_F(FuzzTargets, AreAllOfTheListWhereNoneIsNamed) {
  EXPECT_EQ(error({}), in_folder("fuzz/missing") + ": the target is not built");
  write_text(in_folder("fuzz_targets.txt"), "third\nfirst\n");
  const auto targets = find_fuzz_targets(in_folder(""), {});
  ASSERT_TRUE(targets && targets->size() == 2);
  EXPECT_EQ((*targets)[0].name, "third");
  EXPECT_EQ((*targets)[1].name, "first");
}

TEST_F(FuzzTargets, ThatAreNotThereAreSaidToBe) {
  EXPECT_EQ(error({"first", "fourth"}),
            in_folder("") + " has no target fourth; there are first, second, missing, third");
  EXPECT_EQ(find_fuzz_targets(in_folder(""), {"fourth"}).error().code, ErrorCode::usage);
  EXPECT_EQ(find_fuzz_targets(in_folder(""), {"missing"}).error().code, ErrorCode::file_unreadable);
  const auto no_build = find_fuzz_targets(in_folder("nowhere"), {});
  ASSERT_FALSE(no_build);
  EXPECT_EQ(no_build.error().text(),
            in_folder("nowhere/fuzz_targets.txt") +
                ": cannot read: No such file or directory; `cmake --preset fuzz && cmake --build --preset fuzz` makes "
                "the targets");
}

TEST(FuzzOptionsFile, IsReadWithItsBlanks) {
  EXPECT_THAT(flags_from_options(" [libfuzzer] \r\n\t max_len =\t4 \r\nno equals\n=\n[libfuzzer2]\nrss=1", "out"),
              ElementsAre("-max_len=4", "-="));
  EXPECT_THAT(flags_from_options("[libfuzzer]\n#a=1\ndict=a#b\n", "out"), ElementsAre("-dict=out/a#b"));
  EXPECT_THAT(flags_from_options("max_len=4\n", "out"), ElementsAre()) << "of no section";
  EXPECT_THAT(flags_from_options("", "out"), ElementsAre());
}

TEST(FuzzStatusLine, IsANumberATabAndWhatIsKnown) {
  const auto status = parse_fuzz_status("#7\tNEW    cov: 3 ft: 45 corp: 6/78b exec/s: 0");
  ASSERT_TRUE(status);
  EXPECT_EQ(status->runs, 7U);
  EXPECT_EQ(status->features, 45U);
  EXPECT_EQ(status->inputs, 6U);
  const auto short_one = parse_fuzz_status("#12\tDONE");
  ASSERT_TRUE(short_one);
  EXPECT_EQ(short_one->runs, 12U);
  EXPECT_EQ(short_one->features, 0U);
  EXPECT_EQ(short_one->inputs, 0U);
  EXPECT_EQ(parse_fuzz_status("#12\tDONE ft: many")->features, 0U);
  for (const char* const line : {"", "#", "#7", "#\t", "#x\t", "7\tNEW", "#7 NEW", "x7\tNEW"}) {
    EXPECT_FALSE(parse_fuzz_status(line)) << line;
  }
  EXPECT_EQ(last_fuzz_status("").runs, 0U);
  EXPECT_EQ(last_fuzz_status("#1\ta\n#2\tb\nno status").runs, 2U);
}

}  // namespace
}  // namespace revive::tools
