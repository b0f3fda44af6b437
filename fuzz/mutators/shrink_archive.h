// Mutations that leave something out: what libFuzzer minimises with.
#pragma once

#include <optional>
#include <string>

#include "revive/fuzz/mutators/limited_archive.h"
#include "revive/model/base/random.h"

namespace revive::fuzz {

// The archive without a layer, a member, a key or an item of a JSON member, or an object of the weights. What is wrong
// with the archive may stay wrong. Nothing where what was picked is not there.
std::optional<std::string> shrink_archive(ArchiveParts parts, Random& random);

}  // namespace revive::fuzz
