// Where the structures of an HDF5 file lie: for mutators that aim, and for tests that cut at every boundary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/limits.h"

namespace revive::hdf5 {

// X(enumerator, name). Those up to raw_data never overlap in a file that is read; the rest lie inside one of them.
#define REVIVE_HDF5_STRUCTURES(X)                           \
  X(superblock, "superblock")                               \
  X(object_header, "object header")                         \
  X(continuation_block, "object header continuation")       \
  X(btree_node, "B-tree node")                              \
  X(symbol_table_node, "symbol table node")                 \
  X(local_heap, "local heap")                               \
  X(local_heap_data, "local heap data")                     \
  X(global_heap_collection, "global heap collection")       \
  X(raw_data, "raw data")                                   \
  X(nil_message, "NIL message")                             \
  X(dataspace_message, "dataspace message")                 \
  X(datatype_message, "datatype message")                   \
  X(fill_value_message, "fill value message")               \
  X(layout_message, "data layout message")                  \
  X(attribute_message, "attribute message")                 \
  X(continuation_message, "continuation message")           \
  X(symbol_table_message, "symbol table message")           \
  X(modification_time_message, "modification time message") \
  X(symbol_table_entry, "symbol table entry")               \
  X(link_name, "link name")                                 \
  X(global_heap_object, "global heap object")

enum class Structure : std::uint8_t {
#define REVIVE_HDF5_STRUCTURE_ENUMERATOR(id, name) id,
  REVIVE_HDF5_STRUCTURES(REVIVE_HDF5_STRUCTURE_ENUMERATOR)
#undef REVIVE_HDF5_STRUCTURE_ENUMERATOR
};

std::string_view name_of(Structure structure);

struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  Structure structure = Structure::superblock;
  // The object it belongs to ("/layers/dense/vars/0"); of a shared structure, the first object that led to it.
  std::string path;

  friend bool operator==(const Extent&, const Extent&) = default;
};

// In order of offset, an outer structure before those inside it. Of a file that is refused, what was found before the
// refusal. A message's extent starts at its 8-byte header.
std::vector<Extent> structure_map(std::span<const std::byte> file, const Limits& limits = {});

// Where these begin and end, ascending, each offset once.
std::vector<std::size_t> structure_boundaries(std::span<const std::byte> file);

}  // namespace revive::hdf5
