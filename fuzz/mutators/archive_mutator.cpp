#include "revive/fuzz/mutators/archive_mutator.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <span>

#include "revive/fuzz/mutators/limited_archive.h"
#include "revive/fuzz/mutators/mutate_config.h"
#include "revive/fuzz/mutators/mutate_hdf5.h"
#include "revive/fuzz/mutators/mutate_json.h"
#include "revive/fuzz/mutators/mutate_model.h"
#include "revive/fuzz/mutators/mutate_zip.h"
#include "revive/fuzz/mutators/pick.h"
#include "revive/fuzz/mutators/shrink_archive.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/zip/archive.h"

namespace revive::fuzz {
namespace {

constexpr std::uint64_t kRawPercent = 10;
// A kind may find nothing to change (no metadata, no weights), or its result may not fit.
constexpr int kTries = 4;

using Change = void (*)(Value&, Random&);
std::optional<std::string> with_json(ArchiveParts parts, std::string_view name, Random& random, Change change) {
  auto document = read_json_part(parts, name);
  if (!document) return std::nullopt;
  change(*document, random);
  parts.find(name)->bytes = print_json(*document);
  return repack_archive(parts);
}

std::string_view json_member(Random& random) {
  constexpr std::uint64_t kMetadataOneIn = 6;
  return chance(random, 1, kMetadataOneIn) ? kMetadataMember : kConfigMember;
}

std::optional<std::string> change_model(const ArchiveParts& parts, Random& random, ByteMutator) {
  const auto model = salvage_model(parts, random);
  const auto changed = model ? mutate_model(*model, random) : std::nullopt;
  return changed ? archive_of(*changed) : std::nullopt;
}

std::optional<std::string> change_config(const ArchiveParts& parts, Random& random, ByteMutator) {
  return with_json(parts, kConfigMember, random, mutate_config);
}

std::optional<std::string> change_metadata(const ArchiveParts& parts, Random& random, ByteMutator) {
  return with_json(parts, kMetadataMember, random, mutate_metadata);
}

std::optional<std::string> change_tree(const ArchiveParts& parts, Random& random, ByteMutator) {
  const std::string_view member = json_member(random);
  return with_json(parts, member, random, [](Value& document, Random& rng) { mutate_tree(document, rng); });
}

std::optional<std::string> change_text(const ArchiveParts& parts, Random& random, ByteMutator) {
  ArchiveParts changed = parts;
  Part* part = changed.find(json_member(random));
  if (part == nullptr) return std::nullopt;
  mutate_json_text(part->bytes, random);
  return repack_archive(changed);
}

std::optional<std::string> change_weights_tree(const ArchiveParts& parts, Random& random, ByteMutator) {
  ArchiveParts changed = parts;
  auto weights = mutate_hdf5_tree(changed.find(kWeightsMember)->bytes, random);
  if (!weights) return std::nullopt;
  changed.find(kWeightsMember)->bytes = std::move(*weights);
  return repack_archive(changed);
}

std::optional<std::string> change_weights_bytes(const ArchiveParts& parts, Random& random, ByteMutator mutate) {
  ArchiveParts changed = parts;
  mutate_hdf5_bytes(changed.find(kWeightsMember)->bytes, random, mutate);
  return repack_archive(changed);
}

std::optional<std::string> change_zip(const ArchiveParts& parts, Random& random, ByteMutator) {
  return mutate_zip(parts, random);
}

std::optional<std::string> change_shrink(const ArchiveParts& parts, Random& random, ByteMutator) {
  return shrink_archive(parts, random);
}

std::optional<std::string> change_fresh(const ArchiveParts&, Random& random, ByteMutator) {
  return fresh_archive(random);
}

std::optional<std::string> change_raw(const ArchiveParts&, Random&, ByteMutator) {
  return std::nullopt;
}

constexpr std::array kRows = {
#define REVIVE_MUTATION_ROW(kind, weight) ArchiveRow{#kind, weight, change_##kind},
    REVIVE_MUTATION_KINDS(REVIVE_MUTATION_ROW)
#undef REVIVE_MUTATION_ROW
};

std::size_t put(std::uint8_t* data, std::size_t max, std::string_view bytes) {
  const std::size_t size = std::min(max, bytes.size());
  std::copy_n(bytes.begin(), size, data);
  return size;
}

// What is left when nothing that understands the bytes gets below `max`: some of them are cut out.
std::size_t cut_out(std::uint8_t* data, std::size_t size, std::size_t max, Random& random) {
  const std::size_t least = size - std::min(size, max);
  const std::size_t cut = std::min(size, std::max<std::size_t>(least, 1));
  const std::size_t at = index_below(random, size - cut + 1);
  std::memmove(data + at, data + at + cut, size - at - cut);
  return size - cut;
}

// The first of a few rows' results that fits; `row` gives the row of a try.
template <typename AnyRow>
std::optional<Mutant> first_that_fits(std::uint8_t* data, std::size_t max, const ArchiveParts& parts, Random& random,
                                      ByteMutator mutate, const AnyRow& row) {
  for (int i = 0; i < kTries; ++i) {
    const auto& [kind, change] = row();
    const auto bytes = change(parts, random, mutate);
    if (bytes && bytes->size() <= max) return Mutant{kind, put(data, max, *bytes)};
  }
  return std::nullopt;
}

Mutant shrink(std::uint8_t* data, std::size_t size, std::size_t max, Random& random, ByteMutator mutate) {
  const auto parts = open_archive({data, size});
  const auto smaller = [] { return std::pair(MutationKind::shrink, &change_shrink); };
  const auto made = parts ? first_that_fits(data, max, *parts, random, mutate, smaller) : std::nullopt;
  return made ? *made : Mutant{MutationKind::raw, cut_out(data, size, max, random)};
}

}  // namespace

std::string_view name_of(MutationKind kind) {
  return kRows[static_cast<std::size_t>(kind)].name;
}

bool is_structured(MutationKind kind) {
  return kind != MutationKind::raw && kind != MutationKind::fresh;
}

std::span<const ArchiveRow> archive_rows() {
  return kRows;
}

Mutant mutate_archive(std::uint8_t* data, std::size_t size, std::size_t max, std::uint32_t seed, ByteMutator mutate,
                      std::span<const ArchiveRow> rows) {
  Random random(seed);
  if (max < size) return shrink(data, size, max, random, mutate);
  if (size > 0 && chance(random, kRawPercent, 100)) {
    return {MutationKind::raw, std::min(mutate(data, size, max), max)};
  }
  const auto parts = open_archive({data, size});
  const auto drawn = [&] {
    const ArchiveRow& row = parts ? draw_row(rows, random) : rows[static_cast<std::size_t>(MutationKind::fresh)];
    return std::pair(static_cast<MutationKind>(&row - rows.data()), row.change);
  };
  const ArchiveParts nothing;
  const auto made = first_that_fits(data, max, parts ? *parts : nothing, random, mutate, drawn);
  if (made) return *made;
  if (parts) return shrink(data, size, max, random, mutate);
  return {MutationKind::raw, std::min(mutate(data, size, max), max)};
}

}  // namespace revive::fuzz
