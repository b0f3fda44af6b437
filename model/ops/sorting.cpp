// Sort and argsort along an axis: ascending, equal elements in their old order, NaN last, -0 equal to 0.
#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "revive/model/graph/op_draw.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/ops/axes.h"
#include "revive/model/ops/groups.h"

namespace revive::ops {
namespace {

Status check(const Node& node) {
  const Status status = check_tensor(node);
  return status ? check_axes(node, 0, AxisForm::one) : status;
}

template <typename T>
bool before(T a, T b) {
  if constexpr (Real<T>) return std::isnan(b) ? !std::isnan(a) : a < b;
  if constexpr (std::is_same_v<T, std::uint8_t>) return (a != 0) < (b != 0);
  return a < b;
}

template <bool kIndices>
Result<TensorType> infer(const Node& node, std::span<const TensorType> values) {
  const OperandType x = operand_type(node.arguments[0], values);
  REVIVE_RETURN_IF_ERROR(axis_of(node.settings[0].as_int(), x.shape.rank(), x.depends_on_x));
  return TensorType{kIndices ? DType::int32 : x.dtype, x.shape};
}

// Each element is compared as often as the length can be halved.
std::int64_t multiply_adds(const Node& node, std::span<const TensorType> values) {
  constexpr std::int64_t kStepsPerComparison = 5;
  const Shape shape = operand_type(node.arguments[0], values).shape;
  const Rows rows = rows_of(shape.concrete(1, 1), axis_of(node.settings[0].as_int(), shape.rank(), false).value());
  return saturating_product({shape.elements_per_sample().value_or(kHuge),
                             static_cast<std::int64_t>(std::bit_width(rows.length)), kStepsPerComparison, kScalarStep});
}

template <bool kIndices>
Tensor evaluate(const Node& node, const TensorType& type, std::span<const Tensor> values) {
  const Tensor x = widened(array_of(node.arguments[0], values));
  const Rows rows = rows_of(x.dims(), axis_of(node.settings[0].as_int(), x.rank(), false).value());
  Tensor out = result_array(type);
  with_element_type(x.dtype(), [&]<typename T>(T) {
    using Out = std::conditional_t<kIndices, std::int32_t, T>;
    const auto in = x.data<T>();
    const auto result = out.data<Out>();
    std::vector<std::size_t> order(rows.length);
    for (std::size_t outer = 0; outer < rows.outer; ++outer) {
      for (std::size_t inner = 0; inner < rows.inner; ++inner) {
        const std::size_t first = outer * rows.length * rows.inner + inner;
        const auto element = [&](std::size_t i) { return in[first + i * rows.inner]; };
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
          return before(element(a), element(b)) || (a < b && !before(element(b), element(a)));
        });
        for (std::size_t i = 0; i < order.size(); ++i) {
          result[first + i * rows.inner] = kIndices ? static_cast<Out>(order[i]) : static_cast<Out>(element(order[i]));
        }
      }
    }
  });
  return out;
}

template <bool kIndices>
OpClass sort(std::string_view class_name, std::string_view function, std::span<const OpSetting> settings) {
  return {.module = kNumpy,
          .class_name = class_name,
          .function = function,
          .symbol = {},
          .parameters = kTensorParameter,
          .settings = settings,
          .check = check,
          .infer = infer<kIndices>,
          .evaluate = evaluate<kIndices>,
          .multiply_adds = multiply_adds,
          .draw = [](OpDraw& draw, Node& node) { node.settings[0] = Value(draw.axis()); },
          .applies = has_sample_axes,
          .numerics = {.exact = true, .discontinuous = kIndices}};
}

}  // namespace

std::span<const OpClass> sorting() {
  static const OpSetting settings[] = {{"axis", Value(-1)}};
  static const OpClass table[] = {
      sort<false>("Sort", "sort", settings),
      sort<true>("Argsort", "argsort", settings),
  };
  return table;
}

}  // namespace revive::ops
