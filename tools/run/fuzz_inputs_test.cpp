#include "revive/tools/run/fuzz_inputs.h"

#include <filesystem>

#include "revive/properties/testing/folder_test.h"

namespace revive::tools {
namespace {

using properties::read_text;
using properties::write_text;

class LeaveOut : public properties::FolderTest {
 protected:
  void SetUp() override {
    FolderTest::SetUp();
    for (const char* const folder : {"kept", "seeds"}) {
      std::filesystem::create_directories(in_folder(folder));
      for (const char* const name : {"a", "b"}) write_text(in_folder(folder) + "/" + name, name);
    }
    write_text(in_folder("crash"), "a");
  }

  bool has(const std::string& name) const { return std::filesystem::exists(in_folder(name)); }

  FuzzInputs inputs() const { return {in_folder("kept"), in_folder("seeds"), in_folder("copy")}; }
};

TEST_F(LeaveOut, TakesTheContentOutOfWhatWasKeptAndOfACopyOfTheSeeds) {
  FuzzInputs inputs = this->inputs();
  ASSERT_TRUE(inputs.leave_out(in_folder("crash")));
  EXPECT_EQ(inputs.seeds(), in_folder("copy"));
  EXPECT_FALSE(has("kept/a"));
  EXPECT_TRUE(has("kept/b"));
  EXPECT_FALSE(has("copy/a"));
  EXPECT_EQ(read_text(in_folder("copy/b")), "b");
  EXPECT_EQ(read_text(in_folder("seeds/a")), "a") << "the seeds of the build are not ours";
}

TEST_F(LeaveOut, TakesASecondOneOutOfTheSameCopy) {
  FuzzInputs inputs = this->inputs();
  ASSERT_TRUE(inputs.leave_out(in_folder("crash")));
  write_text(in_folder("crash"), "b");
  ASSERT_TRUE(inputs.leave_out(in_folder("crash")));
  EXPECT_FALSE(has("copy/a"));
  EXPECT_FALSE(has("copy/b"));
}

TEST_F(LeaveOut, CopiesNoSeedsWhereNoneOfThemHoldsIt) {
  FuzzInputs inputs = this->inputs();
  write_text(in_folder("crash"), "c");
  ASSERT_TRUE(inputs.leave_out(in_folder("crash")));
  EXPECT_EQ(inputs.seeds(), in_folder("seeds"));
  EXPECT_FALSE(has("copy"));
  EXPECT_TRUE(has("kept/a"));
}

TEST_F(LeaveOut, BeginsWithSeedsOfThisBuild) {
  std::filesystem::create_directories(in_folder("copy"));
  for (const char* const name : {"b", "old"}) write_text(in_folder("copy/") + name, "old");
  FuzzInputs inputs = this->inputs();
  ASSERT_TRUE(inputs.leave_out(in_folder("crash")));
  EXPECT_EQ(read_text(in_folder("copy/b")), "b");
  EXPECT_FALSE(has("copy/old"));
}

// What cannot be read as a file holds nothing either.
TEST_F(LeaveOut, NothingIsNoFolder) {
  std::filesystem::create_directories(in_folder("kept/folder"));
  write_text(in_folder("kept/nothing"), "");
  write_text(in_folder("crash"), "");
  FuzzInputs inputs = this->inputs();
  ASSERT_TRUE(inputs.leave_out(in_folder("crash")));
  EXPECT_TRUE(has("kept/folder"));
  EXPECT_FALSE(has("kept/nothing"));
  EXPECT_TRUE(has("kept/a"));
}

TEST_F(LeaveOut, NeedsNoSeeds) {
  FuzzInputs inputs(in_folder("kept"), "", in_folder("copy"));
  ASSERT_TRUE(inputs.leave_out(in_folder("crash")));
  EXPECT_EQ(inputs.seeds(), "");
  EXPECT_FALSE(has("kept/a"));
  EXPECT_FALSE(has("copy"));
}

TEST_F(LeaveOut, SaysWhereTheSeedsCannotBeCopied) {
  write_text(in_folder("file"), "");
  FuzzInputs inputs(in_folder("kept"), in_folder("seeds"), in_folder("file/copy"));
  const Status status = inputs.leave_out(in_folder("crash"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::file_unwritable);
  EXPECT_TRUE(status.error().text().starts_with(in_folder("file/copy") + ": cannot copy the seeds here: "))
      << status.error().text();
}

}  // namespace
}  // namespace revive::tools
