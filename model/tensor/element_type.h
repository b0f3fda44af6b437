// The C++ types of elements, and Keras' rules for dtypes: codecs, casts, printers and kernels work from these.
#pragma once

#include <array>
#include <cstdint>

#include "revive/model/tensor/dtype.h"
#include "revive/model/tensor/narrow_float.h"

namespace revive {

// X(enumerator, C++ type of an element)
#define REVIVE_ELEMENT_TYPES(X) \
  X(float32, float)             \
  X(float64, double)            \
  X(float16, Float16)           \
  X(bfloat16, BFloat16)         \
  X(int8, std::int8_t)          \
  X(int16, std::int16_t)        \
  X(int32, std::int32_t)        \
  X(int64, std::int64_t)        \
  X(uint8, std::uint8_t)        \
  X(uint16, std::uint16_t)      \
  X(uint32, std::uint32_t)      \
  X(uint64, std::uint64_t)      \
  X(boolean, bool)

// Every dtype, in the order of the enumerators.
inline constexpr std::array kDTypes = {
#define REVIVE_DTYPE_VALUE(id, name, size) DType::id,
    REVIVE_DTYPES(REVIVE_DTYPE_VALUE)
#undef REVIVE_DTYPE_VALUE
};

// float16, bfloat16, float32, float64.
bool is_float(DType dtype);
// The ints, signed or not; a bool is none.
bool is_integer(DType dtype);
bool is_signed(DType dtype);
// An int of 8 or 16 bits.
bool is_narrow(DType dtype);

// The dtype that kernels hold the elements of `dtype` in: float32 for the floats of 16 bits, int64 for every int but
// int32 (uint64 aside, in which nothing computes), and any other dtype itself. Results are rounded, or wrap, when they
// are cast back.
DType carrier_of(DType dtype);

// The dtype in which values of two dtypes meet: Keras' lattice, where any float is above all ints, float16 and bfloat16
// meet in float32, and ints in the narrowest int that holds both.
DType common_dtype(DType a, DType b);

template <>
struct DTypeOf<Float16> {
  static constexpr DType value = DType::float16;
};
template <>
struct DTypeOf<BFloat16> {
  static constexpr DType value = DType::bfloat16;
};
template <>
struct DTypeOf<std::int8_t> {
  static constexpr DType value = DType::int8;
};
template <>
struct DTypeOf<std::int16_t> {
  static constexpr DType value = DType::int16;
};
template <>
struct DTypeOf<std::uint8_t> {
  static constexpr DType value = DType::uint8;
};
template <>
struct DTypeOf<std::uint16_t> {
  static constexpr DType value = DType::uint16;
};
template <>
struct DTypeOf<std::uint32_t> {
  static constexpr DType value = DType::uint32;
};
template <>
struct DTypeOf<std::uint64_t> {
  static constexpr DType value = DType::uint64;
};

// Calls body with a value of the C++ type of `dtype`.
template <typename Body>
decltype(auto) with_dtype(DType dtype, Body&& body) {
  switch (dtype) {
#define REVIVE_DTYPE_CASE(id, type) \
  case DType::id: return body(type{});
    REVIVE_ELEMENT_TYPES(REVIVE_DTYPE_CASE)
#undef REVIVE_DTYPE_CASE
  }
  __builtin_unreachable();
}

}  // namespace revive
