// What the processes of a fuzz session begin with: the inputs that earlier ones kept, and the seeds of the build.
//
// Errors: file_unwritable.
#pragma once

#include <string>

#include "revive/model/base/error.h"

namespace revive::tools {

class FuzzInputs {
 public:
  // `kept` is the folder that libFuzzer adds to; `seeds`, which may be empty for none, is only read; `copy` is where
  // the seeds go once one of them is left out.
  FuzzInputs(std::string kept, std::string seeds, std::string copy);

  // The folder of seeds; empty where there are none.
  const std::string& seeds() const { return seeds_; }

  // Removes every input with the content of the file at `path`: a process that dies of one of the inputs it begins
  // with would die of it at every start.
  Status leave_out(const std::string& path);

 private:
  std::string kept_;
  std::string seeds_;
  std::string copy_;
};

// The content of a file; empty where it cannot be read.
std::string read_whole(const std::string& path);

}  // namespace revive::tools
