// What the tests of the program share: a folder of their own and the program that was built.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "revive/properties/process/child_process.h"

namespace revive::tools {

// A fresh folder, removed when the test ends.
class FolderTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("revive_" + std::string(test->test_suite_name()) + "_" + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }

 private:
  std::filesystem::path folder_;
};

inline std::string corpus(const std::string& file) {
  return std::string(REVIVE_SOURCE_DIR) + "/corpus/" + file;
}

inline std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_text(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

inline ChildEnd revive(std::vector<std::string> arguments, ChildLimits limits = {}) {
  arguments.insert(arguments.begin(), REVIVE_PROGRAM);
  if (limits.wall_seconds == 0) limits.wall_seconds = 120;
  // The program of a coverage build writes more than its output.
  if (limits.file_bytes != 0) setenv("LLVM_PROFILE_FILE", "/dev/null", 1);
  auto end = run_child(arguments, limits);
  EXPECT_TRUE(end.has_value());
  return end.value_or(ChildEnd{});
}

// Exit code 1 and one sentence on stderr that starts with `place`; nothing on stdout.
inline void expect_refusal(const ChildEnd& end, const std::string& place) {
  EXPECT_TRUE(end.exited_with(1)) << place << " " << to_string(end);
  EXPECT_EQ(end.out, "");
  EXPECT_EQ(std::ranges::count(end.err, '\n'), 1) << end.err;
  EXPECT_TRUE(end.err.starts_with(place)) << end.err;
  EXPECT_GT(end.err.size(), place.size() + 10) << end.err;
}

}  // namespace revive::tools
