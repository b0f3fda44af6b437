// A folder below the system's for temporary files, with what is in it gone at the end.
#pragma once

#include <string>

namespace revive::tools {

class WorkingFolder {
 public:
  WorkingFolder();
  ~WorkingFolder();
  WorkingFolder(const WorkingFolder&) = delete;
  WorkingFolder& operator=(const WorkingFolder&) = delete;

  // Empty where none can be made.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace revive::tools
