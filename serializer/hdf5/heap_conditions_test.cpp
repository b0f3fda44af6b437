// Local and global heaps with one thing changed that the refusals leave out: what is next to what, and what a heap
// may hold all the same.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "revive/serializer/hdf5/hdf5.h"
#include "revive/serializer/hdf5/testing.h"

namespace revive::hdf5 {
namespace {

using namespace testing;
using enum Structure;

constexpr std::array<std::byte, 8> kBytes{};

// The links "0" to "3" of /vars, which is called "model"; their names stand at 8, 16, 24 and 32 of a heap of 88 bytes,
// behind them one free block.
Patient four() {
  Group root;
  root.make_group("vars").name_attribute = "model";
  for (const char* const name : {"vars/0", "vars/1", "vars/2", "vars/3"}) {
    root.put(name, {DType::float32, {2}, kBytes});
  }
  return Patient(write(root));
}

std::string said_of(const Patient& file, const Limits& limits = {}) {
  const auto root = read(file.bytes, limits);
  return root ? "" : root.error().message;
}

constexpr std::string_view kVars = "/vars";

void move_last_name(Patient& file, u64 offset) {
  const u64 data = file.at(local_heap_data, kVars);
  file.set<u16>(data + offset, '3');
  file.set<u64>(file.at(symbol_table_entry, kVars, 3), offset);
  file.set<u64>(file.at(btree_node, kVars) + 40, offset);
}

std::string shared_at(std::string_view offset) {
  return "expected names and free blocks that share no bytes of a local heap, found two at offset " +
         std::string(offset);
}

TEST(HeapConditions, NamesStandApartFromFreeBlocks) {
  ASSERT_EQ(said_of(four()), "");
  // Inside of the free block from 40 to 88, and in front of it.
  for (const auto& [offset, said] : {std::pair{u64{72}, "0x48"}, {u64{86}, "0x56"}}) {
    Patient file = four();
    move_last_name(file, offset);
    EXPECT_EQ(said_of(file), shared_at(said));
  }
  Patient before = four();
  move_last_name(before, 38);
  EXPECT_EQ(said_of(before), "");
  // The NUL is the name's own.
  Patient ends = four();
  const u64 data = ends.at(local_heap_data, kVars);
  ends.set<u64>(ends.at(local_heap, kVars) + 16, 41);
  ends.set<u64>(data + 41, 1);
  ends.set<u64>(data + 49, 40);
  move_last_name(ends, 39);
  EXPECT_EQ(said_of(ends), "");
}

TEST(HeapConditions, TheEmptyNameHasEightBytes) {
  for (const u64 offset : {u64{4}, u64{6}}) {
    Patient file = four();
    move_last_name(file, offset);
    EXPECT_EQ(said_of(file), shared_at("0x" + std::to_string(offset)));
  }
  Patient small = four();
  small.set<u64>(small.at(local_heap, kVars) + 8, 7);
  EXPECT_EQ(said_of(small).substr(0, 44), "expected data that holds at least the empty ");
}

// A block that is the whole heap is a block; what it leads to is looked at next.
TEST(HeapConditions, FreeBlocksAreFollowedToTheirEnd) {
  Patient file = four();
  const u64 data = file.at(local_heap_data, kVars);
  file.set<u64>(file.at(local_heap, kVars) + 16, 0);
  file.set<u64>(data, 0x100);
  file.set<u64>(data + 8, 88);
  EXPECT_EQ(said_of(file), "expected a free block inside the 88 bytes of a local heap, found 0x100");
  for (const auto& [block, said] : {std::pair{u64{72}, "expected free blocks that fit"},
                                    {u64{73}, "expected a free block inside"},
                                    {u64{88}, "expected a free block inside"},
                                    {u64{89}, "expected a free block inside"}}) {
    Patient other = four();
    other.set<u64>(other.at(local_heap, kVars) + 16, block);
    EXPECT_TRUE(said_of(other).starts_with(said)) << block << ": " << said_of(other);
  }
}

// A free block that begins with the NUL of a name, which is a byte of where the next one is.
TEST(HeapConditions, TheNulOfANameIsItsOwn) {
  Group root;
  for (int i = 0; i < 50; ++i) root.put(std::to_string(1000 + i), {DType::float32, {2}, kBytes});
  const auto with_block = [&](u64 block) {
    Patient file(write(root));
    const u64 data = file.at(local_heap_data, "/");
    EXPECT_EQ(file.get<u64>(file.at(local_heap, "/") + 16), 408U);
    file.set<u64>(file.at(local_heap, "/") + 16, block);
    file.set<u64>(data + block, 512);
    file.set<u64>(data + block + 8, 16);
    file.set<u64>(data + 512, 1);
    file.set<u64>(data + 520, 192);
    return said_of(file);
  };
  EXPECT_EQ(with_block(408), "");
  EXPECT_EQ(with_block(404), shared_at("0x194"));
}

TEST(HeapConditions, AHeapIsInsideTheFile) {
  Patient file = four();
  file.set<u64>(file.at(symbol_table_message, kVars) + 16, 1 << 30);
  file.set<u64>(file.at(symbol_table_entry, "/", 1) + 32, 1 << 30);
  EXPECT_TRUE(said_of(file).starts_with("expected a local heap inside the file's ")) << said_of(file);
}

TEST(HeapConditions, NamesHaveTheirLimit) {
  Group root;
  root.make_group("four");
  const Patient file(write(root));
  EXPECT_EQ(said_of(file, {.hdf5_name_bytes = 4}), "");
  EXPECT_EQ(said_of(file, {.hdf5_name_bytes = 3}), "expected link names of at most 3 bytes");
}

// libhdf5 writes a string of no bytes as a reference to nothing.
TEST(HeapConditions, AReferenceToNothingIsAnEmptyString) {
  Patient file = four();
  const u64 reference = file.at(attribute_message, kVars) + 56;
  file.set<u32>(reference, 0);
  file.set<u32>(reference + 12, 0);
  auto root = read(file.bytes);
  ASSERT_TRUE(root) << root.error().text();
  EXPECT_EQ(root->group("vars")->name_attribute, "");
  // Of another length, or another object, it is to something.
  file.set<u32>(reference, 1);
  EXPECT_TRUE(said_of(file).starts_with("expected object 0 in the global heap collection")) << said_of(file);
  file.set<u32>(reference, 0);
  file.set<u32>(reference + 12, 1);
  EXPECT_TRUE(said_of(file).starts_with("expected 0 bytes in object 1 of the global heap")) << said_of(file);
}

// An object of no bytes fits the last 16 of a collection of 4096.
TEST(HeapConditions, TheLastObjectMayBeAHeaderAlone) {
  for (const std::size_t length : {4040UZ, 4048UZ, 4049UZ, 4056UZ}) {
    Group root;
    root.make_group("a").name_attribute = std::string(length, 'n');
    root.make_group("b").name_attribute = "";
    const auto file = write(root);
    const auto again = read(file);
    ASSERT_TRUE(again) << length << ": " << again.error().text();
    EXPECT_EQ(*again, root) << length;
  }
}

TEST(HeapConditions, NamesAreInTheMapWithTheirNul) {
  const Patient file = four();
  std::string names;
  for (const Extent& extent : file.map) {
    if (extent.structure != link_name) continue;
    names.append(reinterpret_cast<const char*>(file.bytes.data()) + extent.offset, extent.length);
  }
  EXPECT_EQ(names, std::string("0\0001\0002\0003\0vars\0", 13));
}

TEST(HeapConditions, BoundariesAreThoseOfTheMap) {
  const Patient file = four();
  const auto boundaries = structure_boundaries(file.bytes);
  std::vector<bool> is_one(file.bytes.size() + 1);
  for (const Extent& extent : file.map) is_one[extent.offset] = is_one[extent.offset + extent.length] = true;
  std::vector<std::size_t> expected;
  for (std::size_t at = 0; at < is_one.size(); ++at) {
    if (is_one[at]) expected.push_back(at);
  }
  EXPECT_EQ(boundaries, expected);
}

// A group, and one message of a dataset in the place of its attribute.
TEST(HeapConditions, AGroupHasNothingOfADataset) {
  for (const Structure structure : {dataspace_message, datatype_message, layout_message}) {
    Patient file = four();
    const u64 attribute = file.at(attribute_message, kVars);
    const u64 message = file.at(structure, "/vars/0");
    const auto size = static_cast<u64>(file.get<u16>(message + 2)) + 8;
    const auto room = static_cast<u64>(file.get<u16>(attribute + 2)) + 8;
    file.copy(message, attribute, size);
    // A NIL message takes the rest.
    file.set<u64>(attribute + size, (room - size - 8) << 16);
    file.set<u16>(file.at(object_header, kVars) + 2, 3);
    EXPECT_EQ(said_of(file), "expected a group or a dataset, found the messages of both") << name_of(structure);
  }
}

}  // namespace
}  // namespace revive::hdf5
