// For tests: what mutations make of fixed seeds is listed in mutants.txt, a line a row: its table and name, a digest;
// and a line a table: the weights of its rows.
//
// A mutant is a function of its input and seed with every compiler, so that a seed means the same everywhere. A digest
// changes with the source of its row, and then the test prints the new line; REVIVE_MUTANTS=FILE has all lines written
// to a file as they are now. "-" stands where mutants follow from the classes of layers that there are.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "revive_build/source_dir.h"

namespace revive::fuzz {

inline std::uint32_t digest_of(std::string_view text) {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

// The lines of mutants.txt, by what is before the last space.
inline const std::map<std::string, std::string>& listed_mutants() {
  static const std::map<std::string, std::string> listed = [] {
    std::map<std::string, std::string> lines;
    std::ifstream file(REVIVE_SOURCE_DIR "/fuzz/mutators/mutants.txt");
    for (std::string name, digest; file >> name >> digest;) lines[name] = digest;
    return lines;
  }();
  return listed;
}

inline void expect_listed(const std::string& name, const std::string& digest) {
  if (const char* const path = std::getenv("REVIVE_MUTANTS")) {
    std::ofstream(path, std::ios::app) << name << ' ' << digest << '\n';
    return;
  }
  const auto line = listed_mutants().find(name);
  ASSERT_NE(line, listed_mutants().end()) << "fuzz/mutators/mutants.txt lacks: " << name << ' ' << digest;
  EXPECT_EQ(line->second, digest) << "in fuzz/mutators/mutants.txt; now: " << name << ' ' << digest;
}

inline void expect_pinned(const std::string& name, std::string_view made) {
  expect_listed(name, std::to_string(digest_of(made)));
}

}  // namespace revive::fuzz
