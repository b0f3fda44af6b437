// Rounding where Keras rounds: a layer that computes in float16 or bfloat16 holds its numbers in float, and rounds them
// after each of Keras' ops, whose results have 16 bits.
#pragma once

#include <algorithm>
#include <span>

#include "revive/model/tensor/element_type.h"
#include "revive/model/tensor/tensor.h"

namespace revive {

// Whether numbers of this dtype are held in a wider one.
inline bool is_narrow(DType dtype) {
  return dtype == DType::float16 || dtype == DType::bfloat16;
}

// Nothing is to be done for the dtypes that are held as they are.
inline void round_to(DType dtype, std::span<float> values) {
  if (dtype == DType::float16) {
    for (float& value : values) value = static_cast<float>(Float16(value));
  } else if (dtype == DType::bfloat16) {
    for (float& value : values) value = static_cast<float>(BFloat16(value));
  }
}
inline void round_to(DType, std::span<double>) {}

// Calls body with a float, or with a double for float64: the type in which kernels hold the floats of `dtype`.
template <typename Body>
decltype(auto) with_real(DType dtype, Body&& body) {
  return dtype == DType::float64 ? body(double{}) : body(float{});
}

}  // namespace revive
