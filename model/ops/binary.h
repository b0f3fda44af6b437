// Elementwise ops of two operands, made from one C++ functor each.
//
// A functor F is a constexpr-constructible type with kPromotion, kNumerics and an operator()(T, T) for the element
// types it takes (Real, Whole, and uint8_t for bool, where any nonzero byte is true). Nothing in it may be undefined
// for any bits: signed arithmetic wraps.
#pragma once

#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/operand.h"
#include "revive/model/tensor/broadcast.h"

namespace revive::ops {

inline constexpr std::string_view kBinaryParameters[] = {"x1", "x2"};

// The dtype computed in, from the common dtype of the operands, and the dtype of the result.
enum class Promotion : std::uint8_t {
  common,   // the common dtype
  numeric,  // the common dtype; two bools are refused, as Keras' backends do or disagree on the result
  counted,  // the common dtype, two bools as int32
  real,     // the common dtype where it is a float, float32 for the others
  compare,  // computed in the common dtype, gives bool
  logical,  // computed in bool, gives bool
};

Result<DType> compute_dtype(Promotion promotion, const OperandType& a, const OperandType& b);

Result<TensorType> infer_binary(Promotion promotion, const Node& node, std::span<const TensorType> values);

template <typename F>
Result<TensorType> infer_binary(const Node& node, std::span<const TensorType> values) {
  return infer_binary(F::kPromotion, node, values);
}

// One pass over the result; the three kinds of runs are apart so that each of them vectorises.
template <typename F, typename In, typename Out>
void apply_binary(const F& f, const Tensor& a, const Tensor& b, Tensor& out) {
  const In* const in_a = a.data<In>().data();
  const In* const in_b = b.data<In>().data();
  Out* const result = out.data<Out>().data();
  BroadcastLoops(a.dims(), b.dims())
      .for_each_run([&](std::size_t offset_a, std::size_t stride_a, std::size_t offset_b, std::size_t stride_b,
                        std::size_t offset, std::size_t count) {
        const In* const pa = in_a + offset_a;
        const In* const pb = in_b + offset_b;
        Out* const po = result + offset;
        if (stride_a == stride_b) {
          for (std::size_t i = 0; i < count; ++i) po[i] = f(pa[i], pb[i]);
        } else if (stride_b == 0) {
          const In right = *pb;
          for (std::size_t i = 0; i < count; ++i) po[i] = f(pa[i], right);
        } else {
          const In left = *pa;
          for (std::size_t i = 0; i < count; ++i) po[i] = f(left, pb[i]);
        }
      });
}

// The dtype that infer_binary() computed in, read back from types that it accepted.
DType accepted_dtype(Promotion promotion, const Node& node, std::span<const Tensor> values);

template <typename F>
Tensor evaluate_binary(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  const DType compute = accepted_dtype(F::kPromotion, node, values);
  const Tensor a = operand(node.arguments[0], values, compute);
  const Tensor b = operand(node.arguments[1], values, compute);
  Tensor out = result_array(type);
  with_element_type(compute, [&]<typename T>(T) {
    constexpr bool kGivesBool = F::kPromotion == Promotion::compare || F::kPromotion == Promotion::logical;
    using Out = std::conditional_t<kGivesBool, std::uint8_t, T>;
    if constexpr (ComputesIn<F, Out, T, T>) apply_binary<F, T, Out>(F{}, a, b, out);
  });
  return out;
}

// x and an operand that the promotion takes beside it, on either side.
void draw_binary(Promotion promotion, OpDraw& draw, Node& node);

template <typename F>
OpClass binary(std::string_view class_name, std::string_view function, std::string_view symbol = {}) {
  return {.module = kNumpy,
          .class_name = class_name,
          .function = function,
          .syntax = symbol.empty() ? OpClass::Syntax::function : OpClass::Syntax::infix,
          .symbol = symbol,
          .parameters = kBinaryParameters,
          .settings = {},
          .check = check_operands,
          .infer = infer_binary<F>,
          .evaluate = evaluate_binary<F>,
          .draw = [](OpDraw& draw, Node& node) { draw_binary(F::kPromotion, draw, node); },
          .numerics = F::kNumerics,
          .joins_behind = 0};
}

}  // namespace revive::ops
