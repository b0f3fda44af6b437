// One element of a tensor as a Value, and back: what whatever spells tensors out goes through.
#pragma once

#include <string>

#include "revive/model/base/value.h"
#include "revive/model/tensor/tensor.h"

namespace revive {

// A bool, an int or a real, by the tensor's dtype; exact but for a uint64 beyond int64, which is the nearest real.
// REQUIRES: index < tensor.size().
Value element_of(const Tensor& tensor, std::size_t index);

// Whether `value` is an element of `dtype`: a bool for bool, an int that fits for an int, an int or a real for a float.
bool is_element(const Value& value, DType dtype);
// A real is rounded to the dtype. REQUIRES: is_element(value, tensor.dtype()), index < tensor.size().
void set_element(Tensor& tensor, std::size_t index, const Value& value);

// The bits of an element in hexadecimal, the most significant first.
std::string element_bits(const Tensor& tensor, std::size_t index);

}  // namespace revive
