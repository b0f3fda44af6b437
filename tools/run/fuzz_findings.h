// The findings of a fuzz target on disk: found/TARGET, one file a bug, and what belongs to them below run/.
//
// Every change is one rename, so that whenever the program is killed each finding is somewhere: in a folder of
// artifacts, or stored under the name of its content until it has been tried alone, or under that of its bug.
// Errors: file_unreadable, file_unwritable.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "revive/model/base/error.h"

namespace revive::tools {

class FuzzFindings {
 public:
  // `corpus` holds run/ and found/.
  FuzzFindings(const std::string& corpus, const std::string& target);

  // run/TARGET, run/TARGET.artifacts and so on.
  const std::string& inputs() const { return inputs_; }
  std::string beside_inputs(std::string_view extension) const { return inputs_ + std::string(extension); }
  const std::string& folder() const { return found_; }

  Status make_folders() const;
  // Stored findings, by name.
  std::vector<std::string> stored() const;
  // What processes have written below run/TARGET.artifacts, by path.
  std::vector<std::string> artifacts() const;

  // Moves an artifact, or any file, into the folder, named after its kind and content; the path there.
  Result<std::string> store(const std::string& artifact, std::string_view kind) const;
  // Names a stored finding after its bug. Of two inputs the smaller stays, the other is removed. The path of the bug.
  Result<std::string> name_after(const std::string& path, const std::string& bug) const;
  // Moves a finding that no longer fails to the inputs.
  Result<std::string> retire(const std::string& path) const;
  // Whether `path` is named after its content: nobody has seen it fail alone.
  static bool is_raw(const std::string& path);

  // Whether it was tried to make the finding smaller, in this session or an earlier one.
  bool was_minimized(const std::string& path) const;
  Status note_minimized(const std::string& path) const;
  // What the target said about it, kept beside the inputs.
  std::string log_of(const std::string& path) const;

 private:
  std::string inputs_;
  std::string found_;
};

// "crash", "timeout", "oom", "leak": what the name of an artifact begins with; nothing for any other file.
std::optional<std::string> kind_of_artifact(const std::string& path);

}  // namespace revive::tools
