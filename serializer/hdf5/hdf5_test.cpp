#include "revive/serializer/hdf5/hdf5.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "revive/serializer/hdf5/structure.h"

namespace revive::hdf5 {
namespace {

// As many bytes 1, 2, 3, ... as the array needs, kept for the whole run.
Dataset array(DType dtype, Dims dims) {
  static std::vector<std::byte> bytes = [] {
    std::vector<std::byte> result(1 << 16);
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<std::byte>(i + 1);
    return result;
  }();
  const auto size = static_cast<std::size_t>(element_count(dims).value()) * size_of(dtype);
  return {dtype, std::move(dims), std::span(bytes).first(size)};
}

// What the tree becomes on disk and back; the second writing has to give the same bytes.
void expect_round_trip(const Group& tree) {
  ASSERT_TRUE(check_writable(tree)) << check_writable(tree).error().text();
  const auto file = write(tree);
  const auto read_back = read(file);
  ASSERT_TRUE(read_back) << read_back.error().text();
  EXPECT_EQ(*read_back, tree);
  EXPECT_EQ(write(*read_back), file);
}

TEST(Hdf5, AnEmptyRootSurvives) {
  expect_round_trip({});
}

TEST(Hdf5, EveryDtypeSurvives) {
  Group tree;
#define REVIVE_PUT(id, name, size) tree.put("vars/" name, array(DType::id, {2, 3}));
  REVIVE_DTYPES(REVIVE_PUT)
#undef REVIVE_PUT
  expect_round_trip(tree);
}

TEST(Hdf5, EveryRankSurvives) {
  Group tree;
  for (std::size_t rank = 0; rank <= 32; ++rank) tree.put(std::to_string(rank), array(DType::bfloat16, Dims(rank, 1)));
  expect_round_trip(tree);
}

TEST(Hdf5, ArraysWithoutElementsSurvive) {
  Group tree;
  tree.put("flat", array(DType::float32, {0}));
  tree.put("wide", array(DType::boolean, {3, 0, 5}));
  expect_round_trip(tree);
}

TEST(Hdf5, NameAttributesOfAnyLengthSurvive) {
  Group tree;
  for (const std::size_t length : {0UZ, 1UZ, 8UZ, 4040UZ, 4064UZ, 4065UZ, 9000UZ, 100'000UZ}) {
    tree.make_group("group" + std::to_string(length)).name_attribute = std::string(length, 'n');
  }
  expect_round_trip(tree);
}

TEST(Hdf5, UnicodeNamesSurvive) {
  Group tree;
  tree.make_group("層/größe").name_attribute = "稠密 🧮";
  tree.put("層/größe/🧮", array(DType::int8, {1}));
  tree.put(std::string(4096, 'x'), array(DType::int8, {1}));
  expect_round_trip(tree);
}

class Hdf5Links : public testing::TestWithParam<int> {};

TEST_P(Hdf5Links, SurviveAndAreFound) {
  Group tree;
  for (int i = 0; i < GetParam(); ++i) {
    const auto path = "layers/dense_" + std::to_string(i) + "/vars";
    tree.make_group(path).name_attribute = "layer " + std::to_string(i);
    tree.put(path + "/0", array(DType::float32, {i % 7, 3}));
  }
  expect_round_trip(tree);
  const auto read_back = read(write(tree));
  for (int i = 0; i < GetParam(); ++i) {
    const auto* vars = read_back->group("layers/dense_" + std::to_string(i) + "/vars");
    ASSERT_NE(vars, nullptr);
    ASSERT_NE(vars->dataset("0"), nullptr);
    EXPECT_EQ(vars->dataset("0")->dims, (Dims{i % 7, 3}));
  }
}

// One symbol table node holds 8 links; one B-tree node holds 32 of those; two levels hold 8192 links.
INSTANTIATE_TEST_SUITE_P(Counts, Hdf5Links, testing::Values(1, 8, 9, 256, 257, 300, 5000, 8193));

TEST(Hdf5, ReadingCopiesNoData) {
  Group tree;
  tree.put("vars/0", array(DType::float32, {100}));
  const auto file = write(tree);
  const auto read_back = read(file);
  ASSERT_TRUE(read_back);
  const auto* begin = read_back->dataset("vars/0")->bytes.data();
  EXPECT_GE(begin, file.data());
  EXPECT_LE(begin + 400, file.data() + file.size());
}

TEST(Hdf5, AnImageCopiesTheSameBytesAnywhere) {
  Group tree;
  tree.put("vars/0", array(DType::int8, {3}));
  tree.put("vars/1", array(DType::int8, {5}));
  const Image image(tree);
  // Not zeros, so that padding left unwritten shows.
  std::vector<std::byte> out(image.size(), std::byte{0xAA});
  image.copy_to(out);
  EXPECT_EQ(out, write(tree));
}

TEST(Hdf5, PathsLeadToObjectsOfTheirKindOnly) {
  Group tree;
  tree.put("a/b/0", array(DType::float32, {}));
  EXPECT_EQ(tree.group(""), &tree);
  EXPECT_NE(tree.group("a/b"), nullptr);
  EXPECT_EQ(tree.group("/a/b"), tree.group("a/b"));
  EXPECT_EQ(tree.group("a/b/0"), nullptr);
  EXPECT_EQ(tree.group("a/c"), nullptr);
  EXPECT_NE(tree.dataset("a/b/0"), nullptr);
  EXPECT_EQ(tree.dataset("a/b"), nullptr);
  EXPECT_EQ(tree.dataset("a/c/0"), nullptr);
  EXPECT_EQ(tree.dataset(""), nullptr);
}

TEST(Hdf5, PutReplacesAndEqualityIsByValue) {
  Group a;
  a.put("0", array(DType::float32, {2}));
  Group b;
  b.put("0", array(DType::int8, {2}));
  EXPECT_NE(a, b);
  b.put("0", array(DType::float32, {2}));
  EXPECT_EQ(a, b);
  const std::vector<std::byte> zeros(8);
  b.put("0", {DType::float32, {2}, zeros});
  EXPECT_NE(a, b);
}

ErrorCode writable_code(const Group& tree, const Limits& limits = {}) {
  const auto status = check_writable(tree, limits);
  return status ? ErrorCode::usage : status.error().code;
}

TEST(Hdf5, TreesThatCannotBeReadBackAreNotWritable) {
  for (const std::string name : {"", ".", "a/b", "\xff", "\xc0\x80", "\xed\xa0\x80"}) {
    Group tree;
    tree.links.emplace(name, Group());
    EXPECT_EQ(writable_code(tree), ErrorCode::hdf5_structure) << name;
  }
  Group nul;
  nul.name_attribute = std::string("a\0b", 3);
  EXPECT_EQ(writable_code(nul), ErrorCode::hdf5_structure);

  Group bytes;
  bytes.put("0", array(DType::float32, {2}));
  std::get<Dataset>(bytes.links.at("0")).dims = {3};
  EXPECT_EQ(writable_code(bytes), ErrorCode::hdf5_structure);
  EXPECT_EQ(check_writable(bytes).error().place, "model.weights.h5: /0");

  Group rank;
  rank.put("0", array(DType::float32, Dims(33, 1)));
  EXPECT_EQ(writable_code(rank), ErrorCode::limit_exceeded);
}

TEST(Hdf5, LimitsHoldForReaderAndWriterAlike) {
  std::string path = "g";
  for (std::uint64_t i = 1; i < Limits{}.hdf5_depth; ++i) path += "/g";
  Group deep;
  deep.make_group(path);
  expect_round_trip(deep);
  deep.make_group(path + "/g");
  EXPECT_EQ(writable_code(deep), ErrorCode::limit_exceeded);
  EXPECT_EQ(read(write(deep)).error().code, ErrorCode::limit_exceeded);

  Group three;
  three.make_group("a/b");
  EXPECT_TRUE(read(write(three), {.hdf5_objects = 3}));
  EXPECT_EQ(writable_code(three, {.hdf5_objects = 3}), ErrorCode::usage);
  EXPECT_EQ(read(write(three), {.hdf5_objects = 2}).error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(writable_code(three, {.hdf5_objects = 2}), ErrorCode::limit_exceeded);

  Group name;
  name.make_group("four");
  EXPECT_TRUE(read(write(name), {.hdf5_name_bytes = 4}));
  EXPECT_EQ(read(write(name), {.hdf5_name_bytes = 3}).error().code, ErrorCode::limit_exceeded);
}

TEST(Hdf5, TheStructureMapCoversAFileOfOurs) {
  Group tree;
  tree.make_group("vars").name_attribute = "model";
  tree.put("vars/0", array(DType::float32, {4}));
  const auto file = write(tree);
  std::uint64_t covered = 0;
  for (const Extent& extent : structure_map(file)) {
    if (extent.structure <= Structure::raw_data) {
      EXPECT_EQ(extent.offset, covered) << name_of(extent.structure);
      covered = extent.offset + extent.length;
    } else {
      EXPECT_LE(extent.offset + extent.length, covered) << name_of(extent.structure);
    }
  }
  EXPECT_EQ(covered, file.size());
}

}  // namespace
}  // namespace revive::hdf5
