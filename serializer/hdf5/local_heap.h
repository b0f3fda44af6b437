// The names of one group. Internal to the reader.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "revive/serializer/hdf5/context.h"

namespace revive::hdf5 {

class LocalHeap {
 public:
  explicit LocalHeap(ReadContext& context) : context_(context) {}

  bool open(std::uint64_t address);
  // The NUL-terminated name at `offset` of the heap's data. The empty name is at 0.
  bool name(std::uint64_t offset, std::string_view& out) const;
  // Like name(), for a link: the bytes are then the link's own.
  bool take_name(std::uint64_t offset, std::string_view& out);
  // Whether no two links and no free block have bytes in common.
  bool names_are_disjoint();

 private:
  struct Range {
    std::uint64_t begin;
    std::uint64_t end;
  };

  bool read_free_blocks(std::uint64_t head);

  ReadContext& context_;
  std::uint64_t data_address_ = 0;
  std::string_view data_;
  // With the empty name.
  std::vector<Range> taken_ = {{0, 8}};
};

}  // namespace revive::hdf5
