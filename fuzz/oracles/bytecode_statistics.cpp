#include "revive/fuzz/oracles/bytecode_statistics.h"

#include <fmt/format.h>

#include <ostream>

namespace revive::fuzz {
namespace {

std::size_t hash_of(std::span<const std::uint8_t> bytes) {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

void BytecodeStatistics::note_mutant(std::span<const std::uint8_t> mutant, BytecodeMutation kind) {
  last_ = hash_of(mutant);
  last_kind_ = kind;
}

void BytecodeStatistics::count(std::span<const std::uint8_t> input, const BytecodeVerdict& verdict) {
  Tally& kind = kinds_[hash_of(input) == last_ ? name_of(last_kind_) : "seed"];
  for (Tally* const tally : {&all_, &kind}) {
    ++tally->runs;
    if (!verdict.refused) ++tally->translated;
  }
  if (verdict.refused) ++refusals_[name_of(verdict.refused->code)];
  if (verdict.printed) ++printed_;
  for (const python::Version version : verdict.versions) ++versions_[python::name_of(version)];
}

void BytecodeStatistics::print(std::ostream& out) const {
  const auto row = [&](std::string_view name, const Tally& tally) {
    out << fmt::format("{:<28}{:>10}   {:>5.1f} % translated\n", name, tally.runs,
                       percent(tally.translated, tally.runs));
  };
  row("runs", all_);
  for (const auto& [name, tally] : kinds_) row(fmt::format("  {}", name), tally);
  out << fmt::format("{:<28}{:>10}   {:>5.1f} % of those translated\n", "texts parsed and compared", printed_,
                     percent(printed_, all_.translated));
  for (const auto& [name, count] : versions_) out << fmt::format("  as Python {:<16}{:>10}\n", name, count);
  out << "refused\n";
  for (const auto& [name, count] : refusals_) out << fmt::format("  {:<26}{:>10}\n", name, count);
}

}  // namespace revive::fuzz
