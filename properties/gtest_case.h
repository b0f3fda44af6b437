// What a test of properties/gtest.h runs, apart from GoogleTest.
#pragma once

#include <optional>
#include <string>

#include "properties/property.h"
#include "properties/subject.h"

namespace revive::properties {

// Runs the property as the environment variables of gtest.h say; what to print where it does not hold.
std::optional<std::string> run_gtest_case(const Property& property, const Subject& subject);

}  // namespace revive::properties
