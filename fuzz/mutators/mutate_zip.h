// Mutations of the zip structure around members that stay as they are.
#pragma once

#include <span>
#include <string>

#include "revive/fuzz/mutators/limited_archive.h"
#include "revive/fuzz/mutators/row.h"
#include "revive/model/base/random.h"

namespace revive::zip {
struct ZipBuilder;
}  // namespace revive::zip

namespace revive::fuzz {

// The bytes of the archive with its change. REQUIRES: an entry.
using ZipRow = Row<std::string, zip::ZipBuilder&, Random&>;
std::span<const ZipRow> zip_rows();

// The archive with one thing about its records changed: a header field, an offset, a name, the order, a comment, a gap,
// a second end record, the compression, ... Some of the results are still good archives.
std::string mutate_zip(const ArchiveParts& parts, Random& random, std::span<const ZipRow> rows = zip_rows());

}  // namespace revive::fuzz
