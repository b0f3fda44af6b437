// Archives as commands load them: what could not be kept is said on stderr.
#pragma once

#include <string>

#include "model/sequential.h"
#include "tools/console.h"

namespace revive::tools {

Result<Sequential> load_archive(const std::string& path, Console& console);

}  // namespace revive::tools
