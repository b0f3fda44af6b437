// Variable-length strings: attributes keep a reference, the global heap keeps the text. Internal to the reader.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "revive/serializer/hdf5/context.h"

namespace revive::hdf5 {

// Each collection is indexed once, on first use, and each object may be referred to once.
class GlobalHeap {
 public:
  explicit GlobalHeap(ReadContext& context) : context_(context) {}

  // The string that the 16-byte reference at `cursor` refers to.
  bool read_string(Cursor& cursor, std::string& out);

 private:
  struct HeapObject {
    bool taken;
    std::span<const std::byte> bytes;
  };
  // By index.
  using Collection = std::map<std::uint32_t, HeapObject>;

  Collection* collection(std::uint64_t address);
  bool read_collection(std::uint64_t address, Collection& out);

  ReadContext& context_;
  std::map<std::uint64_t, Collection> collections_;
};

}  // namespace revive::hdf5
