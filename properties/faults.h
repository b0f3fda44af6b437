// Subjects that are broken on purpose, each in one way that the field has seen.
//
// They show that the harness finds what it is for. Each wraps revive's serializer and spoils what goes in or comes
// out; product code holds no switch for any of them.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "properties/subject.h"

namespace revive::properties {

struct Fault {
  std::string_view name;
  // What is broken, in one sentence.
  std::string_view sentence;
  Subject (*make)();
  // The most layers that the shrunk counterexample may have.
  std::size_t minimal_layers;
};

std::span<const Fault> all_faults();
// Revive's own subject or a fault, by name.
std::optional<Subject> find_subject(std::string_view name);

}  // namespace revive::properties
