// Bytes that somebody owns, without the zero fill of std::vector.
//
// For whole files and inflated members, where every byte is written once right after allocation and a zero fill
// of 100 MB would cost as much as reading it. Movable, not copyable.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <span>

namespace revive {

class Buffer {
 public:
  Buffer() = default;

  // Uninitialised; nothing when the memory is not there.
  static std::optional<Buffer> allocate(std::size_t size) {
    Buffer buffer;
    buffer.data_.reset(new (std::nothrow) std::byte[size]);
    if (buffer.data_ == nullptr) return std::nullopt;
    buffer.size_ = size;
    return buffer;
  }

  std::size_t size() const { return size_; }
  std::span<const std::byte> bytes() const { return {data_.get(), size_}; }
  std::span<std::byte> bytes() { return {data_.get(), size_}; }
  // REQUIRES: size <= size().
  void shrink(std::size_t size) { size_ = size; }

 private:
  std::unique_ptr<std::byte[]> data_;
  std::size_t size_ = 0;
};

}  // namespace revive
