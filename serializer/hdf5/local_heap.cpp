#include "revive/serializer/hdf5/local_heap.h"

#include <algorithm>

#include <fmt/format.h>

#include "revive/serializer/hdf5/format.h"

namespace revive::hdf5 {

bool LocalHeap::open(std::uint64_t address) {
  const auto refuse = [&](std::string_view expected) {
    return context_.refuse(ErrorCode::hdf5_structure,
                           fmt::format("expected {} in the local heap at {:#x}", expected, address));
  };
  Cursor header;
  if (!context_.claim(Structure::local_heap, address, kLocalHeapSize, header)) return false;
  if (!header.matches(kLocalHeapSignature)) return refuse("the signature HEAP");
  if (header.u8() != 0) return refuse("version 0");
  header.skip(3);
  const std::uint64_t size = header.u64();
  const std::uint64_t free_head = header.u64();
  data_address_ = header.u64();
  if (size < 8) return refuse("data that holds at least the empty name");
  Cursor data;
  if (!context_.claim(Structure::local_heap_data, data_address_, size, data)) return false;
  data_ = as_text(data.bytes(size));
  if (data_[0] != '\0') return refuse("the empty name at offset 0");
  return read_free_blocks(free_head);
}

bool LocalHeap::read_free_blocks(std::uint64_t head) {
  std::uint64_t free_bytes = 0;
  for (std::uint64_t block = head; block != kLocalHeapNoFreeBlock;) {
    if (data_.size() - std::min(block, data_.size()) < kLocalHeapFreeBlockHeader) {
      return context_.refuse(
          ErrorCode::hdf5_out_of_bounds,
          fmt::format("expected a free block inside the {} bytes of a local heap, found {:#x}", data_.size(), block));
    }
    Cursor cursor(context_.file(), data_address_ + block, kLocalHeapFreeBlockHeader);
    const std::uint64_t next = cursor.u64();
    const std::uint64_t size = cursor.u64();
    // The sum also ends a list that turns back on itself.
    if (size < kLocalHeapFreeBlockHeader || size > data_.size() - block || size > data_.size() - free_bytes) {
      return context_.refuse(
          ErrorCode::hdf5_structure,
          fmt::format("expected free blocks that fit a local heap of {} bytes, found one of {} bytes at {:#x}",
                      data_.size(), size, block));
    }
    free_bytes += size;
    taken_.push_back({block, block + size});
    block = next;
  }
  return true;
}

bool LocalHeap::name(std::uint64_t offset, std::string_view& out) const {
  if (offset >= data_.size()) {
    return context_.refuse(
        ErrorCode::hdf5_out_of_bounds,
        fmt::format("expected a name inside the {} bytes of a local heap, found offset {:#x}", data_.size(), offset));
  }
  const auto window = data_.substr(offset, context_.limits().hdf5_name_bytes + 1);
  out = window.substr(0, window.find('\0'));
  if (out.size() < window.size()) return true;
  if (offset + window.size() == data_.size()) {
    return context_.refuse(ErrorCode::hdf5_out_of_bounds,
                           fmt::format("expected a NUL after the name at offset {:#x} of a local heap", offset));
  }
  return context_.refuse(ErrorCode::limit_exceeded,
                         fmt::format("expected link names of at most {} bytes", context_.limits().hdf5_name_bytes));
}

bool LocalHeap::take_name(std::uint64_t offset, std::string_view& out) {
  if (!name(offset, out)) return false;
  if (!is_link_name(out)) {
    return context_.refuse(ErrorCode::hdf5_structure,
                           "expected link names that are UTF-8, not empty, not \".\" and without '/'");
  }
  taken_.push_back({offset, offset + out.size() + 1});
  context_.note(Structure::link_name, data_address_ + offset, out.size() + 1);
  return true;
}

bool LocalHeap::names_are_disjoint() {
  std::ranges::sort(taken_, {}, &Range::begin);
  for (std::size_t i = 1; i < taken_.size(); ++i) {
    if (taken_[i - 1].end <= taken_[i].begin) continue;
    return context_.refuse(ErrorCode::hdf5_shared_bytes,
                           fmt::format("expected names and free blocks that share no bytes of a local heap, found two "
                                       "at offset {:#x}",
                                       taken_[i].begin));
  }
  return true;
}

}  // namespace revive::hdf5
