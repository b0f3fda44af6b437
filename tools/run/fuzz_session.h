// One fuzz target driven for a while by several processes that share a corpus.
//
// A process that finds something stops, as libFuzzer does, and is started again while there is time, but not for ever:
// a target that fails on one of its seeds fails in every process. What was found is minimised and stored under a name
// made of its content, so that the same finding is stored once.
#pragma once

#include <string>
#include <vector>

#include "revive/tools/report/console.h"
#include "revive/tools/run/fuzz_target.h"

namespace revive::tools {

struct FuzzOptions {
  int seconds = 60;
  int jobs = 1;
  // Holds run/TARGET, the inputs worth keeping, and found/TARGET, the findings.
  std::string corpus = "corpus";
};

struct FuzzFinding {
  // "crash", "timeout", "oom", "leak".
  std::string kind;
  std::string path;
};

struct FuzzReport {
  std::uint64_t runs = 0;
  // Processes that ended other than by their time and left no finding; the last thing they said.
  std::vector<std::string> troubles;
  std::vector<FuzzFinding> findings;
};

// Errors: usage for a target without libFuzzer in it, file_unwritable where the folders cannot be made.
Result<FuzzReport> fuzz(const FuzzTarget& target, const FuzzOptions& options, Console& console);

}  // namespace revive::tools
