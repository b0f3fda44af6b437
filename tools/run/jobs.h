// How many threads a command may take, and how many it takes unless it is told.
#pragma once

#include <algorithm>
#include <thread>

namespace revive::tools {

inline constexpr int kMostJobs = 256;

// As many as the machine runs at once.
inline int jobs_of_machine() {
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMostJobs);
}

}  // namespace revive::tools
