#include "revive/fuzz/mutators/bytecode_mutator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <vector>

#include "revive/fuzz/mutators/each_row.h"
#include "revive/fuzz/oracles/bytecode_oracle.h"
#include "revive/fuzz/seeds/seeds.h"
#include "revive/serializer/python/marshal.h"
#include "revive_build/source_dir.h"

namespace revive::fuzz {
namespace {

using python::Layout;
using python::Object;
using testing::ElementsAre;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kRoom = 1024;
constexpr std::array<std::string_view, 9> kVersions = {"3.6",  "3.7",  "3.8",  "3.9", "3.10",
                                                       "3.11", "3.12", "3.13", "3.14"};

std::size_t flip_first(std::uint8_t* data, std::size_t size, std::size_t /*max*/) {
  data[0] ^= 1;
  return size;
}

std::vector<Bytes> seeds_of(std::string_view version) {
  std::ifstream file(std::string(REVIVE_SOURCE_DIR "/corpus/lambdas/python") + std::string(version) + ".json");
  if (!file) return {};
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

const std::vector<Bytes>& all_seeds() {
  static const std::vector<Bytes> seeds = [] {
    std::vector<Bytes> all;
    for (const std::string_view version : kVersions) {
      for (Bytes& seed : seeds_of(version)) all.push_back(std::move(seed));
    }
    return all;
  }();
  return seeds;
}

Bytes mutant(Bytes bytes, std::uint32_t seed, std::span<const BytecodeRow> rows = bytecode_rows(),
             BytecodeMutation* kind = nullptr) {
  const std::size_t size = bytes.size();
  bytes.resize(kRoom);
  const BytecodeMutant made = mutate_bytecode(bytes.data(), size, kRoom, seed, flip_first, rows);
  if (kind != nullptr) *kind = made.kind;
  bytes.resize(made.size);
  return bytes;
}

// The harness is worth its time only while most mutants get past the reader.
TEST(BytecodeMutator, MostMutantsAreTranslatedAndNoneIsAFinding) {
  std::size_t versions = 0;
  for (const std::string_view version : kVersions) {
    std::size_t runs = 0;
    std::size_t translated = 0;
    std::size_t unlike = 0;
    for (const Bytes& seed : seeds_of(version)) {
      for (std::uint32_t i = 0; i < 40; ++i) {
        const Bytes made = mutant(seed, i);
        const auto verdict = judge_bytecode({reinterpret_cast<const char*>(made.data()), made.size()});
        EXPECT_FALSE(verdict.finding) << verdict.finding->text;
        ++runs;
        if (!verdict.refused) ++translated;
        if (made != seed) ++unlike;
      }
    }
    versions += runs > 0 ? 1 : 0;
    EXPECT_GE(translated * 5, runs * 2) << version;
    EXPECT_GE(unlike * 100, runs * 95) << version;
  }
  EXPECT_GE(versions, 8U);
}

// A code object as text, part by part.
using Parts = std::map<std::string, std::string>;

std::string text_of(const python::Marshalled& all, python::ObjectIndex index) {
  const Object& object = all.objects[index];
  std::string text = std::string(python::name_of(object.kind)) + ' ' + std::to_string(object.integer) + ' ' +
                     std::to_string(object.reals[0]) + ' ' + std::to_string(object.reals[1]) + ' ' +
                     std::string(object.text) + '(';
  for (const std::int32_t number : object.numbers) text += std::to_string(number) + ',';
  for (const python::ObjectIndex item : object.items) text += text_of(all, item);
  return text + ')';
}

Parts parts_of(const Bytes& bytes) {
  for (const Layout layout : {Layout::b, Layout::c, Layout::a}) {
    const auto read = python::read_marshal({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, layout);
    if (read.error || read.value.objects[read.value.root].kind != Object::Kind::code) continue;
    const Object& root = read.value.objects[read.value.root];
    const python::CodeItems& items = python::code_items(layout);
    const auto item = [&](std::size_t at) {
      return at == python::kNoItem ? std::string() : text_of(read.value, root.items[at]);
    };
    Parts parts;
    for (std::size_t i = 0; i < root.numbers.size(); ++i) parts["numbers"] += std::to_string(root.numbers[i]) + ' ';
    parts["code"] = read.value.objects[root.items[items.code]].text;
    parts["consts"] = item(items.consts);
    parts["names"] = item(items.names);
    parts["variables"] = item(items.variables) + item(items.freevars);
    parts["lines"] = item(items.linetable);
    parts["others"] =
        item(items.kinds) + item(items.cellvars) + item(items.filename) + item(items.name) + item(items.exceptiontable);
    return parts;
  }
  return {};
}

std::vector<std::string> differing(const Parts& a, const Parts& b) {
  std::vector<std::string> names;
  for (const auto& [name, text] : a) {
    const auto other = b.find(name);
    if (other == b.end() || other->second != text) names.push_back(name);
  }
  return names;
}

// Where the code of two bodies of one length differs.
std::vector<std::size_t> differing_bytes(const Parts& a, const Parts& b) {
  std::vector<std::size_t> places;
  const std::string& x = a.at("code");
  const std::string& y = b.at("code");
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    if (x[i] != y[i]) places.push_back(i);
  }
  return places;
}

bool only(const Parts& a, const Parts& b, std::initializer_list<std::string> names) {
  return std::ranges::all_of(differing(a, b),
                             [&](const std::string& name) { return std::ranges::find(names, name) != names.end(); });
}

// What finds nothing of its own to change falls back on constants and operands.
TEST(BytecodeMutator, EachRowChangesItsPartOfTheCode) {
  const auto constant = [](const Parts& a, const Parts& b) { return only(a, b, {"consts"}); };
  const auto operand = [=](const Parts& a, const Parts& b) {
    if (constant(a, b)) return true;
    const auto places = differing_bytes(a, b);
    return only(a, b, {"code"}) && places.size() == 1 && places[0] % 2 == 1;
  };
  expect_each_row_changes<Parts>(
      "bytecode", bytecode_rows(), [](CodeMutation&) {},
      {{"constant", 85, constant},
       {"name", 75,
        [=](const Parts& a, const Parts& b) {
          return constant(a, b) || only(a, b, {"names"}) || only(a, b, {"variables"});
        }},
       {"operand", 90, operand},
       {"operation", 88,
        [=](const Parts& a, const Parts& b) {
          const auto places = differing_bytes(a, b);
          return operand(a, b) || (only(a, b, {"code"}) && places.size() == 1 && places[0] % 2 == 0);
        }},
       {"instruction", 75,
        [](const Parts& a, const Parts& b) {
          const auto x = a.at("code").size();
          const auto y = b.at("code").size();
          return x == y ? only(a, b, {"code"}) : only(a, b, {"code", "lines"}) && (x + 2 == y || y + 2 == x);
        }},
       {"opcode", 98,
        [](const Parts& a, const Parts& b) {
          return only(a, b, {"code"}) && a.at("code").size() == b.at("code").size() &&
                 differing_bytes(a, b).size() == 1;
        }},
       {"header", 90, [](const Parts& a, const Parts& b) { return b.empty() || differing(a, b).size() == 1; }},
       // By the engine, whose business it is.
       {"raw", 1, [](const Parts&, const Parts&) { return true; }}},
      [&](const BytecodeRow& row, Random& random) {
        const Bytes& seed = all_seeds()[random.below(all_seeds().size())];
        std::vector<BytecodeRow> rows(bytecode_rows().begin(), bytecode_rows().end());
        std::size_t number = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
          rows[i].weight = rows[i].name == row.name ? 1 : 0;
          if (rows[i].name == row.name) {
            rows[i].change = row.change;
            number = i;
          }
        }
        BytecodeMutation kind{};
        const Bytes made = mutant(seed, static_cast<std::uint32_t>(random.next()), rows, &kind);
        EXPECT_TRUE(kind == static_cast<BytecodeMutation>(number) || kind == BytecodeMutation::raw);
        const Parts before = parts_of(seed);
        const Parts after = parts_of(made);
        const bool off = row.change != bytecode_rows()[number].change;
        if (kind == BytecodeMutation::raw) {
          return Step<Parts>{before, before, !off && row.name == "raw" && made[0] == (seed[0] ^ 1), "raw"};
        }
        return Step<Parts>{before, after, after != before, std::string(made.begin(), made.end())};
      });
  expect_rows_come_up(bytecode_rows());
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

// As it would read code that is larger than what may come out.
TEST(BytecodeMutator, BelowItsSizeItIsLeftToTheEngine) {
  const Bytes seed = seeds_of("3.12")[3];
  for (std::uint32_t i = 0; i < 60; ++i) {
    Bytes bytes = seed;
    const auto made = mutate_bytecode(bytes.data(), bytes.size(), bytes.size() - 1, i,
                                      [](std::uint8_t*, std::size_t size, std::size_t max) {
                                        EXPECT_EQ(size, max + 1);
                                        return max;
                                      });
    EXPECT_EQ(made.kind, BytecodeMutation::raw);
    EXPECT_EQ(made.size, seed.size() - 1);
    EXPECT_EQ(bytes, seed);
  }
}

TEST(BytecodeMutator, BytesThatAreNoCodeAreLeftToTheEngine) {
  std::array<std::uint8_t, 4> bytes = {'N', 'O', 'N', 'E'};
  const BytecodeMutant made = mutate_bytecode(bytes.data(), bytes.size(), bytes.size(), 1, flip_first);
  EXPECT_EQ(made.kind, BytecodeMutation::raw);
  EXPECT_EQ(bytes[0], 'N' ^ 1);
  // Marshalled, and no code.
  std::array<std::uint8_t, 1> none = {'N'};
  for (std::uint32_t i = 0; i < 20; ++i) {
    EXPECT_EQ(mutate_bytecode(none.data(), 1, 1, i, flip_first).kind, BytecodeMutation::raw);
    none = {'N'};
  }
}

TEST(BytecodeMutator, KindsAreNamedAsTheirRows) {
  for (std::size_t i = 0; i < bytecode_rows().size(); ++i) {
    EXPECT_EQ(name_of(static_cast<BytecodeMutation>(i)), bytecode_rows()[i].name);
  }
  EXPECT_EQ(name_of(BytecodeMutation::operand), "operand");
}

}  // namespace
}  // namespace revive::fuzz
