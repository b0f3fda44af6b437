#include "revive/fuzz/mutators/bytecode_mutator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <vector>

#include "revive/fuzz/oracles/bytecode_oracle.h"
#include "revive/fuzz/seeds/seeds.h"
#include "revive_build/source_dir.h"

namespace revive::fuzz {
namespace {

constexpr std::size_t kRoom = 1024;

std::size_t flip_first(std::uint8_t* data, std::size_t size, std::size_t /*max*/) {
  data[0] ^= 1;
  return size;
}

using Bytes = std::vector<std::uint8_t>;

std::vector<Bytes> seeds_of(const std::string& version) {
  std::ifstream file(REVIVE_SOURCE_DIR "/corpus/lambdas/python" + version + ".json");
  const auto seeds = bytecode_seeds(std::string((std::istreambuf_iterator<char>(file)), {}));
  EXPECT_TRUE(seeds) << version;
  std::vector<Bytes> all;
  for (const BytecodeSeed& seed : *seeds) {
    Bytes bytes;
    for (const std::byte byte : seed.bytes) bytes.push_back(static_cast<std::uint8_t>(byte));
    all.push_back(std::move(bytes));
  }
  return all;
}

Bytes mutant(Bytes bytes, std::uint32_t seed) {
  const std::size_t size = bytes.size();
  bytes.resize(kRoom);
  bytes.resize(mutate_bytecode(bytes.data(), size, kRoom, seed, flip_first).size);
  return bytes;
}

// The harness is worth its time only while most mutants get past the reader.
TEST(BytecodeMutator, MostMutantsAreTranslatedAndNoneIsAFinding) {
  for (const std::string version : {"3.6", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"}) {
    std::size_t runs = 0;
    std::size_t translated = 0;
    std::size_t unlike = 0;
    for (const Bytes& seed : seeds_of(version)) {
      for (std::uint32_t i = 0; i < 40; ++i) {
        const Bytes made = mutant(seed, i);
        const auto verdict = judge_bytecode({reinterpret_cast<const char*>(made.data()), made.size()});
        EXPECT_FALSE(verdict.finding);
        ++runs;
        if (!verdict.refused) ++translated;
        if (made != seed) ++unlike;
      }
    }
    EXPECT_GE(translated * 5, runs * 2) << version;
    EXPECT_GE(unlike * 100, runs * 99) << version;
  }
}

TEST(BytecodeMutator, IsAFunctionOfItsArguments) {
  const Bytes seed = seeds_of("3.11").front();
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(mutant(seed, i), mutant(seed, i)) << i;
}

TEST(BytecodeMutator, KeepsToItsRoom) {
  const Bytes seed = seeds_of("3.12")[3];
  for (std::uint32_t i = 0; i < 200; ++i) {
    Bytes bytes = seed;
    EXPECT_LE(mutate_bytecode(bytes.data(), bytes.size(), bytes.size(), i, flip_first).size, seed.size());
  }
}

TEST(BytecodeMutator, BytesThatAreNoCodeAreLeftToTheEngine) {
  std::array<std::uint8_t, 4> bytes = {'N', 'O', 'N', 'E'};
  const BytecodeMutant made = mutate_bytecode(bytes.data(), bytes.size(), bytes.size(), 1, flip_first);
  EXPECT_EQ(made.kind, BytecodeMutation::raw);
  EXPECT_EQ(bytes[0], 'N' ^ 1);
}

}  // namespace
}  // namespace revive::fuzz
