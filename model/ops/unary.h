// Elementwise ops of one operand, made from one C++ functor each.
//
// A functor F has kDomain and an operator()(T) for the element types it computes in (Real, Whole, and uint8_t for
// bool, where any nonzero byte is true). One that reads the op's settings is constructed from its node, and from the
// dtype computed in where it asks for it; any other is
// constexpr-constructible. Nothing in it may be undefined for any bits: signed arithmetic wraps.
#pragma once

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/operand.h"

namespace revive::ops {

inline constexpr std::string_view kUnaryParameters[] = {"x"};

// The dtype computed in, from the operand's, and the dtype of the result.
enum class Domain : std::uint8_t {
  any,         // every dtype stays what it is
  numeric,     // as any, but Keras' backends refuse bool
  counted,     // as any, bool as int32
  real,        // the dtype of a float, float32 for the others
  real_only,   // as real; Keras' backends refuse bool
  float_only,  // floats; Keras' backends refuse or disagree on ints
  logical,     // bool
  test,        // computed as any, gives bool
};

Result<TensorType> infer_unary(Domain domain, const Node& node, std::span<const TensorType> values);
// Whether infer_unary() takes an operand of this dtype.
bool takes(Domain domain, DType dtype);

// The dtype of an operand that infer_unary() accepted, a constant among them.
DType given_dtype(const Argument& argument, std::span<const Tensor> values);

// There is nothing to draw: the operand is x.
void draw_nothing(OpDraw& draw, Node& node);

template <typename F>
Tensor evaluate_unary(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  const DType compute = F::kDomain == Domain::test ? given_dtype(node.arguments[0], values) : type.dtype;
  const Tensor x = operand(node.arguments[0], values, compute);
  Tensor out = result_array(type);
  const F f = [&] {
    if constexpr (std::is_constructible_v<F, const Node&, DType>) {
      return F(node, compute);
    } else if constexpr (std::is_constructible_v<F, const Node&>) {
      return F(node);
    } else {
      return F{};
    }
  }();
  with_element_type(compute, [&]<typename T>(T) {
    using Out = std::conditional_t<F::kDomain == Domain::test, std::uint8_t, T>;
    if constexpr (ComputesIn<F, Out, T>) {
      const auto in = x.data<T>();
      Out* const result = out.data<Out>().data();
      for (std::size_t i = 0; i < in.size(); ++i) result[i] = f(in[i]);
    }
  });
  return out;
}

template <typename F>
OpClass unary(std::string_view module, std::string_view class_name, std::string_view function, OpNumerics numerics,
              std::string_view symbol = {}) {
  const auto infer = [](const Node& node, std::span<const TensorType> values) {
    return infer_unary(F::kDomain, node, values);
  };
  const auto applies = [](const DrawnValue& x) { return takes(F::kDomain, x.type.dtype); };
  return {.module = module,
          .class_name = class_name,
          .function = function,
          .syntax = symbol.empty() ? OpClass::Syntax::function : OpClass::Syntax::prefix,
          .symbol = symbol,
          .parameters = kUnaryParameters,
          .settings = {},
          .check = check_operands,
          .infer = infer,
          .evaluate = evaluate_unary<F>,
          .draw = draw_nothing,
          .applies = applies,
          .numerics = numerics};
}

}  // namespace revive::ops
