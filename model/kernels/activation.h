// Activation functions, by Keras' names and with Keras' formulas (the defaults that a string stands for).
//
// All are elementwise except softmax, log_softmax, sparsemax and glu, which work along the last axis; glu halves
// it. NaN and infinities follow the formula as Keras' own evaluation does. Results do not depend on where in
// the tensor a value stands.
#pragma once

#include <cstdint>
#include <span>

#include "revive/model/field.h"
#include "revive/model/tensor/tensor.h"

namespace revive {

// X(enumerator): the enumerator is the Keras name.
#define REVIVE_ACTIVATIONS(X) \
  X(linear)                   \
  X(relu)                     \
  X(relu6)                    \
  X(leaky_relu)               \
  X(elu)                      \
  X(selu)                     \
  X(celu)                     \
  X(gelu)                     \
  X(sigmoid)                  \
  X(tanh)                     \
  X(exponential)              \
  X(hard_sigmoid)             \
  X(silu)                     \
  X(hard_silu)                \
  X(mish)                     \
  X(softplus)                 \
  X(softsign)                 \
  X(softmax)                  \
  X(log_softmax)              \
  X(log_sigmoid)              \
  X(tanh_shrink)              \
  X(hard_tanh)                \
  X(soft_shrink)              \
  X(hard_shrink)              \
  X(squareplus)               \
  X(sparse_plus)              \
  X(sparse_sigmoid)           \
  X(sparsemax)                \
  X(glu)

enum class Activation : std::uint8_t {
#define REVIVE_ACTIVATION_ENUMERATOR(name) name,
  REVIVE_ACTIVATIONS(REVIVE_ACTIVATION_ENUMERATOR)
#undef REVIVE_ACTIVATION_ENUMERATOR
};

template <>
const EnumNames& enum_names<Activation>();

// The shape after `activation`, or nothing when it cannot take `input` (glu needs an even last axis, the four
// that work along the last axis need one).
std::optional<Shape> activation_shape(Activation activation, const Shape& input);

// REQUIRES: x is float32 and activation_shape has a value for its dims.
Tensor apply(Activation activation, Tensor x);

// The same on a row-major block of `rows` by `columns`, in place. REQUIRES: not glu.
void apply(Activation activation, float* values, std::int64_t rows, std::int64_t columns);

// Keras' relu with all its parameters: 0 below the threshold with `negative_slope` times the distance to it,
// at most `max_value`.
void relu(float* values, std::int64_t count, float negative_slope, std::optional<float> max_value, float threshold);

// The other functions that Keras gives a parameter, in place. `approximate` is the formula with a tanh.
void leaky_relu(std::span<float> values, float negative_slope);
void elu(std::span<float> values, float alpha);
void celu(std::span<float> values, float alpha);
void gelu(std::span<float> values, bool approximate);
void soft_shrink(std::span<float> values, float threshold);
void hard_shrink(std::span<float> values, float threshold);
void squareplus(std::span<float> values, float b);

}  // namespace revive
