// What ops share: operand types under Keras' dtype rules, the batch-axis rule, and operands as arrays to compute on.
#pragma once

#include <concepts>
#include <optional>
#include <span>
#include <type_traits>

#include "revive/model/graph/op.h"
#include "revive/model/tensor/element_type.h"

namespace revive::ops {

inline constexpr std::string_view kNumpy = "keras.src.ops.numpy";
inline constexpr std::string_view kNn = "keras.src.ops.nn";
inline constexpr std::string_view kMath = "keras.src.ops.math";
inline constexpr std::string_view kImage = "keras.src.ops.image";

// The op, which Keras has from this release on.
inline OpClass newer(std::string_view since, OpClass op) {
  op.since = since;
  return op;
}

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

// The dtype in which two operands meet: Keras' lattice, in which a Python number takes the dtype of a tensor of its
// kind beside it, and int32 or float32 otherwise.
DType common_dtype(const OperandType& a, const OperandType& b);
// The dtype that functions of real numbers compute in: that of a float, float32 for anything else.
DType real_dtype(DType dtype);
// graph_argument when an int constant does not fit the int dtype it is computed in.
Status check_fits(const Argument& argument, DType compute);
// graph_argument unless the scalar (or None) can be stored in an array of `dtype` as it is: a bool anywhere, an int
// where it fits, a float in a float. REQUIRES: the argument is a Value, and no string.
Status check_constant(const Argument& scalar, DType dtype);

// The shape of a result over two operands, with the batch axis still at axis 0. Errors: graph_argument.
Result<Shape> broadcast_result(const OperandType& a, const OperandType& b);

// The operand's elements as `compute` holds them, in an array of carrier_of(compute); a number becomes an array of rank
// 0.
Tensor operand(const Argument& argument, std::span<const Tensor> values, DType compute);
// The tensor in the carrier of its dtype.
Tensor widened(const Tensor& tensor);
// An array to compute a result of `type` in, not filled: of the carrier of its dtype. Whoever runs the op rounds it.
Tensor result_array(const TensorType& type);

// The element types that kernels compute in, besides std::uint8_t for bool.
template <typename T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;
template <typename T>
concept Whole = std::same_as<T, std::int32_t> || std::same_as<T, std::int64_t>;

// Sums, differences and products that wrap.
template <Whole Int>
constexpr Int wrapping_add(Int a, Int b) {
  using Bits = std::make_unsigned_t<Int>;
  return static_cast<Int>(static_cast<Bits>(a) + static_cast<Bits>(b));
}
template <Whole Int>
constexpr Int wrapping_subtract(Int a, Int b) {
  using Bits = std::make_unsigned_t<Int>;
  return static_cast<Int>(static_cast<Bits>(a) - static_cast<Bits>(b));
}
template <Whole Int>
constexpr Int wrapping_multiply(Int a, Int b) {
  using Bits = std::make_unsigned_t<Int>;
  return static_cast<Int>(static_cast<Bits>(a) * static_cast<Bits>(b));
}

// Whether the functor F has an overload for exactly these element types; a conversion to another does not count.
template <typename F, typename R, typename... Elements>
concept ComputesIn = requires { static_cast<R (F::*)(Elements...) const>(&F::operator()); };

// Calls body with a value of the C++ type of the carrier of `dtype`; for bool that is a byte.
template <typename Body>
auto with_element_type(DType dtype, Body body) {
  switch (carrier_of(dtype)) {
    case DType::float64: return body(double{});
    case DType::int32: return body(std::int32_t{});
    case DType::int64: return body(std::int64_t{});
    case DType::boolean: return body(std::uint8_t{});
    default: return body(float{});
  }
}

}  // namespace revive::ops
