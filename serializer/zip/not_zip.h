// What a file is that is no zip archive, and what to do with it.
#pragma once

#include <cstddef>
#include <span>

#include "revive/model/base/error.h"

namespace revive::zip {

// The sentence for a file in which no end record of a zip was found: what it is instead, by its first bytes, and a way
// out; or that its end is missing. archive_not_zip or archive_truncated.
std::unexpected<Error> no_zip(std::span<const std::byte> file);

}  // namespace revive::zip
