#include <algorithm>
#include <cstring>

#include "revive/serializer/hdf5/bytes.h"
#include "revive/serializer/hdf5/format.h"
#include "revive/serializer/hdf5/hdf5.h"

namespace revive::hdf5 {
namespace {

// With its NUL, padded.
constexpr std::uint64_t kAttributeNameSize = 8;
static_assert(padded_to_8(kNameAttribute.size() + 1) == kAttributeNameSize &&
              padded_to_8(kDtypeAttribute.size() + 1) == kAttributeNameSize);
constexpr std::uint64_t kStringAttributeData =
    8 + kAttributeNameSize + padded_to_8(20) + kScalarDataspaceSize + kStringReferenceSize;

// The strings of all attributes, in collections that stand one after the other.
class GlobalHeapWriter {
 public:
  struct Reference {
    // From the first collection.
    std::uint64_t collection;
    std::uint16_t index;
  };

  Reference add(std::string_view text) {
    const std::uint64_t size = kGlobalHeapObjectHeader + padded_to_8(text.size());
    if (size > end_ - sink_.position()) {
      close();
      open(std::max(kGlobalHeapMinimumSize, kGlobalHeapHeader + size));
    }
    ++last_index_;
    object_header(last_index_, text.size());
    sink_.text(text);
    sink_.zeros(padded_to_8(text.size()) - text.size());
    return {start_, last_index_};
  }

  // The collections; nothing more may be added.
  const std::vector<std::byte>& finish() {
    close();
    return bytes_;
  }

 private:
  void open(std::uint64_t size) {
    start_ = sink_.position();
    end_ = start_ + size;
    last_index_ = 0;
    sink_.text(kGlobalHeapSignature);
    sink_.u8(1);
    sink_.zeros(3);
    sink_.u64(size);
  }

  void close() {
    const std::uint64_t free = end_ - sink_.position();
    if (free >= kGlobalHeapObjectHeader) object_header(0, free);
    sink_.zeros_until(end_);
  }

  void object_header(std::uint16_t index, std::uint64_t size) {
    sink_.u16(index);
    sink_.zeros(6);
    sink_.u64(size);
  }

  std::vector<std::byte> bytes_;
  Sink sink_{bytes_};
  std::uint64_t start_ = 0;
  std::uint64_t end_ = 0;
  std::uint16_t last_index_ = 0;
};

// Everything but raw data. An object is written before the group that links to it, so that its address is known
// there; strings follow all objects, and raw data follows the strings, so their addresses are patched in.
class MetadataWriter {
 public:
  // The place of an address that is not known yet.
  struct DataAddress {
    std::uint64_t position;
    std::span<const std::byte> bytes;
  };

  explicit MetadataWriter(std::vector<std::byte>& out) : sink_(out) {}

  void write(const Group& root) {
    superblock();
    const LinkedObject object = group(root);
    sink_.patch_u64(kSuperblockSize - kSymbolTableEntrySize + 8, object.header);
    sink_.patch_u64(kSuperblockSize - 16, object.btree);
    sink_.patch_u64(kSuperblockSize - 8, object.heap);
    const std::uint64_t strings = sink_.position();
    sink_.bytes(global_heap_.finish());
    for (const auto& [position, collection] : string_addresses_) sink_.patch_u64(position, strings + collection);
  }

  const std::vector<DataAddress>& data() const { return data_; }
  void patch(std::uint64_t position, std::uint64_t value) { sink_.patch_u64(position, value); }

 private:
  struct LinkedObject {
    std::uint64_t header = 0;
    std::uint32_t cache_type = kCacheNothing;
    std::uint64_t btree = 0;
    std::uint64_t heap = 0;
  };
  struct Node {
    std::uint64_t address;
    // In the local heap.
    std::uint64_t last_name;
  };

  // With zeros for the end of the file and the root's addresses.
  void superblock() {
    sink_.text(kSuperblockSignature);
    sink_.zeros(5);
    sink_.u8(8);
    sink_.u8(8);
    sink_.zeros(1);
    sink_.u16(kGroupLeafK);
    sink_.u16(kGroupInternalK);
    sink_.zeros(4 + 8);
    sink_.u64(kUndefinedAddress);
    sink_.zeros(8);
    sink_.u64(kUndefinedAddress);
    symbol_table_entry(0, {.cache_type = kCacheGroup});
  }

  void symbol_table_entry(std::uint64_t name, const LinkedObject& object) {
    sink_.u64(name);
    sink_.u64(object.header);
    sink_.u32(object.cache_type);
    sink_.zeros(4);
    sink_.u64(object.btree);
    sink_.u64(object.heap);
  }

  LinkedObject group(const Group& group) {
    std::vector<LinkedObject> objects;
    objects.reserve(group.links.size());
    for (const auto& [name, object] : group.links) {
      const auto* dataset = std::get_if<Dataset>(&object);
      objects.push_back(dataset != nullptr ? this->dataset(*dataset) : this->group(std::get<Group>(object)));
    }
    LinkedObject result{.cache_type = kCacheGroup};
    std::vector<std::uint64_t> names;
    result.heap = local_heap(group.links, names);
    result.btree = btree(symbol_table_nodes(objects, names));
    result.header = sink_.position();
    const std::uint64_t attribute = group.name_attribute ? kMessageHeader + kStringAttributeData : 0;
    object_header(group.name_attribute ? 2 : 1, kMessageHeader + kSymbolTableMessageData + attribute);
    message(Message::symbol_table, kSymbolTableMessageData);
    sink_.u64(result.btree);
    sink_.u64(result.heap);
    if (group.name_attribute) string_attribute(kNameAttribute, *group.name_attribute);
    return result;
  }

  std::uint64_t local_heap(const Links& links, std::vector<std::uint64_t>& names) {
    // The empty name comes first.
    std::uint64_t used = 8;
    for (const auto& [name, object] : links) {
      names.push_back(used);
      used += padded_to_8(name.size() + 1);
    }
    std::uint64_t size = kLocalHeapInitialData;
    while (size < used) size *= 2;
    const bool has_free_block = size - used >= kLocalHeapFreeBlockHeader;

    const std::uint64_t address = sink_.position();
    const std::uint64_t data = address + kLocalHeapSize;
    sink_.text(kLocalHeapSignature);
    sink_.zeros(4);
    sink_.u64(size);
    sink_.u64(has_free_block ? used : kLocalHeapNoFreeBlock);
    sink_.u64(data);
    std::size_t i = 0;
    for (const auto& [name, object] : links) {
      sink_.zeros_until(data + names[i++]);
      sink_.text(name);
    }
    sink_.zeros_until(data + used);
    if (has_free_block) {
      sink_.u64(kLocalHeapNoFreeBlock);
      sink_.u64(size - used);
    }
    sink_.zeros_until(data + size);
    return address;
  }

  std::vector<Node> symbol_table_nodes(std::span<const LinkedObject> objects, std::span<const std::uint64_t> names) {
    std::vector<Node> nodes;
    for (std::size_t first = 0; first < objects.size(); first += kNodeEntries) {
      const std::size_t count = std::min(kNodeEntries, objects.size() - first);
      const std::uint64_t address = sink_.position();
      sink_.text(kSymbolTableNodeSignature);
      sink_.u8(1);
      sink_.u8(0);
      sink_.u16(static_cast<std::uint16_t>(count));
      for (std::size_t i = first; i < first + count; ++i) symbol_table_entry(names[i], objects[i]);
      sink_.zeros_until(address + kSymbolTableNodeSize);
      nodes.push_back({address, names[first + count - 1]});
    }
    return nodes;
  }

  // Level upon level until there is one node, the root, whose address this is.
  std::uint64_t btree(std::vector<Node> children) {
    for (std::uint8_t level = 0;; ++level) {
      const std::uint64_t first_address = sink_.position();
      const std::size_t node_count = std::max<std::size_t>(1, (children.size() + kBtreeChildren - 1) / kBtreeChildren);
      std::vector<Node> nodes;
      nodes.reserve(node_count);
      std::uint64_t key = 0;
      for (std::size_t n = 0; n < node_count; ++n) {
        const std::uint64_t address = sink_.position();
        const std::size_t first = n * kBtreeChildren;
        const std::size_t count = std::min(kBtreeChildren, children.size() - first);
        sink_.text(kBtreeSignature);
        sink_.u8(0);
        sink_.u8(level);
        sink_.u16(static_cast<std::uint16_t>(count));
        sink_.u64(n == 0 ? kUndefinedAddress : address - kBtreeNodeSize);
        sink_.u64(n + 1 == node_count ? kUndefinedAddress : address + kBtreeNodeSize);
        sink_.u64(key);
        for (const Node& child : std::span(children).subspan(first, count)) {
          key = child.last_name;
          sink_.u64(child.address);
          sink_.u64(key);
        }
        sink_.zeros_until(address + kBtreeNodeSize);
        nodes.push_back({address, key});
      }
      if (node_count == 1) return first_address;
      children = std::move(nodes);
    }
  }

  LinkedObject dataset(const Dataset& dataset) {
    const bool is_bfloat16 = dataset.dtype == DType::bfloat16;
    const auto datatype = datatype_encoding(dataset.dtype);
    const std::uint64_t rank = dataset.dims.size();
    const std::uint64_t dataspace_size = kScalarDataspaceSize + 16 * rank;
    constexpr std::uint64_t kFillValueSize = 8;
    constexpr std::uint64_t kLayoutSize = 24;
    std::uint64_t used =
        4 * kMessageHeader + dataspace_size + padded_to_8(datatype.size()) + kFillValueSize + kLayoutSize;
    if (is_bfloat16) used += kMessageHeader + kStringAttributeData;
    const bool has_nil = used < kDatasetHeaderData;

    const LinkedObject result{.header = sink_.position()};
    object_header(static_cast<std::uint16_t>(4 + is_bfloat16 + has_nil), std::max(used, kDatasetHeaderData));

    message(Message::dataspace, dataspace_size);
    sink_.u8(1);
    sink_.u8(static_cast<std::uint8_t>(rank));
    sink_.u8(rank == 0 ? 0 : 1);
    sink_.zeros(5);
    // The dims, and the maximum dims, which are the same.
    for (int i = 0; i < 2; ++i) {
      for (const std::int64_t dim : dataset.dims) sink_.u64(static_cast<std::uint64_t>(dim));
    }

    message(Message::datatype, padded_to_8(datatype.size()), kMessageConstant);
    sink_.bytes(datatype);
    sink_.zeros(padded_to_8(datatype.size()) - datatype.size());

    message(Message::fill_value, kFillValueSize);
    sink_.u8(2);
    // Space is allocated late, the value is written if it was set, it is defined, and it is the default: no bytes.
    sink_.u8(2);
    sink_.u8(2);
    sink_.u8(1);
    sink_.u32(0);

    message(Message::layout, kLayoutSize);
    sink_.u8(3);
    sink_.u8(kContiguous);
    if (!dataset.bytes.empty()) data_.push_back({sink_.position(), dataset.bytes});
    sink_.u64(kUndefinedAddress);
    sink_.u64(dataset.bytes.size());
    sink_.zeros(6);

    if (is_bfloat16) string_attribute(kDtypeAttribute, name_of(DType::bfloat16));
    if (has_nil) {
      const std::uint64_t free = kDatasetHeaderData - used - kMessageHeader;
      message(Message::nil, free);
      sink_.zeros(free);
    }
    return result;
  }

  void object_header(std::uint16_t messages, std::uint64_t size) {
    sink_.u8(1);
    sink_.u8(0);
    sink_.u16(messages);
    sink_.u32(1);
    sink_.u32(static_cast<std::uint32_t>(size));
    sink_.zeros(4);
  }

  void message(Message type, std::uint64_t size, std::uint8_t flags = 0) {
    sink_.u16(static_cast<std::uint16_t>(type));
    sink_.u16(static_cast<std::uint16_t>(size));
    sink_.u8(flags);
    sink_.zeros(3);
  }

  void string_attribute(std::string_view name, std::string_view value) {
    const auto datatype = string_encoding();
    message(Message::attribute, kStringAttributeData);
    sink_.u8(1);
    sink_.u8(0);
    sink_.u16(static_cast<std::uint16_t>(name.size() + 1));
    sink_.u16(static_cast<std::uint16_t>(datatype.size()));
    sink_.u16(kScalarDataspaceSize);
    sink_.text(name);
    sink_.zeros(kAttributeNameSize - name.size());
    sink_.bytes(datatype);
    sink_.zeros(padded_to_8(datatype.size()) - datatype.size());
    sink_.u8(1);
    sink_.zeros(kScalarDataspaceSize - 1);
    const auto reference = global_heap_.add(value);
    sink_.u32(static_cast<std::uint32_t>(value.size()));
    string_addresses_.push_back({sink_.position(), reference.collection});
    sink_.u64(kUndefinedAddress);
    sink_.u32(reference.index);
  }

  struct StringAddress {
    std::uint64_t position;
    std::uint64_t collection;
  };

  Sink sink_;
  GlobalHeapWriter global_heap_;
  std::vector<StringAddress> string_addresses_;
  std::vector<DataAddress> data_;
};

}  // namespace

Image::Image(const Group& root) {
  MetadataWriter writer(metadata_);
  writer.write(root);
  data_.reserve(writer.data().size());
  size_ = metadata_.size();
  for (const auto& [position, bytes] : writer.data()) {
    const std::uint64_t address = padded_to_8(size_);
    writer.patch(position, address);
    data_.push_back({address, bytes});
    size_ = address + bytes.size();
  }
  writer.patch(kSuperblockEndOfFileOffset, size_);
}

void Image::copy_to(std::span<std::byte> out) const {
  std::memcpy(out.data(), metadata_.data(), metadata_.size());
  std::size_t end = metadata_.size();
  for (const Data& data : data_) {
    std::memset(out.data() + end, 0, data.address - end);
    std::memcpy(out.data() + data.address, data.bytes.data(), data.bytes.size());
    end = data.address + data.bytes.size();
  }
}

std::vector<std::byte> Image::bytes() const {
  std::vector<std::byte> out;
  out.reserve(size_);
  out.insert(out.end(), metadata_.begin(), metadata_.end());
  for (const Data& data : data_) {
    out.resize(data.address);
    out.insert(out.end(), data.bytes.begin(), data.bytes.end());
  }
  return out;
}

std::vector<std::byte> write(const Group& root) {
  return Image(root).bytes();
}

}  // namespace revive::hdf5
