// Values for machines: what `--json` prints.
#pragma once

#include "revive/model/base/error.h"
#include "revive/model/base/value.h"
#include "revive/tools/console/console.h"

namespace revive::tools {

// {"code": ..., "place": ..., "message": ...}
Value error_to_value(const Error& error);
// One line of JSON.
void print_value(Console& console, const Value& value);

}  // namespace revive::tools
