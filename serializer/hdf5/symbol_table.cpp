#include "revive/serializer/hdf5/symbol_table.h"

#include <array>

#include <fmt/format.h>

#include "revive/serializer/hdf5/format.h"
#include "revive/serializer/hdf5/local_heap.h"

namespace revive::hdf5 {
namespace {

// A tree of this many levels, half full as libhdf5 keeps it, holds 16^7 nodes of links.
constexpr std::size_t kMaxLevels = 8;

class LinkReader {
 public:
  LinkReader(ReadContext& context, std::vector<SymbolTableEntry>& out) : context_(context), heap_(context), out_(out) {}

  bool read(const SymbolTable& table) {
    if (!heap_.open(table.heap) || !root(table.btree)) return false;
    for (const std::uint64_t right : right_siblings_) {
      if (right != kUndefinedAddress) return refuse(table.btree, "no sibling to the right of the last node");
    }
    return heap_.names_are_disjoint();
  }

 private:
  struct Keys {
    std::uint64_t left = 0;
    std::uint64_t right = 0;
  };

  bool refuse(std::uint64_t address, std::string_view expected) {
    return context_.refuse(ErrorCode::hdf5_structure,
                           fmt::format("expected {} in the group's B-tree at {:#x}", expected, address));
  }

  bool root(std::uint64_t address) {
    left_siblings_.fill(kUndefinedAddress);
    right_siblings_.fill(kUndefinedAddress);
    return node(address, std::nullopt, nullptr);
  }

  // `level` and `keys` are what the parent says; the root has none.
  bool node(std::uint64_t address, std::optional<std::size_t> level, const Keys* keys) {
    Cursor cursor;
    if (!context_.claim(Structure::btree_node, address, kBtreeNodeSize, cursor)) return false;
    if (!cursor.matches(kBtreeSignature)) return refuse(address, "the signature TREE");
    if (cursor.u8() != 0) return refuse(address, "node type 0");
    const std::size_t own_level = cursor.u8();
    if (level ? own_level != *level : own_level >= kMaxLevels) {
      return refuse(address, level ? fmt::format("level {}", *level) : fmt::format("at most {} levels", kMaxLevels));
    }
    const std::size_t children = cursor.u16();
    if (children > kBtreeChildren) return refuse(address, fmt::format("at most {} children", kBtreeChildren));
    if (children == 0 && (level || own_level != 0)) return refuse(address, "a child in every node but an empty root");
    if (!siblings(address, own_level, cursor)) return false;

    Keys child_keys;
    child_keys.left = cursor.u64();
    if (keys != nullptr && child_keys.left != keys->left) return refuse(address, "the left key of its parent");
    for (std::size_t i = 0; i < children; ++i) {
      const std::uint64_t child = cursor.u64();
      child_keys.right = cursor.u64();
      const bool read = own_level == 0 ? symbol_table_node(child, child_keys) : node(child, own_level - 1, &child_keys);
      if (!read) return false;
      child_keys.left = child_keys.right;
    }
    if (keys != nullptr && child_keys.left != keys->right) return refuse(address, "the right key of its parent");
    return true;
  }

  // The nodes of a level are a doubly linked list, which has to name the nodes that the tree has.
  bool siblings(std::uint64_t address, std::size_t level, Cursor& cursor) {
    const std::uint64_t left = cursor.u64();
    const std::uint64_t right = cursor.u64();
    const bool first = left_siblings_[level] == kUndefinedAddress;
    if (left != left_siblings_[level] || (!first && right_siblings_[level] != address)) {
      return refuse(address, "siblings that are its neighbours");
    }
    left_siblings_[level] = address;
    right_siblings_[level] = right;
    return true;
  }

  bool symbol_table_node(std::uint64_t address, const Keys& keys) {
    Cursor cursor;
    if (!context_.claim(Structure::symbol_table_node, address, kSymbolTableNodeSize, cursor)) return false;
    if (!cursor.matches(kSymbolTableNodeSignature)) return refuse(address, "the signature SNOD");
    if (cursor.u8() != 1) return refuse(address, "version 1");
    cursor.skip(1);
    const std::size_t count = cursor.u16();
    if (count == 0 || count > kNodeEntries) return refuse(address, fmt::format("1 to {} links", kNodeEntries));

    std::string_view left;
    std::string_view right;
    if (!heap_.name(keys.left, left) || !heap_.name(keys.right, right)) return false;
    for (std::size_t i = 0; i < count; ++i) {
      context_.note(Structure::symbol_table_entry, cursor.position(), kSymbolTableEntrySize);
      auto entry = read_symbol_table_entry(cursor);
      if (!heap_.take_name(entry.name_offset, entry.name)) return false;
      if (entry.cache_type == kCacheSoftLink) {
        return context_.refuse(ErrorCode::hdf5_unsupported,
                               fmt::format("expected hard links, found the soft link '{}'", entry.name));
      }
      if (entry.cache_type > kCacheSoftLink) return refuse(address, "a cache type of 0, 1 or 2");
      if (!out_.empty() && out_.back().name >= entry.name)
        return refuse(address, "unique names in order of their bytes");
      if (entry.name <= left || entry.name > right) return refuse(address, "keys that enclose the names");
      out_.push_back(entry);
    }
    return true;
  }

  ReadContext& context_;
  LocalHeap heap_;
  std::vector<SymbolTableEntry>& out_;
  // Of each level, the last node met and what it names as its right sibling.
  std::array<std::uint64_t, kMaxLevels> left_siblings_{};
  std::array<std::uint64_t, kMaxLevels> right_siblings_{};
};

}  // namespace

SymbolTableEntry read_symbol_table_entry(Cursor& cursor) {
  SymbolTableEntry entry;
  entry.name_offset = cursor.u64();
  entry.header_address = cursor.u64();
  entry.cache_type = cursor.u32();
  cursor.skip(4);
  entry.cached.btree = cursor.u64();
  entry.cached.heap = cursor.u64();
  return entry;
}

bool read_links(ReadContext& context, const SymbolTable& table, std::vector<SymbolTableEntry>& out) {
  return LinkReader(context, out).read(table);
}

}  // namespace revive::hdf5
