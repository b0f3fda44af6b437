// What a test of properties/gtest.h runs, apart from GoogleTest.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "revive/properties/property.h"
#include "revive/properties/subject.h"

namespace revive::properties {

struct PropertyReport;
struct RunConfig;

// The name of a type as that of a test suite, which a filter may hold: "theirs_MySerializer" of theirs::MySerializer.
std::string suite_name(std::string_view type);

// What to print where a property did not hold, or could not be asked.
struct GtestOutcome {
  std::optional<std::string> failure = {};
  std::optional<std::string> skipped = {};
};

// Runs the property as the environment variables of gtest.h say.
GtestOutcome run_gtest_case(const Property& property, const Subject& subject);
// What to print of a run, where it did not hold.
std::optional<std::string> failure_of(const PropertyReport& report, const Subject& subject, const RunConfig& config);

}  // namespace revive::properties
