#include "revive/serializer/hdf5/global_heap.h"

#include <algorithm>

#include <fmt/format.h>

#include "revive/model/base/utf8.h"
#include "revive/serializer/hdf5/format.h"

namespace revive::hdf5 {

bool GlobalHeap::read_string(Cursor& cursor, std::string& out) {
  const std::uint64_t length = cursor.u32();
  const std::uint64_t address = cursor.u64();
  const std::uint32_t index = cursor.u32();
  if (length == 0 && index == 0) {
    out.clear();
    return true;
  }
  Collection* objects = collection(address);
  if (objects == nullptr) return false;
  const auto found = objects->find(index);
  if (found == objects->end()) {
    return context_.refuse(
        ErrorCode::hdf5_structure,
        fmt::format("expected object {} in the global heap collection at {:#x}, found none", index, address));
  }
  if (found->second.bytes.size() != length) {
    return context_.refuse(
        ErrorCode::hdf5_structure,
        fmt::format("expected {} bytes in object {} of the global heap collection at {:#x}, found {}", length, index,
                    address, found->second.bytes.size()));
  }
  if (found->second.taken) {
    return context_.refuse(ErrorCode::hdf5_shared_bytes,
                           fmt::format("expected one reference to object {} of the global heap collection at {:#x}, "
                                       "found a second",
                                       index, address));
  }
  found->second.taken = true;
  const auto text = as_text(found->second.bytes);
  if (!is_utf8(text) || text.find('\0') != text.npos) {
    return context_.refuse(ErrorCode::hdf5_structure, "expected an attribute that is UTF-8 without NUL");
  }
  out = text;
  return true;
}

GlobalHeap::Collection* GlobalHeap::collection(std::uint64_t address) {
  const auto [found, is_new] = collections_.try_emplace(address);
  if (is_new && !read_collection(address, found->second)) return nullptr;
  return &found->second;
}

bool GlobalHeap::read_collection(std::uint64_t address, Collection& out) {
  const auto refuse = [&](std::string_view expected) {
    return context_.refuse(ErrorCode::hdf5_structure,
                           fmt::format("expected {} in the global heap collection at {:#x}", expected, address));
  };
  Cursor header;
  if (!context_.peek(address, kGlobalHeapHeader, header)) {
    return context_.refuse(ErrorCode::hdf5_out_of_bounds,
                           fmt::format("expected a global heap collection inside the file, found {:#x}", address));
  }
  if (!header.matches(kGlobalHeapSignature)) return refuse("the signature GCOL");
  if (header.u8() != 1) return refuse("version 1");
  header.skip(3);
  const std::uint64_t size = header.u64();
  if (size < kGlobalHeapMinimumSize) return refuse("at least 4096 bytes");
  Cursor cursor;
  if (!context_.claim(Structure::global_heap_collection, address, size, cursor)) return false;
  cursor.skip(kGlobalHeapHeader);

  // A tail too short for the header of a free object has none.
  while (cursor.remaining() >= kGlobalHeapObjectHeader) {
    const std::uint64_t start = cursor.position();
    const std::uint64_t available = cursor.remaining();
    const std::uint16_t index = cursor.u16();
    // The reference count, which libhdf5 leaves zero for strings, and a reserved word.
    cursor.skip(6);
    const std::uint64_t object_size = cursor.u64();
    if (index == 0) {
      if (object_size != available) return refuse("a free object that reaches to the end");
      break;
    }
    if (object_size > cursor.remaining()) return refuse("objects that end inside it");
    const bool is_new = out.try_emplace(index, HeapObject{false, cursor.bytes(object_size)}).second;
    if (!is_new) return refuse("objects of unique indices");
    cursor.skip(std::min(padded_to_8(object_size) - object_size, cursor.remaining()));
    context_.note(Structure::global_heap_object, start, cursor.position() - start);
  }
  return true;
}

}  // namespace revive::hdf5
