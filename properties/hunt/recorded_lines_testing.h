// Programs of the hunt as lines with how often each came, and a digest of all of them, in programs.txt.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <sstream>
#include <string>

#include "revive/model/testing/recorded.h"
#include "revive/properties/hunt/generate_program.h"
#include "revive/serializer/io/digest.h"

namespace revive::properties::hunt {

inline constexpr const char* kProgramsFile = "properties/hunt/programs.txt";

class Lines {
 public:
  void add(const Program& program) {
    const std::string whole = print(program).text;
    sum_ += std::stoull(sha256_hex(whole).substr(0, 12), nullptr, 16);
    std::istringstream text(whole);
    for (std::string line; std::getline(text, line);) {
      if (!line.empty()) ++lines_[line];
    }
    for (const Feature& feature : program.features()) {
      ++lines_[fmt::format("feature {} {}", feature.owner, feature.text())];
    }
    for (const std::string& name : program.exercised()) ++lines_["exercised " + name];
    droppable_ += print(program).droppable.size();
    layers_ += program.layers();
  }
  // Lines that are rare are counted together, as there are many of them: the digest of the programs holds them.
  void expect(const std::string& what) const {
    constexpr std::size_t kRare = 12;
    std::size_t rare = 0;
    for (const auto& [line, count] : lines_) {
      rare += count < kRare ? count : 0;
      if (count >= kRare) expect_recorded(kProgramsFile, fmt::format("{} {}", what, line), std::to_string(count));
    }
    expect_recorded(kProgramsFile, what,
                    fmt::format("{} kinds of lines, {} rare ones; {} can be dropped, {} layers; {:012x}", lines_.size(),
                                rare, droppable_, layers_, sum_));
  }

 private:
  std::map<std::string, std::size_t> lines_;
  std::size_t droppable_ = 0;
  std::size_t layers_ = 0;
  std::uint64_t sum_ = 0;
};

inline void add_programs(std::uint64_t count, const ProgramRules& rules, Lines& lines) {
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    auto choices = Choices::random(seed);
    lines.add(generate_program(choices, rules));
  }
}

}  // namespace revive::properties::hunt
