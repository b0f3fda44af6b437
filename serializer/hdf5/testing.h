// For tests: a file of ours with single fields of its structures changed.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "revive/serializer/hdf5/structure.h"

namespace revive::hdf5::testing {

// A file under the knife.
class Patient {
 public:
  explicit Patient(std::vector<std::byte> file) : bytes(std::move(file)), map(structure_map(bytes)) {}

  // Where the nth such structure of the object starts.
  std::uint64_t at(Structure structure, std::string_view path, std::size_t nth = 0) const {
    for (const Extent& extent : map) {
      if (extent.structure == structure && extent.path == path && nth-- == 0) return extent.offset;
    }
    ADD_FAILURE() << "no " << name_of(structure) << " of " << path;
    return 0;
  }
  template <typename T>
  void set(std::uint64_t offset, T value) {
    std::memcpy(bytes.data() + offset, &value, sizeof value);
  }
  template <typename T>
  T get(std::uint64_t offset) const {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
  }
  void copy(std::uint64_t from, std::uint64_t to, std::uint64_t size) {
    std::memmove(bytes.data() + to, bytes.data() + from, size);
  }

  std::vector<std::byte> bytes;
  std::vector<Extent> map;
};

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

}  // namespace revive::hdf5::testing
