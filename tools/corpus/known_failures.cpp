#include "revive/tools/corpus/known_failures.h"

#include "revive/tools/corpus/arrays.h"

namespace revive::tools {

Result<properties::KnownFailures> known_failures(const std::string& path) {
  if (!path.empty()) return properties::KnownFailures::read(path);
  const std::string usual(kKnownFailures);
  if (!exists(usual)) return properties::KnownFailures();
  return properties::KnownFailures::read(usual);
}

}  // namespace revive::tools
