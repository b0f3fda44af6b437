// The generator of the hunt: a function from choices to a program.
//
// The same choices over the same catalogue give the same program. All zeros is the simplest one; what Keras refuses is
// dropped by the worker, statement by statement, so the generator need not know what fits together.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "revive/properties/choices/choices.h"
#include "revive/properties/hunt/catalogue.h"
#include "revive/properties/hunt/program.h"

namespace revive::properties::hunt {

// What chance is to favour in one program: a parameter of a class, and which of its values. It changes odds alone, so a
// recording means the same program with and without it.
struct Focus {
  Catalogue::Aim aim;
  std::size_t value = 0;
  // The class alone, as an object with as many arguments as there are.
  bool all = false;
};

// An entry of a table of parameters.json ("ops", "steps", ...) that a model is to have, so that each has its turn.
struct TableEntry {
  std::string table;
  std::size_t place = 0;
};

struct ProgramRules {
  const Catalogue& catalogue;
  std::optional<Focus> focus = {};
  // A model, and one that is put together in a remarkable way more often.
  bool model = false;
  std::optional<TableEntry> entry = {};
  // Whether a choice is to be left out, because a known defect hides what comes after it.
  std::function<bool(const Feature&)> avoid = {};

  // The place of the entry, where it is one of this table.
  std::optional<std::size_t> wanted(std::string_view table) const {
    return entry && entry->table == table ? std::optional(entry->place) : std::nullopt;
  }
};

Program generate_program(Choices& choices, const ProgramRules& rules);

}  // namespace revive::properties::hunt
