// Little-endian numbers out of a file and into one. Internal to serializer/hdf5*.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace revive::hdf5 {

static_assert(std::endian::native == std::endian::little, "tensors and HDF5 files share their byte order");

constexpr std::uint64_t padded_to_8(std::uint64_t size) {
  return (size + 7) & ~std::uint64_t{7};
}

inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Reads one structure front to back. A read past its end gives zeros and makes ok() false for good, so a structure
// may be read in full and asked once.
class Cursor {
 public:
  Cursor() = default;
  // REQUIRES: offset + length <= file.size().
  Cursor(std::span<const std::byte> file, std::uint64_t offset, std::uint64_t length)
      : file_(file), position_(offset), end_(offset + length) {}

  // In the file, not in the structure.
  std::uint64_t position() const { return position_; }
  std::uint64_t remaining() const { return end_ - position_; }
  bool ok() const { return ok_; }

  std::span<const std::byte> bytes(std::uint64_t count) {
    if (count > remaining()) {
      ok_ = false;
      position_ = end_;
      return {};
    }
    const auto result = file_.subspan(position_, count);
    position_ += count;
    return result;
  }
  void skip(std::uint64_t count) { bytes(count); }
  bool matches(std::string_view signature) { return as_text(bytes(signature.size())) == signature; }

  std::uint8_t u8() { return number<std::uint8_t>(); }
  std::uint16_t u16() { return number<std::uint16_t>(); }
  std::uint32_t u32() { return number<std::uint32_t>(); }
  std::uint64_t u64() { return number<std::uint64_t>(); }

 private:
  template <typename T>
  T number() {
    T value{};
    if (const auto source = bytes(sizeof(T)); source.size() == sizeof(T)) std::memcpy(&value, source.data(), sizeof(T));
    return value;
  }

  std::span<const std::byte> file_;
  std::uint64_t position_ = 0;
  std::uint64_t end_ = 0;
  bool ok_ = true;
};

// Appends to a growing file.
class Sink {
 public:
  explicit Sink(std::vector<std::byte>& out) : out_(out) {}

  std::uint64_t position() const { return out_.size(); }
  void u8(std::uint8_t value) { out_.push_back(std::byte{value}); }
  void u16(std::uint16_t value) { number(value); }
  void u32(std::uint32_t value) { number(value); }
  void u64(std::uint64_t value) { number(value); }
  void text(std::string_view value) { bytes(std::as_bytes(std::span(value))); }
  void bytes(std::span<const std::byte> value) { out_.insert(out_.end(), value.begin(), value.end()); }
  void zeros(std::uint64_t count) { out_.resize(out_.size() + count); }
  void zeros_until(std::uint64_t position) { out_.resize(position); }

  // Over bytes that are already there.
  void patch_u64(std::uint64_t position, std::uint64_t value) {
    std::memcpy(out_.data() + position, &value, sizeof value);
  }

 private:
  template <typename T>
  void number(T value) {
    const auto source = std::as_bytes(std::span(&value, 1));
    out_.insert(out_.end(), source.begin(), source.end());
  }

  std::vector<std::byte>& out_;
};

}  // namespace revive::hdf5
