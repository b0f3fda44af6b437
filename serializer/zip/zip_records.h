// The records of the zip format, as APPNOTE.TXT lays them out: signatures, sizes, and numbers read from bytes. For the
// .cpp files of this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace revive::zip {

inline constexpr std::uint32_t kLocalSignature = 0x04034b50;
inline constexpr std::uint32_t kCentralSignature = 0x02014b50;
inline constexpr std::uint32_t kEndSignature = 0x06054b50;
inline constexpr std::uint32_t kZip64EndSignature = 0x06064b50;
inline constexpr std::uint32_t kZip64LocatorSignature = 0x07064b50;
inline constexpr std::uint32_t kDescriptorSignature = 0x08074b50;

inline constexpr std::size_t kLocalSize = 30;
inline constexpr std::size_t kCentralSize = 46;
inline constexpr std::size_t kEndSize = 22;
inline constexpr std::size_t kZip64EndSize = 56;
inline constexpr std::size_t kZip64LocatorSize = 20;

// A field that holds its mark is said by a zip64 record or extra field instead.
inline constexpr std::uint32_t kZip64Mark16 = 0xFFFF;
inline constexpr std::uint32_t kZip64Mark32 = 0xFFFFFFFF;

// Deflate and folders came with version 2.0, zip64 with 4.5; everything later is a feature that is not read.
inline constexpr std::uint32_t kNewestVersion = 45;

// Little-endian. REQUIRES: the field lies inside `bytes`; every caller has checked the record as a whole.
inline std::uint64_t load(std::span<const std::byte> bytes, std::size_t offset, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = (value << 8) | std::to_integer<std::uint64_t>(bytes[offset + i]);
  return value;
}
inline std::uint32_t load16(std::span<const std::byte> bytes, std::size_t offset) {
  return static_cast<std::uint32_t>(load(bytes, offset, 2));
}
inline std::uint32_t load32(std::span<const std::byte> bytes, std::size_t offset) {
  return static_cast<std::uint32_t>(load(bytes, offset, 4));
}
inline std::uint64_t load64(std::span<const std::byte> bytes, std::size_t offset) {
  return load(bytes, offset, 8);
}

inline std::string_view text_at(std::span<const std::byte> bytes, std::size_t offset, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes.data()) + offset, size};
}

}  // namespace revive::zip
