// What ops share: operand types under Keras' dtype rules, the batch-axis rule, and operands as arrays to compute on.
#pragma once

#include <optional>
#include <span>

#include "revive/model/graph/op.h"

namespace revive::ops {

inline constexpr std::string_view kNumpy = "keras.src.ops.numpy";
inline constexpr std::string_view kNn = "keras.src.ops.nn";
inline constexpr std::string_view kMath = "keras.src.ops.math";
inline constexpr std::string_view kImage = "keras.src.ops.image";

// An operand while the graph is built. Python numbers are weak: they take part without widening a tensor.
struct OperandType {
  DType dtype = DType::float32;
  bool weak = false;
  bool depends_on_x = false;
  Shape shape;
};

// REQUIRES: is_operand(argument).
OperandType operand_type(const Argument& argument, std::span<const TensorType> values);
// Whether the argument can stand where an array is expected: a tensor, an array, or a bool, int or float.
bool is_operand(const Argument& argument);
// graph_argument unless every argument is an operand.
Status check_operands(const Node& node);
// No rule beyond the declared counts.
Status check_nothing(const Node& node);

// Whether graphs compute in this dtype: float32, int32, bool.
bool computes(DType dtype);
// The dtype in which two operands meet: Keras' lattice for bool, int32 and float32.
DType common_dtype(const OperandType& a, const OperandType& b);
// graph_argument when an int constant does not fit the int32 it is computed in.
Status check_fits(const Argument& argument, DType compute);
// graph_argument unless the scalar (or None) can be stored in an array of `dtype` as it is: a bool anywhere, an int
// where it fits, a float in float32 alone. REQUIRES: the argument is a Value, and no string.
Status check_constant(const Argument& scalar, DType dtype);

// The shape of a result over two operands, with the batch axis still at axis 0. Errors: graph_argument.
Result<Shape> broadcast_result(const OperandType& a, const OperandType& b);

// The operand as an array of dtype `compute`; a number becomes an array of rank 0.
Tensor operand(const Argument& argument, std::span<const Tensor> values, DType compute);

// Whether the functor F has an overload for exactly these element types; a conversion to another does not count.
template <typename F, typename R, typename... Elements>
concept ComputesIn = requires { static_cast<R (F::*)(Elements...) const>(&F::operator()); };

// Calls body with a value of the C++ type that stores `dtype`; bool is stored as one byte.
template <typename Body>
auto with_element_type(DType dtype, Body body) {
  switch (dtype) {
    case DType::int32: return body(std::int32_t{});
    case DType::boolean: return body(std::uint8_t{});
    default: return body(float{});
  }
}

}  // namespace revive::ops
