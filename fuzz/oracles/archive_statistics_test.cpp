#include "revive/fuzz/oracles/archive_statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace revive::fuzz {
namespace {

using Bytes = std::vector<std::uint8_t>;
using ::testing::ContainsRegex;

constexpr std::uint64_t kOne = 1;
constexpr std::uint64_t kTwo = 2;

ArchiveVerdict loads_as(std::uint64_t structure) {
  ArchiveVerdict verdict;
  verdict.structure = structure;
  verdict.ran = true;
  return verdict;
}

ArchiveVerdict refused() {
  ArchiveVerdict verdict;
  verdict.refused = Error{ErrorCode::archive_crc, "config.json", "no"};
  return verdict;
}

std::string printed(const ArchiveStatistics& statistics) {
  std::ostringstream out;
  statistics.print(out);
  return out.str();
}

TEST(ArchiveStatistics, CountsLoadsRefusalsAndModelsUnlikeTheirSeed) {
  const Bytes seed = {1};
  const Bytes other = {2};
  const Bytes child = {3};
  const Bytes broken = {4};
  ArchiveStatistics statistics;
  statistics.count(seed, loads_as(kOne));
  statistics.note_mutant(seed, other, MutationKind::model);
  statistics.count(other, loads_as(kTwo));
  // Like its parent, yet unlike the seed that both descend from.
  statistics.note_mutant(other, child, MutationKind::weights_tree);
  statistics.count(child, loads_as(kTwo));
  statistics.note_mutant(child, broken, MutationKind::zip);
  statistics.count(broken, refused());
  const std::string table = printed(statistics);
  EXPECT_THAT(table, ContainsRegex("inputs that are no mutants +1 +100.0 %"));
  EXPECT_THAT(table, ContainsRegex("structured mutants +3 +66.7 %"));
  EXPECT_THAT(table, ContainsRegex("structure unlike the seed's +2 +100.0 %"));
  EXPECT_THAT(table, ContainsRegex("structure unlike the parent's +1 +50.0 %"));
  EXPECT_THAT(table, ContainsRegex("archive_crc +1"));
}

TEST(ArchiveStatistics, RawAndGeneratedInputsAreNoStructuredMutants) {
  const Bytes seed = {1};
  ArchiveStatistics statistics;
  statistics.count(seed, loads_as(kOne));
  statistics.note_mutant(seed, Bytes{2}, MutationKind::raw);
  statistics.count(Bytes{2}, loads_as(kTwo));
  statistics.note_mutant(seed, Bytes{3}, MutationKind::fresh);
  statistics.count(Bytes{3}, loads_as(kTwo));
  EXPECT_THAT(printed(statistics), ContainsRegex("structured mutants +0"));
  EXPECT_THAT(printed(statistics), ContainsRegex("structure unlike the seed's +0"));
}

}  // namespace
}  // namespace revive::fuzz
