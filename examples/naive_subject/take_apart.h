// Finds the mistakes of a subject one after the other: what is found is mended, until nothing is found any more.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "revive/examples/naive_subject/naive_serializer.h"
#include "revive/properties/subject.h"

struct Finding {
  std::string mistake;
  std::string property;
  // Of the smallest model that shows it.
  std::size_t layers = 0;
  std::string message;
};

using MakeSubject = std::function<revive::properties::Subject(const Mended&)>;

// The first thing that the harness finds, and mends it in `mended`; nothing when every property holds. The mistake is
// the one without which the counterexample holds, and "?" where no single one is to blame.
std::optional<Finding> find_next(const MakeSubject& make, Mended& mended, int cases, std::uint64_t seed);

// "--mended floats,captures", or nothing.
std::string to_arguments(const Mended& mended);
