// The generator of the hunt: a function from choices to a program.
//
// The same choices over the same catalogue give the same program. All zeros is the simplest one; what Keras refuses is
// dropped by the worker, statement by statement, so the generator need not know what fits together.
#pragma once

#include <functional>
#include <optional>

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

struct ProgramRules {
  const Catalogue& catalogue;
  std::optional<Focus> focus = {};
  // A model, and one that is put together in a remarkable way more often.
  bool model = false;
  // Whether a choice is to be left out, because a known defect hides what comes after it.
  std::function<bool(const Feature&)> avoid = {};
};

Program generate_program(Choices& choices, const ProgramRules& rules);

}  // namespace revive::properties::hunt
