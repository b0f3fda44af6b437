#include "revive/fuzz/mutators/archive_mutator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

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

TEST(ArchiveMutator, BytesThatAreNoArchiveBecomeOneThatLoads) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const Made made = mutate({}, kMostArchiveBytes, seed);
    ASSERT_EQ(made.kind, MutationKind::fresh);
    const ArchiveVerdict verdict = judge_archive(std::as_bytes(std::span(made.bytes)));
    EXPECT_FALSE(verdict.refused) << verdict.refused->text();
  }
  EXPECT_EQ(mutate({}, 10, 1).kind, MutationKind::raw);
}

}  // namespace
}  // namespace revive::fuzz
