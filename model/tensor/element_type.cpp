#include "revive/model/tensor/element_type.h"

#include <algorithm>
#include <utility>

namespace revive {
namespace {

#define REVIVE_ONE_EACH(id, type) static_assert(DTypeOf<type>::value == DType::id);
REVIVE_ELEMENT_TYPES(REVIVE_ONE_EACH)
#undef REVIVE_ONE_EACH

// The signed int of so many bytes.
DType signed_of(std::size_t size) {
  switch (size) {
    case 1: return DType::int8;
    case 2: return DType::int16;
    case 4: return DType::int32;
    default: return DType::int64;
  }
}

}  // namespace

bool is_float(DType dtype) {
  return dtype == DType::float32 || dtype == DType::float64 || dtype == DType::float16 || dtype == DType::bfloat16;
}

bool is_integer(DType dtype) {
  return !is_float(dtype) && dtype != DType::boolean;
}

bool is_narrow(DType dtype) {
  return is_integer(dtype) && size_of(dtype) < sizeof(std::int32_t);
}

bool is_signed(DType dtype) {
  return is_float(dtype) || name_of(dtype).starts_with("int");
}

DType carrier_of(DType dtype) {
  if (is_float(dtype)) return dtype == DType::float64 ? dtype : DType::float32;
  if (!is_integer(dtype) || dtype == DType::int32 || dtype == DType::uint64) return dtype;
  return DType::int64;
}

DType common_dtype(DType a, DType b) {
  if (a == b || b == DType::boolean) return a;
  if (a == DType::boolean) return b;
  if (is_float(a) && is_float(b)) {
    if (size_of(a) == size_of(b)) return DType::float32;
    return size_of(a) > size_of(b) ? a : b;
  }
  if (is_float(a) || is_float(b)) return is_float(a) ? a : b;
  if (is_signed(a) == is_signed(b)) return size_of(a) > size_of(b) ? a : b;
  if (!is_signed(a)) std::swap(a, b);
  // No int holds both an int64 and a uint64.
  if (b == DType::uint64) return DType::float32;
  return signed_of(std::max(size_of(a), 2 * size_of(b)));
}

}  // namespace revive
