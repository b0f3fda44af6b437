#include "revive/serializer/hdf5/format.h"

#include <algorithm>
#include <array>

#include "revive/model/base/utf8.h"
#include "revive/model/tensor/element_type.h"
#include "revive/serializer/hdf5/bytes.h"

namespace revive::hdf5 {
namespace {

template <typename... Bytes>
constexpr std::array<std::byte, sizeof...(Bytes)> bytes_of(Bytes... values) {
  return {static_cast<std::byte>(values)...};
}

// Class 0, version 1: little-endian, bit 3 says signed; then size, bit offset 0 and precision.
constexpr auto fixed_point(int size, bool is_signed) {
  return bytes_of(0x10, is_signed ? 0x08 : 0, 0, 0, size, 0, 0, 0, 0, 0, 8 * size, 0);
}

// Class 1, version 1: little-endian, mantissa with an implied leading bit; then where sign, exponent and mantissa are.
constexpr auto floating_point(int size, int exponent_bits, int mantissa_bits, int bias) {
  return bytes_of(0x11, 0x20, 8 * size - 1, 0, size, 0, 0, 0, 0, 0, 8 * size, 0, mantissa_bits, exponent_bits, 0,
                  mantissa_bits, bias & 0xFF, bias >> 8, 0, 0);
}

constexpr auto kFloat32 = floating_point(4, 8, 23, 127);
constexpr auto kFloat64 = floating_point(8, 11, 52, 1023);
constexpr auto kFloat16 = floating_point(2, 5, 10, 15);
// Class 5, version 1, with an empty tag.
constexpr auto kBfloat16 = bytes_of(0x15, 0, 0, 0, 2, 0, 0, 0);
constexpr auto kInt8 = fixed_point(1, true);
constexpr auto kInt16 = fixed_point(2, true);
constexpr auto kInt32 = fixed_point(4, true);
constexpr auto kInt64 = fixed_point(8, true);
constexpr auto kUint8 = fixed_point(1, false);
constexpr auto kUint16 = fixed_point(2, false);
constexpr auto kUint32 = fixed_point(4, false);
constexpr auto kUint64 = fixed_point(8, false);
// Class 8, version 1, two members over int8: FALSE is 0 and TRUE is 1.
constexpr auto kBoolean = bytes_of(0x18, 2, 0, 0, 1, 0, 0, 0,                 //
                                   0x10, 0x08, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0,  //
                                   'F', 'A', 'L', 'S', 'E', 0, 0, 0,          //
                                   'T', 'R', 'U', 'E', 0, 0, 0, 0,            //
                                   0, 1);
// Class 9, version 1: a string, padded with NUL, UTF-8; its base type is an unsigned byte.
constexpr auto kString = bytes_of(0x19, 1, 1, 0, 16, 0, 0, 0,  //
                                  0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0);

}  // namespace

std::span<const std::byte> datatype_encoding(DType dtype) {
  switch (dtype) {
    case DType::float32: return kFloat32;
    case DType::float64: return kFloat64;
    case DType::float16: return kFloat16;
    case DType::bfloat16: return kBfloat16;
    case DType::int8: return kInt8;
    case DType::int16: return kInt16;
    case DType::int32: return kInt32;
    case DType::int64: return kInt64;
    case DType::uint8: return kUint8;
    case DType::uint16: return kUint16;
    case DType::uint32: return kUint32;
    case DType::uint64: return kUint64;
    case DType::boolean: return kBoolean;
  }
  return {};
}

std::optional<DType> dtype_of_encoding(std::span<const std::byte> message) {
  for (const DType dtype : kDTypes) {
    const auto encoding = datatype_encoding(dtype);
    if (message.size() != encoding.size() && message.size() != padded_to_8(encoding.size())) continue;
    if (std::ranges::equal(encoding, message.first(encoding.size()))) return dtype;
  }
  return std::nullopt;
}

std::string describe_datatype(std::span<const std::byte> message) {
  if (message.size() < 8) return "a datatype that is cut off";
  const auto class_and_version = std::to_integer<unsigned>(message[0]);
  const bool big_endian = (message[1] & std::byte{1}) != std::byte{0};
  if (class_and_version >> 4 != 1) return "a datatype of version " + std::to_string(class_and_version >> 4);
  switch (class_and_version & 0xF) {
    case 0: return big_endian ? "a big-endian integer" : "an integer of an unusual layout";
    case 1: return big_endian ? "a big-endian float" : "a float of an unusual layout";
    case 2: return "a time";
    case 3: return "a fixed-length string";
    case 4: return "a bit field";
    case 5: return "an opaque type that is not bfloat16";
    case 6: return "a compound";
    case 7: return "a reference";
    case 8: return "an enumeration that is not FALSE and TRUE";
    case 9: return "a variable-length type";
    case 10: return "an array type";
    default: return "a datatype of an unknown class";
  }
}

std::span<const std::byte> string_encoding() {
  return kString;
}

std::string_view describe_message(std::uint16_t type) {
  switch (type) {
    case 0x02: return "links in a new-style group";
    case 0x04: return "an old-style fill value";
    case 0x06: return "a link message";
    case 0x07: return "data in external files";
    case 0x0A: return "a new-style group";
    case 0x0B: return "a filter pipeline";
    case 0x0D: return "an object comment";
    case 0x0E: return "an old-style modification time";
    case 0x0F: return "a table of shared messages";
    case 0x13: return "B-tree parameters";
    case 0x14: return "driver information";
    case 0x15: return "attribute information";
    case 0x16: return "an object reference count";
    default: return "an unknown message";
  }
}

bool is_link_name(std::string_view name) {
  return !name.empty() && name != "." && name.find('/') == name.npos && name.find('\0') == name.npos && is_utf8(name);
}

}  // namespace revive::hdf5
