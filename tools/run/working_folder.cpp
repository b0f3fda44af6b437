#include "revive/tools/run/working_folder.h"

#include <unistd.h>

#include <filesystem>

namespace revive::tools {

WorkingFolder::WorkingFolder() {
  std::error_code error;
  std::string pattern = (std::filesystem::temp_directory_path(error) / "revive-XXXXXX").string();
  if (!error && ::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
}

WorkingFolder::~WorkingFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace revive::tools
