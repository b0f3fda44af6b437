// Whose turn a case of the hunt is: cases take turns by their number, so that each class, parameter and entry of a
// table has its own, whoever runs the case.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "revive/properties/hunt/generate_program.h"

namespace revive::tools {

class HuntTurns {
 public:
  // The catalogue is kept.
  HuntTurns(std::uint64_t seed, const properties::hunt::Catalogue& catalogue);

  // One case in ten is made as if nothing were known.
  static bool knows(std::uint64_t number);
  // What chance is to favour in the program of a case.
  properties::hunt::ProgramRules rules(std::uint64_t number) const;

 private:
  // First each class with all its arguments; then a class like that, a parameter, a function, and nothing in turn.
  std::optional<properties::hunt::Focus> focus_of(std::uint64_t number) const;

  const properties::hunt::Catalogue& catalogue_;
  std::vector<std::size_t> order_;
  std::vector<std::size_t> classes_;
  std::vector<properties::hunt::Catalogue::Aim> functions_;
  // The forms of functions, those that capture something twice.
  std::vector<std::size_t> forms_;
  std::vector<properties::hunt::TableEntry> entries_;
};

}  // namespace revive::tools
