#include "revive/fuzz/oracles/archive_statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace revive::fuzz {
namespace {

using Bytes = std::vector<std::uint8_t>;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

constexpr std::uint64_t kOne = 1;
constexpr std::uint64_t kTwo = 2;
constexpr std::uint64_t kThree = 3;

ArchiveVerdict loads_as(std::uint64_t structure, bool ran = true) {
  ArchiveVerdict verdict;
  verdict.structure = structure;
  verdict.ran = ran;
  return verdict;
}

ArchiveVerdict refused(ErrorCode code = ErrorCode::archive_crc) {
  ArchiveVerdict verdict;
  verdict.refused = Error{code, "config.json", "no"};
  return verdict;
}

std::string printed(const ArchiveStatistics& statistics) {
  std::ostringstream out;
  statistics.print(out);
  return out.str();
}

TEST(ArchiveStatistics, PrintsATable) {
  ArchiveStatistics statistics;
  statistics.count(Bytes{1}, loads_as(kOne));
  statistics.note_mutant(Bytes{1}, Bytes{2}, MutationKind::model);
  statistics.count(Bytes{2}, loads_as(kTwo, false));
  statistics.note_mutant(Bytes{1}, Bytes{3}, MutationKind::model);
  statistics.count(Bytes{3}, refused(ErrorCode::hdf5_structure));
  statistics.note_mutant(Bytes{1}, Bytes{4}, MutationKind::zip);
  statistics.count(Bytes{4}, refused(ErrorCode::archive_crc));
  statistics.note_mutant(Bytes{1}, Bytes{5}, MutationKind::raw);
  statistics.count(Bytes{5}, refused(ErrorCode::archive_crc));
  statistics.note_mutant(Bytes{1}, Bytes{6}, MutationKind::fresh);
  statistics.count(Bytes{6}, loads_as(kThree));
  statistics.count(Bytes{7}, refused(ErrorCode::config_rule));
  statistics.note_mutant(Bytes{1}, Bytes{8}, MutationKind::zip);
  statistics.count(Bytes{8}, loads_as(kOne));
  statistics.count(Bytes{9}, refused(ErrorCode::hdf5_structure));
  statistics.count(Bytes{10}, refused(ErrorCode::hdf5_structure));
  EXPECT_EQ(printed(statistics),
            "runs                                10    40.0 % load\n"
            "inputs that are no mutants           4    25.0 % load\n"
            "structured mutants                   4    50.0 % load\n"
            "  model                              2    50.0 % load\n"
            "  zip                                2    50.0 % load\n"
            "  fresh                              1   100.0 % load\n"
            "  raw                                1     0.0 % load\n"
            "models run                           3    75.0 % of those that load\n"
            "structure unlike the seed's          1    50.0 % of the structured mutants that load\n"
            "structure unlike the parent's         1    50.0 % of the structured mutants that load\n"
            "error codes reached                  3\n"
            "  hdf5_structure                     3\n"
            "  archive_crc                        2\n"
            "  config_rule                        1\n");
}

TEST(ArchiveStatistics, PrintsNoShareOfNothing) {
  const std::string table = printed(ArchiveStatistics());
  EXPECT_THAT(table, ContainsRegex("runs +0 +0.0 % load"));
  EXPECT_THAT(table, ContainsRegex("models run +0 +0.0 %"));
  EXPECT_THAT(table, ContainsRegex("error codes reached +0\n$"));
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

TEST(ArchiveStatistics, AMutantLikeItsSeedIsUnlikeNeither) {
  ArchiveStatistics statistics;
  statistics.count(Bytes{1}, loads_as(kOne));
  statistics.note_mutant(Bytes{1}, Bytes{2}, MutationKind::zip);
  statistics.count(Bytes{2}, loads_as(kOne));
  EXPECT_THAT(printed(statistics), ContainsRegex("structure unlike the seed's +0 "));
  EXPECT_THAT(printed(statistics), ContainsRegex("structure unlike the parent's +0 "));
}

// The last one before it that loaded is what a mutant is compared with.
TEST(ArchiveStatistics, TheParentOfAMutantOfABrokenOneIsTheOneBefore) {
  ArchiveStatistics statistics;
  statistics.count(Bytes{1}, loads_as(kOne));
  statistics.note_mutant(Bytes{1}, Bytes{2}, MutationKind::zip);
  statistics.count(Bytes{2}, refused());
  statistics.note_mutant(Bytes{2}, Bytes{3}, MutationKind::zip);
  statistics.count(Bytes{3}, loads_as(kOne));
  EXPECT_THAT(printed(statistics), ContainsRegex("structure unlike the parent's +0 "));
  statistics.note_mutant(Bytes{2}, Bytes{4}, MutationKind::zip);
  statistics.count(Bytes{4}, loads_as(kTwo));
  EXPECT_THAT(printed(statistics), ContainsRegex("structure unlike the parent's +1 "));
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

// A generated model descends from nothing: what descends from it has it as its seed.
TEST(ArchiveStatistics, AGeneratedModelIsASeedOfItsOwn) {
  ArchiveStatistics statistics;
  statistics.count(Bytes{1}, loads_as(kOne));
  statistics.note_mutant(Bytes{1}, Bytes{2}, MutationKind::fresh);
  statistics.count(Bytes{2}, loads_as(kTwo));
  statistics.note_mutant(Bytes{2}, Bytes{3}, MutationKind::zip);
  statistics.count(Bytes{3}, loads_as(kTwo));
  EXPECT_THAT(printed(statistics), ContainsRegex("structure unlike the seed's +0 "));
  EXPECT_THAT(printed(statistics), ContainsRegex("structure unlike the parent's +0 "));
}

// The first way to an input is the one that counts: what was a seed stays one.
TEST(ArchiveStatistics, AnInputKeepsItsOrigin) {
  ArchiveStatistics statistics;
  statistics.count(Bytes{1}, loads_as(kOne));
  statistics.note_mutant(Bytes{2}, Bytes{1}, MutationKind::zip);
  statistics.count(Bytes{1}, loads_as(kOne));
  EXPECT_THAT(printed(statistics), ContainsRegex("inputs that are no mutants +2 "));
  statistics.note_mutant(Bytes{1}, Bytes{3}, MutationKind::model);
  statistics.note_mutant(Bytes{1}, Bytes{3}, MutationKind::zip);
  statistics.count(Bytes{3}, loads_as(kOne));
  EXPECT_THAT(printed(statistics), ContainsRegex("  model +1 "));
  EXPECT_THAT(printed(statistics), ::testing::Not(HasSubstr("  zip")));
}

// Notes live for one generation of 65536 inputs after the one they were made in, and longer where they are looked up.
TEST(ArchiveStatistics, ForgetsWhatIsTwoGenerationsOld) {
  constexpr std::uint32_t kGeneration = 1 << 16;
  const auto numbered = [](std::uint32_t number) {
    return Bytes{9, static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(number >> 8),
                 static_cast<std::uint8_t>(number >> 16)};
  };
  const auto after = [&](std::uint32_t inputs, bool looked_up) {
    ArchiveStatistics statistics;
    statistics.note_mutant(Bytes{1}, Bytes{2}, MutationKind::model);
    for (std::uint32_t i = 0; i < inputs; ++i) {
      if (looked_up && i == kGeneration + 5) statistics.note_mutant(Bytes{1}, Bytes{2}, MutationKind::zip);
      statistics.note_mutant(Bytes{1}, numbered(i), MutationKind::zip);
    }
    statistics.count(Bytes{2}, loads_as(kOne));
    return printed(statistics);
  };
  EXPECT_THAT(after(kGeneration - 1, false), ContainsRegex("  model +1 "));
  EXPECT_THAT(after(2 * kGeneration - 1, false), ContainsRegex("  model +1 "));
  EXPECT_THAT(after(2 * kGeneration, false), ContainsRegex("inputs that are no mutants +1 "));
  EXPECT_THAT(after(2 * kGeneration, true), ContainsRegex("  model +1 "));
}

}  // namespace
}  // namespace revive::fuzz
