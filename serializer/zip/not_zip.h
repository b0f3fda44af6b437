// What to do about a file that is no zip archive, or none that is read.
#pragma once

#include <cstddef>
#include <span>

#include "revive/model/base/error.h"

namespace revive::zip {

// The sentence for a file in which no end record of a zip was found: what it is instead, by its first bytes, and a way
// out; or that its end is missing. archive_not_zip or archive_truncated.
std::unexpected<Error> no_zip(std::span<const std::byte> file);

// The error, with what to do about an archive that Keras itself would most likely open.
Error with_way_out(Error error);

}  // namespace revive::zip
