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
#include "revive/properties/testing/folder_test.h"
#include "revive_build/source_dir.h"

namespace revive::tools {

using properties::FolderTest;
using properties::read_text;
using properties::write_text;

inline std::string corpus(const std::string& file) {
  return std::string(REVIVE_SOURCE_DIR) + "/corpus/" + file;
}

inline properties::ChildEnd revive(std::vector<std::string> arguments, properties::ChildLimits limits = {}) {
  arguments.insert(arguments.begin(), REVIVE_PROGRAM);
  if (limits.wall_seconds == 0) limits.wall_seconds = 120;
  // The program of a coverage build writes more than its output.
  if (limits.file_bytes != 0) setenv("LLVM_PROFILE_FILE", "/dev/null", 1);
  auto end = properties::run_child(arguments, limits);
  EXPECT_TRUE(end.has_value());
  return end.value_or(properties::ChildEnd{});
}

// Exit code 1 and one sentence on stderr that starts with `place`; nothing on stdout.
inline void expect_refusal(const properties::ChildEnd& end, const std::string& place) {
  EXPECT_TRUE(end.exited_with(1)) << place << " " << to_string(end);
  EXPECT_EQ(end.out, "");
  EXPECT_EQ(std::ranges::count(end.err, '\n'), 1) << end.err;
  EXPECT_TRUE(end.err.starts_with(place)) << end.err;
  EXPECT_GT(end.err.size(), place.size() + 10) << end.err;
}

}  // namespace revive::tools
