// Element types of a Tensor, by their Keras names. float32, int32 and boolean compute; the others are stored.
//
// X(enumerator, Keras name, bytes per element)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace revive {

#define REVIVE_DTYPES(X)     \
  X(float32, "float32", 4)   \
  X(float64, "float64", 8)   \
  X(float16, "float16", 2)   \
  X(bfloat16, "bfloat16", 2) \
  X(int8, "int8", 1)         \
  X(int16, "int16", 2)       \
  X(int32, "int32", 4)       \
  X(int64, "int64", 8)       \
  X(uint8, "uint8", 1)       \
  X(uint16, "uint16", 2)     \
  X(uint32, "uint32", 4)     \
  X(uint64, "uint64", 8)     \
  X(boolean, "bool", 1)

enum class DType : std::uint8_t {
#define REVIVE_DTYPE_ENUMERATOR(id, name, size) id,
  REVIVE_DTYPES(REVIVE_DTYPE_ENUMERATOR)
#undef REVIVE_DTYPE_ENUMERATOR
};

std::string_view name_of(DType dtype);
std::size_t size_of(DType dtype);
std::optional<DType> dtype_from_name(std::string_view name);

template <typename T>
struct DTypeOf;
template <>
struct DTypeOf<float> {
  static constexpr DType value = DType::float32;
};
template <>
struct DTypeOf<double> {
  static constexpr DType value = DType::float64;
};
template <>
struct DTypeOf<std::int32_t> {
  static constexpr DType value = DType::int32;
};
template <>
struct DTypeOf<std::int64_t> {
  static constexpr DType value = DType::int64;
};
template <>
struct DTypeOf<bool> {
  static constexpr DType value = DType::boolean;
};

}  // namespace revive
