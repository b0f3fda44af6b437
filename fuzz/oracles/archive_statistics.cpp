#include "revive/fuzz/oracles/archive_statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string_view>
#include <vector>

namespace revive::fuzz {
namespace {

std::size_t hash_of(std::span<const std::uint8_t> bytes) {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

ArchiveStatistics::Origin* ArchiveStatistics::find(std::size_t hash) {
  if (const auto found = young_.find(hash); found != young_.end()) return &found->second;
  const auto found = old_.find(hash);
  if (found == old_.end()) return nullptr;
  return &remember(hash, found->second);
}

ArchiveStatistics::Origin& ArchiveStatistics::remember(std::size_t hash, Origin origin) {
  if (young_.size() >= kGeneration) {
    old_ = std::move(young_);
    young_.clear();
  }
  return young_[hash] = origin;
}

void ArchiveStatistics::note_mutant(std::span<const std::uint8_t> parent, std::span<const std::uint8_t> mutant,
                                    MutationKind kind) {
  const std::size_t hash = hash_of(mutant);
  // The first way to an input is the one that counts.
  if (find(hash) != nullptr) return;
  Origin origin{.seed = false, .kind = kind};
  if (const Origin* from = find(hash_of(parent)); from != nullptr && kind != MutationKind::fresh) {
    origin.seed_structure = from->seed_structure;
    origin.parent_structure = from->structure != 0 ? from->structure : from->parent_structure;
  }
  remember(hash, origin);
}

void ArchiveStatistics::count(std::span<const std::uint8_t> input, const ArchiveVerdict& verdict) {
  const std::size_t hash = hash_of(input);
  Origin* origin = find(hash);
  if (origin == nullptr) origin = &remember(hash, {});
  origin->structure = verdict.structure;
  // A seed is its own; what descends from a generated model has that as its seed.
  if (origin->seed_structure == 0) origin->seed_structure = verdict.structure;

  Tally& tally = origin->seed ? seeds_ : kinds_[origin->kind];
  ++tally.runs;
  if (verdict.refused) {
    ++refusals_[name_of(verdict.refused->code)];
    return;
  }
  ++tally.loaded;
  if (verdict.ran) ++ran_;
  // A seed counts as raw.
  if (!is_structured(origin->kind)) return;
  if (origin->structure != origin->seed_structure) ++differ_from_seed_;
  if (origin->structure != origin->parent_structure) ++differ_from_parent_;
}

void ArchiveStatistics::print(std::ostream& out) const {
  Tally structured;
  Tally all = seeds_;
  for (const auto& [kind, tally] : kinds_) {
    all.runs += tally.runs;
    all.loaded += tally.loaded;
    if (!is_structured(kind)) continue;
    structured.runs += tally.runs;
    structured.loaded += tally.loaded;
  }
  const auto row = [&](std::string_view name, const Tally& tally) {
    out << fmt::format("{:<28}{:>10}   {:>5.1f} % load\n", name, tally.runs, percent(tally.loaded, tally.runs));
  };
  row("runs", all);
  row("inputs that are no mutants", seeds_);
  row("structured mutants", structured);
  for (const auto& [kind, tally] : kinds_) row(fmt::format("  {}", name_of(kind)), tally);
  out << fmt::format("{:<28}{:>10}   {:>5.1f} % of those that load\n", "models run", ran_, percent(ran_, all.loaded));
  out << fmt::format("{:<28}{:>10}   {:>5.1f} % of the structured mutants that load\n", "structure unlike the seed's",
                     differ_from_seed_, percent(differ_from_seed_, structured.loaded));
  out << fmt::format("{:<28}{:>10}   {:>5.1f} % of the structured mutants that load\n", "structure unlike the parent's",
                     differ_from_parent_, percent(differ_from_parent_, structured.loaded));
  out << fmt::format("{:<28}{:>10}\n", "error codes reached", refusals_.size());
  std::vector<std::pair<std::string_view, std::uint64_t>> codes(refusals_.begin(), refusals_.end());
  std::ranges::sort(codes, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  for (const auto& [code, count] : codes) out << fmt::format("  {:<26}{:>10}\n", code, count);
}

}  // namespace revive::fuzz
