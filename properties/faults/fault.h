// Subjects that are broken on purpose, each in one way that the author of a serializer or an engine could get wrong.
//
// They show that the harness finds what it is for. Each wraps revive's serializer and spoils what goes in or comes
// out; product code holds no switch for any of them. all_faults() is the one list: `revive faults`, its test and
// `--subject NAME` derive from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "revive/properties/subject.h"

namespace revive::properties {

// What is promised of a fault, whatever the seed.
struct Expectation {
  // The property or scenario that is there to find it. One that comes earlier may see it first.
  std::string_view found_by;
  // Cases that this one needs at most; those of properties that come before are not counted.
  std::uint64_t cases = 0;
  // Of the shrunken model, or of the model that the property made of it.
  std::size_t layers = 1;
  // Where it is in few classes, it is looked for in models of these alone, as `revive properties --layers` does:
  // names with commas between them.
  std::string_view classes = {};
};

struct Fault {
  // Unique, in snake case; also the subject's name.
  std::string_view name;
  // What the author did, in one sentence.
  std::string_view sentence;
  Subject (*make)();
  Expectation expected;

  Subject subject() const {
    Subject made = make();
    made.name = name;
    return made;
  }
};

// By theme, in the order of the themes' files.
std::span<const Fault> all_faults();
// Nullptr when there is none.
const Fault* find_fault(std::string_view name);

}  // namespace revive::properties
