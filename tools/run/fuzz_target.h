// The fuzz targets of a build, and what stands beside each of them.
//
// BUILD/fuzz_targets.txt names them, one a line; each is BUILD/fuzz/NAME with NAME.options (libFuzzer's flags, as
// fuzzing services read them) and its seeds in BUILD/fuzz/seeds/NAME.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"

namespace revive::tools {

struct FuzzTarget {
  std::string name;
  std::string program;
  // "-max_len=4096", ...
  std::vector<std::string> flags;
  // Empty when there are none.
  std::string seeds;
};

// The named targets, or all of them. Errors: usage for a name that the build does not have, file_unreadable where there
// is no build.
Result<std::vector<FuzzTarget>> find_fuzz_targets(const std::string& build, const std::vector<std::string>& names);

// The section [libfuzzer] of an .options file as flags; a dictionary is looked for in `folder`.
std::vector<std::string> flags_from_options(std::string_view text, const std::string& folder);

// What libFuzzer says about a run from time to time.
struct FuzzStatus {
  std::uint64_t runs = 0;
  std::uint64_t features = 0;
  std::uint64_t inputs = 0;
};
// "#4096	pulse  cov: 120 ft: 300 corp: 20/1024b ..."; nothing for any other line.
std::optional<FuzzStatus> parse_fuzz_status(std::string_view line);
// The last status in a log.
FuzzStatus last_fuzz_status(std::string_view log);

}  // namespace revive::tools
