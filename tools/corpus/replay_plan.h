// Which files a replay looks at, and what it expects of each.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "revive/tools/corpus/judge.h"
#include "revive/tools/corpus/manifest.h"

namespace revive::tools {

struct ReplayItem {
  enum class Expect : std::uint8_t {
    recorded,  // exactly `verdict`
    sound,     // any verdict but `violated`: a file that no manifest speaks for
    listed,    // a verdict, which the manifest should have and has not
  };
  std::string path;
  Expect expect = Expect::recorded;
  Verdict verdict;
};

// Working folders below a corpus that belong to nobody's verdicts.
inline constexpr std::string_view kWorkingFolders[] = {"found", "run"};
// Whether `file`, as a manifest would write it, lies in one of them.
bool is_working_file(std::string_view file);

// Every entry of the manifest and every file below its folder that it should list.
std::vector<ReplayItem> plan_manifest(const Manifest& manifest);
// Files, and folders with all that can be judged below them; `manifest` may be missing. Errors: usage for a path that
// cannot be judged, file_unreadable for one that is not there.
Result<std::vector<ReplayItem>> plan_paths(const std::vector<std::string>& paths, const Manifest* manifest);

// Why `judgement` is not what `item` expects, or nothing.
std::optional<std::string> objection(const ReplayItem& item, const Judgement& judgement);

}  // namespace revive::tools
