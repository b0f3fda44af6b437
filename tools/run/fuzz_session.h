// One fuzz target driven for a while by several processes that share a corpus.
//
// Nothing that is found is lost, whenever the session ends and by whatever signal:
//   - a process that finds something writes the input into its folder below run/TARGET.artifacts, and the session moves
//     it to found/TARGET at once, as it is;
//   - then it is tried alone, which tells what bug it shows (crash_report.h): one bug is one file, named after it, and
//     of two inputs the smaller one stays;
//   - meanwhile, the first input of each bug is made smaller, one at a time and for a limited time.
// A session begins with what earlier ones left: inputs that a killed one had no time to move, and every stored finding
// is tried again before anything new is. A stored bug that no longer shows has its input moved to run/TARGET, where
// fuzzing goes on from it; an input that does not fail when it is tried alone stays under the name of its content.
//
// A process that dies of a finding is started again, after a pause that grows while it dies at once of what is known.
// Inputs and seeds that are findings themselves are left out. One session a target and corpus at a time.
#pragma once

#include <string>
#include <vector>

#include "revive/tools/console/console.h"
#include "revive/tools/run/fuzz_target.h"
#include "revive/tools/run/interruption.h"

namespace revive::tools {

struct FuzzOptions {
  int seconds = 60;
  int jobs = 1;
  // How long one finding may be made smaller, while fuzzing goes on or after it.
  int minimize_seconds = 20;
  // Holds run/TARGET, the inputs worth keeping, and found/TARGET, the findings.
  std::string corpus = "corpus";
};

struct FuzzFinding {
  // "crash", "timeout", "oom", "leak".
  std::string kind;
  std::string path;
  // The sanitizer's line, or the last thing that was said.
  std::string summary;
  // What the target said in full.
  std::string log;
  std::size_t bytes = 0;
  // Inputs of this session that showed it.
  std::uint64_t seen = 0;
  // An earlier session found it.
  bool stored_earlier = false;
  // False for one that held when it was tried alone.
  bool repeats = true;
};

struct FuzzReport {
  std::uint64_t runs = 0;
  // Processes that ended other than by their time and left no finding; the last thing they said.
  std::vector<std::string> troubles;
  // By path.
  std::vector<FuzzFinding> findings;
  // What became of what earlier sessions left, a sentence each.
  std::vector<std::string> news;
  // The signal that ended it early; 0: none.
  int interrupted_by = 0;
};

// Errors: usage for a target without libFuzzer in it and for a second session, file_unwritable where the folders cannot
// be made.
Result<FuzzReport> fuzz(const FuzzTarget& target, const FuzzOptions& options, const Interruption& interruption,
                        Console& console);

}  // namespace revive::tools
