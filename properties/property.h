// A property: a named sentence over a generated case.
//
// Properties know cases and subjects; they never mention RapidCheck or a fuzzing engine, read no file and no clock.
// kProperties is the one list: the program, the fuzz targets and the documentation derive from it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "properties/case.h"
#include "properties/subject.h"

namespace revive::properties {

// Why a case does not have a property.
struct Violation {
  // The first difference or the error, with its place.
  std::string message;
};

struct Property {
  std::string_view name;
  // "After save and load, every output has the same bits."
  std::string_view sentence;
  std::optional<Violation> (*check)(const Case&, const Subject&);
};

std::span<const Property> all_properties();
const Property* find_property(std::string_view name);

}  // namespace revive::properties
