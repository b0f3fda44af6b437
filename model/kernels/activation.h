// Activation functions, by Keras' names and with Keras' formulas (the defaults that a string stands for).
//
// All are elementwise except softmax, log_softmax, sparsemax and glu, which work along the last axis; glu halves
// it. NaN and infinities follow the formula as Keras' own evaluation does. Results depend neither on where in the
// tensor a value stands nor on the instructions of the machine.
#pragma once

#include <cstdint>
#include <span>

#include "revive/model/field.h"
#include "revive/model/kernels/instructions.h"
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

// REQUIRES: x is float32 or float64 and activation_shape has a value for its dims.
Tensor apply(Activation activation, Tensor x);

// What follows is there for float and double.

// The same on a row-major block of `rows` by `columns`, in place. REQUIRES: not glu.
template <typename T>
void apply(Activation activation, T* values, std::int64_t rows, std::int64_t columns);
// From one block to another, or to itself, by the instructions that are named. REQUIRES: neither linear nor glu.
template <typename T>
void apply(Instructions instructions, Activation activation, const T* in, T* out, std::int64_t rows,
           std::int64_t columns);

// Keras' relu with all its parameters: 0 below the threshold with `negative_slope` times the distance to it,
// at most `max_value`.
template <typename T>
void relu(T* values, std::int64_t count, T negative_slope, std::optional<T> max_value, T threshold);

// The other functions that Keras gives a parameter, in place. `approximate` is the formula with a tanh.
template <typename T>
void leaky_relu(std::span<T> values, T negative_slope);
template <typename T>
void elu(std::span<T> values, T alpha);
template <typename T>
void celu(std::span<T> values, T alpha);
template <typename T>
void gelu(std::span<T> values, bool approximate);
template <typename T>
void soft_shrink(std::span<T> values, T threshold);
template <typename T>
void hard_shrink(std::span<T> values, T threshold);
template <typename T>
void squareplus(std::span<T> values, T b);

}  // namespace revive
