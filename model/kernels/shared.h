// What several layers share: costs, biases, and activations at the end of a build.
#pragma once

#include <initializer_list>
#include <limits>

#include "revive/model/kernels/activation.h"
#include "revive/model/kernels/rounding.h"
#include "revive/model/layer_class.h"

namespace revive {

// Stands for a cost beyond any limit.
inline constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

// A step of plain code takes as long as so many of the multiply-adds of a matrix product.
inline constexpr std::int64_t kScalarStep = 16;

// The product of non-negative factors, kHuge instead of an overflow. Unknown axes count as one.
std::int64_t saturating_product(std::initializer_list<std::int64_t> factors);

// The sum of two costs, kHuge instead of an overflow.
std::int64_t saturating_sum(std::int64_t a, std::int64_t b);

// `built` with the shape after `activation` and its cost, or layer_input when the activation cannot take it.
Result<Built> with_activation(Built built, Activation activation, std::int64_t multiply_adds);

// A tensor of `dims` whose every row is `bias`, which has the length of the last axis: where an x·W + b starts.
// REQUIRES: float32 or float64.
Tensor rows_of(const Tensor& bias, Dims dims);

// Runs add(y), which adds a product of x·W to a y of `dims`, so that the result is x·W + bias (without one where it is
// nullptr): y starts as the bias, or, where results are rounded to a dtype of 16 bits, gets it after the product is
// rounded, as in Keras. `dtype` is what the layer computes in.
template <typename Add>
Tensor with_bias(const Tensor* bias, Dims dims, DType dtype, Add add);

// Where a layer has its channels. Outputs have them in the same place.
enum class DataFormat : std::uint8_t { channels_last, channels_first };
template <>
const EnumNames& enum_names<DataFormat>();

// Every block of rows by columns of `x` transposed, so that x's axes around it keep their order: (batch, rows,
// columns) to (batch, columns, rows). `dims` are those of the result. REQUIRES: rows * columns divides x.size().
Tensor transpose_blocks(const Tensor& x, std::int64_t rows, std::int64_t columns, Dims dims);

// bias added to every row of y. REQUIRES: both are float32.
void add_to_rows(const Tensor& bias, Tensor& y);

template <typename Add>
Tensor with_bias(const Tensor* bias, Dims dims, DType dtype, Add add) {
  const bool rounds = is_narrow(dtype);
  Tensor y = bias != nullptr && !rounds ? rows_of(*bias, std::move(dims)) : Tensor(carrier_of(dtype), std::move(dims));
  add(y);
  if (rounds) {
    round_to(dtype, y.data<float>());
    if (bias != nullptr) add_to_rows(*bias, y);
    round_to(dtype, y.data<float>());
  }
  return y;
}

}  // namespace revive
