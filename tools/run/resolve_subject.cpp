#include "revive/tools/run/resolve_subject.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "revive/properties/faults/subjects.h"
#include "revive/tools/command.h"

namespace revive::tools {
namespace {

bool is_in_path(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + '/' + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace

Result<properties::Subject> resolve_subject(const std::string& argument, const properties::LineLimits& limits) {
  if (auto subject = properties::find_subject(argument)) return *std::move(subject);
  if (argument.find_first_of("/ ") != std::string::npos || (!argument.empty() && is_in_path(argument))) {
    auto subject = properties::process_subject(argument, limits);
    if (!subject) return wrong_call("--subject: " + subject.error().text());
    return subject;
  }
  return wrong_call(fmt::format("--subject: there is no subject {}; there are {}, and any program such as './mine'",
                                argument, fmt::join(properties::subject_names(), ", ")));
}

}  // namespace revive::tools
