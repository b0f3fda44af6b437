// where(condition, x1, x2): element by element one or the other, all three broadcast together. A condition that is no
// bool is true where it is not zero, so that NaN is.
#include "revive/model/graph/op_draw.h"
#include "revive/model/ops/groups.h"
#include "revive/model/ops/operand.h"
#include "revive/model/tensor/broadcast.h"

namespace revive::ops {
namespace {

constexpr std::string_view kParameters[] = {"condition", "x1", "x2"};

Result<TensorType> infer(const Node& node, std::span<const TensorType> values) {
  const OperandType condition = operand_type(node.arguments[0], values);
  const OperandType a = operand_type(node.arguments[1], values);
  const OperandType b = operand_type(node.arguments[2], values);
  const DType dtype = common_dtype(a, b);
  for (const std::size_t branch : {1u, 2u}) {
    if (const Status fits = check_fits(node.arguments[branch], dtype); !fits) return std::unexpected(fits.error());
  }
  REVIVE_ASSIGN_OR_RETURN(auto both, broadcast_result(condition, a));
  REVIVE_ASSIGN_OR_RETURN(
      auto shape, broadcast_result({dtype, false, condition.depends_on_x || a.depends_on_x, std::move(both)}, b));
  return TensorType{dtype, std::move(shape)};
}

// The operand as an array of `dims`.
template <typename T>
Tensor expanded(const Tensor& array, const Dims& dims) {
  if (array.dims() == dims) return array;
  Tensor out = Tensor::uninitialized(array.dtype(), dims);
  const T* const in = array.data<T>().data();
  T* const result = out.data<T>().data();
  BroadcastLoops(array.dims(), dims)
      .for_each_run(
          [&](std::size_t from, std::size_t step, std::size_t, std::size_t, std::size_t to, std::size_t count) {
            for (std::size_t i = 0; i < count; ++i) result[to + i] = in[from + i * step];
          });
  return out;
}

Tensor evaluate(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  const Dims& dims = type.shape.axes();
  const Tensor condition = expanded<std::uint8_t>(operand(node.arguments[0], values, DType::boolean), dims);
  const auto chosen = condition.data<std::uint8_t>();
  Tensor out;
  with_element_type(type.dtype, [&]<typename T>(T) {
    const Tensor a = expanded<T>(operand(node.arguments[1], values, type.dtype), dims);
    out = expanded<T>(operand(node.arguments[2], values, type.dtype), dims);
    const auto in = a.data<T>();
    const auto result = out.data<T>();
    for (std::size_t i = 0; i < result.size(); ++i) {
      if (chosen[i] != 0) result[i] = in[i];
    }
  });
  return out;
}

// x is one of the three, and the others are operands beside it.
void draw_where(OpDraw& draw, Node& node) {
  const DType dtype = draw.type().dtype;
  const std::size_t place = draw.alternative(3);
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    if (i != place) node.arguments[i] = draw.operand(i == 0 ? DType::boolean : dtype);
  }
}

}  // namespace

std::span<const OpClass> choosing() {
  static const OpClass table[] = {{.module = kNumpy,
                                   .class_name = "Where",
                                   .function = "where",
                                   .symbol = {},
                                   .parameters = kParameters,
                                   .settings = {},
                                   .check = check_operands,
                                   .infer = infer,
                                   .evaluate = evaluate,
                                   .draw = draw_where,
                                   .numerics = {.exact = true, .discontinuous = true},
                                   .joins_behind = 1}};
  return table;
}

}  // namespace revive::ops
