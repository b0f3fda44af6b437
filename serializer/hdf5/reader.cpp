#include <fmt/format.h>

#include <algorithm>

#include "revive/serializer/hdf5/context.h"
#include "revive/serializer/hdf5/format.h"
#include "revive/serializer/hdf5/global_heap.h"
#include "revive/serializer/hdf5/hdf5.h"
#include "revive/serializer/hdf5/object_header.h"
#include "revive/serializer/hdf5/structure.h"
#include "revive/serializer/hdf5/symbol_table.h"

namespace revive::hdf5 {
namespace {

class TreeReader {
 public:
  explicit TreeReader(ReadContext& context) : context_(context), strings_(context) {}

  bool read(Group& out) {
    SymbolTableEntry root;
    Object object;
    if (!superblock(root)) return false;
    context_.set_root(root.header_address);
    if (!this->object(root, 0, object)) return false;
    if (!std::holds_alternative<Group>(object)) {
      return context_.refuse(ErrorCode::hdf5_structure, "expected the root to be a group, found a dataset");
    }
    if (!context_.claims_are_disjoint()) return false;
    out = std::move(std::get<Group>(object));
    return true;
  }

 private:
  bool superblock(SymbolTableEntry& root) {
    const auto file = context_.file();
    Cursor start(file, 0, file.size());
    if (!start.matches(kSuperblockSignature)) {
      return context_.refuse_at(0, ErrorCode::hdf5_signature, "expected the HDF5 signature");
    }
    if (const std::uint8_t version = start.u8(); version != 0) {
      return context_.refuse_at(kSuperblockSignature.size(), ErrorCode::hdf5_unsupported,
                                fmt::format("expected a superblock of version 0, found version {}", version));
    }
    Cursor cursor;
    if (!context_.claim(Structure::superblock, 0, kSuperblockSize, cursor)) return false;
    cursor.skip(kSuperblockSignature.size() + 1);
    const std::uint8_t free_space_version = cursor.u8();
    const std::uint8_t root_version = cursor.u8();
    cursor.skip(1);
    const std::uint8_t shared_version = cursor.u8();
    if (free_space_version != 0 || root_version != 0 || shared_version != 0) {
      return context_.refuse_at(9, ErrorCode::hdf5_unsupported, "expected superblock parts of version 0");
    }
    const std::uint8_t offset_size = cursor.u8();
    const std::uint8_t length_size = cursor.u8();
    if (offset_size != 8 || length_size != 8) {
      return context_.refuse_at(
          13, ErrorCode::hdf5_unsupported,
          fmt::format("expected offsets and lengths of 8 bytes, found {} and {}", offset_size, length_size));
    }
    cursor.skip(1);
    const std::uint16_t leaf_k = cursor.u16();
    const std::uint16_t internal_k = cursor.u16();
    if (leaf_k != kGroupLeafK || internal_k != kGroupInternalK) {
      return context_.refuse_at(16, ErrorCode::hdf5_unsupported,
                                fmt::format("expected group K values of {} and {}, found {} and {}", kGroupLeafK,
                                            kGroupInternalK, leaf_k, internal_k));
    }
    // Libraries set bits here to say that a file is being written; Keras closes its files.
    if (const std::uint32_t flags = cursor.u32(); flags != 0) {
      return context_.refuse_at(20, ErrorCode::hdf5_unsupported,
                                fmt::format("expected a closed file without flags, found {:#x}", flags));
    }
    if (cursor.u64() != 0) return context_.refuse_at(24, ErrorCode::hdf5_unsupported, "expected the base address 0");
    if (cursor.u64() != kUndefinedAddress) {
      return context_.refuse_at(32, ErrorCode::hdf5_unsupported, "expected no free-space information");
    }
    if (const std::uint64_t end = cursor.u64(); end != file.size()) {
      return context_.refuse_at(kSuperblockEndOfFileOffset, ErrorCode::hdf5_out_of_bounds,
                                fmt::format("expected a file of {} bytes, found {}", end, file.size()));
    }
    if (cursor.u64() != kUndefinedAddress) {
      return context_.refuse_at(48, ErrorCode::hdf5_unsupported, "expected no driver information");
    }
    context_.note(Structure::symbol_table_entry, cursor.position(), kSymbolTableEntrySize);
    root = read_symbol_table_entry(cursor);
    if (root.cache_type > kCacheGroup) {
      return context_.refuse_at(72, ErrorCode::hdf5_structure, "expected the root's cache type to be 0 or 1");
    }
    return true;
  }

  bool object(const SymbolTableEntry& entry, std::uint64_t depth, Object& out) {
    ObjectHeader header;
    if (!read_object_header(context_, strings_, entry.header_address, header)) return false;
    const bool has_data = header.dims || header.dtype || header.data;
    if (header.symbol_table && has_data) {
      return context_.refuse(ErrorCode::hdf5_structure, "expected a group or a dataset, found the messages of both");
    }
    if (entry.cache_type == kCacheGroup && header.symbol_table != entry.cached) {
      return context_.refuse(ErrorCode::hdf5_structure,
                             "expected the symbol table that the link to the group has cached");
    }
    if (header.symbol_table) return group(header, depth, out.emplace<Group>());
    if (header.dims && header.dtype && header.data) return dataset(header, out.emplace<Dataset>());
    if (header.dtype && !header.dims && !header.data) {
      return context_.refuse(ErrorCode::hdf5_unsupported, "expected a group or a dataset, found a committed datatype");
    }
    return context_.refuse(ErrorCode::hdf5_structure,
                           "expected a group's symbol table or a dataset's dataspace, datatype and layout");
  }

  bool group(ObjectHeader& header, std::uint64_t depth, Group& out) {
    if (depth > context_.limits().hdf5_depth) {
      return context_.refuse(ErrorCode::limit_exceeded,
                             fmt::format("expected at most {} nested groups", context_.limits().hdf5_depth));
    }
    if (header.attribute) {
      if (header.attribute->name != kNameAttribute) return unknown_attribute(*header.attribute);
      out.name_attribute = std::move(header.attribute->value);
    }
    std::vector<SymbolTableEntry> links;
    if (!read_links(context_, *header.symbol_table, links)) return false;
    for (const SymbolTableEntry& link : links) {
      if (!context_.enter(link.name, link.header_address)) return false;
      const auto at = out.links.emplace_hint(out.links.end(), std::string(link.name), Object());
      if (!object(link, depth + 1, at->second)) return false;
      context_.leave();
    }
    return true;
  }

  bool dataset(ObjectHeader& header, Dataset& out) {
    const bool says_bfloat16 = header.attribute && header.attribute->name == kDtypeAttribute &&
                               header.attribute->value == name_of(DType::bfloat16);
    if (header.attribute && !says_bfloat16) return unknown_attribute(*header.attribute);
    if (says_bfloat16 != (*header.dtype == DType::bfloat16)) {
      return context_.refuse(ErrorCode::hdf5_unsupported,
                             says_bfloat16 ? "expected bfloat16 to be stored as an opaque type of two bytes"
                                           : "expected an opaque type to be called bfloat16 by an attribute");
    }
    const auto count = element_count(*header.dims);
    const std::uint64_t item = size_of(*header.dtype);
    const std::uint64_t size = header.data->size;
    if (!count || size % item != 0 || size / item != static_cast<std::uint64_t>(*count)) {
      return context_.refuse(ErrorCode::hdf5_structure,
                             fmt::format("expected as many bytes as a {} of shape {} has, found {}",
                                         name_of(*header.dtype), to_string(*header.dims), size));
    }
    if (size == 0) {
      if (header.data->address != kUndefinedAddress) {
        return context_.refuse(ErrorCode::hdf5_structure, "expected no address for data of no bytes");
      }
    } else {
      if (header.data->address == kUndefinedAddress) {
        return context_.refuse(ErrorCode::hdf5_unsupported, "expected data, found a dataset that was never written");
      }
      Cursor cursor;
      if (!context_.claim(Structure::raw_data, header.data->address, size, cursor)) return false;
      out.bytes = cursor.bytes(size);
    }
    out.dtype = *header.dtype;
    out.dims = std::move(*header.dims);
    return true;
  }

  bool unknown_attribute(const Attribute& attribute) {
    return context_.refuse(
        ErrorCode::hdf5_unsupported,
        fmt::format("expected no attribute but a group's 'name' and bfloat16's 'dtype', found '{}'", attribute.name));
  }

  ReadContext& context_;
  GlobalHeap strings_;
};

}  // namespace

Result<Group> read(std::span<const std::byte> file, const Limits& limits) {
  ReadContext context(file, limits);
  Group root;
  if (!TreeReader(context).read(root)) return std::unexpected(context.error());
  return root;
}

std::vector<Extent> structure_map(std::span<const std::byte> file, const Limits& limits) {
  ReadContext context(file, limits);
  context.keep_notes();
  Group root;
  TreeReader(context).read(root);
  return context.extents();
}

std::vector<std::size_t> structure_boundaries(std::span<const std::byte> file) {
  std::vector<std::size_t> boundaries;
  for (const Extent& extent : structure_map(file)) {
    boundaries.push_back(static_cast<std::size_t>(extent.offset));
    boundaries.push_back(static_cast<std::size_t>(extent.offset + extent.length));
  }
  std::ranges::sort(boundaries);
  const auto repeated = std::ranges::unique(boundaries);
  boundaries.erase(repeated.begin(), repeated.end());
  return boundaries;
}

}  // namespace revive::hdf5
