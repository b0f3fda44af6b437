#include <fmt/format.h>

#include "revive/properties/allocation/allocation_meter.h"
#include "revive/properties/archive/repacked_members.h"
#include "revive/properties/checks/case_transforms.h"
#include "revive/properties/checks/checks.h"
#include "revive/properties/checks/corruption.h"
#include "revive/serializer/keras/structure.h"
#include "revive/serializer/zip/zip_layout.h"

namespace revive::properties {
namespace {

// For each byte of the archive, and of what its deflated members inflate to: twice that of any text or tensor, with
// room for a JSON text of short values, which grow to a Value of 16 bytes each. Refusals of the corpus take at most
// half.
constexpr std::uint64_t kRefusalBytesPerByte = 16;
// For what does not depend on the archive: an Error, tables made on first use.
constexpr std::uint64_t kRefusalBytes = 64 << 10;

// What the deflated members say they take once inflated, where the limits let them.
std::uint64_t inflated_bytes(std::span<const std::byte> archive) {
  const Limits limits;
  const auto layout = check_zip_layout(archive, limits);
  if (!layout) return 0;
  std::uint64_t total = 0;
  for (const ZipMember& member : layout->members) {
    if (member.method == ZipMethod::deflated) total += member.size;
  }
  return total <= limits.for_file(archive.size()).inflated_bytes ? total : 0;
}

}  // namespace

std::optional<std::string> refused_late(const Subject& subject, std::span<const std::byte> archive,
                                        const Environment& environment) {
  bool refused = false;
  const std::uint64_t taken = peak_allocation([&] { refused = !subject.load(archive, environment); });
  const std::uint64_t allowed = kRefusalBytes + kRefusalBytesPerByte * (archive.size() + inflated_bytes(archive));
  if (!refused || taken <= allowed) return std::nullopt;
  return fmt::format("an archive of {} bytes is refused after {} bytes were allocated, expected at most {}",
                     archive.size(), taken, allowed);
}

Verdict refusals_are_early(const Case& the_case, const Subject& subject, const Legs& legs) {
  constexpr std::size_t kChanges = 1;
  constexpr const char* kLate = "refused late";
  const auto archive = save_with(subject, the_case.model, the_case.environment);
  if (!archive) return legs.of("saves", violation("save failed", archive.error()));
  const Environment afterwards = altered(the_case.environment);
  const auto late = [&](std::span<const std::byte> bytes) { return refused_late(subject, bytes, afterwards); };

  Random random = random_of(the_case);
  const auto cut = static_cast<std::size_t>(random.below(archive->size()));
  if (auto message = late(std::span(*archive).first(cut))) {
    const Verdict late_cut = Violation{.message = fmt::format("cut after {} bytes: {}", cut, *message), .kind = kLate};
    if (auto verdict = legs.of("early_cut", late_cut)) return verdict;
  }
  for (const Corruption& change : sample_corruptions(*archive, structure_boundaries(*archive), kChanges, random)) {
    if (auto message = late(corrupted(*archive, change))) {
      const std::string how = fmt::format("with {}: {}", to_string(change, *archive), *message);
      if (auto verdict = legs.of("early_changed", Verdict(Violation{.message = how, .kind = kLate}))) return verdict;
    }
  }
  const auto members = RepackedMembers::open(*archive);
  if (!members) return legs.of("taken_apart", Verdict(Violation{"the archive that was saved cannot be taken apart"}));
  for (const std::size_t member : sample_ways(the_case, members->names().size(), 1, random)) {
    const std::string_view name = members->names()[member];
    const auto bytes = members->bytes(name);
    for (const Corruption& change : sample_corruptions(bytes, members->boundaries(name), kChanges, random)) {
      if (auto message = late(members->sealed(name, corrupted(bytes, change)))) {
        const std::string how = fmt::format("{} with {}: {}", name, to_string(change, bytes), *message);
        if (auto verdict = legs.of("early_sealed", Verdict(Violation{.message = how, .kind = kLate}))) return verdict;
      }
    }
  }
  return std::nullopt;
}

}  // namespace revive::properties
