// The links of an old-style group: a B-tree of symbol table nodes whose names lie in a local heap. Internal to the
// reader.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "revive/serializer/hdf5/context.h"

namespace revive::hdf5 {

// The two addresses in a group's symbol table message, and in a symbol table entry that caches them.
struct SymbolTable {
  std::uint64_t btree = 0;
  std::uint64_t heap = 0;

  friend bool operator==(const SymbolTable&, const SymbolTable&) = default;
};

// One entry of a symbol table node; also how the superblock points to the root group.
struct SymbolTableEntry {
  std::uint64_t name_offset = 0;
  std::uint64_t header_address = 0;
  std::uint32_t cache_type = 0;
  // For cache_type 1.
  SymbolTable cached;
  // In the file's bytes.
  std::string_view name;
};

SymbolTableEntry read_symbol_table_entry(Cursor& cursor);

// The links in order, all checked: hard links, names allowed, unique and sorted, every level of the tree and its
// keys in agreement with them.
bool read_links(ReadContext& context, const SymbolTable& table, std::vector<SymbolTableEntry>& out);

}  // namespace revive::hdf5
