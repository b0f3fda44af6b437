// Values for machines: what `--json` prints.
#pragma once

#include "model/error.h"
#include "model/value.h"
#include "tools/console.h"

namespace revive::tools {

// {"code": ..., "place": ..., "message": ...}
Value error_to_value(const Error& error);
// One line of JSON.
void print_value(Console& console, const Value& value);

}  // namespace revive::tools
