#include <fmt/format.h>

#include "model/random.h"
#include "properties/checks.h"
#include "serializer/structure.h"

namespace revive::properties {

Verdict truncation_is_refused(const Case& the_case, const Subject& subject) {
  constexpr int kCuts = 32;
  const auto archive = save_with(subject, the_case.model, the_case.environment);
  if (!archive) return violation("save failed", archive.error());
  std::vector<std::size_t> cuts = structure_boundaries(*archive);
  // Drawn from the archive itself: the same case always gets the same cuts.
  Random random(archive->size());
  for (int i = 0; i < kCuts; ++i) cuts.push_back(static_cast<std::size_t>(random.below(archive->size())));
  for (const std::size_t cut : cuts) {
    if (cut >= archive->size()) continue;
    if (subject.load(std::span(*archive).first(cut), the_case.environment)) {
      return Violation{fmt::format("the archive of {} bytes loads although it ends after {}", archive->size(), cut)};
    }
  }
  return std::nullopt;
}

}  // namespace revive::properties
