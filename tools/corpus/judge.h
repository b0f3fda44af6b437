// What a file of a corpus gives now.
//
// An archive revives, is refused with a code, or neither: it loads and does not come back the same, or does not give
// what is recorded beside it. A case holds or is violated, under the subject it names or another. judge_file() works in
// this process; judge_in_child() in a process of its own with limits, so that a crash or a hang is an answer too.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "revive/model/base/value.h"
#include "revive/tools/corpus/manifest.h"

namespace revive::tools {

struct Judgement {
  // Nothing when no manifest could record this as right.
  std::optional<Verdict> verdict;
  // One sentence for people.
  std::string sentence;
  // False for a case that the subject cannot be asked: it lacks what the property needs, or does not know a layer.
  bool asked = true;
  // Of a case that is violated: how a list of known failures names it.
  std::string property = {};
  std::string site = {};
};

// Archives end in this; cases in properties::kCaseExtension.
inline constexpr std::string_view kArchiveExtension = ".keras";
bool can_be_judged(std::string_view path);

// `subject` replaces the one that a case names; empty: it does not.
Judgement judge_file(const std::string& path, const std::string& subject);
// Fails only when the child cannot be started.
Result<Judgement> judge_in_child(const std::string& path, const std::string& subject);

// What a child prints, and back; blank lines may follow it. Errors: those of JSON, manifest_format.
Value judgement_to_value(const Judgement& judgement);
Result<Judgement> judgement_from_text(std::string_view text);

}  // namespace revive::tools
