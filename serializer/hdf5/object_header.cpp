#include "revive/serializer/hdf5/object_header.h"

#include <algorithm>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "revive/model/base/utf8.h"
#include "revive/serializer/hdf5/format.h"

namespace revive::hdf5 {
namespace {

class HeaderReader {
 public:
  HeaderReader(ReadContext& context, GlobalHeap& strings, ObjectHeader& out)
      : context_(context), strings_(strings), out_(out) {}

  bool read(std::uint64_t address) {
    Cursor prefix;
    if (!context_.peek(address, kObjectHeaderPrefix, prefix)) {
      return context_.refuse(ErrorCode::hdf5_out_of_bounds,
                             fmt::format("expected an object header inside the file, found {:#x}", address));
    }
    const std::uint8_t version = prefix.u8();
    // 'O' is the first byte of a version 2 header's signature.
    if (version == 'O') return unsupported("an object header of version 2");
    if (version != 1) return contradiction(fmt::format("an object header of version 1, found {}", version));
    prefix.skip(1);
    expected_messages_ = prefix.u16();
    const std::uint32_t references = prefix.u32();
    if (references != 1) return contradiction(fmt::format("one link to the object, found a count of {}", references));
    const std::uint64_t size = prefix.u32();
    Cursor first;
    if (!context_.claim(Structure::object_header, address, kObjectHeaderPrefix + size, first)) return false;
    first.skip(kObjectHeaderPrefix);
    if (!block(first)) return false;
    for (std::size_t i = 0; i < continuations_.size(); ++i) {
      const ContiguousData place = continuations_[i];
      if (place.size == 0) return contradiction("a continuation block that is not empty");
      Cursor cursor;
      if (!context_.claim(Structure::continuation_block, place.address, place.size, cursor)) return false;
      if (!block(cursor)) return false;
    }
    if (messages_ != expected_messages_) {
      return contradiction(fmt::format("{} header messages, found {}", expected_messages_, messages_));
    }
    return true;
  }

 private:
  bool contradiction(const std::string& expected) {
    return context_.refuse(ErrorCode::hdf5_structure, "expected " + expected);
  }
  bool unsupported(std::string_view found) {
    return context_.refuse(ErrorCode::hdf5_unsupported, fmt::format("expected what Keras writes, found {}", found));
  }

  bool block(Cursor& cursor) {
    while (cursor.remaining() > 0) {
      const std::uint64_t start = cursor.position();
      const std::uint16_t type = cursor.u16();
      const std::uint16_t size = cursor.u16();
      const std::uint8_t flags = cursor.u8();
      cursor.skip(3);
      if (!cursor.ok() || size % 8 != 0 || size > cursor.remaining()) {
        return contradiction(
            fmt::format("header messages that fill their block, found one of {} bytes at {:#x}", size, start));
      }
      if (++messages_ > expected_messages_) {
        return contradiction(fmt::format("{} header messages, found more", expected_messages_));
      }
      if ((flags & kMessageShared) != 0) return unsupported("a shared header message");
      if ((flags & ~(kMessageConstant | kMessageNeverShare)) != 0) {
        return unsupported(fmt::format("header message flags {:#x}", flags));
      }
      Cursor data(context_.file(), cursor.position(), size);
      cursor.skip(size);
      if (!message(type, start, data)) return false;
    }
    return true;
  }

  bool message(std::uint16_t type, std::uint64_t start, Cursor& data) {
    const auto is = [&](Structure structure) {
      context_.note(structure, start, kMessageHeader + data.remaining());
      return true;
    };
    switch (static_cast<Message>(type)) {
      case Message::nil: return is(Structure::nil_message);
      case Message::dataspace: return is(Structure::dataspace_message) && dataspace(data);
      case Message::datatype: return is(Structure::datatype_message) && datatype(data);
      case Message::fill_value: return is(Structure::fill_value_message) && fill_value(data);
      case Message::layout: return is(Structure::layout_message) && layout(data);
      case Message::attribute: return is(Structure::attribute_message) && attribute(data);
      case Message::continuation: return is(Structure::continuation_message) && continuation(data);
      case Message::symbol_table: return is(Structure::symbol_table_message) && symbol_table(data);
      case Message::modification_time: return is(Structure::modification_time_message) && modification_time(data);
    }
    return unsupported(describe_message(type));
  }

  bool dataspace(Cursor& data) {
    if (out_.dims) return contradiction("one dataspace message, found two");
    const std::uint8_t version = data.u8();
    const std::size_t rank = data.u8();
    const std::uint8_t flags = data.u8();
    data.skip(5);
    if (version != 1) return unsupported(fmt::format("a dataspace of version {}", version));
    if (flags > 1) return unsupported("a dataspace with permuted axes");
    if (rank > context_.limits().tensor_rank) {
      return context_.refuse(ErrorCode::limit_exceeded,
                             fmt::format("expected at most {} dims, found {}", context_.limits().tensor_rank, rank));
    }
    const bool has_maximum = flags == 1;
    if (data.remaining() != rank * 8 * (has_maximum ? 2 : 1)) {
      return contradiction(fmt::format("a dataspace message for {} dims", rank));
    }
    Dims dims(rank);
    for (auto& dim : dims) {
      const std::uint64_t value = data.u64();
      if (value > std::numeric_limits<std::int64_t>::max()) return contradiction("dims below 2^63");
      dim = static_cast<std::int64_t>(value);
    }
    for (std::size_t axis = 0; has_maximum && axis < rank; ++axis) {
      if (data.u64() != static_cast<std::uint64_t>(dims[axis])) return unsupported("dims that may grow");
    }
    out_.dims = std::move(dims);
    return true;
  }

  bool datatype(Cursor& data) {
    if (out_.dtype) return contradiction("one datatype message, found two");
    const auto encoding = data.bytes(data.remaining());
    out_.dtype = dtype_of_encoding(encoding);
    return out_.dtype || unsupported(describe_datatype(encoding));
  }

  // What it says does not matter where all data is stored, but a value would be something Keras never writes.
  bool fill_value(Cursor& data) {
    if (out_.has_fill_value) return contradiction("one fill value message, found two");
    out_.has_fill_value = true;
    const std::uint8_t version = data.u8();
    const std::uint8_t allocation_time = data.u8();
    const std::uint8_t write_time = data.u8();
    const std::uint8_t is_defined = data.u8();
    const std::uint32_t size = data.u32();
    if (version != 2) return unsupported(fmt::format("a fill value of version {}", version));
    if (allocation_time < 1 || allocation_time > 3 || write_time > 2)
      return contradiction("a fill value's known times");
    if (is_defined > 1 || (is_defined == 1 && (!data.ok() || size != 0))) return unsupported("a fill value of its own");
    return true;
  }

  bool layout(Cursor& data) {
    if (out_.data) return contradiction("one data layout message, found two");
    const std::uint8_t version = data.u8();
    const std::uint8_t layout_class = data.u8();
    if (version != 3) return unsupported(fmt::format("a data layout of version {}", version));
    if (layout_class != kContiguous) {
      return unsupported(layout_class == 0   ? "compact data"
                         : layout_class == 2 ? "chunked data"
                                             : "an unknown data layout");
    }
    ContiguousData place;
    place.address = data.u64();
    place.size = data.u64();
    if (!data.ok()) return contradiction("a data layout message with address and size");
    out_.data = place;
    return true;
  }

  bool attribute(Cursor& data) {
    const std::uint8_t version = data.u8();
    data.skip(1);
    const std::uint64_t name_size = data.u16();
    const std::uint64_t datatype_size = data.u16();
    const std::uint64_t dataspace_size = data.u16();
    if (version != 1) return unsupported(fmt::format("an attribute of version {}", version));
    auto name = as_text(data.bytes(padded_to_8(name_size)));
    const auto type = data.bytes(padded_to_8(datatype_size));
    const auto space = data.bytes(padded_to_8(dataspace_size));
    if (!data.ok() || name_size == 0 || name.find('\0') != name_size - 1) {
      return contradiction("an attribute message that holds its name, datatype and dataspace");
    }
    name = name.substr(0, name_size - 1);
    if (!is_utf8(name)) return contradiction("attribute names in UTF-8");
    if (out_.attribute) return unsupported(fmt::format("a second attribute '{}'", name));
    const auto expected = string_encoding();
    if (datatype_size != expected.size() || !std::ranges::equal(type.first(datatype_size), expected)) {
      return unsupported(fmt::format("an attribute '{}' that is not a UTF-8 string of variable length", name));
    }
    constexpr auto kScalar = std::byte{1};
    if (dataspace_size != kScalarDataspaceSize || space[0] != kScalar || space[1] != std::byte{0} ||
        space[2] != std::byte{0}) {
      return unsupported(fmt::format("an attribute '{}' that is not a scalar", name));
    }
    if (data.remaining() != kStringReferenceSize) return contradiction("16 bytes of a string's reference");
    out_.attribute = Attribute{name, {}};
    return strings_.read_string(data, out_.attribute->value);
  }

  bool continuation(Cursor& data) {
    ContiguousData place;
    place.address = data.u64();
    place.size = data.u64();
    if (!data.ok() || data.remaining() != 0) return contradiction("a continuation message of 16 bytes");
    continuations_.push_back(place);
    return true;
  }

  bool symbol_table(Cursor& data) {
    if (out_.symbol_table) return contradiction("one symbol table message, found two");
    SymbolTable table;
    table.btree = data.u64();
    table.heap = data.u64();
    if (!data.ok() || data.remaining() != 0) return contradiction("a symbol table message of 16 bytes");
    out_.symbol_table = table;
    return true;
  }

  bool modification_time(Cursor& data) {
    if (out_.has_modification_time) return contradiction("one modification time message, found two");
    out_.has_modification_time = true;
    if (data.remaining() != 8 || data.u8() != 1) return unsupported("a modification time that is not version 1");
    return true;
  }

  ReadContext& context_;
  GlobalHeap& strings_;
  ObjectHeader& out_;
  std::size_t expected_messages_ = 0;
  std::size_t messages_ = 0;
  std::vector<ContiguousData> continuations_;
};

}  // namespace

bool read_object_header(ReadContext& context, GlobalHeap& strings, std::uint64_t address, ObjectHeader& out) {
  return HeaderReader(context, strings, out).read(address);
}

}  // namespace revive::hdf5
