// What a hunt says: findings for people, report.md, JUnit, JSON.
#pragma once

#include <string>

#include "revive/model/base/value.h"
#include "revive/tools/run/hunt_session.h"

namespace revive::tools {

// One finding as it is confirmed: its key, what differs, where its program is.
std::string finding_text(const properties::hunt::Finding& finding, const std::string& folder);
std::string hunt_summary(const HuntReport& report);

std::string hunt_markdown(const HuntReport& report);
// One test case an oracle, each of its findings a failure.
std::string hunt_junit(const HuntReport& report);
Value hunt_to_value(const HuntReport& report);

}  // namespace revive::tools
