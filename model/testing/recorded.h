// Sentences that tests record word by word, one a line behind the name of what said it: every letter of them is part
// of what a user reads. After a change that is meant, the tests write them anew, and the diff is part of the review:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/serializer/serializer_test
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "revive_build/source_dir.h"

namespace revive {

// Expects that `sentence` stands behind `name` in a file of the source tree.
inline void expect_recorded(const std::string& file, const std::string& name, std::string_view sentence) {
  constexpr std::string_view kBetween = "\t";
  std::string line;
  for (const char c : sentence) line += c == '\n' ? std::string("\\n") : std::string(1, c);
  const std::string path = std::string(REVIVE_SOURCE_DIR) + "/" + file;
  std::map<std::string, std::string> recorded;
  std::ifstream in(path, std::ios::binary);
  for (std::string each; std::getline(in, each);) {
    const std::size_t end = each.find(kBetween);
    if (end != std::string::npos) recorded[each.substr(0, end)] = each.substr(end + kBetween.size());
  }
  in.close();
  if (std::getenv("REVIVE_WRITE_SENTENCES") == nullptr) {
    const auto found = recorded.find(name);
    ASSERT_NE(found, recorded.end()) << file << " has no sentence of " << name << ": " << line;
    EXPECT_EQ(line, found->second) << name << " in " << file;
    return;
  }
  recorded[name] = line;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  for (const auto& [each, said] : recorded) out << each << kBetween << said << '\n';
}

// Whether there is a line of `name`, or one is to be written: what a new layer or op says is recorded when all is
// written anew, so that who adds one changes no test.
inline bool is_recorded(const std::string& file, const std::string& name) {
  if (std::getenv("REVIVE_WRITE_SENTENCES") != nullptr) return true;
  std::ifstream in(std::string(REVIVE_SOURCE_DIR) + "/" + file, std::ios::binary);
  for (std::string each; std::getline(in, each);) {
    if (each.starts_with(name + "\t")) return true;
  }
  return false;
}

// expect_recorded() for a helper that many tests call: the name is that of the test, and how many it has recorded
// before.
inline void expect_recorded(const std::string& file, std::string_view sentence) {
  static std::map<std::string, int> counts;
  const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
  const std::string name = std::string(test->test_suite_name()) + "." + test->name();
  expect_recorded(file, name + " " + std::to_string(++counts[name]), sentence);
}

}  // namespace revive
