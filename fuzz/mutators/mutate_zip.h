// Mutations of the zip structure around members that stay as they are.
#pragma once

#include <string>

#include "revive/fuzz/mutators/limited_archive.h"
#include "revive/model/base/random.h"

namespace revive::fuzz {

// The archive with one thing about its records changed: a header field, an offset, a name, the order, a comment, a gap,
// a second end record, the compression, ... Some of the results are still good archives.
std::string mutate_zip(const ArchiveParts& parts, Random& random);

}  // namespace revive::fuzz
