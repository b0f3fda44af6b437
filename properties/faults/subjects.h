// The subjects that go by a name.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "revive/properties/subject.h"

namespace revive::properties {

// revive's own, or a fault.
std::optional<Subject> find_subject(std::string_view name);
// The names that find_subject() knows.
std::vector<std::string_view> subject_names();

}  // namespace revive::properties
