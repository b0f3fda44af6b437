// What is written, byte by byte: also those bytes that our reader skips, and that others read. After a change that is
// meant, written.txt is written anew: REVIVE_WRITE_SENTENCES=1.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "revive/model/tensor/element_type.h"
#include "revive/model/testing/recorded.h"
#include "revive/serializer/hdf5/hdf5.h"
#include "revive/serializer/io/digest.h"

namespace revive::hdf5 {
namespace {

std::vector<std::byte> counted(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + 1);
  return bytes;
}

const std::vector<std::byte> kBytes = counted(4096);

Dataset dataset(DType dtype, Dims dims) {
  const auto size = static_cast<std::size_t>(*element_count(dims)) * size_of(dtype);
  return {dtype, std::move(dims), std::span(kBytes).first(size)};
}

// The start of the digest, and the size.
std::string said_of(const Group& root) {
  const auto bytes = write(root);
  return fmt::format("{} {}", sha256_hex(bytes).substr(0, 16), bytes.size());
}

Group of_links(int count) {
  Group root;
  for (int i = 0; i < count; ++i) root.put(fmt::format("d/{}", 1000 + i), dataset(DType::int8, {}));
  return root;
}

Group named(std::size_t length, int groups = 1) {
  Group root;
  for (int i = 0; i < groups; ++i) root.make_group(fmt::format("g{}", i)).name_attribute = std::string(length, 'n');
  return root;
}

TEST(Hdf5WrittenBytes, AreTheSameEachTime) {
  std::vector<std::pair<std::string, Group>> rows = {{"empty", Group{}}};
  for (const DType dtype : kDTypes) {
    Group root;
    root.put("d", dataset(dtype, {2, 3}));
    rows.emplace_back(name_of(dtype), root);
  }
  for (const std::size_t rank : std::initializer_list<std::size_t>{0, 1, 3, 5, 8, 9, 10, 11}) {
    Group root;
    root.put("d", dataset(DType::float32, Dims(rank, rank < 9 ? 2 : 1)));
    rows.emplace_back(fmt::format("rank {}", rank), root);
  }
  // A header without room for a NIL message, and with room for an empty one.
  Group full;
  full.put("d", dataset(DType::int8, Dims(10, 1)));
  rows.emplace_back("int8 of rank 10", full);
  for (const int links : {1, 8, 9, 256, 257}) rows.emplace_back(fmt::format("{} links", links), of_links(links));
  for (const std::size_t length : std::initializer_list<std::size_t>{0, 1, 8, 4000, 4064, 4065, 5000}) {
    rows.emplace_back(fmt::format("a name of {}", length), named(length));
  }
  rows.emplace_back("three names", named(2000, 3));
  // The second fits the collection of 4096 bytes exactly, or is too long by eight.
  for (const std::size_t length : std::initializer_list<std::size_t>{2048, 2056}) {
    Group root = named(2000);
    root.make_group("h").name_attribute = std::string(length, 'n');
    rows.emplace_back(fmt::format("a name of 2000 and one of {}", length), root);
  }
  // A local heap of exactly 88 bytes, with and without room for a free block, and of twice as many.
  for (const std::size_t length : std::initializer_list<std::size_t>{55, 63, 71, 79, 80}) {
    Group root;
    root.make_group(std::string(length, 'x'));
    rows.emplace_back(fmt::format("a link of {}", length), root);
  }
  for (const auto& [name, root] : rows) {
    ASSERT_TRUE(read(write(root))) << name;
    EXPECT_EQ(*read(write(root)), root) << name;
    expect_recorded("serializer/hdf5/written.txt", name, said_of(root));
  }
}

}  // namespace
}  // namespace revive::hdf5
