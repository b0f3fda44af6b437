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

// The sentences of a file of the source tree, by name.
using Recorded = std::map<std::string, std::string>;

inline constexpr std::string_view kBehindTheName = "\t";

inline Recorded read_recorded(const std::string& file) {
  Recorded recorded;
  std::ifstream in(std::string(REVIVE_SOURCE_DIR) + "/" + file, std::ios::binary);
  for (std::string each; std::getline(in, each);) {
    const std::size_t end = each.find(kBehindTheName);
    if (end != std::string::npos) recorded[each.substr(0, end)] = each.substr(end + kBehindTheName.size());
  }
  return recorded;
}

// Expects that each sentence stands behind its name in a file of the source tree.
inline void expect_recorded(const std::string& file, const Recorded& said) {
  Recorded recorded = read_recorded(file);
  const bool writes = std::getenv("REVIVE_WRITE_SENTENCES") != nullptr;
  for (const auto& [name, sentence] : said) {
    std::string line;
    for (const char c : sentence) line += c == '\n' ? std::string("\\n") : std::string(1, c);
    if (writes) {
      recorded[name] = line;
      continue;
    }
    const auto found = recorded.find(name);
    if (found == recorded.end()) {
      ADD_FAILURE() << file << " has no sentence of " << name << ": " << line;
    } else {
      EXPECT_EQ(line, found->second) << name << " in " << file;
    }
  }
  if (!writes) return;
  std::ofstream out(std::string(REVIVE_SOURCE_DIR) + "/" + file, std::ios::binary | std::ios::trunc);
  for (const auto& [name, line] : recorded) out << name << kBehindTheName << line << '\n';
}

inline void expect_recorded(const std::string& file, const std::string& name, std::string_view sentence) {
  expect_recorded(file, Recorded{{name, std::string(sentence)}});
}

// expect_recorded() of what every class, op or function says, of which the file holds nothing else: one that is new is
// recorded when all is written anew, so that who adds it changes no test, and one that is gone is missed.
inline void expect_recorded_if_there(const std::string& file, Recorded said) {
  const Recorded recorded = read_recorded(file);
  const bool writes = std::getenv("REVIVE_WRITE_SENTENCES") != nullptr;
  if (!writes) {
    for (const auto& [name, line] : recorded) EXPECT_TRUE(said.contains(name)) << "gone: " << name << " of " << file;
    std::erase_if(said, [&](const auto& each) { return !recorded.contains(each.first); });
  }
  EXPECT_FALSE(said.empty()) << "nothing of " << file;
  expect_recorded(file, said);
}

// Whether there is a line of `name`, or one is to be written.
inline bool is_recorded(const std::string& file, const std::string& name) {
  return std::getenv("REVIVE_WRITE_SENTENCES") != nullptr || read_recorded(file).contains(name);
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
