#include <fmt/format.h>

#include "revive/properties/archive/repacked_members.h"
#include "revive/properties/checks/case_transforms.h"
#include "revive/properties/checks/checks.h"
#include "revive/properties/checks/corruption.h"
#include "revive/properties/checks/corruption_judge.h"
#include "revive/serializer/keras/structure.h"

namespace revive::properties {
namespace {

// How many bytes of a case are changed, so that a case costs about as much as a dozen loads. All of them are changed in
// the archives of corpus/small, by `revive corrupt`.
constexpr std::size_t kArchiveBytes = 6;
constexpr std::size_t kMemberBytes = 2;

// What went wrong, without what it went wrong with.
std::string kind_of(const Trial& trial) {
  return trial.message.substr(0, trial.message.find(':'));
}

}  // namespace

Verdict truncation_is_refused(const Case& the_case, const Subject& subject, const Legs& legs) {
  constexpr int kCuts = 32;
  const auto archive = save_with(subject, the_case.model, the_case.environment);
  if (!archive) return legs.of("saves", violation("save failed", archive.error()));
  std::vector<std::size_t> cuts = structure_boundaries(*archive);
  const Environment afterwards = altered(the_case.environment);
  Random random = random_of(the_case);
  for (int i = 0; i < kCuts; ++i) cuts.push_back(static_cast<std::size_t>(random.below(archive->size())));
  for (const std::size_t cut : cuts) {
    if (cut >= archive->size()) continue;
    if (subject.load(std::span(*archive).first(cut), afterwards)) {
      const Verdict loads =
          Violation{fmt::format("the archive of {} bytes loads although it ends after {}", archive->size(), cut)};
      if (auto verdict = legs.of("refuses_cut", loads)) return verdict;
    }
  }
  return std::nullopt;
}

Verdict no_silent_corruption(const Case& the_case, const Subject& subject, const Legs& legs) {
  const auto archive = save_with(subject, the_case.model, the_case.environment);
  if (!archive) return legs.of("saves", violation("save failed", archive.error()));
  const auto judge = CorruptionJudge::make(subject, *archive, altered(the_case.environment), &the_case.input, legs);
  if (!judge) return legs.of("loads", violation("the untouched archive does not come back", judge.error()));
  Random random = random_of(the_case);
  for (const Corruption& change : sample_corruptions(*archive, structure_boundaries(*archive), kArchiveBytes, random)) {
    const Trial trial = judge->silent(corrupted(*archive, change));
    if (trial.fate != CorruptionOutcome::different) continue;
    return Violation{
        .message = fmt::format("with {} of {}: {}", to_string(change, *archive), archive->size(), trial.message),
        .kind = kind_of(trial)};
  }
  return std::nullopt;
}

Verdict sealed_corruption_is_explained(const Case& the_case, const Subject& subject, const Legs& legs) {
  const auto archive = save_with(subject, the_case.model, the_case.environment);
  if (!archive) return legs.of("saves", violation("save failed", archive.error()));
  const auto members = RepackedMembers::open(*archive);
  if (!members) return legs.of("taken_apart", Verdict(Violation{"the archive that was saved cannot be taken apart"}));
  const auto judge = CorruptionJudge::make(subject, *archive, altered(the_case.environment), nullptr, legs);
  if (!judge) return legs.of("loads", violation("the untouched archive does not come back", judge.error()));
  Random random = random_of(the_case);
  for (const std::size_t member : sample_ways(the_case, members->names().size(), 1, random)) {
    const std::string_view name = members->names()[member];
    const auto bytes = members->bytes(name);
    for (const Corruption& change : sample_corruptions(bytes, members->boundaries(name), kMemberBytes, random)) {
      const Trial trial = judge->sealed(members->sealed(name, corrupted(bytes, change)));
      if (trial.fate != CorruptionOutcome::different) continue;
      return Violation{
          .message = fmt::format("{} with {} of {}: {}", name, to_string(change, bytes), bytes.size(), trial.message),
          .kind = fmt::format("{} {}", name, kind_of(trial))};
    }
  }
  return std::nullopt;
}

}  // namespace revive::properties
