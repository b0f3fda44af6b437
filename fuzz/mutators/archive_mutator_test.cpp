#include "revive/fuzz/mutators/archive_mutator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "revive/fuzz/mutators/each_row.h"
#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/fuzz/mutators/limited_archive.h"
#include "revive/fuzz/oracles/archive_oracle.h"
#include "revive/properties/case.h"
#include "revive/serializer/keras_archive.h"
#include "revive/serializer/zip/archive.h"
#include "revive/serializer/zip/zip_layout.h"

namespace revive::fuzz {
namespace {

using Input = std::vector<std::uint8_t>;

std::vector<Input> seeds() {
  std::vector<Input> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(REVIVE_SEEDS_DIR "/archive_fuzzer")) {
    std::ifstream file(entry.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::ranges::sort(inputs);
  return inputs;
}

// What LLVMFuzzerMutate might do.
std::size_t flip_first_byte(std::uint8_t* data, std::size_t size, std::size_t) {
  if (size > 0) data[0] ^= 0xFF;
  return size;
}

struct Made {
  MutationKind kind;
  Input bytes;
};

Made mutate(const Input& input, std::size_t max, std::uint32_t seed) {
  Input buffer = input;
  buffer.resize(std::max(max, input.size()));
  const Mutant mutant = mutate_archive(buffer.data(), input.size(), max, seed, flip_first_byte);
  EXPECT_LE(mutant.size, max);
  buffer.resize(mutant.size);
  return {mutant.kind, std::move(buffer)};
}

TEST(ArchiveSeeds, HalfAreOfKerasAndAllLoadWithFourLayersOnAverage) {
  const auto inputs = seeds();
  ASSERT_GE(inputs.size(), 12U);
  std::size_t layers = 0;
  std::size_t by_keras = 0;
  for (const Input& input : inputs) {
    const auto model = load_bytes(std::as_bytes(std::span(input)), {.limits = kFuzzLimits, .warn = {}});
    ASSERT_TRUE(model) << model.error().text();
    layers += properties::count_layers(*model);
    by_keras += model->name() == "generated" ? 0 : 1;
  }
  EXPECT_GE(layers, 4 * inputs.size());
  EXPECT_EQ(2 * by_keras, inputs.size());
}

TEST(ArchiveMutator, TheSameSeedGivesTheSameMutantAndAnotherSeedAnother) {
  // The largest, which has weights to be changed.
  const Input input = std::ranges::max(seeds(), {}, &Input::size);
  std::set<Input> mutants;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const Made first = mutate(input, kMostArchiveBytes, seed);
    const Made again = mutate(input, kMostArchiveBytes, seed);
    EXPECT_EQ(first.kind, again.kind);
    EXPECT_EQ(first.bytes, again.bytes);
    mutants.insert(first.bytes);
  }
  EXPECT_GT(mutants.size(), 40U);
}

TEST(ArchiveMutator, MostStructuredMutantsLoadAndManyAreOtherModels) {
  std::size_t structured = 0;
  std::size_t loaded = 0;
  std::size_t other = 0;
  std::set<ErrorCode> codes;
  std::uint32_t seed = 0;
  for (const Input& input : seeds()) {
    const std::uint64_t structure = judge_archive(std::as_bytes(std::span(input))).structure;
    for (int i = 0; i < 40; ++i) {
      const Made made = mutate(input, kMostArchiveBytes, ++seed);
      if (!is_structured(made.kind)) continue;
      ++structured;
      const ArchiveVerdict verdict = judge_archive(std::as_bytes(std::span(made.bytes)));
      ASSERT_FALSE(verdict.finding) << verdict.finding->text;
      if (verdict.refused) {
        codes.insert(verdict.refused->code);
        continue;
      }
      ++loaded;
      other += verdict.structure != structure ? 1 : 0;
    }
  }
  EXPECT_GE(10 * loaded, 4 * structured);
  EXPECT_LE(10 * loaded, 8 * structured);
  EXPECT_GE(4 * other, loaded);
  EXPECT_GE(codes.size(), 15U);
}

TEST(ArchiveMutator, WhatIsSealedPassesTheEnvelopeCheckAndTheCrcs) {
  std::size_t sealed = 0;
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    const Made made = mutate(seeds().front(), kMostArchiveBytes, seed);
    if (!is_structured(made.kind) || made.kind == MutationKind::zip) continue;
    const auto archive = read_archive(std::as_bytes(std::span(made.bytes)), {});
    EXPECT_TRUE(archive) << name_of(made.kind) << ": " << archive.error().text();
    ++sealed;
  }
  EXPECT_GT(sealed, 100U);
}

// Whether the members differ: which of them, by name; "zip" where they are the same and the bytes are not.
std::vector<std::string> differing(const Input& a, const Input& b) {
  const auto before = open_archive(a);
  const auto after = open_archive(b);
  if (!after || after->parts.size() != before->parts.size()) return {"zip"};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < before->parts.size(); ++i) {
    if (after->parts[i].name != before->parts[i].name) return {"zip"};
    if (after->parts[i].bytes != before->parts[i].bytes) names.push_back(before->parts[i].name);
  }
  if (names.empty() && a != b) return {"zip"};
  return names;
}

// The table with one row alone, which `off` may take the place of.
std::vector<ArchiveRow> only(std::string_view name) {
  std::vector<ArchiveRow> rows(archive_rows().begin(), archive_rows().end());
  for (ArchiveRow& row : rows) row.weight = row.name == name ? 1 : 0;
  return rows;
}

Made mutate_by(const std::vector<ArchiveRow>& rows, const Input& input, std::uint32_t seed) {
  Input buffer = input;
  buffer.resize(kMostArchiveBytes);
  const Mutant mutant =
      mutate_archive(buffer.data(), input.size(), kMostArchiveBytes, seed, flip_first_byte, std::span(rows));
  buffer.resize(mutant.size);
  return {mutant.kind, std::move(buffer)};
}

// What each kind changes, as members of the archive. Raw mutants come up whatever the table.
TEST(ArchiveMutator, EachKindChangesItsMembersAndNoOther) {
  // As it is sealed again.
  const std::string sealed = repack_archive(*open_archive(std::ranges::max(seeds(), {}, &Input::size)));
  const Input input(sealed.begin(), sealed.end());
  const std::string config = "config.json";
  const std::string metadata = "metadata.json";
  const std::string weights = "model.weights.h5";
  const auto is = [](std::vector<std::string> names) {
    return [names](const Input& a, const Input& b) {
      return std::ranges::all_of(
          differing(a, b), [&](const std::string& name) { return std::ranges::find(names, name) != names.end(); });
    };
  };
  const auto anything = [](const Input&, const Input&) { return true; };
  constexpr auto kFollow = Mutants::follow_the_classes;
  expect_each_row_changes<Input>(
      "archive", archive_rows(),
      [](const ArchiveParts& parts, Random&, ByteMutator) { return std::optional(repack_archive(parts)); },
      {{"model", 85, anything, kFollow},
       {"config", 75, is({config}), kFollow},
       {"tree", 80, is({config, metadata}), kFollow},
       {"text", 80, is({config, metadata}), kFollow},
       {"metadata", 75, is({metadata}), kFollow},
       {"weights_tree", 80, is({weights}), kFollow},
       {"weights_bytes", 80, is({weights}), kFollow},
       {"zip", 80, is({"zip"}), kFollow},
       {"shrink", 90, anything, kFollow},
       {"fresh", 90, anything, kFollow},
       // The engine's.
       {"raw", 1, anything, kFollow}},
      [&](const ArchiveRow& row, Random& random) {
        std::vector<ArchiveRow> rows = only(row.name);
        const auto number = static_cast<std::size_t>(std::ranges::find(archive_rows(), row.name, &ArchiveRow::name) -
                                                     archive_rows().begin());
        rows[number].change = row.change;
        const bool off = row.change != archive_rows()[number].change;
        Made made = mutate_by(rows, input, static_cast<std::uint32_t>(random.next()));
        const bool raw = made.kind == MutationKind::raw || made.kind != static_cast<MutationKind>(number);
        if (raw) return Step<Input>{input, input, !off && row.name == "raw", ""};
        return Step<Input>{input, made.bytes, !off && made.bytes != input, ""};
      });
  expect_rows_come_up(archive_rows());
}

// One in six of those that change any JSON change the metadata.
TEST(ArchiveMutator, JsonIsTheConfigFiveTimesInSix) {
  const Input input = std::ranges::max(seeds(), {}, &Input::size);
  for (const std::string_view name : {"tree", "text"}) {
    std::map<std::string, int> members;
    int all = 0;
    for (std::uint32_t seed = 0; seed < 300; ++seed) {
      const Made made = mutate_by(only(name), input, seed);
      if (name_of(made.kind) != name) continue;
      for (const std::string& member : differing(input, made.bytes)) {
        ++members[member];
        ++all;
      }
    }
    EXPECT_NEAR(members["metadata.json"], all / 6.0, 30) << name;
    EXPECT_GT(members["metadata.json"], 15) << name;
  }
}

// One mutant in ten, whose bytes are the engine's.
TEST(ArchiveMutator, OneInTenIsRaw) {
  const Input input = seeds().front();
  int raw = 0;
  constexpr int kSeeds = 500;
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    const Made made = mutate(input, kMostArchiveBytes, seed);
    if (made.kind != MutationKind::raw) continue;
    ++raw;
    Input flipped = input;
    flipped[0] ^= 0xFF;
    EXPECT_EQ(made.bytes, flipped);
  }
  EXPECT_NEAR(raw, kSeeds / 10.0, 22);
}

// A kind that finds nothing to change gives way, four times, to others of the table; then something is left out.
TEST(ArchiveMutator, WhatNoKindChangesIsShrunk) {
  static int tries = 0;
  std::vector<ArchiveRow> rows = only("zip");
  for (ArchiveRow& row : rows) {
    row.change = [](const ArchiveParts&, Random&, ByteMutator) -> std::optional<std::string> {
      ++tries;
      return std::nullopt;
    };
  }
  const Input input = std::ranges::max(seeds(), {}, &Input::size);
  for (std::uint32_t seed = 0; seed < 30; ++seed) {
    tries = 0;
    const Made made = mutate_by(rows, input, seed);
    if (tries == 0) {
      EXPECT_EQ(made.kind, MutationKind::raw);
      continue;
    }
    EXPECT_EQ(tries, 4);
    EXPECT_TRUE(made.kind == MutationKind::shrink || made.kind == MutationKind::raw);
    EXPECT_NE(made.bytes, input);
  }
  // And where there is no archive, the engine is asked.
  tries = 0;
  const Made made = mutate_by(rows, {1, 2, 3}, 7);
  EXPECT_EQ(tries, 4);
  EXPECT_EQ(made.kind, MutationKind::raw);
  EXPECT_EQ(made.bytes, (Input{1 ^ 0xFF, 2, 3}));
}

// What does not fit is no mutant.
TEST(ArchiveMutator, WhatIsLargerThanTheMostIsTriedAgain) {
  std::vector<ArchiveRow> rows = only("zip");
  rows[static_cast<std::size_t>(MutationKind::zip)].change = [](const ArchiveParts&, Random& random, ByteMutator) {
    return std::optional(random.below(2) == 0 ? std::string(kMostArchiveBytes + 1, 'y')
                                              : std::string(kMostArchiveBytes, 'x'));
  };
  const Input input = seeds().front();
  std::size_t fits = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const Made made = mutate_by(rows, input, seed);
    if (made.kind != MutationKind::zip) continue;
    EXPECT_EQ(made.bytes, Input(kMostArchiveBytes, 'x'));
    ++fits;
  }
  EXPECT_GT(fits, 40U);
}

// Where nothing understands the bytes some are cut out: as many as there are too many, at any place.
TEST(ArchiveMutator, BytesThatAreNoArchiveAreCut) {
  const Input input = {0, 1, 2, 3, 4, 5, 6, 7};
  for (const std::size_t max : {7U, 5U, 1U}) {
    std::set<Input> cut;
    for (std::uint32_t seed = 0; seed < 60; ++seed) {
      const Made made = mutate(input, max, seed);
      EXPECT_EQ(made.kind, MutationKind::raw);
      EXPECT_EQ(made.bytes.size(), max);
      cut.insert(made.bytes);
      EXPECT_TRUE(std::ranges::is_sorted(made.bytes));
    }
    EXPECT_EQ(cut.size(), max + 1) << max;
  }
}

TEST(ArchiveMutator, AllKindsButRawAndFreshOnesAreStructured) {
  for (std::size_t i = 0; i < archive_rows().size(); ++i) {
    const auto kind = static_cast<MutationKind>(i);
    EXPECT_EQ(name_of(kind), archive_rows()[i].name);
    EXPECT_EQ(is_structured(kind), kind != MutationKind::raw && kind != MutationKind::fresh);
  }
}

TEST(ArchiveMutator, TheEngineIsToldTheSizeAndTheMost) {
  const auto told = [](std::uint8_t*, std::size_t size, std::size_t max) {
    EXPECT_EQ(size, 4U);
    EXPECT_EQ(max, 9U);
    return size;
  };
  Input bytes(9, 'x');
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    EXPECT_EQ(mutate_archive(bytes.data(), 4, 9, seed, told).kind, MutationKind::raw);
  }
}

// An engine that says it made more than there is room for.
TEST(ArchiveMutator, WhatTheEngineMakesIsHeldToTheMost) {
  const auto too_much = [](std::uint8_t*, std::size_t, std::size_t max) { return max + 1; };
  Input bytes = {1, 2, 3, 4};
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    EXPECT_LE(mutate_archive(bytes.data(), 4, 4, seed, too_much).size, 4U);
    EXPECT_LE(mutate_archive(bytes.data(), 0, 4, seed, too_much).size, 4U);
  }
}

TEST(ArchiveMutator, KeepsToTheMostBytesItMayMake) {
  for (const Input& input : seeds()) {
    for (std::uint32_t seed = 0; seed < 10; ++seed) mutate(input, input.size(), seed);
  }
}

TEST(ArchiveMutator, UnderALimitBelowTheSizeMutantsAreSmallerAndMostlyStillArchives) {
  std::size_t archives = 0;
  std::size_t made_of = 0;
  for (const Input& input : seeds()) {
    for (std::uint32_t seed = 0; seed < 5; ++seed) {
      const Made made = mutate(input, input.size() - 1, seed);
      EXPECT_LT(made.bytes.size(), input.size());
      ++made_of;
      archives += check_zip_layout(std::as_bytes(std::span(made.bytes)), {}) ? 1 : 0;
    }
  }
  EXPECT_GT(4 * archives, 3 * made_of);
}

TEST(ArchiveMutator, WhatIsShrunkIsWholeAndMayBeAsLargeAsTheMost) {
  int shrunk = 0;
  for (const Input& input : seeds()) {
    for (std::uint32_t seed = 0; seed < 5; ++seed) {
      for (const std::size_t most : {input.size() - 1, input.size() * 3 / 4, input.size() / 2}) {
        const Made made = mutate(input, most, seed);
        if (made.kind != MutationKind::shrink) continue;
        ++shrunk;
        EXPECT_TRUE(open_archive(made.bytes)) << seed << " " << most;
        const Made exact = mutate(input, made.bytes.size(), seed);
        EXPECT_EQ(exact.kind, MutationKind::shrink);
        EXPECT_LE(exact.bytes.size(), made.bytes.size());
        if (most == input.size() - 1) {
          EXPECT_EQ(exact.bytes, made.bytes) << seed;
        }
      }
    }
  }
  EXPECT_GT(shrunk, 100);
}

TEST(ArchiveMutator, BytesThatAreNoArchiveBecomeOneThatLoads) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const Made made = mutate({}, kMostArchiveBytes, seed);
    ASSERT_EQ(made.kind, MutationKind::fresh);
    if (seed >= 20) continue;
    const ArchiveVerdict verdict = judge_archive(std::as_bytes(std::span(made.bytes)));
    EXPECT_FALSE(verdict.refused) << verdict.refused->text();
  }
  EXPECT_EQ(mutate({}, 10, 1).kind, MutationKind::raw);
}

}  // namespace
}  // namespace revive::fuzz
