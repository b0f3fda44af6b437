// Which names a member of an archive may have.
#pragma once

#include <string_view>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"

namespace revive {

// A relative path of non-empty components, none of them "." or "..", in UTF-8 without control characters,
// backslashes or a drive letter: one that means the same file below a folder on every system. `marked_utf8` is the
// zip flag without which readers take a name outside ASCII for another encoding. Errors, at `place`:
// archive_member_name, limit_exceeded.
Status check_member_name(std::string_view name, bool marked_utf8, const Limits& limits, std::string_view place);

}  // namespace revive
