// A session of properties as JUnit XML, which CI services show: one test suite, one test case a property.
#pragma once

#include <string>
#include <string_view>

#include "revive/tools/run/property_session.h"

namespace revive::tools {

// Well-formed whatever the texts hold. No times are given: the same run gives the same bytes.
std::string junit_xml(const SessionReport& report, std::string_view subject);

// `text` for use in an attribute or between tags; what XML 1.0 cannot hold becomes U+FFFD.
std::string xml_text(std::string_view text);

}  // namespace revive::tools
