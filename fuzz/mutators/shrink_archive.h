// Mutations that leave something out: what libFuzzer minimises with.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "revive/fuzz/mutators/limited_archive.h"
#include "revive/fuzz/mutators/row.h"
#include "revive/model/base/random.h"

namespace revive::fuzz {

// What of an archive is left out. Nothing where what was picked is not there.
using ShrinkRow = Row<std::optional<std::string>, ArchiveParts&, Random&>;
std::span<const ShrinkRow> shrink_rows();

// The archive without a layer, a member, a key or an item of a JSON member, or an object of the weights. What is wrong
// with the archive may stay wrong. Nothing where what was picked is not there.
std::optional<std::string> shrink_archive(ArchiveParts parts, Random& random,
                                          std::span<const ShrinkRow> rows = shrink_rows());

}  // namespace revive::fuzz
