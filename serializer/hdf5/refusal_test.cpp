// One entry per check of the reader: a valid file, one structure of it changed, the refusal it must get.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <functional>
#include <ostream>
#include <string>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/hdf5/hdf5.h"
#include "revive/serializer/hdf5/testing.h"

namespace revive::hdf5 {
namespace {

constexpr std::array<std::byte, 32> kWeights{};

// /layers (two groups of arrays and an empty one), /optimizer (300 scalars: a B-tree of two levels), /vars.
Group tree() {
  Group root;
  root.make_group("vars").name_attribute = "model";
  root.make_group("layers/dense/vars").name_attribute = "dense";
  root.put("layers/dense/vars/0", {DType::float32, {2, 3}, std::span(kWeights).first(24)});
  root.put("layers/dense/vars/1", {DType::float32, {3}, std::span(kWeights).first(12)});
  root.put("layers/dense/vars/2", {DType::bfloat16, {3}, std::span(kWeights).first(6)});
  root.put("layers/dense/vars/3", {DType::float32, {0, 3}, {}});
  root.make_group("layers/empty");
  for (int i = 0; i < 300; ++i) {
    root.put("optimizer/" + std::to_string(1000 + i), {DType::int8, {}, std::span(kWeights).first(1)});
  }
  return root;
}

constexpr std::string_view kKernel = "/layers/dense/vars/0";
constexpr std::string_view kBfloat16 = "/layers/dense/vars/2";
constexpr std::string_view kNothing = "/layers/dense/vars/3";
constexpr std::string_view kVars = "/layers/dense/vars";
constexpr std::string_view kOptimizer = "/optimizer";

using namespace testing;
using enum Structure;
using enum ErrorCode;

// Appends a block with one NIL message of 8 bytes; the object's own NIL message becomes a link to it and a rest.
// Keras' files have such blocks where an attribute came later; ours do not need them.
std::uint64_t continue_header(Patient& file, std::string_view path) {
  const auto nil = file.at(nil_message, path);
  const auto size = file.get<u16>(nil + 2);
  const u64 block = file.bytes.size();
  file.bytes.resize(block + 16);
  file.set<u16>(block + 2, 8);
  file.set<u64>(40, file.bytes.size());
  file.set<u16>(nil, 0x10);
  file.set<u16>(nil + 2, 16);
  file.set<u64>(nil + 8, block);
  file.set<u64>(nil + 16, 16);
  file.set<u16>(nil + 24 + 2, static_cast<u16>(size - 24));
  file.set<u16>(file.at(object_header, path) + 2, 7);
  return nil;
}

struct Refusal {
  std::string name;
  ErrorCode code;
  // Part of the message, so that the refusal is for the reason the entry is about.
  std::string reason;
  std::function<void(Patient&)> harm;

  friend void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }
};

template <typename T>
auto set(Structure structure, std::string_view path, std::uint64_t offset, T value, std::size_t nth = 0) {
  return [=](Patient& file) { file.set<T>(file.at(structure, path, nth) + offset, value); };
}

const std::vector<Refusal>& refusals() {
  static const std::vector<Refusal> kRefusals = {
      {"Signature", hdf5_signature, "signature", set<u8>(superblock, "/", 1, 'h')},
      {"Superblock2", hdf5_unsupported, "version 2", set<u8>(superblock, "/", 8, 2)},
      {"FreeSpaceVersion", hdf5_unsupported, "version 0", set<u8>(superblock, "/", 9, 1)},
      {"RootVersion", hdf5_unsupported, "version 0", set<u8>(superblock, "/", 10, 1)},
      {"SharedHeaderVersion", hdf5_unsupported, "version 0", set<u8>(superblock, "/", 12, 1)},
      {"OffsetSize", hdf5_unsupported, "8 bytes", set<u8>(superblock, "/", 13, 4)},
      {"LengthSize", hdf5_unsupported, "8 bytes", set<u8>(superblock, "/", 14, 4)},
      {"LeafK", hdf5_unsupported, "K values", set<u16>(superblock, "/", 16, 8)},
      {"InternalK", hdf5_unsupported, "K values", set<u16>(superblock, "/", 18, 8)},
      {"ConsistencyFlags", hdf5_unsupported, "flags", set<u32>(superblock, "/", 20, 1)},
      {"UserBlock", hdf5_unsupported, "base address", set<u64>(superblock, "/", 24, 512)},
      {"FreeSpaceInformation", hdf5_unsupported, "free-space", set<u64>(superblock, "/", 32, 96)},
      {"EndOfFileTooFar", hdf5_out_of_bounds, "found", set<u64>(superblock, "/", 40, 1 << 30)},
      {"EndOfFileTooNear", hdf5_out_of_bounds, "found", set<u64>(superblock, "/", 40, 96)},
      {"TrailingByte", hdf5_out_of_bounds, "found", [](Patient& file) { file.bytes.push_back({}); }},
      {"DriverInformation", hdf5_unsupported, "driver", set<u64>(superblock, "/", 48, 96)},
      {"RootSoftLink", hdf5_structure, "cache type", set<u32>(superblock, "/", 72, 2)},
      {"RootCachedTree", hdf5_structure, "cached", set<u64>(superblock, "/", 80, 96)},
      {"RootIsADataset", hdf5_structure, "root to be a group",
       [](Patient& file) {
         file.set<u64>(64, file.at(object_header, kKernel));
         file.set<u32>(72, 0);
       }},

      {"HeaderOutside", hdf5_out_of_bounds, "object header", set<u64>(superblock, "/", 64, 1 << 30)},
      {"HeaderAtTheEnd", hdf5_out_of_bounds, "object header",
       [](Patient& file) { file.set<u64>(64, file.bytes.size() - 15); }},
      {"HeaderAddressOverflows", hdf5_out_of_bounds, "object header", set<u64>(superblock, "/", 64, ~u64{0} - 8)},
      {"HeaderVersion", hdf5_structure, "version 1, found 3", set<u8>(object_header, kKernel, 0, 3)},
      {"HeaderVersion2", hdf5_unsupported, "version 2", set<u8>(object_header, kKernel, 0, 'O')},
      {"HeaderReferenceCount", hdf5_structure, "count of 2", set<u32>(object_header, kKernel, 4, 2)},
      {"HeaderSize", hdf5_out_of_bounds, "object header", set<u32>(object_header, kKernel, 8, 1 << 30)},
      {"TooFewMessages", hdf5_structure, "header messages, found", set<u16>(object_header, kKernel, 2, 6)},
      {"TooManyMessages", hdf5_structure, "found more", set<u16>(object_header, kKernel, 2, 3)},
      {"MessageTooLong", hdf5_structure, "fill their block", set<u16>(dataspace_message, kKernel, 2, 512)},
      {"MessageNotPadded", hdf5_structure, "fill their block", set<u16>(nil_message, kKernel, 2, 17)},
      {"SharedMessage", hdf5_unsupported, "shared", set<u8>(datatype_message, kKernel, 4, 3)},
      {"MessageFlags", hdf5_unsupported, "flags", set<u8>(datatype_message, kKernel, 4, 8)},
      {"FilterPipeline", hdf5_unsupported, "filter", set<u16>(nil_message, kKernel, 0, 0x0B)},
      {"ExternalFiles", hdf5_unsupported, "external", set<u16>(nil_message, kKernel, 0, 0x07)},
      {"LinkMessage", hdf5_unsupported, "link", set<u16>(nil_message, kKernel, 0, 0x06)},
      {"UnknownMessage", hdf5_unsupported, "unknown", set<u16>(nil_message, kKernel, 0, 0x99)},
      {"GroupAndDataset", hdf5_structure, "both",
       [](Patient& file) {
         file.set<u16>(file.at(fill_value_message, kKernel), 0);
         file.set<u16>(file.at(datatype_message, kKernel), 0);
         const auto layout = file.at(layout_message, kKernel);
         file.set<u16>(layout, 0x11);
         file.set<u16>(layout + 2, 16);
         // What the shorter message leaves is an empty NIL message.
         file.set<u64>(layout + 24, 0);
         file.set<u16>(file.at(object_header, kKernel) + 2, 6);
       }},
      {"ContinuationOutside", hdf5_out_of_bounds, "continuation",
       [](Patient& file) { file.set<u64>(continue_header(file, kKernel) + 8, 1 << 30); }},
      {"ContinuationEmpty", hdf5_structure, "not empty",
       [](Patient& file) { file.set<u64>(continue_header(file, kKernel) + 16, 0); }},
      {"ContinuationIntoItself", hdf5_structure, "found more",
       [](Patient& file) {
         const auto message = continue_header(file, kKernel);
         file.set<u64>(message + 8, message);
         file.set<u64>(message + 16, 24);
       }},
      {"ContinuationIntoAnother", hdf5_shared_bytes, "object header continuation",
       [](Patient& file) {
         const auto first = continue_header(file, kKernel);
         const auto second = continue_header(file, "/layers/dense/vars/1");
         file.copy(first + 8, second + 8, 8);
       }},
      {"ContinuationTooLong", hdf5_structure, "16 bytes",
       [](Patient& file) { file.set<u16>(continue_header(file, kKernel) + 2, 24); }},
      {"ModificationTimeVersion", hdf5_unsupported, "modification time", set<u16>(nil_message, kKernel, 0, 0x12)},
      {"CommittedDatatype", hdf5_unsupported, "committed",
       [](Patient& file) {
         file.set<u16>(file.at(dataspace_message, kKernel), 0);
         file.set<u16>(file.at(layout_message, kKernel), 0);
       }},
      {"NoDatatype", hdf5_structure, "dataspace, datatype and layout", set<u16>(datatype_message, kKernel, 0, 0)},

      {"DataspaceTwice", hdf5_structure, "one dataspace", set<u16>(nil_message, kKernel, 0, 1)},
      {"DatatypeTwice", hdf5_structure, "one datatype", set<u16>(nil_message, kKernel, 0, 3)},
      {"FillValueTwice", hdf5_structure, "one fill value", set<u16>(nil_message, kKernel, 0, 5)},
      {"LayoutTwice", hdf5_structure, "one data layout", set<u16>(nil_message, kKernel, 0, 8)},
      {"SymbolTableTwice", hdf5_structure, "one symbol table",
       [](Patient& file) {
         const auto table = file.at(symbol_table_message, kVars);
         file.copy(table, table + 24, 24);
         // The attribute was 72 bytes long: a NIL message takes the rest.
         file.set<u64>(table + 48, u64{40} << 16);
         file.set<u16>(file.at(object_header, kVars) + 2, 3);
       }},
      {"DataspaceVersion", hdf5_unsupported, "dataspace of version 2", set<u8>(dataspace_message, kKernel, 8, 2)},
      {"DataspacePermutation", hdf5_unsupported, "permuted", set<u8>(dataspace_message, kKernel, 10, 3)},
      {"DataspaceRank", hdf5_structure, "for 3 dims", set<u8>(dataspace_message, kKernel, 9, 3)},
      {"DataspaceRank33", limit_exceeded, "32 dims", set<u8>(dataspace_message, kKernel, 9, 33)},
      {"DataspaceNoMaximum", hdf5_structure, "for 2 dims", set<u8>(dataspace_message, kKernel, 10, 0)},
      {"DimNegative", hdf5_structure, "2^63", set<u64>(dataspace_message, kKernel, 16, ~u64{0})},
      {"DimUnlimited", hdf5_unsupported, "grow", set<u64>(dataspace_message, kKernel, 32, ~u64{0})},
      {"DimsOverflow", hdf5_structure, "as many bytes",
       [](Patient& file) {
         const auto dims = file.at(dataspace_message, kKernel) + 16;
         for (int i = 0; i < 4; ++i) file.set<u64>(dims + 8 * static_cast<u64>(i), u64{1} << 32);
       }},
      {"DimsDisagreeWithSize", hdf5_structure, "as many bytes",
       [](Patient& file) {
         const auto dims = file.at(dataspace_message, kKernel) + 16;
         file.set<u64>(dims, 3);
         file.set<u64>(dims + 16, 3);
       }},

      {"BigEndian", hdf5_unsupported, "big-endian float", set<u8>(datatype_message, kKernel, 9, 0x21)},
      {"BigEndianInteger", hdf5_unsupported, "big-endian integer", set<u8>(datatype_message, "/optimizer/1000", 9, 9)},
      {"OddFloat", hdf5_unsupported, "unusual", set<u8>(datatype_message, kKernel, 21, 7)},
      {"DatatypeVersion", hdf5_unsupported, "datatype of version 3", set<u8>(datatype_message, kKernel, 8, 0x31)},
      {"Compound", hdf5_unsupported, "compound", set<u8>(datatype_message, kKernel, 8, 0x16)},
      {"Reference", hdf5_unsupported, "reference", set<u8>(datatype_message, kKernel, 8, 0x17)},
      {"FixedString", hdf5_unsupported, "string", set<u8>(datatype_message, kKernel, 8, 0x13)},
      {"OpaqueOfFourBytes", hdf5_unsupported, "opaque", set<u32>(datatype_message, kBfloat16, 12, 4)},
      {"OpaqueWithoutAttribute", hdf5_unsupported, "called bfloat16", set<u16>(attribute_message, kBfloat16, 0, 0)},

      {"FillValueVersion", hdf5_unsupported, "fill value of version 3", set<u8>(fill_value_message, kKernel, 8, 3)},
      {"FillValueAllocation", hdf5_structure, "times", set<u8>(fill_value_message, kKernel, 9, 4)},
      {"FillValueWriteTime", hdf5_structure, "times", set<u8>(fill_value_message, kKernel, 10, 3)},
      {"FillValueOwn", hdf5_unsupported, "of its own", set<u32>(fill_value_message, kKernel, 12, 4)},

      {"LayoutVersion", hdf5_unsupported, "layout of version 4", set<u8>(layout_message, kKernel, 8, 4)},
      {"Compact", hdf5_unsupported, "compact", set<u8>(layout_message, kKernel, 9, 0)},
      {"Chunked", hdf5_unsupported, "chunked", set<u8>(layout_message, kKernel, 9, 2)},
      {"Virtual", hdf5_unsupported, "unknown data layout", set<u8>(layout_message, kKernel, 9, 3)},
      {"DataOutside", hdf5_out_of_bounds, "raw data", set<u64>(layout_message, kKernel, 10, 1 << 30)},
      {"DataAddressOverflows", hdf5_out_of_bounds, "raw data", set<u64>(layout_message, kKernel, 10, ~u64{0} - 4)},
      {"DataSize", hdf5_structure, "as many bytes", set<u64>(layout_message, kKernel, 18, 28)},
      {"DataSizeUneven", hdf5_structure, "as many bytes", set<u64>(layout_message, kKernel, 18, 25)},
      {"DataNeverWritten", hdf5_unsupported, "never written", set<u64>(layout_message, kKernel, 10, ~u64{0})},
      {"NoDataHasAnAddress", hdf5_structure, "no address", set<u64>(layout_message, kNothing, 10, 96)},
      {"DataInsideAStructure", hdf5_shared_bytes, "share no bytes", set<u64>(layout_message, kKernel, 10, 90)},
      {"DataInsideOtherData", hdf5_shared_bytes, "raw data",
       [](Patient& file) {
         file.set<u64>(file.at(layout_message, "/layers/dense/vars/1") + 10, file.at(raw_data, kKernel) + 4);
       }},

      {"MoreDataThanTheFileHolds", hdf5_shared_bytes, "found more in them than in the file",
       [](Patient& file) {
         file.bytes.resize(file.bytes.size() + 8 - file.bytes.size() % 8);
         const u64 size = file.bytes.size();
         file.set<u64>(40, size);
         for (const u64 at : {u64{16}, u64{32}}) {
           file.set<u64>(file.at(dataspace_message, kKernel) + at, size / 4);
           file.set<u64>(file.at(dataspace_message, kKernel) + at + 8, 1);
         }
         file.set<u64>(file.at(layout_message, kKernel) + 10, 0);
         file.set<u64>(file.at(layout_message, kKernel) + 18, size / 4 * 4);
       }},

      {"AttributeVersion", hdf5_unsupported, "attribute of version 3", set<u8>(attribute_message, kVars, 8, 3)},
      {"AttributeNameSize", hdf5_structure, "holds its name", set<u16>(attribute_message, kVars, 10, 4)},
      {"AttributeNameEmpty", hdf5_structure, "holds its name", set<u16>(attribute_message, kVars, 10, 0)},
      {"AttributeTooLong", hdf5_structure, "holds its name", set<u16>(attribute_message, kVars, 12, 2000)},
      {"AttributeUnknown", hdf5_unsupported, "found 'nome'", set<u8>(attribute_message, kVars, 17, 'o')},
      {"AttributeOfADataset", hdf5_unsupported, "found 'otype'", set<u8>(attribute_message, kBfloat16, 16, 'o')},
      {"AttributeNameNotUtf8", hdf5_structure, "UTF-8", set<u8>(attribute_message, kVars, 17, 0xFF)},
      {"AttributeAscii", hdf5_unsupported, "not a UTF-8 string", set<u8>(attribute_message, kVars, 26, 0)},
      {"AttributeArray", hdf5_unsupported, "scalar", set<u8>(attribute_message, kVars, 49, 1)},
      {"StringLength", hdf5_structure, "expected 4 bytes", set<u32>(attribute_message, kVars, 56, 4)},
      {"StringIndex", hdf5_structure, "found none", set<u32>(attribute_message, kVars, 68, 99)},
      {"StringCollectionOutside", hdf5_out_of_bounds, "global heap", set<u64>(attribute_message, kVars, 60, 1 << 30)},
      {"StringCollectionElsewhere", hdf5_structure, "GCOL", set<u64>(attribute_message, kVars, 60, 96)},
      {"StringShared", hdf5_shared_bytes, "second",
       [](Patient& file) {
         file.copy(file.at(attribute_message, kVars) + 56, file.at(attribute_message, "/vars") + 56, 16);
       }},
      {"StringNul", hdf5_structure, "without NUL", set<u8>(global_heap_object, kVars, 17, 0, 1)},
      {"StringNotUtf8", hdf5_structure, "UTF-8", set<u8>(global_heap_object, kVars, 17, 0x80, 1)},
      {"CollectionVersion", hdf5_structure, "version 1", set<u8>(global_heap_collection, kVars, 4, 2)},
      {"CollectionTooSmall", hdf5_structure, "4096", set<u64>(global_heap_collection, kVars, 8, 2048)},
      {"CollectionTooLarge", hdf5_out_of_bounds, "global heap", set<u64>(global_heap_collection, kVars, 8, 1 << 30)},
      {"HeapObjectTooLong", hdf5_structure, "end inside", set<u64>(global_heap_object, kVars, 8, 1 << 20)},
      {"HeapObjectTwice", hdf5_structure, "unique", set<u16>(global_heap_object, kVars, 0, 2)},
      {"HeapFreeInTheMiddle", hdf5_structure, "reaches to the end", set<u16>(global_heap_object, kVars, 0, 0)},

      {"HeapSignature", hdf5_structure, "HEAP", set<u8>(local_heap, kVars, 0, 'h')},
      {"HeapVersion", hdf5_structure, "version 0", set<u8>(local_heap, kVars, 4, 1)},
      {"HeapTooSmall", hdf5_structure, "empty name", set<u64>(local_heap, kVars, 8, 4)},
      {"HeapTooLarge", hdf5_out_of_bounds, "local heap data", set<u64>(local_heap, kVars, 8, 1 << 30)},
      {"HeapDataOutside", hdf5_out_of_bounds, "local heap data", set<u64>(local_heap, kVars, 24, ~u64{0})},
      {"HeapNoEmptyName", hdf5_structure, "offset 0", set<u8>(local_heap_data, kVars, 0, 'x')},
      {"FreeBlockOutside", hdf5_out_of_bounds, "free block", set<u64>(local_heap, kVars, 16, 80)},
      {"FreeBlockTooLong", hdf5_structure, "free blocks", set<u64>(local_heap_data, kVars, 48, 1000)},
      {"FreeBlockTooShort", hdf5_structure, "free blocks", set<u64>(local_heap_data, kVars, 48, 8)},
      {"FreeBlockCycle", hdf5_structure, "free blocks", set<u64>(local_heap_data, kVars, 40, 40)},
      {"FreeBlockOverName", hdf5_shared_bytes, "free blocks",
       [](Patient& file) {
         // The first name becomes the free block's link to no other; the second, "1", becomes its size.
         file.set<u64>(file.at(local_heap, kVars) + 16, 8);
         file.set<u8>(file.at(local_heap_data, kVars) + 8, 1);
       }},

      {"TreeOutside", hdf5_out_of_bounds, "B-tree node",
       [](Patient& file) {
         file.set<u64>(file.at(symbol_table_message, "/") + 8, 1 << 30);
         file.set<u64>(80, 1 << 30);
       }},
      {"TreeSignature", hdf5_structure, "TREE", set<u8>(btree_node, kVars, 0, 't')},
      {"TreeType", hdf5_structure, "type 0", set<u8>(btree_node, kVars, 4, 1)},
      {"TreeLevelOfARoot", hdf5_structure, "levels", set<u8>(btree_node, kOptimizer, 5, 200, 2)},
      {"TreeLevelOfAChild", hdf5_structure, "level 0", set<u8>(btree_node, kOptimizer, 5, 1)},
      {"TreeChildren", hdf5_structure, "at most 32", set<u16>(btree_node, kVars, 6, 33)},
      {"TreeNoChildren", hdf5_structure, "a child", set<u16>(btree_node, kOptimizer, 6, 0)},
      {"TreeLeftSibling", hdf5_structure, "neighbours", set<u64>(btree_node, kOptimizer, 8, 96, 1)},
      {"TreeRightSibling", hdf5_structure, "neighbours", set<u64>(btree_node, kOptimizer, 16, 96)},
      {"TreeLastRightSibling", hdf5_structure, "no sibling", set<u64>(btree_node, kOptimizer, 16, 96, 1)},
      {"TreeLeftKey", hdf5_structure, "left key", set<u64>(btree_node, kOptimizer, 24, 8)},
      {"TreeRightKey", hdf5_structure, "right key", set<u64>(btree_node, kOptimizer, 40, 8, 2)},
      {"TreeKeyTooSmall", hdf5_structure, "enclose", set<u64>(btree_node, kVars, 40, 8)},
      {"TreeKeyTooLarge", hdf5_structure, "enclose", set<u64>(btree_node, kVars, 24, 16)},
      {"TreeKeyOutside", hdf5_out_of_bounds, "local heap", set<u64>(btree_node, kVars, 40, 5000)},
      {"TreeChildTwice", hdf5_structure, "order",
       [](Patient& file) {
         const auto node = file.at(btree_node, kOptimizer);
         file.copy(node + 32, node + 48, 8);
       }},
      {"NodeSignature", hdf5_structure, "SNOD", set<u8>(symbol_table_node, kVars, 0, 's')},
      {"NodeVersion", hdf5_structure, "version 1", set<u8>(symbol_table_node, kVars, 4, 2)},
      {"NodeTooFull", hdf5_structure, "1 to 8", set<u16>(symbol_table_node, kVars, 6, 9)},
      {"NodeEmpty", hdf5_structure, "1 to 8", set<u16>(symbol_table_node, kVars, 6, 0)},

      {"NameOutside", hdf5_out_of_bounds, "name", set<u64>(symbol_table_entry, kVars, 0, 5000)},
      {"NameEmpty", hdf5_structure, "not empty", set<u64>(symbol_table_entry, kVars, 0, 0)},
      {"NameUnterminated", hdf5_out_of_bounds, "NUL",
       [](Patient& file) {
         const auto data = file.at(local_heap_data, kVars);
         for (u64 i = 32; i < 88; ++i) file.set<u8>(data + i, 'x');
         file.set<u64>(file.at(local_heap, kVars) + 16, 1);
       }},
      {"NameDot", hdf5_structure, "not \".\"", set<u8>(link_name, kVars, 0, '.')},
      {"NameSlash", hdf5_structure, "without '/'", set<u8>(link_name, kVars, 0, '/')},
      {"NameNotUtf8", hdf5_structure, "UTF-8", set<u8>(link_name, kVars, 0, 0xC3, 3)},
      {"NamesUnsorted", hdf5_structure, "order", set<u8>(link_name, kVars, 0, '2')},
      {"NamesEqual", hdf5_structure, "order", set<u8>(link_name, kVars, 0, '1')},
      {"NamesShareBytes", hdf5_shared_bytes, "share no bytes",
       [](Patient& file) {
         // The second name becomes a tail of the first.
         const auto data = file.at(local_heap_data, "/layers");
         std::memcpy(file.bytes.data() + data + 8, "dempty\0", 7);
         file.set<u64>(file.at(symbol_table_entry, "/layers", 1), 9);
         const auto node = file.at(btree_node, "/layers");
         file.set<u64>(node + 40, 9);
       }},
      {"SoftLink", hdf5_unsupported, "soft link '0'", set<u32>(symbol_table_entry, kVars, 16, 2)},
      {"CacheType", hdf5_structure, "cache type", set<u32>(symbol_table_entry, kVars, 16, 3)},
      {"CachedTree", hdf5_structure, "cached", set<u64>(symbol_table_entry, "/", 24, 96, 1)},
      {"CachedTreeOfADataset", hdf5_structure, "cached", set<u32>(symbol_table_entry, kVars, 16, 1)},
      {"LinkToTheRoot", hdf5_shared_bytes, "back to /",
       [](Patient& file) {
         file.set<u64>(file.at(symbol_table_entry, kVars) + 8, file.at(object_header, "/"));
       }},
      {"LinkToAnAncestor", hdf5_shared_bytes, "back to /layers/dense",
       [](Patient& file) {
         file.set<u64>(file.at(symbol_table_entry, kVars) + 8, file.at(object_header, "/layers/dense"));
       }},
      {"LinkToACousin", hdf5_shared_bytes, "object header",
       [](Patient& file) {
         file.copy(file.at(symbol_table_entry, kVars, 1) + 8, file.at(symbol_table_entry, kVars, 0) + 8, 32);
       }},
  };
  return kRefusals;
}

class Hdf5Refusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(Hdf5Refusal, HasItsCodeAndReason) {
  Patient file(write(tree()));
  ASSERT_TRUE(read(file.bytes));
  GetParam().harm(file);
  const auto result = read(file.bytes);
  ASSERT_FALSE(result);
  EXPECT_EQ(name_of(result.error().code), name_of(GetParam().code)) << result.error().text();
  EXPECT_NE(result.error().message.find(GetParam().reason), std::string::npos) << result.error().text();
  EXPECT_TRUE(result.error().place.starts_with("model.weights.h5: ")) << result.error().place;
  expect_recorded("serializer/hdf5/refusals.txt", GetParam().name, result.error().text());
}

INSTANTIATE_TEST_SUITE_P(All, Hdf5Refusal, ::testing::ValuesIn(refusals()),
                         [](const auto& entry) { return entry.param.name; });

TEST(Hdf5Refusals, DoNotMeetContinuationsAndModificationTimes) {
  Patient file(write(tree()));
  const auto message = continue_header(file, kKernel);
  const auto continued = read(file.bytes);
  ASSERT_TRUE(continued) << continued.error().text();
  EXPECT_EQ(*continued, tree());
  // The block's NIL message becomes a time, version 1.
  const auto block = file.get<u64>(message + 8);
  file.set<u16>(block, 0x12);
  file.set<u8>(block + 8, 1);
  const auto timed = read(file.bytes);
  ASSERT_TRUE(timed) << timed.error().text();
  EXPECT_EQ(*timed, tree());
}

TEST(Hdf5Refusals, NameTheObject) {
  Patient file(write(tree()));
  set<u8>(layout_message, kKernel, 9, 2)(file);
  EXPECT_EQ(read(file.bytes).error().text(),
            "model.weights.h5: /layers/dense/vars/0: expected what Keras writes, found chunked data");
}

TEST(Hdf5Refusals, GroupsNestAsDeepAsTheLimit) {
  const auto file = write(tree());
  Limits limits;
  limits.hdf5_depth = 3;
  EXPECT_TRUE(read(file, limits));
  limits.hdf5_depth = 2;
  const auto refused = read(file, limits);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, limit_exceeded);
  EXPECT_EQ(refused.error().message, "expected at most 2 nested groups");
}

// Each group is linked to twice: 2^40 paths if links were followed without a bound.
TEST(Hdf5Refusals, SharedGroupsAreNotFollowedForever) {
  Group root;
  std::string path;
  for (int i = 0; i < 40; ++i) {
    root.make_group(path + "a");
    root.make_group(path + "b");
    path += "a/";
  }
  Patient file(write(root));
  for (const Extent& extent : file.map) {
    if (extent.structure != symbol_table_node) continue;
    file.copy(extent.offset + 8 + 8, extent.offset + 8 + 40 + 8, 32);
  }
  EXPECT_EQ(read(file.bytes).error().code, hdf5_shared_bytes);
}

Group small_tree() {
  Group root;
  root.make_group("vars").name_attribute = "m";
  root.put("vars/0", {DType::float32, {2}, std::span(kWeights).first(8)});
  return root;
}

TEST(Hdf5Refusals, EveryTruncationIsRefused) {
  const auto file = write(small_tree());
  for (std::size_t size = 0; size < file.size(); ++size) {
    ASSERT_FALSE(read(std::span(file).first(size))) << size;
  }
}

// A cut with the end of the file told to match leaves structures that the reader itself has to miss.
TEST(Hdf5Refusals, EveryTruncationThatSaysSoIsRefused) {
  const auto whole = write(small_tree());
  for (std::size_t size = 96; size < whole.size(); ++size) {
    Patient file({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    file.set<u64>(40, size);
    ASSERT_FALSE(read(file.bytes)) << size;
  }
}

// What a byte can be changed to without a refusal is a tree that can be written again.
TEST(Hdf5Refusals, EveryByteMayChange) {
  const auto file = write(small_tree());
  std::size_t refused = 0;
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
      auto changed = file;
      changed[i] ^= static_cast<std::byte>(flip);
      const auto result = read(changed);
      refused += !result;
      if (!result) continue;
      const auto again = write(*result);
      const auto read_again = read(again);
      ASSERT_TRUE(read_again) << i;
      ASSERT_EQ(*read_again, *result) << i;
      structure_map(changed);
    }
  }
  EXPECT_GT(refused, 500U);
}

}  // namespace
}  // namespace revive::hdf5
